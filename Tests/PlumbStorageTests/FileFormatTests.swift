import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

/// How the kind of a file is detected: by an unmistakable signature, then the name, then the beginning of the content.
@Suite struct FileFormatTests {
  private static let sqlite = "SQLite format 3\0" + String(repeating: "\0", count: 84)

  static let cases: [(name: String, text: String, format: String)] = [
    ("a.csv", "a,b\n1,2\n", "csv"), ("a", "a,b\n1,2\n", "csv"), ("a.dat", "a\tb\n1\t2\n", "csv"),
    ("a.tsv", "a\tb\n", "tsv"), ("A.TAB", "a\tb\n", "tsv"), ("a.tsv.gz", "a\tb\n", "tsv"), ("a.psv", "a|b\n", "csv"),
    ("a.json", "{\"a\":1}\n{\"a\":2}\n", "json"), ("a.jsonl", "{\"a\":1}\n", "ndjson"), ("a.2024.ndjson", "", "ndjson"),
    // A name that says nothing, or only that it is text, leaves it to what is in the file.
    ("a", "[{\"a\":1}]", "json"), ("a.txt", " [\n", "json"), ("a.log", "{\"a\":1}\n{\"a\":2}\n", "ndjson"),
    ("a", "{\n  \"a\": 1\n}\n", "json"), ("a", "\u{FEFF}{\"a\":1}\n{", "ndjson"), ("a.txt", "{not json\n", "json"),
    // A name goes over what a text looks like, and nothing goes over a magic number.
    ("a.csv", "{\"a\":1}\n{\"a\":2}\n", "csv"), ("a.csv", sqlite, "sqlite"), ("a.json", sqlite, "sqlite"),
    ("a", sqlite, "sqlite"), ("a.db", "a,b\n", "csv"), ("a.db", "", "csv"), ("csv", "[1]", "json"),
  ]

  @Test(arguments: cases.indices) func recognition(_ place: Int) throws {
    let (name, text, format) = Self.cases[place]
    let file = try TemporaryFile(Array(text.utf8), named: name)
    defer { file.remove() }
    #expect(try FileFormat.of(FileInput(file.path, makeOptions())).name == format, "\(name)")
  }

  @Test func everyNameLeadsToItsFormat() {
    for format in FileFormat.all {
      for name in [format.name, format.name.uppercased()] + format.otherNames + format.endings {
        #expect(FileFormat(name: name) == format, "\(name)")
      }
    }
    #expect(FileFormat(name: "nonsense") == nil)
  }

  @Test func tablesOfFilesThatAreOneTable() throws {
    let file = try TemporaryFile(Array("a\n1\n".utf8), named: "t.csv")
    defer { file.remove() }
    #expect(failure(reading: file.path + "#x") == "no-tables: `t.csv` is CSV and cannot contain a table `x`")
    #expect(failure(reading: file.path + "x#y") == "no-such-file: `\(file.path)x#y` cannot be read: no such file or directory")
  }

  private func failure(reading path: String) -> String {
    do {
      return "read \(try LoadedFile(path).table.rowCount) rows"
    } catch let diagnostic as Diagnostic {
      return "\(diagnostic.code): \(diagnostic.message)"
    } catch {
      return "\(error)"
    }
  }
}
