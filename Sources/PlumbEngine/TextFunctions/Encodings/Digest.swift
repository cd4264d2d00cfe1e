import Glibc

/// Digests of bytes, as `hash_md5`, `hash_sha1` and `hash_sha256` print them.
enum Digest {
  static func md5(_ bytes: Bytes) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
    forEachBlock(bytes, bigEndian: false) { block in
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      for i in 0..<64 {
        var mixed: UInt32
        let word: Int
        switch i / 16 {
        case 0: (mixed, word) = ((b & c) | (~b & d), i)
        case 1: (mixed, word) = ((d & b) | (~d & c), (5 &* i &+ 1) % 16)
        case 2: (mixed, word) = (b ^ c ^ d, (3 &* i &+ 5) % 16)
        default: (mixed, word) = (c ^ (b | ~d), (7 &* i) % 16)
        }
        mixed = mixed &+ a &+ md5Sines[i] &+ block[word]
        a = d
        d = c
        c = b
        b = b &+ rotate(mixed, left: md5Shifts[i / 16 &* 4 &+ i % 4])
      }
      state[0] = state[0] &+ a
      state[1] = state[1] &+ b
      state[2] = state[2] &+ c
      state[3] = state[3] &+ d
    }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word &>> UInt32($0 &* 8)) } }
  }

  static func sha1(_ bytes: Bytes) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    var words = [UInt32](repeating: 0, count: 80)
    forEachBlock(bytes, bigEndian: true) { block in
      for i in 0..<16 { words[i] = block[i] }
      for i in 16..<80 {
        words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], left: 1)
      }
      var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
      for i in 0..<80 {
        let mixed: UInt32
        let constant: UInt32
        switch i / 20 {
        case 0: (mixed, constant) = ((b & c) | (~b & d), 0x5A82_7999)
        case 1: (mixed, constant) = (b ^ c ^ d, 0x6ED9_EBA1)
        case 2: (mixed, constant) = ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
        default: (mixed, constant) = (b ^ c ^ d, 0xCA62_C1D6)
        }
        let next = rotate(a, left: 5) &+ mixed &+ e &+ constant &+ words[i]
        e = d
        d = c
        c = rotate(b, left: 30)
        b = a
        a = next
      }
      for (i, part) in [a, b, c, d, e].enumerated() { state[i] = state[i] &+ part }
    }
    return bigEndianBytes(state)
  }

  static func sha256(_ bytes: Bytes) -> [UInt8] {
    var state: [UInt32] = [
      0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    var words = [UInt32](repeating: 0, count: 64)
    forEachBlock(bytes, bigEndian: true) { block in
      for i in 0..<16 { words[i] = block[i] }
      for i in 16..<64 {
        let (x, y) = (words[i - 15], words[i - 2])
        let s0 = rotate(x, left: 25) ^ rotate(x, left: 14) ^ x &>> 3
        let s1 = rotate(y, left: 15) ^ rotate(y, left: 13) ^ y &>> 10
        words[i] = words[i - 16] &+ s0 &+ words[i - 7] &+ s1
      }
      var v = state
      for i in 0..<64 {
        let s1 = rotate(v[4], left: 26) ^ rotate(v[4], left: 21) ^ rotate(v[4], left: 7)
        let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
        let first = v[7] &+ s1 &+ choice &+ sha256Constants[i] &+ words[i]
        let s0 = rotate(v[0], left: 30) ^ rotate(v[0], left: 19) ^ rotate(v[0], left: 10)
        let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
        v = [first &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
      }
      for i in 0..<8 { state[i] = state[i] &+ v[i] }
    }
    return bigEndianBytes(state)
  }

  /// Appends two hexadecimal digits a byte, in lower case.
  static func printHexadecimal(_ bytes: [UInt8], to out: inout ByteBuffer) {
    for byte in bytes {
      for digit in [byte &>> 4, byte & 15] { out.append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit) }
    }
  }

  private static func rotate(_ value: UInt32, left: UInt32) -> UInt32 {
    value &<< left | value &>> (32 &- left)
  }

  private static func bigEndianBytes(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word &>> UInt32(24 &- $0 &* 8)) } }
  }

  /// Pads as RFC 1321 and FIPS 180 do and hands on blocks of sixteen words.
  private static func forEachBlock(_ bytes: Bytes, bigEndian: Bool, _ body: ([UInt32]) -> Void) {
    var tail = Array(bytes.part(from: bytes.count / 64 * 64))
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    let bits = UInt64(bytes.count) &* 8
    for i: UInt64 in 0..<8 {
      tail.append(UInt8(truncatingIfNeeded: bits &>> (bigEndian ? 56 &- i &* 8 : i &* 8)))
    }
    var block = [UInt32](repeating: 0, count: 16)
    func hand(_ source: Bytes, _ start: Int) {
      for i in 0..<16 {
        let at = start &+ i &* 4
        let (a, b, c, d) = (UInt32(source[at]), UInt32(source[at &+ 1]), UInt32(source[at &+ 2]), UInt32(source[at &+ 3]))
        block[i] = bigEndian ? a &<< 24 | b &<< 16 | c &<< 8 | d : d &<< 24 | c &<< 16 | b &<< 8 | a
      }
      body(block)
    }
    for start in stride(from: 0, to: bytes.count / 64 * 64, by: 64) { hand(bytes, start) }
    tail.withUnsafeBufferPointer { tail in
      for start in stride(from: 0, to: tail.count, by: 64) { hand(tail, start) }
    }
  }

  private static let md5Shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

  // RFC 1321: the whole part of 2^32 times |sin(i)|.
  private static let md5Sines: [UInt32] = (1...64).map { UInt32(abs(sin(Double($0))) * 4_294_967_296) }

  // FIPS 180-4: the first 32 bits of the fractions of the cube roots of the first 64 primes.
  private static let sha256Constants: [UInt32] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]
}

/// The MD5 of some bytes as 32 hexadecimal digits in lower case.
package func md5Text(_ bytes: Bytes) -> String {
  var out = ByteBuffer()
  Digest.printHexadecimal(Digest.md5(bytes), to: &out)
  return out.string
}
