import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

/// Files that are not tables are named by their format, whatever their names; texts that only resemble them are read.
@Suite struct ForeignFormatTests {
  private static let noise: [UInt8] = (0..<600).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 7) }

  /// A zip archive's first member, without contents.
  private static func zip(_ members: String...) -> [UInt8] {
    members.flatMap { name -> [UInt8] in
      [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22) + [UInt8(name.utf8.count), 0, 0, 0] + Array(name.utf8)
    } + noise
  }

  static let foreign: [(name: String, bytes: [UInt8], title: String)] = [
    ("book", zip("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
    ("letter", zip("[Content_Types].xml", "word/document.xml"), "a Word document"),
    ("book.ods", zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "an OpenDocument spreadsheet"),
    ("old.xls", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + noise, "an Excel workbook of the older kind, or another Office document"),
    ("all.tar", Array("runs.csv".utf8) + [UInt8](repeating: 0, count: 249) + Array("ustar\u{0}00".utf8), "a tar archive"),
    ("a.7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C] + noise, "a 7-Zip archive"), ("a.rar", Array("Rar!\u{1A}\u{7}".utf8) + noise, "a RAR archive"),
    ("a.lz4", [0x04, 0x22, 0x4D, 0x18] + noise, "compressed with LZ4"),
    ("a.avro", Array("Obj\u{1}".utf8) + noise, "an Avro file"), ("a.orc", Array("ORC".utf8) + noise, "an ORC file"),
    ("a.arrow", Array("ARROW1\u{0}\u{0}".utf8) + noise, "an Arrow file"), ("a.h5", [0x89] + Array("HDF\r\n\u{1A}\n".utf8) + noise, "an HDF5 file"),
    ("a.duckdb", Array(noise.prefix(8)) + Array("DUCK".utf8) + noise, "a DuckDB database"),
    ("a.pdf", Array("%PDF-1.7\n1 0 obj\n".utf8), "a PDF document"), ("a.pkl", [0x80, 4, 0x95] + noise, "a pickle of Python"),
    ("page", Array("\n<!DOCTYPE html><html><body>404</body></html>".utf8), "a web page (HTML)"), ("page.json", Array("<HTML>\n<title>404</title>".utf8), "a web page (HTML)"),
    ("a.xml", Array("\u{FEFF}<?xml version=\"1.0\"?><a/>".utf8), "XML"), ("a", Array("<runs>\n<run id=\"1\"/>\n</runs>\n".utf8), "XML"),
    ("a", Array("---\nname: x\nversion: 2\n".utf8), "YAML"), ("a.yml", Array("models:\n  - name: x\n".utf8), "YAML"),
    ("a", noise.map { $0 & 0x1F | ($0 & 1) << 7 }, "a binary file of an unknown format"),
  ]

  @Test(arguments: foreign.indices) func names(_ place: Int) throws {
    let (name, bytes, title) = Self.foreign[place]
    for name in [name, "t.csv"] where title != "XML" && title != "YAML" || name != "t.csv" {
      #expect(outcome(bytes, named: name) == "unsupported-format: `\(name)` is \(title), which Plumb does not read")
    }
    // Compressed files are what is in them.
    #expect(outcome(PackedFileTests.packed(bytes), named: name) == "unsupported-format: `\(name)` is \(title), which Plumb does not read")
  }

  static let ours: [(name: String, text: String)] = [
    ("a.csv", "PK,name\n1,x\n"), ("a", "ORC,elf\n1,x\n"), ("a", "Obj,b\n1,2\n"), ("a", "DUCK\n1\n"), ("a", "BZh9,x\n1,2\n"), ("a", "GIF,b\n1,2\n"),
    ("a.csv", "<a>,<b>\n1,</b>\n"), ("a", "<a>,b\n1,2\n"), ("a", "---,b\nx,y\n"), ("a.csv", "---\nx\n"), ("a", "%PDF,b\n1,2\n"),
    ("a.csv", "a,b\n\u{0},\u{1}\n"), ("a.csv", "name,text\nx,\u{1B}[31mred\u{1B}[0m\n"), ("a", "{\"rtf\": 1}\n"),
  ]

  @Test(arguments: ours.indices) func resembling(_ place: Int) {
    let (name, text) = Self.ours[place]
    #expect(outcome(Array(text.utf8), named: name) == "1 row")
  }

  /// Where the front of an archive does not show what is in it, its name does.
  @Test func workbookByName() {
    #expect(outcome(Self.zip("[Content_Types].xml"), named: "book.xlsx") == "unsupported-format: `book.xlsx` is an Excel workbook, which Plumb does not read")
    #expect(outcome([0x50, 0x4B, 3, 4], named: "book.xlsx") == "unsupported-format: `book.xlsx` is an Excel workbook, which Plumb does not read")
    #expect(outcome(Array("a\n1\n".utf8), named: "book.xlsx") == "1 row")
  }

  /// What the user says of a text holds; what no text can be is refused all the same.
  @Test func statedFormat() {
    let yaml = Array("---\nname: x\n".utf8), zip = Self.zip("runs.csv")
    #expect(outcome(yaml, named: "a.csv") { $0.format = .csv } == "1 row")
    #expect(outcome(zip, named: "a.csv") { $0.format = .csv } == "damaged-zip: `a.csv` cannot be unpacked: its directory is missing; perhaps it was cut off")
  }

  private func outcome(_ bytes: [UInt8], named name: String, _ change: (inout ReadOptions) -> Void = { _ in }) -> String {
    do {
      let rows = try load(bytes: bytes, named: name, change).rows.count
      return rows == 1 ? "1 row" : "\(rows) rows"
    } catch let diagnostic as Diagnostic {
      return "\(diagnostic.code): \(diagnostic.message)"
    } catch {
      return "\(error)"
    }
  }
}
