import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Which files make which table while the paths of one command are loaded: files of one name are one table.
struct GatheredFiles {
  private var first: [String: String] = [:]
  private var taken: Set<[String]> = []

  /// Whether a file is not in the table yet; a file that is named twice has its rows once.
  func takes(_ path: String, into table: String) -> Bool {
    path == "-" || !taken.contains([table, absolutePath(path)])
  }

  /// The file that the table was made of.
  func firstFile(of table: String) -> String? { first[table] }

  mutating func note(_ path: String, in table: String) {
    if first[table] == nil { first[table] = path }
    taken.insert([table, absolutePath(path)])
  }

  /// How much text is a batch; all batches are kept.
  private static let batchBytes = 256 << 20

  /// The rows of a file for a table that another file made, as an import reads them: in columns found by their names,
  /// of the types that the table has.
  ///
  /// - Throws: `schema-differs`, which names both files, and diagnostics of the file.
  static func rows(
    of path: String, for table: Table, of first: String, _ options: ReadOptions
  ) throws -> (table: Table, misfits: RowMisfits) {
    var options = options
    (options.tableColumns, options.batchBytes) = (table.schema, batchBytes)
    let stream = try RowFile(path, options)
    var groups: [RowGroup] = []
    var misfits = RowMisfits()
    do {
      try stream.begin()
      guard stream.schema == table.schema else { throw differs(stream.schema, path, table, first) }
      while !stream.isAtEnd, let batch = try stream.next() {
        groups += batch.groups
        misfits += batch.misfits
      }
    } catch let wider as WiderColumns {
      let schema = table.schema.indices.map { place in
        ColumnInfo(table.schema[place].name, wider.types[place] ?? table.schema[place].type)
      }
      throw differs(schema, path, table, first)
    }
    return (Table(name: table.name, schema: table.schema, groups: groups), misfits)
  }

  private static func differs(_ own: Schema, _ path: String, _ table: Table, _ first: String) -> Diagnostic {
    let columns = Dictionary(table.schema.map { ($0.name, $0.type) }) { one, _ in one }
    let odd = own.first { columns[$0.name] != $0.type }
    var reason = "other columns"
    if let odd, let type = columns[odd.name] {
      reason = "values of type \(odd.type.name) in `\(odd.name)`, which is \(type.name) there"
    } else if let odd {
      reason = "a column `\(odd.name)`, which is not there"
    } else if let missing = table.schema.first(where: { column in !own.contains { $0.name == column.name } }) {
      reason = "no column `\(missing.name)`"
    }
    let stated = odd.flatMap { columns[$0.name] == nil ? nil : "`--types` states the types of all columns, and " }
    return Diagnostic(
      "schema-differs", "`\(path)` cannot be added to `\(table.name)` of `\(first)`: it has \(reason)",
      help: "\(stated ?? "")`--load NAME=\(path)` makes a table of its own of it")
  }
}
