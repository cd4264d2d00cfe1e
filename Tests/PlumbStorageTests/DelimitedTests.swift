import PlumbEngine
import Testing

@testable import PlumbStorage

@Suite struct DelimitedTests {
  @Test func typesAreFoundOut() throws {
    let loaded = try load(
      """
      id,share,ok,at,took,key,name,zip
      1,0.5,true,2024-05-01T12:30:00Z,00:00:01.5,74be27de-1e4e-49d9-b579-fe0b331d3642,a,01234
      -2,7,FALSE,2024-05-02,1.02:03:04,74BE27DE-1E4E-49D9-B579-FE0B331D3643,b,99999
      ,,,,,,,

      """)
    #expect(
      loaded.columns
        == "id:long share:real ok:bool at:datetime took:timespan key:guid name:string zip:string")
    #expect(
      loaded.rows == [
        "1|0.5|true|2024-05-01T12:30:00.0000000Z|00:00:01.5000000|74be27de-1e4e-49d9-b579-fe0b331d3642|a|01234",
        "-2|7.0|false|2024-05-02T00:00:00.0000000Z|1.02:03:04|74be27de-1e4e-49d9-b579-fe0b331d3643|b|99999",
        "∅|∅|∅|∅|∅|∅||",
      ])
  }

  @Test func quotes() throws {
    let loaded = try load(
      "a,b\n\"x,y\",1\n\"say \"\"hi\"\"\",\"2\"\n\"two\nlines\",3\n5\" disk,4\n\"\",5\n\"a\"b,6\n")
    #expect(loaded.columns == "a:string b:long")
    #expect(
      loaded.rows == ["x,y|1", "say \"hi\"|2", "two\nlines|3", "5\" disk|4", "|5", "ab|6"])
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func newlines(_ newline: String) throws {
    for end in [newline, ""] {
      let loaded = try load(["a,b", "1,x", "2,y"].joined(separator: newline) + end)
      #expect(loaded.columns == "a:long b:string")
      #expect(loaded.rows == ["1|x", "2|y"])
    }
  }

  @Test func byteOrderMarks() throws {
    #expect(try load("\u{FEFF}a,b\n1,2\n").columns == "a:long b:long")
    #expect(failure("\u{FEFF}") == "empty-file: `t.csv` is empty, so its columns are unknown")
    #expect(try load(bytes: [0xFF, 0xFE, 0x61, 0, 0x2C, 0, 0x62, 0]).columns == "a:string b:string")
  }

  @Test func delimiters() throws {
    for delimiter in [",", ";", "\t", "|"] {
      let loaded = try load("a\(delimiter)b\n1\(delimiter)x\n2\(delimiter)y\n", named: "t.txt")
      #expect(loaded.columns == "a:long b:string", "\(delimiter)")
      #expect(loaded.rows == ["1|x", "2|y"])
    }
    #expect(try load("a;b,c\n1;2,5\n", named: "t.csv") { $0.delimiter = 0x3B }.columns == "a:long b,c:string")
  }

  @Test func headers() throws {
    #expect(try load("1,2\n3,4\n").columns == "Column1:long Column2:long")
    #expect(try load("a,,a,a1\n1,2,3,4\n").columns == "a:long Column2:long a2:long a1:long")
    #expect(try load("x,y\nz,w\n") { $0.hasHeader = false }.rows == ["x|y", "z|w"])
    #expect(try load("name,city\nbob,oslo\n").columns == "name:string city:string")
    #expect(try load("a,b\n").columns == "a:string b:string")
    #expect(try load("a,b").rows == [])
    #expect(try load("a\n1\n\n3\n").rows == ["1", "∅", "3"])
    #expect(try load("a,b\n1,2\n\n3,4\n\n").rows == ["1|2", "3|4"])
  }

  @Test func statedColumns() throws {
    let stated: Schema = [.init("b", .int), .init("a", .decimal)]
    let byName = try load("a,b,c\n1.50,7,x\n") { $0.columns = stated }
    #expect(byName.columns == "b:int a:decimal")
    #expect(byName.rows == ["7|1.5"] || byName.rows == ["7|1.50"])
    #expect(try load("5,6\n") { $0.columns = stated }.rows == ["5|6"])
    #expect(
      failure("x,y,z\n1,2,3\n") { $0.columns = stated } == "columns-differ: `t.csv` has 3 columns, but 2 are stated")
    #expect(try load("") { $0.columns = stated }.rows == [])
    let dynamic = try load("d\n\"{\"\"x\"\":[1,2]}\"\nplain\n\n") { $0.columns = [.init("d", .dynamic)] }
    #expect(dynamic.rows == ["{\"x\":[1,2]}", "\"plain\"", "∅"])
  }

  @Test func numbers() throws {
    let texts = [
      "0", "-1", "12345678", "123456789", "1234567890123456", "12345678901234567", "9223372036854775807",
      "-9223372036854775808",
    ]
    #expect(try load("n\n" + texts.joined(separator: "\n")).rows == texts)
    let reals = ["0.5", "-1.25", "1234567.5", "12345678.125", "0.1", "1e3", "-2.5E-3", "123456789.123456", ".5", "5."]
    let loaded = try load("n\n" + reals.joined(separator: "\n"))
    #expect(loaded.columns == "n:real")
    #expect(loaded.rows == reals.map { "\(Double($0.hasPrefix(".") ? "0" + $0 : $0.hasSuffix(".") ? $0 + "0" : $0) ?? -1)" })
  }

  @Test func moments() throws {
    let texts = [
      "2024-02-29T23:59:59.1234567Z", "2024-02-29 00:00:00", "0001-01-01T00:00:00.1Z", "9999-12-31T23:59:59.9999999Z",
      "2024-01-02T03:04:05+02:00", "2024-01-02",
    ]
    #expect(
      try load("t\n" + texts.joined(separator: "\n")).rows == [
        "2024-02-29T23:59:59.1234567Z", "2024-02-29T00:00:00.0000000Z", "0001-01-01T00:00:00.1000000Z",
        "9999-12-31T23:59:59.9999999Z", "2024-01-02T01:04:05.0000000Z", "2024-01-02T00:00:00.0000000Z",
      ])
    #expect(
      failure("t\n2024-02-30T00:00:00Z\n") { $0.columns = [.init("t", .datetime)] }
        == "bad-value: `t.csv` line 2, column `t`: `2024-02-30T00:00:00Z` is not a datetime")
    #expect(
      failure("t\n2024-02-20T24:00:00Z\n") { $0.columns = [.init("t", .datetime)] }
        == "bad-value: `t.csv` line 2, column `t`: `2024-02-20T24:00:00Z` is not a datetime")
  }

  @Test func textThatIsNotUTF8() throws {
    let loaded = try load(bytes: Array("a\nx".utf8) + [0xE9] + Array("y\n".utf8) + [0xE9, 0x0A] + Array("žluť\n".utf8)) {
      $0.hasHeader = true
    }
    #expect(loaded.rows == ["x\u{FFFD}y", "\u{FFFD}", "žluť"])
  }

  @Test func wideningReadsAgain() throws {
    // The odd values lie where no sample looks.
    var lines = ["a,b,c,d"]
    for i in 0..<300_000 { lines.append("\(i),\(i % 7),2024-01-01,\(i)") }
    lines[140_001] = "1.5,x,2024-01-01,7"
    lines[200_001] = "2,3,never,99999999999999999999"
    let text = lines.joined(separator: "\n")
    for threads in [1, 2] {
      let loaded = try load(text) {
        $0.threads = threads
        $0.blockSize = 100_000
      }
      #expect(loaded.columns == "a:real b:string c:string d:string")
      let rows = loaded.rows
      #expect(rows.count == 300_000)
      #expect(rows[0] == "0.0|0|2024-01-01|0")
      #expect(rows[140_000] == "1.5|x|2024-01-01|7")
      #expect(rows[200_000] == "2.0|3|never|99999999999999999999")
    }
  }

  @Test func textsThatAreMostlyDistinct() throws {
    var lines = ["k,g"]
    for i in 0..<200_000 { lines.append("key number \(i),g\(i % 3)") }
    let loaded = try load(lines.joined(separator: "\n")) { $0.blockSize = 1 << 20 }
    #expect(loaded.rows == lines.dropFirst().map { $0.replacing(",", with: "|") })
    let groups = try loaded.table.groups.map { try $0.columns.map(\.encoding) }
    #expect(groups.allSatisfy { $0 == [.plain, .codes8] })
  }
}
