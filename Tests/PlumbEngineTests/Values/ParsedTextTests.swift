import Testing

@testable import PlumbEngine

@Suite struct ParsedTextTests {
  private func json(_ text: String, _ parse: (Bytes, inout ByteBuffer) -> Void) -> String {
    var out = ByteBuffer()
    text.withUTF8Bytes { parse($0, &out) }
    return out.withBytes { DynamicBytes.decode($0).json }
  }

  @Test func urls() {
    #expect(json("scheme://username:password@host:1234/this/is/a/path?k1=v1&k2=v2#fragment") { ParsedText.url($0, to: &$1) }
      == #"{"Scheme":"scheme","Host":"host","Port":"1234","Path":"this/is/a/path","Username":"username","#
      + #""Password":"password","Query Parameters":{"k1":"v1","k2":"v2"},"Fragment":"fragment"}"#)
    #expect(json("k1=v1&k2=v2&k3=v3") { ParsedText.urlQuery($0, to: &$1) }
      == #"{"Query Parameters":{"k1":"v1","k2":"v2","k3":"v3"}}"#)
  }

  @Test(arguments: [
    (#"C:\temp\file.txt"#, "", "C:", #"C:\\temp"#, "temp", "file.txt", "txt", ""),
    (#"temp\file.txt"#, "", "", "temp", "temp", "file.txt", "txt", ""),
    ("file://C:/temp/file.txt:some.exe", "file", "C:", "C:/temp", "temp", "file.txt", "txt", "some.exe"),
    (#"\\shared\users\temp\file.txt.gz"#, "", "", #"\\\\shared\\users\\temp"#, "temp", "file.txt.gz", "gz", ""),
    ("/usr/lib/temp/file.txt", "", "", "/usr/lib/temp", "temp", "file.txt", "txt", ""),
    ("", "", "", "", "", "", "", ""),
  ])
  func paths(
    _ path: String, _ scheme: String, _ root: String, _ directory: String, _ name: String, _ file: String,
    _ ending: String, _ stream: String
  ) {
    #expect(json(path) { ParsedText.path($0, to: &$1) }
      == #"{"Scheme":"\#(scheme)","RootPath":"\#(root)","DirectoryPath":"\#(directory)","DirectoryName":"\#(name)","#
      + #""Filename":"\#(file)","Extension":"\#(ending)","AlternateDataStreamName":"\#(stream)"}"#)
  }

  @Test(arguments: [
    ("0.0.0.5", "5"), ("0.0.7.0", "700000000"), ("0.2", "20000000000000000"), ("1.2.3.4", "1000000020000000300000004"),
    ("1", "1000000000000000000000000"), ("1.x", nil), ("1.2.3.4.5", nil), ("", nil), ("1..2", nil),
  ])
  func versions(_ text: String, _ expected: String?) {
    #expect(text.withUTF8Bytes { ParsedText.version($0) }?.text == expected)
  }

  @Test func records() {
    #expect(json("aa,\"b,b,b\",cc,\"Escaping quotes: \"\"Title\"\"\",\"line1\nline2\"") { ParsedText.csv($0, to: &$1) }
      == #"["aa","b,b,b","cc","Escaping quotes: \"Title\"","line1\nline2"]"#)
    #expect(json("record1,a,b,c\nrecord2,x,y,z") { ParsedText.csv($0, to: &$1) } == #"["record1","a","b","c"]"#)
    #expect(json("a,,\"") { ParsedText.csv($0, to: &$1) } == #"["a","",""]"#)
    #expect(json(#"echo "hello world!""#) { ParsedText.commandLine($0, to: &$1) } == #"["echo","hello world!"]"#)
    #expect(json(#"run a\\b "c d\\" e\"f "g""h" "#) { ParsedText.commandLine($0, to: &$1) }
      == #"["run","a\\\\b","c d\\","e\"f","g\"h "]"#)
  }

  @Test func sizesAndUnits() throws {
    let none = Bytes(start: nil, count: 0)
    #expect(printed { _ = ByteSize.print(564, unit: none, to: &$0) } == "564 Bytes")
    #expect(printed { _ = ByteSize.print(10332, precision: 1, unit: none, to: &$0) } == "10.1 KB")
    #expect(printed { _ = ByteSize.print(20_010_332, precision: 2, unit: none, to: &$0) } == "19.08 MB")
    #expect(printed { out in "kb".withUTF8Bytes { _ = ByteSize.print(20_010_332, unit: $0, to: &out) } } == "19541 KB")
    let cases: [(Measure, String, String, Double)] = [
      (.angle, "Degree", "Arcminute", 72), (.energy, "Joule", "BritishThermalUnit", 0.00113738054437598),
      (.force, "Newton", "Decanewton", 0.12), (.length, "Meter", "Foot", 3.93700787401575),
      (.mass, "Kilogram", "Pound", 2.64554714621853), (.speed, "MeterPerSecond", "CentimeterPerHour", 432_000),
      (.temperature, "Kelvin", "DegreeCelsius", -271.95), (.volume, "CubicMeter", "AcreFoot", 0.0009728568),
    ]
    for (measure, from, to, expected) in cases {
      let result = try #require(from.withUTF8Bytes { a in to.withUTF8Bytes { measure.convert(1.2, from: a, to: $0) } })
      #expect(abs(result - expected) <= abs(expected) * 1e-13)
      for unit in measure.units { #expect(unit.name.withUTF8Bytes { measure.unit(named: $0) } != nil) }
    }
  }

  @Test func addresses() {
    func v4(_ text: String) -> IPv4? { text.withUTF8Bytes { IPv4.parse($0) } }
    func v6(_ text: String) -> IPv6? { text.withUTF8Bytes { IPv6.parse($0) } }
    #expect(v4("192.168.1.1/24")?.network == 3_232_235_776)
    #expect(v4("255.255.255.255/31")?.network == 4_294_967_294)
    for bad in ["1.2.3", "1.2.3.256", "1.2.3.4/33", "a.b.c.d", "", "1.2.3.4.5", "1.2.3.4/"] { #expect(v4(bad) == nil) }
    #expect(v4("192.168.1.1/30").flatMap { a in v4("192.168.1.255/24").map { a.compared(to: $0) } } == 0)
    #expect(v4("172.31.0.1")?.isPrivate == true)
    #expect(v4("127.0.0.1")?.isPrivate == false)
    let ranges = IPv4.ranges(from: 0x0101_8000, through: 0x0101_8CFF)
    #expect(ranges == [v4("1.1.128.0/21"), v4("1.1.136.0/22"), v4("1.1.140.0/24")].compactMap { $0 })
    #expect(IPv4.ranges(from: 0, through: .max) == [IPv4(address: 0, prefix: 0)])
    func canonical(_ text: String) -> String? { v6(text).map { ip in printed { IPv6.print(ip.network, to: &$0) } } }
    #expect(canonical("192.168.255.255/24") == "0000:0000:0000:0000:0000:ffff:c0a8:ff00")
    #expect(canonical("::192.168.255.255/24") == "0000:0000:0000:0000:0000:ffff:c0a8:ff00")
    #expect(canonical("fe80::85d:e82c:9446:7994/120") == "fe80:0000:0000:0000:085d:e82c:9446:7900")
    #expect(canonical("::") == "0000:0000:0000:0000:0000:0000:0000:0000")
    for bad in [":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::1/129", "1:", "g::"] { #expect(v6(bad) == nil) }
    #expect(v6("a5e:f127:8a9d:146d:e102:b5d3:c755:abcd").flatMap { a in v6("a5e:f127:8a9d:146d:e102:b5d3:c755:f6cd/112").map { a.isIn($0) } } == true)
    func has(_ text: String, _ prefix: String, whole: Bool = false) -> Bool {
      prefix.withUTF8Bytes { IPv4Prefix($0, whole: whole) }.map { p in text.withUTF8Bytes { p.isFound(in: $0) } } ?? false
    }
    #expect(has("05:04:54 127.0.0.1 GET /favicon.ico 404", "127.0.0.1", whole: true))
    #expect(has("05:04:54 127.0.0.1 GET /favicon.ico 404", "127.0."))
    #expect(!has("05:04:54 127.0.0.1 GET", "127.0"))
    #expect(!has("05:04:54 127.0.0.256 GET", "127.0."))
    #expect(!has("05:04:54127.0.0.1 GET", "127.0."))
  }

  @Test func specialFunctions() {
    #expect(abs(SpecialFunctions.betaDistribution(0.9, 10, 20) - 0.999999999999959) < 1e-14)
    #expect(abs(SpecialFunctions.betaInverse(0.1, 10, 20) - 0.226415022388749) < 1e-14)
    #expect(abs(SpecialFunctions.betaDensity(0.5, 10, 20) - 0.746176019310951) < 1e-13)
    #expect(SpecialFunctions.betaDistribution(1.5, 10, 20).isNaN)
    #expect(abs(SpecialFunctions.normalDistribution(1.959963984540054) - 0.975) < 1e-14)
    // The samples of the documentation's example have these moments.
    let welch = SpecialFunctions.welchTest(20.82, 7.867428571428573, 15, 22.986666666666668, 3.8126666666666678, 15)
    #expect(abs(welch - 0.021) < 0.001)
    for p in [0.001, 0.2, 0.5, 0.99] {
      for (a, b) in [(0.5, 0.5), (1.0, 3.0), (50.0, 2.0), (500.0, 900.0)] {
        let x = SpecialFunctions.betaInverse(p, a, b)
        #expect(abs(SpecialFunctions.betaDistribution(x, a, b) - p) < 1e-10)
      }
    }
    #expect(abs(SpecialFunctions.studentTail(2, degrees: 10) - 0.07338803477074) < 1e-12)
  }

  @Test func sketches() throws {
    var digest = TDigest()
    digest.add(1, weight: 1)
    digest.add(2, weight: 2)
    let median = digest.percentile(50)
    #expect(median == 2)
    var random = RandomGenerator(seed: 9)
    var big = TDigest()
    var other = TDigest()
    var values: [Double] = []
    for i in 0..<60_000 {
      let value = random.unit() * random.unit() * 1000
      values.append(value)
      if i % 2 == 0 { big.add(value) } else { other.add(value) }
    }
    big.merge(other)
    values.sort()
    for p in [1.0, 25, 50, 90, 99, 99.9] {
      let percentile = big.percentile(p)
      let found = try #require(percentile)
      let rank = Double(values.firstIndex { $0 >= found } ?? values.count) / Double(values.count) * 100
      #expect(abs(rank - p) < 0.5)
    }
    #expect(big.means.count < 1000)
    var bytes = ByteBuffer()
    big.encode(to: &bytes)
    var again = try #require(bytes.withBytes { TDigest(DynamicCursor($0)) })
    let medians = (again.percentile(50), big.percentile(50))
    #expect(medians.0 == medians.1)

    for (accuracy, tolerance) in [(0 as Int64, 0.05), (1, 0.025), (4, 0.01)] {
      var a = HyperLogLog(accuracy: accuracy)
      var b = HyperLogLog(accuracy: accuracy)
      for i in 0..<1000 { a.add(XXHash64.hash(UInt64(i))) }
      #expect(a.estimate == 1000)
      for i in 500..<200_000 { b.add(XXHash64.hash(UInt64(i))) }
      a.merge(b)
      #expect(abs(Double(a.estimate) / 200_000 - 1) < tolerance)
      var coarse = HyperLogLog(accuracy: 0)
      coarse.add(1)
      coarse.merge(a)
      #expect(abs(Double(coarse.estimate) / 200_001 - 1) < 0.05)
      var encoded = ByteBuffer()
      a.encode(to: &encoded)
      #expect(encoded.withBytes { HyperLogLog(DynamicCursor($0)) }?.estimate == a.estimate)
    }
  }
}
