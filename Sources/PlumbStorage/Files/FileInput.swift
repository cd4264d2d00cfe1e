import Glibc
import PlumbDiagnostics
import PlumbEngine

/// An open file, or standard input, before its format is known.
package final class FileInput {
  /// What the user wrote: a path, or `FILE#TABLE` for a table of a file that contains several.
  package let path: String
  /// The path of the file.
  let file: String
  /// The table of the file that is wanted; nil if the path does not name one.
  let part: String?
  /// The file's name without its folders, for messages.
  let name: String
  /// Its bytes, unpacked if necessary.
  let source: any SampledSource
  /// Whether all its bytes were read at once, because it can be read only once.
  let isStream: Bool
  /// Whether `source` unpacks the file's contents.
  let isPacked: Bool
  /// Whether it is a folder that is one table, whose `source` is what tells one version of it from the next.
  let isFolder: Bool
  /// What the user should know about how the bytes were understood.
  private(set) var notes: [String] = []

  /// - Throws: a diagnostic that names the file.
  package init(_ path: String, _ options: ReadOptions) throws {
    self.path = path
    var (file, part, name) = (path, String?.none, "standard input")
    if !options.isStandardInput {
      (file, part) = Self.parts(ofPath: path)
      name = lastPart(of: path)
    }
    isStream = options.isStandardInput
    isFolder = !options.isStandardInput && FileFormat.isTableFolder(file)
    var bytes: any SampledSource
    if isFolder {
      bytes = BufferSource(try DeltaLog.listing(file))
    } else if options.isStandardInput {
      bytes = try FileSource.readAll(STDIN_FILENO, name: name, context: options.context)
    } else {
      let opened = try FileSource(path: file, context: options.context)
      bytes = opened.isStream ? try opened.readAll(context: options.context) : options.leavesOpenLines ? try opened.completeLines() : opened
    }
    var isInArchive = false
    if !isFolder, let archive = try Self.archive(bytes, file) {
      let member = try archive.member(named: part)
      bytes = try archive.contents(of: member)
      name = lastPart(of: file) + "#" + member.name
      part = nil
      isInArchive = true
    }
    (self.file, self.part, self.name) = (file, part, name)
    let packing = Packing.of(try bytes.sample(at: 0, count: 16))
    isPacked = packing != nil || isInArchive
    if let packing { bytes = PackedSource(bytes, packing, name: name) }
    if !isFolder, let encoding = try options.encoding ?? Self.guessedEncoding(bytes, name: name) {
      if options.encoding == nil, encoding == .windows1252 {
        notes.append("the text is not UTF-8, so it is read as Windows-1252; `--encoding` states another encoding")
      }
      if encoding != .utf8 { bytes = ConvertedSource(bytes, TextDecoder(encoding)) }
    }
    source = bytes
  }

  /// The archive that a file is; nil for other files.
  private static func archive(_ bytes: any SampledSource, _ file: String) throws -> ZipArchive? {
    guard try bytes.sample(at: 0, count: 2).elementsEqual([0x50, 0x4B]),
      try ForeignFormat.isArchive(bytes.sample(at: 0, count: 1 << 16), endings: endings(of: file))
    else { return nil }
    return try ZipArchive(bytes, name: lastPart(of: file))
  }

  /// The paths of the files in a zip archive that could be tables or telemetry, such as `x.zip#runs.csv`; nil for other files.
  package static func members(ofArchive path: String) -> [String]? {
    guard let source = try? FileSource(path: path), !source.isStream, let archive = try? archive(source, path) else { return nil }
    return archive.dataMembers.map { "\(path)#\($0.name)" }
  }

  /// The encoding of a text that is not UTF-8; nil for one that is, and for files that are not texts.
  ///
  /// - Throws: `unknown-encoding` for a text that is neither UTF-8 nor Windows-1252.
  private static func guessedEncoding(_ bytes: any SampledSource, name: String) throws -> TextEncoding? {
    let front = try bytes.sample(at: 0, count: 1 << 16)
    if FileFormat.all.contains(where: { $0.recognises(front[...]) == .magic }) { return nil }
    if let encoding = TextEncoding.ofFront(front) { return encoding }
    if ForeignFormat.of(front, endings: endings(of: name), isStated: false) != nil { return nil }
    var tally = UTF8Tally()
    let part = 2 << 20
    let sample = bytes.size == nil ? front : try bytes.sample(at: 0, count: part)
    tally.add(sample, isWhole: bytes.size == nil ? front.count < 1 << 16 : sample.count < part)
    if let size = bytes.size, size > part {
      tally.add(try bytes.sample(at: max(part, size / 2), count: part), isWhole: false)
      tally.add(try bytes.sample(at: max(part, size - part), count: part), isWhole: false)
    }
    guard tally.invalid > tally.valid else { return nil }
    // Many bytes are ones that Windows-1252 does not use, or control characters.
    let odd = sample.count { TextEncoding.isOddInWindows1252($0) }
    if odd * 20 >= tally.invalid {
      throw Diagnostic(
        "unknown-encoding", "`\(name)` is neither UTF-8 nor Windows-1252 text",
        help: "`--encoding` says how its characters are written: \(TextEncoding.names); `iconv -f ENCODING -t UTF-8` converts others")
    }
    return .windows1252
  }

  /// A path as it is, or, if no such file exists, the file before `#` and the table after it.
  private static func parts(ofPath path: String) -> (file: String, part: String?) {
    guard access(path, F_OK) != 0, let mark = path.lastIndex(of: "#") else { return (path, nil) }
    let file = String(path[..<mark])
    return access(file, F_OK) == 0 ? (file, String(path[path.index(after: mark)...])) : (path, nil)
  }

  /// Whether a path names a file, or a table of one.
  package static func exists(_ path: String) -> Bool { access(parts(ofPath: path).file, F_OK) == 0 }

  /// The path of the file, without the table named in it.
  package static func file(ofPath path: String) -> String { parts(ofPath: path).file }

  /// Identifies a file, or the table named in the path, for later recognition.
  package static func identity(ofPath path: String) -> String {
    let (file, part) = parts(ofPath: path)
    return absolutePath(file) + (part.map { "#" + $0 } ?? "")
  }

  /// Whether a file is an SQLite database.
  package static func isSQLite(_ path: String) -> Bool {
    guard let source = try? FileSource(path: path), !source.isStream else { return false }
    return (try? source.sample(at: 0, count: 16).starts(with: SQLiteReader.magic)) ?? false
  }

  /// The first bytes of a file's text, at most `count`.
  package static func front(of path: String, _ options: ReadOptions, count: Int) throws -> [UInt8] {
    try FileInput(path, options).source.sample(at: 0, count: count)
  }

  /// The tables of a file that can contain several; nil for files with one table.
  package static func tables(in path: String, _ options: ReadOptions) throws -> [String]? {
    let input = try FileInput(path, options)
    return try FileFormat.of(input, stated: options.format).parts?(input)
  }

  // MARK: Recognising the format

  private var sampled: [UInt8]?

  /// The first bytes, at most 64 KB.
  var front: [UInt8] {
    get throws {
      if let sampled { return sampled }
      let front = try source.sample(at: 0, count: 1 << 16)
      sampled = front
      return front
    }
  }

  /// The length in bytes of the byte order mark of UTF-8.
  var markLength: Int {
    get throws { utf8MarkLength(try front) }
  }

  /// The extensions of the file's name in lower case, without that of a packed file.
  var endings: [String] { Self.endings(of: name) }

  static func endings(of name: String) -> [String] {
    var endings = lastPart(of: name).split(separator: ".", omittingEmptySubsequences: false).dropFirst().map { $0.lowercased() }
    if let last = endings.last, Packing.all.contains(where: { $0.endings.contains(last) }) { endings.removeLast() }
    return endings
  }
}

/// The length in bytes of the UTF-8 mark at the front of a text, which is not part of its rows.
func utf8MarkLength(_ front: some Sequence<UInt8>) -> Int { front.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }
