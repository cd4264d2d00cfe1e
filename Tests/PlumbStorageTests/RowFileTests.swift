import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

extension RowFile {
  /// A file that is read in batches for a table with these columns.
  convenience init(_ path: String, _ options: ReadOptions, known: Schema?, batchBytes: Int) throws {
    var options = options
    (options.tableColumns, options.batchBytes) = (known, batchBytes)
    try self.init(path, options)
  }

  /// All rows of a file, read in batches, with wider types where guesses do not hold.
  static func rows(_ path: String, _ options: ReadOptions, known: Schema? = nil, batchBytes: Int) throws -> Table {
    let stream = try RowFile(path, options, known: known, batchBytes: batchBytes)
    try stream.begin()
    var groups: [RowGroup] = []
    while true {
      do {
        while let batch = try stream.next() { groups += batch.groups }
        return Table(name: "t", schema: stream.schema, groups: groups)
      } catch let wider as WiderColumns {
        groups = []
        try stream.begin(with: wider)
      }
    }
  }
}

/// Files that are read in batches, and gone on with where an earlier reading stopped.
@Suite struct RowFileTests {
  /// Newlines in quotes, a header, an invalid number at the end, and a byte order mark.
  private static let csv = "\u{FEFF}id,text,at\n"
    + (0..<300).map { "\($0),\($0 % 7 == 0 ? "\"two\nlines, \"\"\($0)\"\"\"" : "text \($0 % 11)"),2025-03-06T01:02:\(10 + $0 % 50)Z\n" }.joined()
  private static let objects = (0..<200).map { "{\"id\": \($0), \"text\": \"t\($0 % 9)\", \"more\": [\($0)]}" }

  struct File: CustomTestStringConvertible {
    let testDescription: String
    let name: String
    let text: String

    init(_ description: String, _ name: String, _ text: String) { (testDescription, self.name, self.text) = (description, name, text) }
  }

  static let files: [File] = [
    File("csv", "t.csv", csv), File("csv with a last row of texts", "t.csv", csv + "x,y,z\n"),
    File("csv without a last newline", "t.csv", String(csv.dropLast())), File("tsv", "t.tsv", "a\tb\n1\t2\n"),
    File("json lines", "t.ndjson", objects.joined(separator: "\n")),
    File("json array", "t.json", "[" + objects.joined(separator: ",\n") + "]"),
    File("json objects one after the other", "t.json", objects.joined(separator: "\n ")),
    File("a header alone", "t.csv", "only,a,header\n"),
  ]

  @Test(arguments: files) func batchesAreTheWhole(file: File) throws {
    let stored = try TemporaryFile(Array(file.text.utf8), named: file.name)
    defer { stored.remove() }
    let whole = try LoadedFile(stored.path)
    for size in [40, 100, 333, 1000, 1 << 20] {
      for threads in [1, 3] {
        let parts = try RowFile.rows(stored.path, makeOptions(threads: threads), batchBytes: size)
        #expect(parts.schema == whole.table.schema)
        #expect(parts.rowTexts == whole.table.rowTexts, "batches of \(size)")
      }
    }
  }

  /// After every batch: what is remembered of it finds the place again, and the rest is the rest.
  @Test(arguments: [files[0], files[4], files[5], files[6]]) func goingOn(file: File) throws {
    let stored = try TemporaryFile(Array(file.text.utf8), named: file.name)
    defer { stored.remove() }
    let whole = try LoadedFile(stored.path).table
    let stream = try RowFile(stored.path, makeOptions(), known: nil, batchBytes: 700)
    try stream.begin()
    var groups: [RowGroup] = []
    var stops = 0
    while let batch = try stream.next() {
      groups += batch.groups
      let record = ImportRecord(
        path: stored.path, size: stream.storedSize ?? 0, position: stream.position, rows: 0, isComplete: stream.isAtEnd)
      let next = try RowFile(stored.path, makeOptions(), known: stream.schema, batchBytes: 500)
      switch try next.likeness(to: record) {
      case .same: #expect(stream.isAtEnd || stream.position.offset == file.text.utf8.count)
      case .longer(let place):
        stops += 1
        try next.begin(at: place)
        var rest: [RowGroup] = []
        while let batch = try next.next() { rest += batch.groups }
        #expect(Table(name: "t", schema: next.schema, groups: groups + rest).rowTexts == whole.rowTexts)
      case .other, .cut: Issue.record("the file is taken for another at byte \(record.offset)")
      }
    }
    #expect(stops > 3)
    // Another byte in the part that was read makes it another file.
    let record = ImportRecord(path: "", size: 0, position: stream.position, rows: 0, isComplete: true)
    let changed = try TemporaryFile(Array(file.text.replacing("1", with: "2", maxReplacements: 1).utf8), named: file.name)
    defer { changed.remove() }
    let other = try RowFile(changed.path, makeOptions(), known: nil, batchBytes: 500)
    guard case .other = try other.likeness(to: record) else {
      Issue.record("a changed file is taken for the same")
      return
    }
  }

  /// An import cannot resume after a last row without a newline that has grown.
  @Test func aRowThatGrew() throws {
    let stored = try TemporaryFile(Array("a,b\n1,2\n3,4".utf8), named: "t.csv")
    defer { stored.remove() }
    let stream = try RowFile(stored.path, makeOptions(), known: nil, batchBytes: 500)
    try stream.begin()
    while try stream.next() != nil {}
    let record = ImportRecord(path: "", size: 0, position: stream.position, rows: 2, isComplete: true)
    for (tail, isCut) in [("5\n", true), ("\n5,6\n", false)] {
      let grown = try TemporaryFile(Array("a,b\n1,2\n3,4\(tail)".utf8), named: "t.csv")
      defer { grown.remove() }
      let next = try RowFile(grown.path, makeOptions(), known: nil, batchBytes: 500)
      switch try next.likeness(to: record) {
      case .cut: #expect(isCut)
      case .longer(let place):
        #expect(!isCut)
        try next.begin(at: place)
        #expect(try next.next()?.rowCount == 1)
      case .same, .other: Issue.record("\(tail)")
      }
    }
  }

  /// The hash of a text in pieces is that of the whole.
  @Test func hashesInPieces() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    bytes.withUnsafeBufferPointer { all in
      for count in [0, 1, 7, 31, 32, 33, 64, 100, 300] {
        let text = Bytes(rebasing: all[0..<count])
        for step in [1, 5, 31, 32, 33, 300] {
          var stream = XXHash64Stream()
          var at = 0
          while at < count {
            stream.add(Bytes(rebasing: all[at..<min(count, at + step)]))
            at += step
          }
          #expect(stream.value == XXHash64.hash(text), "\(count) bytes by \(step)")
        }
      }
    }
  }
}
