import Domain
import Testing

@Suite struct DigestTests {
  @Test func `digests are SHA-256`() {
    // FIPS 180-4 examples.
    #expect(
      Digest.sha256("abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Digest.sha256("")
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func `pieces give the digest of the whole`() {
    let digest = Digest()
    for piece in ["a", "", "bc"] {
      Array(piece.utf8).withUnsafeBytes { digest.update($0) }
    }
    #expect(digest.finish() == Digest.sha256("abc"))
  }
}
