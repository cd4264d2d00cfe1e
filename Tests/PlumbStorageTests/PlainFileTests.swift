import PlumbEngine
import Testing

@testable import PlumbStorage

/// Delimited files as other programs write them, and what is understood of them.
@Suite struct PlainFileTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let columns: String
    let rows: [String]
    var note: String?
    var file = "t.csv"

    init(_ title: String, _ text: String, _ columns: String, _ rows: [String], note: String? = nil, file: String = "t.csv") {
      (testDescription, self.text, self.columns, self.rows, self.note, self.file) = (title, text, columns, rows, note, file)
    }
  }

  static let starts: [Case] = [
    Case("a blank line above the header", "\nid,status\n1,ok\n2,bad\n", "id:long status:string", ["1|ok", "2|bad"]),
    Case("blank lines with carriage returns", "\r\n\r\nid,status\r\n1,ok\r\n", "id:long status:string", ["1|ok"]),
    Case("Excel's line for the delimiter", "sep=;\nid;share\n1;2,5\n", "id:long share:string", ["1|2,5"]),
    Case("a comment above", "# exported by x\nid,name,status\n1,a,ok\n", "id:long name:string status:string", ["1|a|ok"],
      note: "1 line above the table was left out; `--skip-lines N` says how many lines to skip"),
    Case("comments among the rows", "# a\nid;name\n# b\n1;x\n2;y\n# c\n3;z\n# d\n", "id:long name:string", ["1|x", "2|y", "3|z"]),
    Case("a header that is a comment", "# made today\n#id,name\n1,x\n2,y\n", "#id:long name:string", ["1|x", "2|y"]),
    Case("a title padded with delimiters", "Sales 2024,,\n,,\nid,name,status\n1,a,ok\n2,b,bad\n", "id:long name:string status:string", ["1|a|ok", "2|b|bad"],
      note: "2 lines above the table were left out; `--skip-lines N` says how many lines to skip"),
    Case("a report with several lines above", "Report: runs\nFrom: 2024\n\npipeline,runs\nload,3\nsend,4\n", "pipeline:string runs:long", ["load|3", "send|4"]),
    Case("comments after blanks", " # made today\n1;3\n # more\n1;4\n", "Column1:long Column2:long", ["1|3", "1|4"]),
    Case("comments after values", "# a list\na;b\n1;3#5;7\n6;\"7#8\"   # and more\n7; # nothing\n", "a:long b:string", ["1|3", "6|7#8", "7|"]),
    Case("values with the byte of comments", "# a list\nlang,n\nC#,1\nF#,2\n", "lang:string n:long", ["C#|1", "F#|2"]),
    Case("a line of blanks among the rows", "a,b\n1,2\n   \n3,4\n", "a:long b:long", ["1|2", "3|4"]),
    Case("lines that no delimiter divides", "one, two\nthree\nfour; five; six, seven, eight\nnine\nten, eleven, twelve, 13, 14\n", "one, two:string", ["three", "four; five; six, seven, eight", "nine", "ten, eleven, twelve, 13, 14"],
      note: "no delimiter divides the lines into rows, so each line is one value; `--delimiter` says what divides them"),
    Case("zeros in a text", "id,pad\n1,\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\n2,\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\n3,last\n4,last\n", "id:long pad:string", ["1|\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}", "2|\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}", "3|last", "4|last"]),
    Case("rows without values above", ",,\n,,\nid,name,status\n1,a,ok\n2,b,bad\n,,\n,,\n,,\n", "id:long name:string status:string", ["1|a|ok", "2|b|bad"]),
    Case("a sentence above lines of one value", "hello, world\nthree\nfour\n", "hello, world:string", ["three", "four"]),
    Case("a header without rows", "id,name\n(0 rows affected)\n", "id:string name:string", []),
    Case("amounts with commas, and a line without", "share\n12,5\n145,00\n5.25\n", "share:string", ["12,5", "145,00", "5.25"]),
    Case("the largest of several tables", "a,b\n" + String(repeating: "1,2\n", count: 120) + "id,x,y,z\n" + String(repeating: "7,8,9,1\n", count: 121), "id:long x:long y:long z:long", Array(repeating: "7|8|9|1", count: 121),
      note: "121 lines above the table were left out; `--skip-lines N` says how many lines to skip"),
    Case("a count below", "id\tname\n1\ta\n2\tb\n(2 rows affected)\n", "id:long name:string", ["1|a", "2|b"],
      note: "1 line below the table was left out"),
    Case("a total below, after a blank line", "id,name\n1,a\n\nTotal rows: 1\n", "id:long name:string", ["1|a"]),
  ]

  static let headers: [Case] = [
    Case("an empty name, as pandas writes it", ",pipeline,status\nx,load_a,failed\ny,load_b,ok\n", "Column1:string pipeline:string status:string", ["x|load_a|failed", "y|load_b|ok"]),
    Case("a repeated name", "pipeline,status,status\nload_a,ok,bad\nload_b,ok,ok\n", "pipeline:string status:string status1:string", ["load_a|ok|bad", "load_b|ok|ok"]),
    Case("dates as names", "pipeline,2024-01-01,2024-01-02\nload_a,3,4\nload_b,5,6\n", "pipeline:string 2024-01-01:long 2024-01-02:long", ["load_a|3|4", "load_b|5|6"]),
    Case("years as names", "region,2021,2022\nnorth,10,20\nsouth,30,45\n", "region:string 2021:long 2022:long", ["north|10|20", "south|30|45"]),
    Case("numbers as names", "pipeline,0,1,2\na,5,6,7\n", "pipeline:string 0:long 1:long 2:long", ["a|5|6|7"]),
    Case("a name that is not a number", "p95,NaN\n1.5,2\n2.5,3\n", "p95:real NaN:long", ["1.5|2", "2.5|3"]),
    Case("a name of blanks", "a,b, ,e\n1,2,3,4\n", "a:long b:long Column3:long e:long", ["1|2|3|4"]),
    Case("no name for R's row names", "a,b\nx,1,2\ny,3,4\n", "Column1:string a:long b:long", ["x|1|2", "y|3|4"]),
    Case("a delimiter at the end of rows only", "a,b,c\n1,2,3,\n4,5,6,\n", "a:long b:long c:long", ["1|2|3", "4|5|6"]),
    Case("a delimiter at the end of the header only", "a,b,\n1,2\n3,4\n", "a:long b:long", ["1|2", "3|4"]),
    Case("a delimiter at the end of the only row", "\"a\";\"b\"\n\"x\";\"1\";\n", "a:string b:long", ["x|1"]),
    Case("a quoted newline at the end", "\"a\";\"b\"\n\"x\";\"1\";\n\"\n\"\n", "a:string b:long", ["x|1", "|∅"]),
    Case("names above groups", "Trips,,,,\n,,,,\nDay,Place,Fare,,Total\n,,Air,Rail,\n04/04/2014,Cardiff,,£65.60,£65.60\n09/14/2014,London,£16.00,,£16.00\n", "Day:datetime Place:string Fare Air:string Fare Rail:string Total:string", ["2014-04-04T00:00:00.0000000Z|Cardiff||£65.60|£65.60", "2014-09-14T00:00:00.0000000Z|London|£16.00||£16.00"],
      note: "the names of columns are joined from 2 lines; `--skip-lines N` with `--header` takes them from one line"),
    Case("units below names", "sensor,temp,pressure\n,degC,hPa\na,20.5,1000\nb,21.5,1001\n", "sensor:string temp degC:real pressure hPa:long", ["a|20.5|1000", "b|21.5|1001"]),
    Case("units below all names", "t,temp\ns,degC\n1,20.5\n2,21.5\n", "t s:long temp degC:real", ["1|20.5", "2|21.5"]),
    Case("an index and two levels, as pandas writes them", ",north,north,south\n,in,out,in\n0,1,2,3\n1,4,5,6\n", "Column1:long north in:long north out:long south in:long", ["0|1|2|3", "1|4|5|6"]),
    Case("three levels", "site,staff,,,\n,junior,,senior,\n,count,cost,count,cost\na,1,10,2,30\nb,2,20,1,15\n", "site:string staff junior count:long staff junior cost:long staff senior count:long staff senior cost:long", ["a|1|10|2|30", "b|2|20|1|15"]),
    Case("one level, and a first row with an unknown value", "name,score,age\na,unknown,3\nb,2,4\n", "name:string score:string age:long", ["a|unknown|3", "b|2|4"]),
    Case("texts alone have one level", "name,,city\na,x,Paris\nb,y,Rome\n", "name:string Column2:string city:string", ["a|x|Paris", "b|y|Rome"]),
    Case("more names than values", "id,name,approve,reject\n1,a\n2,b\n", "id:long name:string approve:string reject:string", ["1|a||", "2|b||"],
      note: "2 rows had the wrong number of fields; missing fields became null, extra fields were dropped"),
    Case("a name for the first column alone", "A survey,,\n,,\nSource\u{20},,\nT1,x,1\nT2,x,2\nT3,x,3\n", "Source:string Column2:string Column3:long", ["T1|x|1", "T2|x|2", "T3|x|3"]),
    Case("one row with few values", "x,,,,\n", "Column1:string Column2:string Column3:string Column4:string Column5:string", ["x||||"],
      note: "the first row looks like data, so columns are named `Column1` and so on; `--header` takes it as their names"),
    Case("data alone", "x,1,2\ny,2,3\n", "Column1:string Column2:long Column3:long", ["x|1|2", "y|2|3"],
      note: "the first row looks like data, so columns are named `Column1` and so on; `--header` takes it as their names"),
    Case("texts alone that recur", "Alice,A,x\nBob,B,x\n", "Column1:string Column2:string Column3:string", ["Alice|A|x", "Bob|B|x"]),
  ]

  static let quotes: [Case] = [
    Case("tabs, and quotes that mean nothing", "id\tmsg\n1\tok\n2\t\"efg\n3\tok\n4\tklm\"\n5\tok\n", "id:long msg:string", ["1|ok", "2|\"efg", "3|ok", "4|klm\"", "5|ok"], file: "t.tsv"),
    Case("tabs, and a quote that is never closed", "1\t\"a\tb\n2\tc\td\n3\te\tf\n", "Column1:long Column2:string Column3:string", ["1|\"a|b", "2|c|d", "3|e|f"],
      note: "quotes are read as they are, since not all are closed; `--quote` says what surrounds a value", file: "t.tsv"),
    Case("a quote at the end that is never closed", "id,text\n1,ok\n2,\"efg\n", "id:long text:string", ["1|ok", "2|\"efg"],
      note: "quotes are read as they are, since not all are closed; `--quote` says what surrounds a value"),
    Case("lines in quotes stay one value", "id,text\n1,\"a\nb,c\"\n2,d\n", "id:long text:string", ["1|a\nb,c", "2|d"]),
    Case("blanks before quotes", "year, score, title\n1968, 86, \"Greetings\"\n1970, 73, \"Hi, Mom\"\n", "year:long score:long title:string", ["1968|86|Greetings", "1970|73|Hi, Mom"]),
    Case("escaped quotes", "id,text\n1,\"say \\\"hi, you\\\"\"\n2,b\n", "id:long text:string", ["1|say \"hi, you\"", "2|b"]),
    Case("single quotes", "id,text\n1,'a,b'\n2,'it''s'\n", "id:long text:string", ["1|a,b", "2|it's"]),
    Case("single quotes in the header only", "i,'world'\n0,x\n1,y\n", "i:long world:string", ["0|x", "1|y"]),
    Case("an apostrophe", "id,text\n1,'tis\n2,b\n", "id:long text:string", ["1|'tis", "2|b"]),
    Case("a folder that ends with a backslash", "id,path\n1,\"C:\\dir\\\"\n2,\"D:\\\"\n", "id:long path:string", ["1|C:\\dir\\", "2|D:\\"]),
  ]

  static let moments: [Case] = [
    Case("the Azure portal", "At [UTC],s\n\"1/29/2026, 5:44:10.123 AM\",a\n\"1/30/2026, 11:04:10.000 PM\",b\n", "At [UTC]:datetime s:string", ["2026-01-29T05:44:10.1230000Z|a", "2026-01-30T23:04:10.0000000Z|b"]),
    Case("days with dots", "at,n\n31.12.2024 10:00,1\n1.2.2024 9:30,2\n", "at:datetime n:long", ["2024-12-31T10:00:00.0000000Z|1", "2024-02-01T09:30:00.0000000Z|2"]),
    Case("days first in the whole column", "at,n\n5/1/2024,1\n31/12/2024,2\n", "at:datetime n:long", ["2024-01-05T00:00:00.0000000Z|1", "2024-12-31T00:00:00.0000000Z|2"]),
    Case("neither order fits", "at,n\n12/31/2024,1\n31/12/2024,2\n", "at:string n:long", ["12/31/2024|1", "31/12/2024|2"]),
    Case("nothing tells the order", "at,n\n5/1/2024 10:00,1\n", "at:datetime n:long", ["2024-05-01T10:00:00.0000000Z|1"],
      note: "the dates in `at` are read with the month first; `--types` with `at:string` keeps them as texts"),
    Case("without separators", "at,n\n20240105T100000Z,1\n", "at:datetime n:long", ["2024-01-05T10:00:00.0000000Z|1"]),
    Case("names of months", "at;n\nJan 5, 2024 10:00 AM;1\nFeb 15, 2024 10:00 PM;2\n", "at:datetime n:long", ["2024-01-05T10:00:00.0000000Z|1", "2024-02-15T22:00:00.0000000Z|2"]),
    Case("as C prints it", "at,n\nFri Jan  5 10:00:00 2024,1\nFri Jan 12 10:00:00 UTC 2024,2\n", "at:datetime n:long", ["2024-01-05T10:00:00.0000000Z|1", "2024-01-12T10:00:00.0000000Z|2"]),
    Case("as web servers log it", "at,n\n05/Jan/2024:10:00:00 +0100,1\n", "at:datetime n:long", ["2024-01-05T09:00:00.0000000Z|1"]),
    Case("what a real would change", "id,x,version,price\n123e4567,0.12345678901234567890,1.9,1.50\n1e5,1,1.10,2.25\n", "id:string x:string version:string price:real", ["123e4567|0.12345678901234567890|1.9|1.5", "1e5|1|1.10|2.25"]),
    Case("versions and addresses are texts", "v,ip\n1.2.2024.1,10.0.0.1\n1.10.3,10.0.0.2\n", "v:string ip:string", ["1.2.2024.1|10.0.0.1", "1.10.3|10.0.0.2"]),
  ]

  /// Which numbers come back as they were written, and stay texts if they do not.
  static let numbers: [Case] = [
    number("prices", ["1.10", "2.35", "3.00"], .real, ["1.1", "2.35", "3.0"]),
    number("a price without cents", ["1.10", "2.35", "3"], .real, ["1.1", "2.35", "3.0"]),
    number("reals as programs print them", ["1.5", "2.0", "10.25"], .real, ["1.5", "2.0", "10.25"]),
    number("versions", ["1.9", "1.10", "1.11"], .string, ["1.9", "1.10", "1.11"],
      note: "`v` has numbers with different numbers of decimals, such as 1.10, which stay as they are written; `todouble(...)` converts them"),
    number("measures with other numbers of decimals", ["1.5", "2.350", "48.85"], .real, ["1.5", "2.35", "48.85"]),
    number("differences", ["-1.5", "2.50", "3.25"], .real, ["-1.5", "2.5", "3.25"]),
    number("leading zeros", ["007", "12"], .string, ["007", "12"]),
    number("a plus", ["+5", "12"], .string, ["+5", "12"]),
    number("beyond a long", ["9223372036854775808", "1"], .string, ["9223372036854775808", "1"]),
    number("the largest long", ["9223372036854775807", "-9223372036854775808"], .long, ["9223372036854775807", "-9223372036854775808"]),
    number("more digits than a real has", ["0.12345678901234567890", "1.5"], .string, ["0.12345678901234567890", "1.5"]),
    number("exponents", ["1e5", "2.5e-3", "1.0E+10"], .real, ["100000.0", "0.0025", "10000000000.0"]),
    number("identifiers in hexadecimal digits", ["123e45", "1234567"], .string, ["123e45", "1234567"]),
    number("beyond a real", ["1e400", "2"], .string, ["1e400", "2"]),
    number("thousands", ["1,234", "5"], .string, ["1,234", "5"]),
  ]

  private static func number(_ title: String, _ values: [String], _ type: ScalarType, _ expected: [String], note: String? = nil) -> Case {
    let rows = values.map { "x,\($0.contains(",") ? "\"\($0)\"" : $0)\n" }
    return Case(title, "k,v\n" + rows.joined(), "k:string v:\(type)", expected.map { "x|\($0)" }, note: note)
  }

  @Test(arguments: starts + headers + quotes + moments + numbers) func understood(_ test: Case) throws {
    let loaded = try load(test.text, named: test.file)
    #expect(loaded.columns == test.columns)
    #expect(loaded.rows == test.rows)
    if let note = test.note { #expect(loaded.notes.contains(note), "\(loaded.notes)") }
  }

  @Test func options() throws {
    #expect(try load("a\nb\nid,n\n1,2\n") { $0.skippedLines = 2 }.columns == "id:long n:long")
    #expect(try load("id,n\n;x\n1,NULL\nNA,3\n") { ($0.comment, $0.nulls) = (0x3B, ["NULL", "NA"]) }.rows == ["1|∅", "∅|3"])
    #expect(try load("id,s\n1,NULL\n2,\"NULL\"\n") { $0.nulls = ["NULL"] }.rows == ["1|", "2|NULL"])
    #expect(try load("id,s\n1,^a,^^^\n") { ($0.quote, $0.escape) = (0x5E, nil) }.rows == ["1|a,^"])
    #expect(try load("id,s\n1,\"a\n") { $0.quote = 0 }.rows == ["1|\"a"])
    #expect(try load("id,s\n1,\"a!\"\"\n") { $0.escape = 0x21 }.rows == ["1|a\""])
  }

  @Test func encodings() throws {
    let text = "id,name\n1,Café – €\n2,日本 🚲\n"
    for bigEndian in [false, true] {
      var bytes: [UInt8] = bigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]
      for unit in text.utf16 { bytes += bigEndian ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
      for mark in [0, 2] {
        let loaded = try load(bytes: Array(bytes.dropFirst(mark)))
        #expect(loaded.rows == ["1|Café – €", "2|日本 🚲"])
        #expect(loaded.columns == "id:long name:string")
      }
    }
    let windows = try load(bytes: Array("id,name\n1,Caf".utf8) + [0xE9, 0x20, 0x80] + Array("\n".utf8))
    #expect(windows.rows == ["1|Café €"])
    #expect(windows.notes == ["the text is not UTF-8, so it is read as Windows-1252; `--encoding` states another encoding"])
    let stated = try load(bytes: Array("id,name\n1,Caf".utf8) + [0xE9, 0xA4] + Array("\n".utf8)) { $0.encoding = .latin9 }
    #expect(stated.rows == ["1|Café€"])
    #expect(stated.notes == [])
    let mixed = try load(bytes: Array("id,name\n1,éèà".utf8) + [0xE9] + Array("\n".utf8))
    #expect(mixed.rows == ["1|éèà\u{FFFD}"])
    #expect(mixed.notes == ["1 value had bytes that are not UTF-8, which became `\u{FFFD}`; `--encoding windows-1252` may read them"])
  }

  /// A row that is cut off is not a remark below the table.
  @Test func cutRowsAreRefused() {
    #expect(failure("id,name\n1,a\n2").hasPrefix("bad-row: `t.csv` line 3 has 1 field where 2 are expected"))
    #expect(failure("id,name\n1,a\n2\n3,b\n").hasPrefix("bad-row: `t.csv` line 3"))
    #expect(failure("a,b\n1\n2,3,4\n").hasPrefix("bad-row: `t.csv` line 2 has 1 field where 2 are expected"))
    #expect(failure("\n\nid,name\n1,a\n2\n3,b\n").hasPrefix("bad-row: `t.csv` line 5"))
  }

  @Test func rewritingDoesNotDependOnPieces() {
    var rules = DelimitedRewriting(delimiter: 0x2C, quote: 0x22, newline: 0x0A)
    (rules.escape, rules.skipsBlanks, rules.comment, rules.nulls) = (0x5C, true, 0x23, [Array("NULL".utf8)])
    let text = Array("# c\na, \"b\\\"c\" ,NULL\r\n#d\n1,NULLS,\"x\"\"y\"\n , NULL,NULL".utf8)
    let whole = rules.applied(to: text)
    #expect(String(decoding: whole, as: UTF8.self) == "\na,\"b\"\"c\",\r\n\n1,NULLS,\"x\"\"y\"\n , NULL,")
    for size in 1...9 {
      var (rewriter, result) = (DelimitedRewriter(rules), [UInt8]())
      for start in stride(from: 0, to: text.count, by: size) {
        text[start..<min(start + size, text.count)].withBytes { rewriter.add($0) }
        let ready = rewriter.readyCount
        result += rewriter.output.prefix(ready)
        rewriter.removeReady(ready)
      }
      rewriter.finish()
      result += rewriter.output
      #expect(result == whole)
    }
  }
}
