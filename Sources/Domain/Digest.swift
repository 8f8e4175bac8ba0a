private import CCrypto

/// A SHA-256 being computed piece by piece.
package final class Digest {
  private let context: OpaquePointer?

  /// An empty digest.
  package init() {
    context = EVP_MD_CTX_new()
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit {
    EVP_MD_CTX_free(context)
  }

  /// Takes further bytes in.
  package func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    EVP_DigestUpdate(context, start, bytes.count)
  }

  /// The digest of all bytes so far as 64 lower-case hexadecimal digits; the digest ends here.
  package func finish() -> String {
    var bytes = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &bytes, nil)
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The digest of a text's UTF-8 bytes.
  package static func sha256(_ text: String) -> String {
    sha256(Array(text.utf8))
  }

  /// The digest of bytes.
  package static func sha256(_ bytes: [UInt8]) -> String {
    let digest = Digest()
    bytes.withUnsafeBytes { digest.update($0) }
    return digest.finish()
  }
}
