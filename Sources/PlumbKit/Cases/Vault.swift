import PlumbDiagnostics
import PlumbEngine
import VaultShim

/// What the passphrase of an interview opens: texts in the file that nobody else can read, and the world itself.
///
/// scrypt (RFC 7914) makes 64 bytes of the passphrase and a salt: the first half is a key for AES-256-GCM (NIST SP 800-38D), the
/// second is what the world follows from. Neither tells anything about the other. One try takes about a tenth of a second and 32 MB.
struct Vault: Sendable {
  private let key: [UInt8]
  /// A text from which the world is made, in hexadecimal digits.
  let worldSecret: String

  private static let nonceSize = Int(PLUMB_VAULT_NONCE), tagSize = Int(PLUMB_VAULT_TAG)

  /// - Throws: a diagnostic if the system has no memory for the derivation.
  init(_ passphrase: String, salt: String) throws {
    let (passphrase, salt) = (Array(passphrase.utf8), Array(salt.utf8))
    var bytes = [UInt8](repeating: 0, count: 64)
    guard plumb_vault_derive(passphrase, passphrase.count, salt, salt.count, &bytes, bytes.count) else {
      throw Diagnostic("no-key", "cannot derive a key from the passphrase; it takes 32 MB of memory")
    }
    key = Array(bytes[..<32])
    worldSecret = bytes[32...].map { byte in byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16) }.joined()
  }

  /// Encrypts a text, as Base64 of nonce, cipher text and tag.
  ///
  /// - Throws: a diagnostic if the library fails.
  func seal(_ text: String) throws -> String {
    let text = Array(text.utf8)
    let nonce = (0..<Self.nonceSize).map { _ in UInt8.random(in: .min ... .max) }
    var sealed = [UInt8](repeating: 0, count: text.count + Self.tagSize)
    guard plumb_vault_seal(key, nonce, text, text.count, &sealed) else { throw Diagnostic("no-key", "cannot encrypt with the key of the passphrase") }
    return Base64.text(of: nonce + sealed)
  }

  /// Decrypts what `seal` returned; nil if another passphrase sealed it, or if it was changed.
  func open(_ sealed: String) -> String? {
    var buffer = ByteBuffer()
    guard sealed.withUTF8Bytes({ Base64.decode($0, to: &buffer) }) else { return nil }
    let bytes = buffer.bytes
    guard bytes.count >= Self.nonceSize + Self.tagSize else { return nil }
    let count = bytes.count - Self.nonceSize - Self.tagSize
    // One byte more, so that an empty text has an address.
    var text = [UInt8](repeating: 0, count: count + 1)
    guard plumb_vault_open(key, Array(bytes[..<Self.nonceSize]), Array(bytes[Self.nonceSize...]), count, &text) else { return nil }
    return String(decoding: text.dropLast(), as: UTF8.self)
  }
}
