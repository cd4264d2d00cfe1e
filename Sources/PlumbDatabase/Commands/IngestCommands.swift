import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension CommandAction {
  /// Commands that add rows of texts and files to tables.
  static let ingesting: [CommandAction] = [
    CommandAction(".ingest inline into table") { command, given in
      let name = try command.required("T")
      let schema = try given.knownTable(name)
      guard case .text(let text, let span)? = command["rows"] else { throw command.missing("rows") }
      guard let read = given.sessionOptions.readText else {
        throw Diagnostic("no-external-data", "`.ingest inline` cannot read rows here", at: command.nameSpan)
      }
      do {
        let rows = try read(Self.lines(of: text), schema, try given.ingestion(command))
        return try given.ingest(rows, into: name, schema)
      } catch var problem as Diagnostic {
        if problem.span == nil { problem.span = span }
        throw problem
      }
    },
    CommandAction(".ingest into table") { command, given in
      let name = try command.required("T")
      let schema = try given.knownTable(name)
      let paths = command.strings(#"("a.csv", "b.csv")"#)
      guard let read = given.sessionOptions.readExternal else {
        throw Diagnostic("no-external-data", "`.ingest into` cannot read files here", at: command.nameSpan)
      }
      do {
        let rows = try read(paths.map(\.text), schema, try given.ingestion(command), given.context.remark)
        return try given.ingest(rows, into: name, schema)
      } catch var problem as Diagnostic {
        if problem.span == nil { problem.span = paths.first?.span ?? command.nameSpan }
        throw problem
      }
    },
  ]

  /// The rows as lines: `[a,b] [c,d]` are two.
  private static func lines(of text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard bytes.first == UInt8(ascii: "[") else { return bytes + [UInt8(ascii: "\n")] }
    var lines: [UInt8] = []
    var isQuoted = false, depth = 0
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, byte == UInt8(ascii: "["), depth == 0 {
        depth = 1
        continue
      }
      if !isQuoted, byte == UInt8(ascii: "["), depth > 0 { depth += 1 }
      if !isQuoted, byte == UInt8(ascii: "]"), depth > 0 {
        depth -= 1
        if depth == 0 {
          lines.append(UInt8(ascii: "\n"))
          continue
        }
      }
      if depth > 0 { lines.append(byte) }
    }
    return lines
  }
}

extension CommandContext {
  /// The properties of rows that are read, with the names that readers know.
  ///
  /// - Throws: for those that would change the rows and are not supported.
  fileprivate func ingestion(_ command: CommandSyntax) throws -> [String: String] {
    var result = ["format": "csv"]
    for (name, value) in command.properties {
      switch name {
      case "format": result["format"] = value
      case "ignorefirstrecord": result["ignoreFirstRecord"] = value
      case "ingestionmapping", "ingestionmappingreference", "ingestionmappingtype", "ingestionmappingkind", "csvmapping", "jsonmapping":
        throw Diagnostic(
          "unsupported-option", "`\(command.name)` does not support `\(name)`", at: command.nameSpan,
          help: "read the file with `.append T <| externaldata(...)[...] with (ingestionMapping = ...)`")
      case "docstring", "folder": break
      default: context.remark("`\(name)` has no effect here")
      }
    }
    return result
  }

  fileprivate func ingest(_ rows: Table, into name: NameSyntax, _ schema: Schema) throws -> Answer {
    if rows.rowCount > 0 { try make([.append(Table(name: name.text, schema: schema, groups: rows.groups))]) }
    var answer = try Answer(
      [ColumnInfo("TableName", .string), ColumnInfo("RowCount", .long)],
      rows: [[.string(name.text), .long(Int64(rows.rowCount))]])
    answer.remarks = context.remarks
    return answer
  }
}
