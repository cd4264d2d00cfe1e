import PlumbDiagnostics
import PlumbEngine

/// A format that Plumb knows by its first bytes and does not read, so that the message can name it.
///
/// To add one, put an element into `binaries` or `texts`.
struct ForeignFormat: Sendable {
  /// What the file is, with its article: `an Excel workbook`.
  let title: String
  /// What to do instead.
  let help: String
  private let recognises: @Sendable (FileFront) -> Bool

  private init(_ title: String, help: String, _ recognises: @escaping @Sendable (FileFront) -> Bool) {
    self.title = title
    self.help = help
    self.recognises = recognises
  }

  /// A format whose files have `mark` at `offset`.
  private init(_ title: String, _ mark: String, at offset: Int = 0, help: String) {
    self.init(title, help: help) { [bytes = Array(mark.utf8)] in $0.has(bytes, at: offset) }
  }

  /// A format whose files have `bytes` at `offset`.
  private init(_ title: String, bytes: [UInt8], at offset: Int = 0, help: String) {
    self.init(title, help: help) { $0.has(bytes, at: offset) }
  }

  /// The format of a file; nil for one that is perhaps Plumb's.
  ///
  /// - Parameters:
  ///   - front: the first bytes, unpacked.
  ///   - endings: the endings of the file's name, in lower case.
  ///   - isStated: whether the user says what the file is, which holds for any text.
  static func of(_ front: [UInt8], endings: [String], isStated: Bool) -> ForeignFormat? {
    let front = FileFront(bytes: front, endings: endings)
    return binaries.first { $0.recognises(front) } ?? (isStated ? nil : texts.first { $0.recognises(front) })
  }

  /// Whether a file is a zip archive of files, unlike a workbook.
  ///
  /// - Parameter front: the first 64 KB.
  static func isArchive(_ front: [UInt8], endings: [String]) -> Bool {
    let front = FileFront(bytes: front, endings: endings)
    return front.isZip && !workbooks.contains { $0.recognises(front) }
  }

  func diagnostic(_ name: String) -> Diagnostic {
    Diagnostic("unsupported-format", "`\(name)` is \(title), which Plumb does not read", help: help)
  }
}

extension ForeignFormat {
  private static let saveAsCSV = "save its sheet as CSV"
  private static let toParquet = "convert it to Parquet first, for example with PyArrow"

  /// Formats that begin as no text does.
  static let binaries: [ForeignFormat] = workbooks + archives + columns + [
    ForeignFormat("a PDF document", "%PDF-", help: "export the data that it shows as CSV"),
    ForeignFormat("a DuckDB database", "DUCK", at: 8, help: "write its tables as Parquet in DuckDB: `EXPORT DATABASE 'folder' (FORMAT parquet)`"),
    ForeignFormat("a dump of PostgreSQL", "PGDMP", help: "restore it, and write tables with `\\copy TABLE TO 'FILE.csv' CSV HEADER`"),
    ForeignFormat("a database of Access", "Standard ACE DB", at: 4, help: "export its tables as CSV"),
    ForeignFormat("a database of Access", "Standard Jet DB", at: 4, help: "export its tables as CSV"),
    ForeignFormat("a data file of SPSS", "$FL2", help: "save it as CSV"),
    ForeignFormat("a data file of Stata", "<stata_dta>", help: "save it as CSV"),
    ForeignFormat("an RTF document", "{\\rtf", help: "save its table as CSV"),
    ForeignFormat("a PNG image", bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], help: "name the file with the data"),
    ForeignFormat("a JPEG image", bytes: [0xFF, 0xD8, 0xFF], help: "name the file with the data"),
    ForeignFormat("a GIF image", "GIF8", help: "name the file with the data"),
    ForeignFormat("a program", bytes: [0x7F, 0x45, 0x4C, 0x46], help: "name the file with the data"),
  ]

  private static let workbooks: [ForeignFormat] = [
    ForeignFormat("an Excel workbook", help: saveAsCSV) { front in
      front.zipMembers.contains { $0.starts(with: Array("xl/".utf8)) } || front.isZip && front.isNamed(["xlsx", "xlsm", "xlsb"])
    },
    ForeignFormat("an OpenDocument spreadsheet", "mimetypeapplication/vnd.oasis.opendocument.spreadsheet", at: 30, help: saveAsCSV),
    ForeignFormat("a Word document", help: "save its table as CSV") { $0.zipMembers.contains { $0.starts(with: Array("word/".utf8)) } },
    ForeignFormat("an Excel workbook of the older kind, or another Office document", bytes: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], help: saveAsCSV),
  ]

  private static let archives: [ForeignFormat] = [
    ForeignFormat("a tar archive", "ustar", at: 257, help: "unpack it first: `tar -xf FILE`"),
    ForeignFormat("a 7-Zip archive", bytes: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], help: "unpack it first: `7z x FILE`"),
    ForeignFormat("a RAR archive", bytes: [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07], help: "unpack it first: `unrar x FILE`"),
    ForeignFormat("compressed with LZ4", bytes: [0x04, 0x22, 0x4D, 0x18], help: "unpack it first: `lz4 -d FILE`"),
    ForeignFormat("compressed with lzip", bytes: [0x4C, 0x5A, 0x49, 0x50, 0x01], help: "unpack it first: `lzip -d FILE`"),
    ForeignFormat("compressed with compress", bytes: [0x1F, 0x9D], help: "unpack it first: `gzip -d FILE`"),
    ForeignFormat("compressed with Snappy", bytes: [0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59], help: "unpack it first, for example with python-snappy"),
  ]

  private static let columns: [ForeignFormat] = [
    ForeignFormat("an Avro file", bytes: [0x4F, 0x62, 0x6A, 0x01], help: "convert it to Parquet first, for example in DuckDB: `COPY (FROM read_avro('FILE')) TO 'FILE.parquet'`"),
    // The letters alone also begin the name of a column.
    ForeignFormat("an ORC file", help: toParquet) { $0.has(Array("ORC".utf8), at: 0) && $0.controls > 0 },
    ForeignFormat("an Arrow file", bytes: [0x41, 0x52, 0x52, 0x4F, 0x57, 0x31, 0, 0], help: toParquet),
    ForeignFormat("a stream of Arrow", bytes: [0xFF, 0xFF, 0xFF, 0xFF], help: toParquet),
    ForeignFormat("a Feather file", help: toParquet) { $0.has(Array("FEA1".utf8), at: 0) && $0.controls > 0 },
    ForeignFormat("an HDF5 file", bytes: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], help: toParquet),
    ForeignFormat("an array of NumPy", bytes: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], help: toParquet),
    ForeignFormat("a pickle of Python", help: "write it as Parquet in Python: `pandas.read_pickle(FILE).to_parquet(…)`") { front in
      [2, 3, 4, 5].contains { front.has([0x80, $0], at: 0) }
    },
  ]

  /// Texts that are not tables, and binary formats.
  static let texts: [ForeignFormat] = [
    ForeignFormat("a web page (HTML)", help: "servers answer so with a login page or an error; look at it, and fetch the data itself") { front in
      ["<!doctype html", "<html"].contains { front.begins(with: $0) }
    },
    ForeignFormat("XML", help: "convert it to CSV or JSON first") { front in
      front.begins(with: "<?xml") || front.isMarkup
    },
    ForeignFormat("YAML", help: "convert it to JSON first, for example with `yq -o json FILE`") { front in
      front.begins(with: "%yaml") || front.isYAML
    },
    ForeignFormat("a binary file of an unknown format", help: "Plumb reads \(FileFormat.names)") { $0.isBinary && !$0.beginsAsOurs },
  ]
}

/// The first bytes of a file, as formats are recognised by them.
private struct FileFront {
  let bytes: [UInt8]
  let endings: [String]

  func has(_ mark: [UInt8], at offset: Int) -> Bool {
    bytes.count >= offset + mark.count && bytes[offset..<offset + mark.count].elementsEqual(mark)
  }

  /// The bytes after a mark of UTF-8 and blanks.
  private var text: ArraySlice<UInt8> {
    bytes.dropFirst(utf8MarkLength(bytes)).drop { $0 == .space || $0 == .newline || $0 == .carriageReturn || $0 == .tab }
  }

  /// Whether the text begins with a word in lower case, in any case.
  func begins(with word: String) -> Bool {
    text.count >= word.utf8.count && zip(text, word.utf8).allSatisfy { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
  }

  /// Whether it begins with an element, and one is closed; names such as `t.csv` say otherwise.
  var isMarkup: Bool {
    if let ending = endings.last, FileFormat.all.contains(where: { $0.endings.contains(ending) }) { return false }
    guard text.first == UInt8(ascii: "<"), let letter = text.dropFirst().first, letter | 0x20 >= 0x61, letter | 0x20 <= 0x7A else { return false }
    return zip(text, text.dropFirst()).contains { $0 == UInt8(ascii: "<") && $1 == UInt8(ascii: "/") || $0 == UInt8(ascii: "/") && $1 == UInt8(ascii: ">") }
  }

  /// Whether its name says YAML, or a line `---` comes before one of a key.
  var isYAML: Bool {
    if isNamed(["yaml", "yml"]) { return true }
    let lines = text.prefix(1 << 12).split(separator: .newline, maxSplits: 2)
    guard lines.count >= 2, lines[0].filter({ $0 != .carriageReturn }).elementsEqual("---".utf8) else { return false }
    let key = lines[1].drop { $0 == .space || $0 == UInt8(ascii: "-") }.prefix { $0 != UInt8(ascii: ":") && $0 != .comma && $0 != .tab }
    let rest = lines[1][key.endIndex...]
    return !key.isEmpty && rest.first == UInt8(ascii: ":") && (rest.dropFirst().first.map { $0 == .space || $0 == .carriageReturn } ?? true)
  }

  private var sample: ArraySlice<UInt8> { bytes.prefix(1 << 12) }

  /// How many of the first bytes are control characters that texts hardly have.
  var controls: Int { sample.count { $0 < 0x20 && !($0 >= 0x08 && $0 <= 0x0D) && $0 != .escape || $0 == 0x7F } }

  /// Whether its bytes are of no text: one in ten of compressed data are control characters, and hardly any is UTF-8.
  var isBinary: Bool {
    guard sample.count >= 32, controls * 16 >= sample.count else { return false }
    var tally = UTF8Tally()
    tally.add(Array(sample), isWhole: sample.count == bytes.count)
    return tally.invalid > 0 || controls * 2 >= sample.count
  }

  /// Whether a format of Plumb's own has its mark there.
  var beginsAsOurs: Bool { FileFormat.all.contains { $0.recognises(bytes[...]) == .magic } }

  /// Whether the file's name has one of these endings.
  func isNamed(_ wanted: [String]) -> Bool { endings.last.map(wanted.contains) ?? false }

  /// Whether it begins with a member of a zip archive, the end of an empty one, or the mark of a part.
  var isZip: Bool { [[3, 4], [5, 6], [7, 8]].contains { has([0x50, 0x4B] + $0, at: 0) } }

  /// The names of the members that a zip archive begins with.
  var zipMembers: [ArraySlice<UInt8>] {
    guard has([0x50, 0x4B, 0x03, 0x04], at: 0) else { return [] }
    return bytes.indices.compactMap { start in
      guard bytes[start] == 0x50, has([0x50, 0x4B, 0x03, 0x04], at: start), bytes.count >= start + 30 else { return nil }
      let length = Int(bytes[start + 26]) | Int(bytes[start + 27]) << 8
      return bytes[(start + 30)...].prefix(length)
    }
  }
}
