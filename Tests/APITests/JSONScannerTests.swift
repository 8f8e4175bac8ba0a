import API
import Domain
import Foundation
import Testing

/// Faults of JSON texts, by place and by name.
@Suite struct JSONScannerTests {
  private func refusal(_ text: String) -> ServiceError? {
    refusal(Array(text.utf8))
  }

  private func refusal(_ bytes: [UInt8]) -> ServiceError? {
    do {
      try JSONScanner.check(bytes)
      return nil
    } catch {
      return error as? ServiceError
    }
  }

  @Test(arguments: [
    #" {"a": [1, -0.5e-3, 0, 1E+2, true, false, null], "b": {"a": {}, "c": []}} "#,
    "\"a\"", "[]", "\t[ ]\r\n", "-0", #""å \u00e5 \n \" \\ \/ 😀 \ud83d\ude00""#,
    #"{"a": "\",\"a\":1", "b": {"a": 1}, "A": 1}"#, #"[{"a": 1}, {"a": 1}]"#,
  ])
  func `what JSON allows is let through and decoded`(text: String) throws {
    #expect(refusal(text) == nil)
    _ = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  @Test(
    arguments: [
      ("", "it ends at line 1, column 1, where a value"),
      ("{", "it ends at line 1, column 2, where a name in double quotes"),
      (#"{"a":1,}"#, "it has '}' at line 1, column 8, where a name in double quotes"),
      (#"{"å" 1}"#, "it has '1' at line 1, column 6, where the ':' after a name"),
      ("{\n \"a\": tru}", "it has 't' at line 2, column 7, where a value"),
      ("[1 2]", "it has '2' at line 1, column 4, where a ',' or the array's ']'"),
      (#"{"a":1]"#, "it has ']' at line 1, column 7, where a ',' or the object's '}'"),
      ("{} x", "it has 'x' at line 1, column 4, where the end of the body"),
      ("01", "it has '1' at line 1, column 2, where the end of the body"),
      ("[1.]", "it has ']' at line 1, column 4, where a digit"),
      ("[NaN]", "it has 'N' at line 1, column 2, where a value"),
      ("\"a\n\"", "it has the control character 10 at line 1, column 3"),
      (#""\x""#, "it has 'x' at line 1, column 3, where one of"),
      (#""\u00g0""#, "it has 'g' at line 1, column 6, where a hexadecimal digit"),
      ("\"a", "it ends at line 1, column 3, where the '\"' that ends the string"),
    ])
  func `what is not JSON is named with its place`(text: String, words: String) throws {
    let fault = try #require(refusal(text))
    #expect(fault.code == .invalidRequest)
    #expect(fault.message.hasPrefix("the body is not JSON: " + words), "\(fault.message)")
  }

  @Test(
    arguments: [
      ("[1e400]", "the number 1e400, which is beyond a 64-bit float, at line 1, column 2"),
      (#"["\ud800"]"#, #"the escape \ud800, half of a surrogate pair, at line 1, column 3"#),
      (#""\udc00""#, #"the escape \udc00, half of a surrogate pair, at line 1, column 2"#),
      (
        String(repeating: "[", count: 513),
        "more than 512 arrays and objects in each other at line 1, column 513"
      ),
    ])
  func `JSON that cannot be taken is named with its place`(text: String, words: String) throws {
    let fault = try #require(refusal(text))
    #expect(fault.code == .invalidRequest)
    #expect(fault.message == "the body is JSON that is not taken: " + words)
  }

  @Test func `nesting up to the limit is let through`() {
    let text = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    #expect(refusal(text) == nil)
  }

  @Test func `a byte that is not UTF-8 is named`() throws {
    let fault = try #require(refusal([0x22, 0xC3, 0xA5, 0xFF, 0x22]))
    #expect(fault.code == .invalidRequest)
    #expect(fault.message == "the body is not in UTF-8: the byte 0xff at line 1, column 3")
  }

  @Test(
    arguments: [
      (#"{"a": 1, "a": 2, "a": 3}"#, ["/a"]),
      (#"{"budget": {"max_trials": 3, "max_trials": 900}}"#, ["/budget/max_trials"]),
      (#"{"a": 1, "\u0061": 2}"#, ["/a"]),
      (#"[{"x": 1}, {"x": 1, "y/z": {}, "y/z": 1}]"#, ["/1/y~1z"]),
      (#"{"a": {"b": 1, "b": 1}, "c": 1, "c": [{"d": 1, "d": 2}]}"#, ["/a/b", "/c", "/c/0/d"]),
    ] as [(String, [String])])
  func `members that are there twice are named`(text: String, pointers: [String]) throws {
    let fault = try #require(refusal(text))
    #expect(fault.code == .validation)
    #expect(fault.faults.map(\.pointer) == pointers)
  }
}
