import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbParquet

extension FileFormat {
  /// A Delta table: a folder of Parquet files with a log.
  package static let delta = FileFormat(
    name: "delta", title: "Delta", recognises: { _ in nil },
    open: { input, options in
      guard input.isFolder else {
        throw Diagnostic(
          "not-delta", "`\(input.name)` is not a Delta table, which is a folder with `\(DeltaLog.folderName)` in it")
      }
      return try DeltaRows(input, options)
    })
}

/// The rows of a Delta table's last version, file after file, in lazy row groups.
final class DeltaRows: RowReader {
  let schema: Schema
  private let snapshot: DeltaSnapshot
  private let table: DeltaTable
  private var isDone = false

  init(_ input: FileInput, _ options: ReadOptions) throws {
    snapshot = try DeltaLog.snapshot(input.file, options.context)
    let snapshot = snapshot, name = input.name
    let fields = try options.columns.map { stated in
      try stated.map { column in
        guard let field = snapshot.fields.first(where: { $0.name == column.name }) else {
          throw Diagnostic(
            "columns-differ", "`\(name)` has no column `\(column.name)`",
            help: Suggestion.nearest(to: column.name, in: snapshot.fields.map(\.name)))
        }
        return DeltaSnapshot.Field(name: column.name, physicalName: field.physicalName, type: column.type)
      }
    } ?? snapshot.fields
    schema = fields.map { ColumnInfo($0.name, $0.type) }
    table = DeltaTable(
      folder: input.file, name: name, fields: fields, partitionColumns: snapshot.partitionColumns,
      context: options.lastingContext, cache: options.cache)
  }

  func begin(at start: TextPosition?) { isDone = false }

  func next() throws -> FileBatch? {
    if isDone { return nil }
    isDone = true
    let files = snapshot.orderedFiles
    let groups = LockedValue<[[RowGroup]]>(Array(repeating: [], count: files.count))
    let table = table
    try WorkerPool.shared.each(files.count, workers: table.context.threads) { number in
      let made = try table.rowGroups(files[number])
      groups.withLock { $0[number] = made }
    }
    return FileBatch(groups: groups.withLock { $0.flatMap { $0 } }, isLast: true)
  }
}

/// The context for reading the files of a Delta table.
private struct DeltaTable: Sendable {
  let folder: String
  let name: String
  let fields: [DeltaSnapshot.Field]
  let partitionColumns: [String]
  let context: ExecutionContext
  let cache: ColumnCache?

  func rowGroups(_ place: DeltaSnapshot.File) throws -> [RowGroup] {
    let path = try location(place.path)
    let file = try ParquetFile(FileBytes(path: path), name: "\(name)/\(place.path)", context: context)
    let columns = try fields.map { field -> ArrangedColumn in
      if partitionColumns.contains(field.name) { return .constant(try partitionValue(place, field)) }
      guard let index = file.schema.firstIndex(where: { $0.name == field.physicalName }) else {
        // A column that was added after the file was written.
        return .constant(.null(field.type))
      }
      return .column(index, from: file.schema[index].type, to: field.type)
    }
    return file.rowGroups(cache: cache).map { $0.arranged(columns, context) }
  }

  private func partitionValue(_ place: DeltaSnapshot.File, _ field: DeltaSnapshot.Field) throws -> Value {
    guard let text = place.partitionValues[field.physicalName] ?? place.partitionValues[field.name], !text.isEmpty else {
      return .null(field.type)
    }
    guard let value = Value.string(text).converted(to: field.type) else {
      throw Diagnostic(
        "bad-delta", "`\(name)` is not a complete Delta table: the partition value `\(text)` of `\(field.name)` is not a \(field.type.name)")
    }
    return value
  }

  /// Returns the path of a file of the table, whose name in the log is escaped as in a URL.
  private func location(_ path: String) throws -> String {
    let plain = PercentCoding.decoded(path, plusIsSpace: false)
    if plain.hasPrefix("file:") { return String(plain.dropFirst(plain.hasPrefix("file://") ? 7 : 5)) }
    guard !plain.contains("://") else {
      throw Diagnostic("unsupported-delta", "the Delta table `\(name)` has files elsewhere: `\(path)`", help: "copy them into its folder first")
    }
    return plain.hasPrefix("/") ? plain : Folder.path(folder, plain)
  }
}
