import PlumbSimulator
import Testing

@testable import PlumbEngine

@Suite struct TextTests {
  @Test(arguments: [
    ("North America", "america", true), ("North America", "amer", false), ("KustoExplorerQueryRun", "Explorer", false),
    ("a-b-c", "b-c", true), ("xa-b-cx", "a-b", false), ("", "", true), ("abc", "", true), ("", "a", false),
    ("Straße über", "ÜBER", true), ("Größe", "größ", false), ("one_two", "two", true), ("x 500ms", "500", false),
    ("status=500", "500", true), ("status=500", "=500", true), ("émile", "mile", false),
    ("first 0123456789 abcdefghijklmnopqrstuvwxyz last", "LAST", true),
  ])
  func has(_ text: String, _ needle: String, _ expected: Bool) {
    #expect(text.withUTF8Bytes { TextNeedle(needle, ignoresCase: true).isTerm(in: $0) } == expected)
  }

  @Test func searchesLikeANaiveLoop() {
    var random = RandomGenerator(seed: 8)
    for _ in 0..<4000 {
      let text = (0..<random.below(60)).map { _ in UInt8(0x61 + random.below(3)) ^ UInt8(random.below(2) * 32) }
      let needle = (0..<random.below(5)).map { _ in UInt8(0x61 + random.below(3)) ^ UInt8(random.below(2) * 32) }
      let lowText = text.map { $0 | 32 }
      let lowNeedle = needle.map { $0 | 32 }
      func naive(_ text: [UInt8], _ needle: [UInt8]) -> Int? {
        if needle.count > text.count { return nil }
        return (0...text.count - needle.count).first { Array(text[$0..<$0 + needle.count]) == needle }
      }
      text.withUnsafeBufferPointer { bytes in
        needle.withUnsafeBufferPointer { sought in
          #expect(TextNeedle(sought, ignoresCase: false).offset(in: bytes) == naive(text, needle))
          #expect(TextNeedle(sought, ignoresCase: true).isFound(in: bytes) == (naive(lowText, lowNeedle) != nil))
          #expect(TextNeedle(sought, ignoresCase: true).isPrefix(of: bytes) == lowText.starts(with: lowNeedle))
          #expect(TextNeedle(sought, ignoresCase: true).isSuffix(of: bytes) == lowText.reversed().starts(with: lowNeedle.reversed()))
        }
      }
    }
  }

  @Test func keepsToCharacters() {
    let text = "naïve 😀"
    text.withUTF8Bytes { bytes in
      #expect(bytes.characterCount == 7)
      #expect(String(bytes.characters(from: 2, length: 3)) == "ïve")
      #expect(String(bytes.characters(from: 6, length: 9)) == "😀")
      #expect(bytes.characters(from: 9, length: 9).isEmpty)
      #expect(bytes.characters(from: .max, length: .max).isEmpty)
      #expect(printed { TextChange.reverse(bytes, to: &$0) } == "😀 evïan")
      #expect(printed { TextChange.uppercase(bytes, to: &$0) } == "NAÏVE 😀")
    }
    #expect("ΣΊΣΥΦΟΣ".withUTF8Bytes { a in "σίσυφος".withUTF8Bytes { CaselessOrder.areEqual(a, $0) } })
    let broken: [UInt8] = [0x61, 0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0xE2, 0x82]
    broken.withUnsafeBufferPointer { bytes in
      #expect(!bytes.isWellFormed)
      #expect(printed { TextChange.repair(bytes, to: &$0) }.utf8.allSatisfy { _ in true })
      _ = TextNeedle(bytes, ignoresCase: true).isTerm(in: bytes)
      _ = printed { TextChange.reverse(bytes, to: &$0) }
    }
    #expect("spark".withUTF8Bytes { text in
      "krasp".withUTF8Bytes { from in "otsku".withUTF8Bytes { into in printed { TextChange.translate(text, from: from, into: into, to: &$0) } } }
    } == "kusto")
  }

  @Test(arguments: [
    ("World", "f5a7924e621e84c9280a9a27e1bcb7f6", "70c07ec18ef89c5309bbb0937f3a6342411e1fdd"),
    ("", "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    (String(repeating: "a", count: 64), "014842d480b571495a4a0363793f7367", "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
  ])
  func digests(_ text: String, _ md5: String, _ sha1: String) {
    #expect(text.withUTF8Bytes { Digest.md5.text($0) } == md5)
    #expect(text.withUTF8Bytes { Digest.sha1.text($0) } == sha1)
  }

  @Test func hashes() {
    #expect("abc".withUTF8Bytes { Digest.sha256.text($0) }
      == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Int64(bitPattern: "World".withUTF8Bytes { XXHash64.hash($0) }) == 1_846_988_464_401_551_951)
    #expect(XXHash64.remainder("World".withUTF8Bytes { XXHash64.hash($0) }, 100) == 51)
    let moment = DateTime.parse("2015-01-01") ?? 0
    #expect(XXHash64.hash(UInt64(moment)) == 1_380_966_698_541_616_202)
    #expect("".withUTF8Bytes { XXHash64.hash($0) } == 0xEF46_DB37_51D8_E999)
    let long = "Call me Ishmael. Some years ago--never mind how long precisely-"
    #expect(long.withUTF8Bytes { XXHash64.hash($0) } == 0x02A2_E854_70D6_FD96)
    var word = ByteBuffer()
    word.append(littleEndian: 77 as UInt32)
    #expect(word.withBytes { XXHash64.hash($0) } == XXHash64.hash(77 as UInt32))
  }

  private func decoded(_ text: String) -> String? {
    var out = ByteBuffer()
    return text.withUTF8Bytes { Base64.decode($0, to: &out) } ? out.string : nil
  }

  private func decompressed(_ packed: ByteBuffer, _ wrapping: Compression.Wrapping) -> String? {
    var out = ByteBuffer()
    return packed.withBytes { Compression.decompress($0, wrapping, to: &out) } ? out.string : nil
  }

  @Test func encodes() {
    #expect("Kusto".withUTF8Bytes { text in printed { Base64.encode(text, to: &$0) } } == "S3VzdG8=")
    #expect(decoded("S3VzdG8=") == "Kusto")
    for bad in ["x0x0x0", "S3V=dG8=", "S===", "S3Vz dG8"] { #expect(decoded(bad) == nil) }
    let url = "https://www.bing.com/hello world"
    #expect(url.withUTF8Bytes { text in printed { PercentCoding.encode(text, component: false, to: &$0) } }
      == "https%3a%2f%2fwww.bing.com%2fhello+world")
    #expect(url.withUTF8Bytes { text in printed { PercentCoding.encode(text, component: true, to: &$0) } }
      == "https%3a%2f%2fwww.bing.com%2fhello%20world")
    #expect("https%3a%2f%2fwww.bing.com%2f%zz%".withUTF8Bytes { text in printed { PercentCoding.decode(text, to: &$0) } }
      == "https://www.bing.com/%zz%")
  }

  @Test func compresses() {
    let short = "1234567890qwertyuiop"
    #expect(short.withUTF8Bytes { text in printedBase64 { _ = Compression.compress(text, .gzip, to: &$0) } }
      == "H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==")
    #expect(short.withUTF8Bytes { text in printedBase64 { _ = Compression.compress(text, .zlib, to: &$0) } }
      == "eAEBFADr/zEyMzQ1Njc4OTBxd2VydHl1aW9wOAkGdw==")
    var bytes = ByteBuffer()
    _ = "eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4=".withUTF8Bytes { Base64.decode($0, to: &bytes) }
    #expect(decompressed(bytes, .zlib) == "Test string 123")
    for text in ["", short, String(repeating: "pipeline ", count: 50_000)] {
      for wrapping in [Compression.Wrapping.gzip, .zlib] {
        var packed = ByteBuffer()
        #expect(text.withUTF8Bytes { Compression.compress($0, wrapping, to: &packed) })
        #expect(decompressed(packed, wrapping) == text)
        packed.truncate(to: packed.count - 5)
        #expect(decompressed(packed, wrapping) == nil)
      }
    }
  }

  @Test(arguments: [("académie-française", "acadmie-franaise-npb1a"), ("艺术", "cqv902d"), ("abc", "abc-"), ("", "")])
  func punycode(_ text: String, _ encoded: String) {
    #expect(printed { out in _ = text.withUTF8Bytes { Punycode.encode($0, to: &out) } } == encoded)
    #expect(printed { out in _ = encoded.withUTF8Bytes { Punycode.decode($0, to: &out) } } == text)
  }

  @Test(arguments: [
    ("Lê Lợi。Thuận Thiên。com", "xn--L Li-gpa4517b.xn--Thun Thin-s4a7194f.com"),
    ("Riðill｡Skáldskaparmál｡org", "xn--Riill-jta.xn--Skldskaparml-dbbj.org"),
    ("Kaledvoulc'h.Artorījos.edu", "Kaledvoulc'h.xn--Artorjos-ejb.edu"),
  ])
  func punycodeDomains(_ text: String, _ encoded: String) {
    #expect(printed { out in _ = text.withUTF8Bytes { Punycode.encodeDomain($0, to: &out) } } == encoded)
    for damaged in ["xn--99999999999", "xn--é", "xn--zzzzzzzzzzzzzzzzzzzzzzzzzz"] {
      _ = printed { out in _ = damaged.withUTF8Bytes { Punycode.decodeDomain($0, to: &out) } }
    }
  }

  @Test func regularExpressions() throws {
    let number = try RegularExpression.cached(#"is (\d+)"#)
    #expect(number.groupCount == 1)
    #expect("Number is 12".withUTF8Bytes { number.matches($0) })
    #expect("Number is 12".withUTF8Bytes { text in
      #"was: \1 \\ \0"#.withUTF8Bytes { rewrite in printed { number.replace(in: text, with: rewrite, to: &$0) } }
    } == #"Number was: 12 \ is 12"#)
    let optional = try RegularExpression.cached("x*")
    #expect("abxé".withUTF8Bytes { text in
      "-".withUTF8Bytes { rewrite in printed { optional.replace(in: text, with: rewrite, to: &$0) } }
    } == "-a-b-é-")
    #expect("".withUTF8Bytes { optional.matches($0) })
    #expect(throws: RegularExpression.Failure.self) { try RegularExpression.cached("a(") }
  }
}
