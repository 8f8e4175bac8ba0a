import Domain
import Foundation
import Testing

@Suite struct JSONValueTests {
  @Test(
    arguments: [
      // RFC 8785, appendix B: bits of the number, its canonical text.
      (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
      (0x0000_0000_0000_0001, "5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
      (0x4340_0000_0000_0000, "9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
      (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
      (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
      (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
      (0x41b3_de43_5555_5553, "333333333.3333332"),
      (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
      (0x4314_3ff3_c1cb_0959, "1424953923781206.2"), (0x7ff8_0000_0000_0000, "null"),
    ] as [(UInt64, String)])
  func `numbers are written as RFC 8785 asks`(bits: UInt64, text: String) {
    #expect(JSONValue.canonicalNumber(Double(bitPattern: bits)) == text)
  }

  @Test func `members are sorted and strings escaped as RFC 8785 asks`() {
    let value: JSONValue = [
      "\u{20ac}": "Euro", "\r": "CR", "1": 1, "\u{1F600}": "smile", "b": [1, nil, true],
      "a": "\u{0F}\n\"\\",
    ]
    #expect(
      value.canonical
        == "{\"\\r\":\"CR\",\"1\":1,\"a\":\"\\u000f\\n\\\"\\\\\",\"b\":[1,null,true],\"€\":\"Euro\",\"😀\":\"smile\"}"
    )
  }

  @Test func `a value survives its JSON`() throws {
    let value: JSONValue = ["n": nil, "t": true, "i": 3, "d": 0.1, "s": "x", "a": [["o": 1]]]
    #expect(try decodeAgain(value) == value)
  }

  @Test func `whole numbers keep their form`() throws {
    let text = String(decoding: try JSONEncoder().encode(JSONValue.number(40)), as: UTF8.self)
    #expect(text == "40")
  }
}
