import API
import HTTPTypes
import Testing

@Suite struct RoutingTests {
  private let table = RouteTable([
    Route("GET", "/") { _ in Response(200) },
    Route("GET", "/v1/jobs/{id}") { request in Response(200, headers: [.location: request["id"]]) },
    Route("DELETE", "/v1/jobs/{id}") { _ in Response(204) },
    Route("POST", "/v1/jobs", body: .json) { _ in Response(201) },
    Route("PUT", "/v1/files/{id}", body: .upload, bodyLimit: 1 << 40) { _ in Response(200) },
  ])

  private func template(_ method: String, _ path: String) -> String {
    switch table.match(method: method, path: path) {
    case .route(let route, let parameters): "\(route.template) \(parameters["id"] ?? "")"
    case .otherMethods(let methods): methods.joined(separator: ",")
    case .none: "none"
    }
  }

  @Test func `a path finds its route and parameters`() {
    #expect(template("GET", "/v1/jobs/job_1") == "/v1/jobs/{id} job_1")
    #expect(template("HEAD", "/v1/jobs/job_1") == "/v1/jobs/{id} job_1")
    #expect(template("GET", "/v1/jobs/a%20b%C3%A5") == "/v1/jobs/{id} a bå")
    #expect(template("GET", "/") == "/ ")
  }

  @Test func `a path with other methods says which`() {
    #expect(template("PATCH", "/v1/jobs/job_1") == "DELETE,GET,HEAD")
    #expect(template("GET", "/v1/jobs") == "POST")
  }

  @Test(arguments: [
    "/v1", "/v1/jobs/", "//v1/jobs/a", "/v1/jobs/a/b", "v1/jobs/a", "*", "", "/v1/jobs/%2F",
    "/v1/jobs/%zz", "/v1/jobs/%", "/v1/jobs/%ff", "/v1/jobs/%00", "/V1/jobs/a",
  ])
  func `other paths find none`(path: String) {
    #expect(template("GET", path) == "none")
  }

  @Test func `the longest body is known at the head`() {
    #expect(table.bodyLimit(method: "PUT", path: "/v1/files/a") == 1 << 40)
    #expect(table.bodyLimit(method: "POST", path: "/v1/jobs") == Route.jsonLimit)
    #expect(table.bodyLimit(method: "POST", path: "/nope") == Route.smallestLimit)
  }

  @Test func `a query is split and decoded`() {
    let query = Query("a=1&b=x+y%26z&c&a=2&d=%zz")
    #expect(query["a"] == "2")
    #expect(query["b"] == "x y&z")
    #expect(query["c"] == "")
    #expect(query["d"] == "%zz")
    #expect(query["e"] == nil)
    #expect(query.items.map(\.isDecoded) == [true, true, true, true, false])
    #expect(Query("a=%ff&%ff=1").items.allSatisfy { !$0.isDecoded })
    #expect(Query(nil).items.isEmpty)
  }

  @Test(
    arguments: [
      ("localhost:8080", nil, true), ("127.0.0.1", nil, true), ("127.5.6.7:1", nil, true),
      ("[::1]:8080", nil, true), ("LOCALHOST", nil, true), ("atelier.example:80", nil, true),
      ("evil.example", nil, false), ("localhost.evil.example", nil, false),
      ("127.0.0.1.evil.example", nil, false), ("", nil, false), ("127.0.0", nil, false),
      ("localhost:8080", "http://localhost:8080", true),
      ("localhost:8080", "http://localhost:8081", false),
      ("localhost:8080", "http://evil.example", false), ("localhost:8080", "null", false),
      ("localhost:8080", "https://atelier.example", true),
      ("localhost:8080", "http://localhost:8080.evil.example", false),
      ("localhost:8080", "http://localhost:8080/x", false), ("localhost:8080", "", false),
    ] as [(String, String?, Bool)])
  func `only own pages and known hosts are let in`(
    authority: String, origin: String?, isAllowed: Bool
  ) {
    let check = OriginCheck(hosts: ["atelier.example"], takesAnyHost: false)
    #expect((check.fault(authority: authority, origin: origin) == nil) == isAllowed)
  }

  @Test func `a host that is not let in is told the option`() {
    let check = OriginCheck(hosts: [], takesAnyHost: false)
    let fault = check.fault(authority: "nas.example:8080", origin: nil) ?? ""
    #expect(fault.contains("'nas.example:8080'") && fault.contains("--allow-host nas.example "))
  }

  @Test func `behind a proxy any host is taken, but a foreign page is not`() {
    let check = OriginCheck(hosts: [], takesAnyHost: true)
    #expect(check.fault(authority: "a.example", origin: "https://a.example") == nil)
    #expect(check.fault(authority: "a.example", origin: "https://b.example") != nil)
  }

  @Test func `every problem has its own type and a status of its kind`() {
    #expect(Set(Problem.allCases.map(\.type)).count == Problem.allCases.count)
    for problem in Problem.allCases {
      #expect((400..<600).contains(problem.status))
      #expect(!problem.title.isEmpty && problem.meaning.hasSuffix("."))
    }
  }
}
