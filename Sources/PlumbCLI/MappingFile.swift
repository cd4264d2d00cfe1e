import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage
import PlumbSyntax

/// A file of KQL that says how the rows of any file become telemetry.
///
/// The file's rows are the table `input`; each `let` that is called `pipelines`, `runs`, `errors` or `edges` is
/// the query for that table. Columns that it does not give are null.
struct MappingFile: Sendable {
  let path: String
  let text: String
  /// The tables that it fills, in the order of `TelemetrySchema.names`.
  let tables: [String]

  /// - Throws: diagnostics of the text.
  init(path: String) throws {
    self.path = path
    text = try QueryText.file(path)
    let parsed = parse(text)
    if parsed.hasErrors { throw SourcedDiagnostics(list: parsed.diagnostics, source: text, name: path) }
    let names = parsed.script.statements.compactMap { statement -> String? in
      if case .letBinding(let binding) = statement { return binding.name.text }
      return nil
    }
    tables = TelemetrySchema.names.filter(names.contains)
    if tables.isEmpty {
      throw Diagnostic(
        "bad-mapping", "`\(path)` makes none of the tables \(TelemetrySchema.names.joined(separator: ", "))",
        help: "write `let runs = input | project pipeline = ..., started = ..., status = ...;`")
    }
  }

  /// The mapped tables of a file's rows, by name.
  func run(over input: Table, options: SessionOptions) throws -> [(name: String, table: Table)] {
    let catalog = Catalog()
    catalog.add(Table(name: "input", schema: input.schema, groups: input.groups))
    let session = Session(catalog: catalog, options: options)
    return try tables.map { name in
      let script = text + "\n;\n" + name
      do {
        let answer = try session.run(script).last
        let groups = (answer?.chunks ?? []).map { RowGroup($0.vectors(), count: $0.count) }
        return (name, Table(name: name, schema: answer?.schema ?? [], groups: groups))
      } catch let diagnostics as Diagnostics {
        throw SourcedDiagnostics(list: diagnostics.list, source: script, name: path)
      }
    }
  }
}
