import DigestShim
import PlumbDiagnostics

/// A digest of bytes, as `hash_md5`, `hash_sha1` and `hash_sha256` print it.
package struct Digest: Sendable {
  private let byteCount: Int
  private let compute: @Sendable (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>) -> Void

  package static let md5 = Digest(byteCount: 16) { plumb_digest_md5($0, $1, $2) }
  static let sha1 = Digest(byteCount: 20) { plumb_digest_sha1($0, $1, $2) }
  package static let sha256 = Digest(byteCount: 32) { plumb_digest_sha256($0, $1, $2) }

  /// Appends the digest in hexadecimal.
  func print(_ bytes: Bytes, to out: inout ByteBuffer) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: byteCount) { digest in
      guard let base = digest.baseAddress else { return }
      compute(bytes.baseAddress, bytes.count, base)
      out.append(hexadecimal: Bytes(digest))
    }
  }

  /// The digest in hexadecimal.
  package func text(_ bytes: Bytes) -> String {
    var out = ByteBuffer()
    print(bytes, to: &out)
    return out.string
  }
}

extension ByteBuffer {
  /// Appends two hexadecimal digits per byte, in lower case.
  mutating func append(hexadecimal bytes: some Sequence<UInt8>) {
    for byte in bytes {
      append(hexadecimalDigit: byte &>> 4)
      append(hexadecimalDigit: byte & 15)
    }
  }

  private mutating func append(hexadecimalDigit digit: UInt8) {
    append(digit < 10 ? .digitZero &+ digit : UInt8(ascii: "a") &+ digit &- 10)
  }
}
