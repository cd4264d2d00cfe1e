import Testing

@testable import PlumbEngine

/// Digests by the test vectors of RFC 1321 and FIPS 180-4, and the XML and addresses that libraries read.
@Suite struct LibraryTests {
  private func hash(_ digest: Digest, _ text: String) -> String { text.withUTF8Bytes { digest.text($0) } }

  @Test func knownDigests() {
    let long = String(repeating: "a", count: 1_000_000)
    let two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    #expect(hash(.md5, "") == "d41d8cd98f00b204e9800998ecf8427e")
    #expect(hash(.md5, "message digest") == "f96b697d7cb7938d525a2f31aaf161d0")
    #expect(hash(.md5, "12345678901234567890123456789012345678901234567890123456789012345678901234567890") == "57edf4a22be3c955ac49da2e2107b67a")
    #expect(hash(.sha1, "") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    #expect(hash(.sha1, "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(hash(.sha1, two) == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
    #expect(hash(.sha1, long) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
    #expect(hash(.sha256, "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hash(.sha256, two) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(hash(.sha256, long) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  private func xml(_ text: String) -> String? { text.withUTF8Bytes { XMLText.parse($0) }?.json }

  static let documents: [(xml: String, json: String?)] = [
    ("<e/>", #"{"e":null}"#), ("<e></e>", #"{"e":null}"#), ("<e> text </e>", #"{"e":"text"}"#),
    ("<e a='1' b=\"2\"/>", ##"{"e":{"@a":"1","@b":"2"}}"##),
    ("<e> <a>x</a> <b>y</b> <a>z</a> </e>", #"{"e":{"a":["x","z"],"b":"y"}}"#),
    ("<e>one<a/>two &amp; three</e>", ##"{"e":{"#text":"one two & three","a":null}}"##),
    ("<e>&#65;&#x42;&lt;&quot;</e>", #"{"e":"AB<\""}"#), ("<e><![CDATA[ <x> & ]]></e>", #"{"e":" <x> & "}"#),
    ("\u{FEFF}\n <?xml version='1.0' encoding='utf-16'?><!-- c --><n:e xmlns:n='u'>é</n:e> <?p i?>", ##"{"n:e":{"@xmlns:n":"u","#text":"é"}}"##),
    ("<!DOCTYPE e SYSTEM 'e.dtd'><e/>", #"{"e":null}"#),
    // Entities of one's own, which can stand for gigabytes of text.
    ("<!DOCTYPE e [<!ENTITY a 'b'>]><e>&a;</e>", nil), ("<e>&nbsp;</e>", nil), ("<e>", nil), ("<e></f>", nil),
    ("<e a=1/>", nil), ("<e/><e/>", nil), ("", nil), ("text", nil), ("<e\0/>", nil), ("<e a='1' a='2'/>", nil),
  ]

  @Test(arguments: documents.indices) func document(_ place: Int) {
    let (text, json) = Self.documents[place]
    #expect(xml(text) == json, "\(text)")
  }

  @Test func deepDocuments() {
    for depth in [10, 500, 5000, 100_000] {
      let document = String(repeating: "<e>", count: depth) + String(repeating: "</e>", count: depth)
      #expect((xml(document) != nil) == (depth < DynamicBytes.depthLimit - 1), "\(depth)")
    }
    #expect(xml("<e>" + String(repeating: " ", count: XMLText.sizeLimit) + "</e>") == nil)
  }

  static let addresses: [(text: String, groups: String?)] = [
    ("::", "0000:0000:0000:0000:0000:0000:0000:0000"), ("::1", "0000:0000:0000:0000:0000:0000:0000:0001"),
    ("fe80::A:b", "fe80:0000:0000:0000:0000:0000:000a:000b"), ("1:2:3:4:5:6:7:8", "0001:0002:0003:0004:0005:0006:0007:0008"),
    ("1::8", "0001:0000:0000:0000:0000:0000:0000:0008"), ("::ffff:192.168.1.2", "0000:0000:0000:0000:0000:ffff:c0a8:0102"),
    ("::192.168.1.2", "0000:0000:0000:0000:0000:ffff:c0a8:0102"), ("192.168.1.2", "0000:0000:0000:0000:0000:ffff:c0a8:0102"),
    ("1:2:3:4:5:6:7", nil), ("1:2:3:4:5:6:7:8:9", nil), ("1::2::3", nil), (":1:2", nil), ("1:", nil), ("12345::", nil),
    ("::g", nil), ("::1\0", nil), ("fe80::1%eth0", nil), ("::1.2.3", nil), ("", nil),
    (String(repeating: "0", count: 200) + "::", nil),
  ]

  @Test(arguments: addresses.indices) func address(_ place: Int) {
    let (text, groups) = Self.addresses[place]
    let address = text.withUTF8Bytes { IPv6.parse($0) }
    var out = ByteBuffer()
    if let address { IPv6.print(address.address, to: &out) }
    #expect((address == nil ? nil : out.string) == groups, "\(text)")
  }
}
