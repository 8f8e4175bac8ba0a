import Datasets
import Domain
import Foundation
import Testing

/// Reads strings of the letters a to z, and takes upper case for lower.
private let letters: NASTableFormat.CodeReader = { space in
  guard space.name == "letters" else { throw SpaceError("no space '\(space.name)'") }
  return { code in
    guard code.allSatisfy(\.isLetter) else { throw SpaceError("'\(code)' is not made of letters") }
    return code.lowercased()
  }
}

@Suite struct NASTableFormatTests {
  private let fixture = Fixture(readCodes: letters)
  private let csv = """
    name,unique,arch,signal,report,hours
    one,x,b,60.5,90,1.5
    two,y,abc,70,91,2
    "three, or so",z,AB,100,89.5,0
    """

  private func options(
    signal: String = "signal", report: String = "report", cost: String? = "hours",
    space: String = "letters"
  ) -> DatasetOptions {
    DatasetOptions(
      table: TableOptions(
        architecture: "arch", signal: signal, report: report, cost: cost,
        space: ComponentChoice(space)))
  }

  private func refusal(_ csv: String, _ options: DatasetOptions? = nil) throws -> String? {
    try fixture.refusal("nas-table", ["table": csv.bytes], options ?? self.options())
  }

  @Test(arguments: [false, true])
  func `a table answers by its exact string, plain or gzip`(isPacked: Bool) throws {
    let content = try fixture.seal(
      "nas-table", ["table": isPacked ? gzip(csv.bytes) : csv.bytes], options())
    #expect(content.trainRows == 3 && content.testRows == 0)
    #expect(content.shape == TensorShape(height: 32, width: 32, channels: 3))
    #expect(content.classes.count == 10 && content.inputKind == .image)
    #expect(content.minimum == 0.605 && content.maximum == 1)
    #expect(content.table?.space == ComponentChoice("letters") && content.table?.cost == "hours")
    let map = try TableMap(path: fixture.vault.path(digest: content.digest), content: content)
    let entry = try #require(map.entry(of: "abc"))
    #expect(entry.signal == 0.7 && entry.cost == 2)
    #expect(map.entry(of: "b")?.signal == 0.605 && map.entry(of: "ab")?.cost == 0)
    for other in ["", "a", "AB", "abcd", "c", "zzz"] { #expect(map.entry(of: other) == nil) }
    let permit = try #require(TestPermit(order(.test, content)))
    #expect(try map.report(of: entry, for: permit) == 0.91)
    #expect(TestPermit(order(.trial, content)) == nil)
    #expect(TestPermit(order(.selection, content)) == nil)
  }

  @Test func `the digest does not depend on the order of the rows`() throws {
    let lines = csv.split(separator: "\n").map(String.init)
    let turned = ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n")
    let first = try fixture.seal("nas-table", ["table": csv.bytes], options())
    let second = try fixture.seal("nas-table", ["table": turned.bytes], options())
    #expect(first.digest == second.digest)
    let costless = try fixture.seal("nas-table", ["table": csv.bytes], options(cost: nil))
    #expect(costless.digest != first.digest)
    let map = try TableMap(path: fixture.vault.path(digest: costless.digest), content: costless)
    #expect(map.entry(of: "b") != nil && map.entry(of: "b")?.cost == nil)
  }

  @Test func `rows that lack a number are left out and counted; other columns may hold anything`()
    throws
  {
    #expect(
      try refusal("arch,signal,report,hours\na,,1,1\n")?.contains("no row has all of") == true)
    let more = csv + "\nfour,x,d,,90,1\nfive,,e,50,,1\nsix,,f,50,80,1\n"
    let content = try fixture.seal("nas-table", ["table": more.bytes], options())
    #expect(content.trainRows == 4 && content.table?.incompleteRows == 2)
  }

  @Test func `shares stay shares, and shape and classes may be said`() throws {
    var options = options(cost: nil)
    options.shape = TensorShape(height: 8, width: 8, channels: 1)
    options.classNames = ["cat", "dog"]
    let content = try fixture.seal(
      "nas-table", ["table": "arch,signal,report\na,0.5,1\nb,1,0\n".bytes], options)
    #expect(content.maximum == 1 && content.classes == ["cat", "dog"] && content.shape.count == 64)
  }

  @Test(arguments: [
    ("", "zero rows: the file is empty"),
    ("arch,signal,report,hours\n", "zero rows after the header"),
    (
      "arch,signal,hours\na,1,1\n",
      "row 1: no column 'report'; the header names arch, signal, hours"
    ),
    ("arch,arch,signal,report,hours\na,b,1,1,1\n", "row 1: the column 'arch' stands there 2 times"),
    ("arch,signal,report,hours\na,1,1\n", "row 2: 3 columns, but the header has 4"),
    (
      "arch,signal,report,hours\na,1,1,1\nb,x,1,1\n",
      "row 3, column 2 ('signal'): 'x' is not a number"
    ),
    ("arch,signal,report,hours\na,1,1,nan\n", "row 2, column 4 ('hours'): 'nan' is not a finite"),
    ("arch,signal,report,hours\n,1,1,1\n", "row 2, column 1 ('arch'): '' is empty"),
    ("arch,signal,report,hours\na,1,1,1\n\nb,1,1,1\n", "row 3: the line is empty"),
    (
      "arch,signal,report,hours\na,1,1,1\na,1,1,1\n",
      "row 3, column 1 ('arch'): 'a' stands in row 2"
    ),
    (
      "arch,signal,report,hours\na,1,1,1\nA,1,1,1\n",
      "row 3, column 'arch': 'A' is the architecture of row 2"
    ),
    (
      "arch,signal,report,hours\na,1,1,1\na1,1,1,1\n",
      "row 3, column 'arch': 'a1' is not made of letters"
    ),
    (
      "arch,signal,report,hours\na,90,1,1\nb,101,1,1\n",
      "row 3, column 'signal': 101.0 is no accuracy"
    ),
    ("arch,signal,report,hours\na,1,-1,1\n", "row 2, column 'report': -1.0 is no accuracy"),
    ("arch,signal,report,hours\na,1,1,-2\n", "row 2, column 'hours': a cost below 0"),
    ("arch,signal,report,hours\na,\"1,1,1\n", "a quoted field of row 2 never ends"),
  ])
  func `what is wrong is named by row and column`(csv: String, message: String) throws {
    let refusal = try #require(try refusal(csv))
    #expect(refusal.hasPrefix("table: ") && refusal.contains(message), "\(refusal)")
  }

  @Test func `a damaged gzip stream, a missing option and an unknown space are refused`() throws {
    let cut = Array(gzip(csv.bytes).dropLast(9))
    #expect(
      try fixture.refusal("nas-table", ["table": cut], options())?.contains("cut short") == true)
    #expect(
      try refusal(csv, DatasetOptions())?.contains("needs the options architecture") == true)
    #expect(try refusal(csv, options(space: "words"))?.contains("no space 'words'") == true)
    #expect(try fixture.refusal("nas-table", [:], options())?.contains("table: missing") == true)
  }

  @Test func `a damaged file is not taken for a table`() throws {
    let content = try fixture.seal("nas-table", ["table": csv.bytes], options())
    let path = fixture.vault.path(digest: content.digest)
    let bytes = try #require(FileManager.default.contents(atPath: path))
    for length in [0, 11, 40, 200, bytes.count - 1] {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(throws: ServiceError.self) { try TableMap(path: path, content: content) }
    }
    #expect(throws: ServiceError.self) { try DatasetMap(path: path, content: content) }
  }
}
