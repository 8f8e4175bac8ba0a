// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: Swift 6 mode, `any` spelled out, imports visible per file, no warnings.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
  name: "atelier",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "CLinux"),
    .systemLibrary(
      name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Domain", dependencies: ["CCrypto"], swiftSettings: settings),
    .target(name: "Engine", dependencies: ["CKernels"], swiftSettings: settings),
    .target(
      name: "Datasets", dependencies: ["Domain", "Engine", "CZlib"],
      resources: [.embedInCode("Builtin/digits.csv.gz"), .embedInCode("Builtin/truth.csv.gz")],
      swiftSettings: settings),
    .target(name: "Architectures", dependencies: ["Domain", "Engine"], swiftSettings: settings),
    .target(
      name: "Training", dependencies: ["Domain", "Engine", "Datasets", "Architectures"],
      swiftSettings: settings),
    .target(
      name: "Strategies", dependencies: ["Domain", "Engine", "Architectures", "Training"],
      swiftSettings: settings),
    .target(
      name: "Worker",
      dependencies: ["Domain", "Strategies", "Training", "Datasets", "Architectures", "CLinux"],
      swiftSettings: settings),
    .target(
      name: "Runner",
      dependencies: ["CLinux", "Domain", log, lifecycle], swiftSettings: settings),
    .target(
      name: "Store", dependencies: ["Domain", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: settings),
    .target(
      name: "API",
      dependencies: [
        "Domain", log, lifecycle, .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ], swiftSettings: settings),
    .executableTarget(
      name: "atelier",
      dependencies: [
        "API", "Architectures", "CLinux", "Datasets", "Domain", "Engine", "Runner", "Store",
        "Strategies", "Training", "Worker", log, lifecycle,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: settings),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"], swiftSettings: settings),
    .testTarget(name: "DomainTests", dependencies: ["Domain"], swiftSettings: settings),
    .testTarget(name: "HouseTests", swiftSettings: settings),
    .testTarget(name: "EndToEndTests", swiftSettings: settings),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "Domain", "CZlib"], swiftSettings: settings),
    .target(
      name: "APITestKit",
      dependencies: [
        "API", "Domain", "Store", log, lifecycle,
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], path: "Tests/APITestKit", swiftSettings: settings),
    .testTarget(
      name: "APITests",
      dependencies: [
        "API", "APITestKit", "Domain", "Store",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
      ], swiftSettings: settings),
    .testTarget(
      name: "ContractTests",
      dependencies: ["API", "APITestKit", "Domain", .product(name: "Yams", package: "Yams")],
      swiftSettings: settings),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .testTarget(
      name: "EngineTests", dependencies: ["Engine", "CAllocations"], exclude: ["Fixtures"],
      swiftSettings: settings),
    .testTarget(
      name: "StoreTests",
      dependencies: ["Domain", "Store", .product(name: "GRDB", package: "GRDB.swift")],
      exclude: ["Schemas"], swiftSettings: settings),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Architectures", "Datasets", "Domain", "Engine", "Training"],
      swiftSettings: settings),
    .testTarget(
      name: "ArchitecturesTests", dependencies: ["Architectures", "Domain", "Engine", "CZlib"],
      swiftSettings: settings),
    .testTarget(
      name: "StrategiesTests",
      dependencies: ["Architectures", "Datasets", "Domain", "Engine", "Strategies", "Training"],
      swiftSettings: settings),
    .testTarget(
      name: "RunnerTests", dependencies: ["Domain", "Runner", "Store", log, lifecycle],
      swiftSettings: settings),
    .testTarget(name: "WorkerTests", dependencies: ["Domain", "Worker"], swiftSettings: settings),
  ],
  cLanguageStandard: .c17
)
