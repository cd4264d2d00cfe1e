import PlumbDiagnostics
import PlumbEngine
import PlumbParquet

extension FileFormat {
  /// Columns of Parquet, of which those that a query asks for are read.
  package static let parquet = FileFormat(
    name: "parquet", title: "Parquet", otherNames: ["parq"], endings: ["parquet", "parq"],
    recognises: { front in front.starts(with: ParquetFile.magic) || front.starts(with: Array("PARE".utf8)) ? .magic : nil },
    open: { try ParquetRows($0, $1) })
}

/// The rows of a Parquet file, in one batch of lazy row groups.
final class ParquetRows: RowReader {
  let schema: Schema
  private let file: ParquetFile
  private let columns: [ArrangedColumn]?
  private let context: ExecutionContext
  private let cache: ColumnCache?
  private var isDone = false

  init(_ input: FileInput, _ options: ReadOptions) throws {
    context = options.lastingContext
    file = try ParquetFile(Self.bytes(input, options.context), name: input.name, context: context)
    cache = options.cache
    guard let stated = options.columns else {
      schema = file.schema
      columns = nil
      return
    }
    schema = stated
    columns = try stated.map { [file] column in
      guard let place = file.schema.firstIndex(where: { $0.name == column.name }) else {
        throw Diagnostic(
          "columns-differ", "`\(input.name)` has no column `\(column.name)`",
          help: Suggestion.nearest(to: column.name, in: file.schema.map(\.name)) ?? "it has \(file.listedColumns)")
      }
      return .column(place, from: file.schema[place].type, to: column.type)
    }
  }

  /// The file on disk, or what was read or unpacked of it in memory.
  private static func bytes(_ input: FileInput, _ context: ExecutionContext) throws -> any RandomBytes {
    if !input.isStream, !input.isPacked { return try FileBytes(path: input.file) }
    var buffer = try context.buffer(byteCount: input.source.size ?? 1 << 20)
    var count = 0
    try input.source.rewind()
    while true {
      try context.checkpoint()
      if count == buffer.byteCount {
        let larger = try context.buffer(byteCount: max(count * 2, 1 << 16))
        larger.base.copyMemory(from: buffer.base, byteCount: count)
        buffer = larger
      }
      let given = try input.source.read(into: buffer.base + count, count: buffer.byteCount - count)
      if given == 0 { return MemoryBytes(buffer, count: count) }
      count += given
    }
  }

  func begin(at start: TextPosition?) { isDone = false }

  func next() throws -> FileBatch? {
    if isDone { return nil }
    isDone = true
    let groups = file.rowGroups(cache: cache)
    return FileBatch(groups: columns.map { columns in groups.map { $0.arranged(columns, context) } } ?? groups, isLast: true)
  }
}

extension ParquetFile {
  /// The names of the first columns, for a message.
  var listedColumns: String {
    schema.prefix(12).map { "`\($0.name)`" }.joined(separator: ", ") + (schema.count > 12 ? ", …" : "")
  }
}
