import API
import APITestKit
import Domain
import Foundation
import Store
import Testing

/// Files of data sets over a socket.
@Suite struct UploadTests {
  @Test func `a data set is put in three calls`() async throws {
    try await RunningServer.with { server in
      let made = try await server.send(
        "POST", "/v1/datasets", json: #"{"name": "mine", "format": "csv"}"#)
      #expect(made.status == 201)
      #expect(try await server.send("POST", "/v1/datasets/mine/seal").status == 409)
      let file = try await server.send("PUT", "/v1/datasets/mine/files/train", body: "1,2\n")
      #expect(
        file.json == [
          "part": "train", "size_bytes": 4, "sha256": .string(Digest.sha256("1,2\n")),
        ])
      let id = try #require(made.json["id"]?.stringValue)
      #expect(server.vault.bytes(id, "train") == Array("1,2\n".utf8))
      let sealed = try await server.send("POST", "/v1/datasets/mine/seal")
      #expect(sealed.status == 200 && sealed.json["state"] == "sealed")
      #expect(sealed.json["content"]?["fitting_rows"] == 1152)
      #expect(try await server.send("POST", "/v1/datasets/mine/seal").status == 200)
      #expect(
        try await server.send("PUT", "/v1/datasets/mine/files/train", body: "x").status == 409)
      #expect(try await server.send("DELETE", "/v1/datasets/mine").status == 204)
      #expect(try await server.send("DELETE", "/v1/datasets/digits").status == 409)
    }
  }

  @Test func `a broken or oversized file is refused`() async throws {
    try await RunningServer.with { server in
      _ = try await server.send("POST", "/v1/datasets", json: #"{"name": "mine", "format": "csv"}"#)
      _ = try await server.send("PUT", "/v1/datasets/mine/files/train", body: "broken")
      let sealed = try await server.send("POST", "/v1/datasets/mine/seal")
      #expect(sealed.status == 422 && sealed.problem == "dataset")
      #expect(sealed.json["detail"]?.stringValue?.contains("row 1") == true)
      let large = try await server.send(
        "PUT", "/v1/datasets/mine/files/train", body: String(repeating: "x", count: (1 << 20) + 1))
      #expect(large.status == 413)
      #expect(
        try await server.send("PUT", "/v1/datasets/mine/files/nope", body: "x").status == 404)
      let double = try await server.send(
        "POST", "/v1/datasets", json: #"{"name": "mine", "format": "csv"}"#)
      #expect(double.status == 409)
      let draft = try await server.send(
        "POST", "/v1/datasets",
        json: #"{"name": "Mine", "format": "tsv", "shape": {"height": 0}, "size": 1}"#)
      #expect(
        Set(draft.pointers) == [
          "/name", "/format", "/shape/height", "/shape/width", "/shape/channels", "/size",
        ])
    }
  }

  @Test func `an upload that is cut leaves nothing`() async throws {
    try await RunningServer.with { server in
      let made = try await server.send(
        "POST", "/v1/datasets", json: #"{"name": "mine", "format": "csv"}"#)
      let id = try #require(made.json["id"]?.stringValue)
      let client = try await RawClient.connect(server.port)
      let path = "/v1/datasets/mine/files/train"
      let text = try await client.talk(
        "PUT \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
          + "Expect: 100-continue\r\n\r\nabc"
      ) { $0.contains("100 Continue") }
      #expect(text == "HTTP/1.1 100 Continue\r\n\r\n")
      #expect(try await server.send("GET", "/v1/datasets/mine").json["files"] == [])
      #expect(server.vault.bytes(id, "train") == nil)
    }
  }

  @Test func `an upload to a missing set is refused before it is sent`() async throws {
    try await RunningServer.with { server in
      let client = try await RawClient.connect(server.port)
      let text = try await client.talk(
        "PUT /v1/datasets/no/files/train HTTP/1.1\r\nHost: localhost\r\n"
          + "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"
      ) { $0.contains("\r\n\r\n{") }
      #expect(text.hasPrefix("HTTP/1.1 404"))
      #expect(text.lowercased().contains("connection: close"))
    }
  }

  @Test func `a chunked body is read like any other`() async throws {
    try await RunningServer.with { server in
      let text = try await RawClient.connect(server.port).talk(
        "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
          + "b\r\n{\"dataset\":\r\n9\r\n\"digits\"}\r\n0\r\n\r\n")
      #expect(try Reply(text).status == 201)
    }
  }
}
