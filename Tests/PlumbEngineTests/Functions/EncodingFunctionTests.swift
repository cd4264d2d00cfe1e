import PlumbSimulator
import Testing
@testable import PlumbEngine

@Suite("Encoding, parsing and addresses") struct EncodingFunctionTests {
  private func check(_ name: String, _ arguments: [Value], _ expected: String) throws {
    #expect(text(try call(name, arguments)) == expected, "\(name)(\(arguments.map(text).joined(separator: ", ")))")
  }

  @Test func encodings() throws {
    try check("base64_encode_tostring", ["Kusto"], "S3VzdG8=")
    try check("base64_decode_tostring", ["U3RyaW5n0KHR0tGA0L7Rh9C60LA="], "")
    try check("base64_encode_fromarray", [json("[75,117,115,116,111]")], "S3VzdG8=")
    try check("base64_decode_toarray", ["S3VzdG8="], "[75,117,115,116,111]")
    try check("url_encode_component", ["https://www.bing.com/hello world/"], "https%3a%2f%2fwww.bing.com%2fhello%20world%2f")
    try check("url_decode", ["https%3a%2f%2fwww.bing.com%2f"], "https://www.bing.com/")
    try check("zlib_decompress_from_base64_string", ["eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4="], "Test string 123")
    try check("gzip_decompress_from_base64_string", ["x0x0x0"], "")
    try check("punycode_to_string", ["acadmie-franaise-npb1a"], "académie-française")
    try check("punycode_from_string", ["académie-française"], "acadmie-franaise-npb1a")
    try check(
      "punycode_domain_to_string", ["Lê Lợi。Thuận Thiên。com"], "xn--L Li-gpa4517b.xn--Thun Thin-s4a7194f.com")
    try check("punycode_domain_to_string", ["Riðill｡Skáldskaparmál｡org"], "xn--Riill-jta.xn--Skldskaparml-dbbj.org")
    try check("punycode_domain_from_string", ["xn--Ge-mia.Bulg.edu"], "Gáe.Bulg.edu")
    try check("punycode_domain_from_string", ["xn--Ry-lja8c.xn--Jng-uta63a.xn--Bng-9ka.com"], "Rúyì.Jīngū.Bàng.com")
  }

  @Test func hashes() throws {
    try check("hash", ["World"], "1846988464401551951")
    try check("hash_xxhash64", ["World", 100], "51")
    let year = DateTime.ticks(year: 2015, month: 1, day: 1, hour: 0, minute: 0, second: 0, fraction: 0) ?? 0
    try check("hash", [.datetime(year)], "1380966698541616202")
    try check("hash_md5", ["World"], "f5a7924e621e84c9280a9a27e1bcb7f6")
    let later = DateTime.ticks(year: 2020, month: 1, day: 1, hour: 0, minute: 0, second: 0, fraction: 0) ?? 0
    try check("hash_md5", [.datetime(later)], "786c530672d1f8db31fee25ea8a9390b")
    try check("hash_sha1", [.datetime(later)], "e903e533f4d636b4fc0dcf3cf81e7b7f330de776")
  }

  @Test func addresses() throws {
    try check("ipv4_compare", ["192.168.1.1/30", "192.168.1.255/24"], "0")
    try check("ipv4_is_match", ["192.168.1.1", "192.168.1.0", 31], "true")
    try check("ipv4_is_in_any_range", ["192.168.1.6", "10.0.0.1/8", json(#"["192.168.1.1/24"]"#)], "true")
    try check("ipv4_is_private", ["nonsense"], "")
    try check("parse_ipv4", ["255.255.255.255/31"], "4294967294")
    try check("format_ipv4", ["192.168.1.1/24", 32], "192.168.1.0")
    try check("format_ipv4_mask", ["192.168.1.1", 24], "192.168.1.0/24")
    try check("format_ipv4", ["192.168.1.1/24", -1], "")
    try check("ipv4_range_to_cidr_list", ["1.1.128.0", "1.1.140.255"], #"["1.1.128.0/21","1.1.136.0/22","1.1.140.0/24"]"#)
    try check("has_ipv4", ["05:04:54 127.0.0.1 GET", "127.0.0.1"], "true")
    try check("has_ipv4", ["05:04:54 127.0.0.256 GET", "127.0.0.256"], "false")
    try check("has_any_ipv4_prefix", ["05:04:54 127.0.0.1 GET", json(#"["127.0.","192.168."]"#)], "true")
    try check("has_ipv4_prefix", ["05:04:54 127.0.0.1 GET", "127.0"], "false")
    try check("ipv6_compare", ["::192.168.1.1/30", "192.168.1.255/24", 127], "0")
    try check("ipv6_is_match", ["192.168.1.1", "192.168.1.0", 31], "true")
    try check("parse_ipv6_mask", ["192.168.255.255", 120], "0000:0000:0000:0000:0000:ffff:c0a8:ff00")
  }

  @Test func knownShapes() throws {
    try check("parse_version", ["0.0.3"], "300000000")
    try check("parse_csv", ["record1,a,b\nrecord2,x"], #"["record1","a","b"]"#)
    try check("parse_command_line", ["echo \"hello world!\"", "windows"], #"["echo","hello world!"]"#)
    try check("parse_xml", ["<?xml version='1.0'?>\n<e a=\"v\">t &lt; u<b/><b>2</b></e>"],
      ##"{"e":{"@a":"v","#text":"t < u","b":[null,"2"]}}"##)
    try check("parse_xml", ["<e><a></e>"], "")
    try check("parse_urlquery", ["k1=v1&k2=v2"], #"{"Query Parameters":{"k1":"v1","k2":"v2"}}"#)
  }
}
