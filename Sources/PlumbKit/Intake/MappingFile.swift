import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage
import PlumbSyntax

/// A file of KQL that maps the rows of any file to telemetry.
///
/// The file's rows are the table `input`; each `let` called `pipelines`, `runs`, `errors` or `edges` is
/// the query for that table. Missing columns are null.
package struct MappingFile: Sendable {
  package let path: String
  package let text: String
  /// The tables that it fills, in the order of `TelemetrySchema.names`.
  package let tables: [String]

  /// The name under which a workspace file stores it.
  package var name: String { Intake.tableName(forFile: path) }

  /// - Parameter saved: looks up a text saved under a name, if no file exists at the path.
  /// - Throws: diagnostics about the text.
  package init(path: String, saved: (String) -> String? = { _ in nil }) throws {
    self.path = path
    if access(path, F_OK) != 0, let kept = saved(Intake.tableName(forFile: path)) { text = kept } else {
      text = try QueryText.file(path)
    }
    let parsed = parse(text)
    if parsed.hasErrors { throw SourcedDiagnostics(list: parsed.diagnostics, source: text, name: path) }
    let names = parsed.script.statements.compactMap { statement -> String? in
      if case .letBinding(let binding) = statement { return binding.name.text }
      return nil
    }
    tables = TelemetrySchema.names.filter(names.contains)
    if tables.isEmpty {
      throw Diagnostic(
        "bad-mapping", "`\(path)` defines none of the tables \(TelemetrySchema.names.joined(separator: ", "))",
        help: "write `let runs = input | project pipeline = ..., started = ..., status = ...;`")
    }
  }

  /// The mapped rows of a file's rows, for each table.
  ///
  /// - Parameter rowLimit: the maximum number of rows of each; nil for all.
  package func run(over input: Table, options: SessionOptions, rowLimit: Int? = nil) throws -> [(name: String, answer: Answer)] {
    let catalog = Catalog()
    catalog.add(Table(name: "input", schema: input.schema, groups: input.groups))
    let session = Session(catalog: catalog, options: options)
    return try tables.map { name in
      let script = text + "\n;\n" + name + (rowLimit.map { " | take \($0)" } ?? "")
      do {
        return (name, try session.run(script).last ?? Answer(schema: [], chunks: []))
      } catch let diagnostics as Diagnostics {
        throw SourcedDiagnostics(list: diagnostics.list, source: script, name: path)
      }
    }
  }
}
