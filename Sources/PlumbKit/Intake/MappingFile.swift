import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage
import PlumbSyntax

/// A text of KQL that maps the rows of any files to telemetry: a file, one that the workspace stores, or one that Plumb ships.
///
/// The rows of files are the table `input`, or tables under other names that the text mentions; each `let` called `pipelines`,
/// `runs`, `errors` or `edges` is the query for that table. Missing columns are null.
package struct MappingFile: Sendable {
  package let path: String
  package let text: String
  /// The tables that it fills, in the order of `TelemetrySchema.names`.
  package let tables: [String]
  /// Every name in it.
  private let words: Set<String>

  /// The name under which a workspace file stores it.
  package var name: String { TablePaths.tableName(forFile: path) }

  /// - Parameter saved: looks up a text saved under a name, if no file exists at the path.
  /// - Throws: diagnostics about the text.
  package init(path: String, saved: (String) -> String? = { _ in nil }) throws {
    self.path = path
    if access(path, F_OK) == 0 { text = try QueryText.file(path) } else if let kept = saved(TablePaths.tableName(forFile: path)) {
      text = kept
    } else if let shipped = ShippedMap.named(path) {
      text = shipped.text
    } else {
      let names = ShippedMap.all.map(\.name)
      throw Diagnostic(
        "no-such-file", "`\(path)` cannot be read: no such file or directory",
        help: Suggestion.nearest(to: path, in: names) ?? "the maps that Plumb ships are \(names.map { "`\($0)`" }.joined(separator: ", "))")
    }
    let parsed = parse(text)
    if parsed.hasErrors { throw SourcedDiagnostics(list: parsed.diagnostics, source: text, name: path) }
    words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
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

  /// Whether the text contains a name, such as that of a table.
  package func mentions(_ name: String) -> Bool { words.contains(name) }

  /// The mapped rows of some tables, for each table of telemetry.
  ///
  /// - Parameter rowLimit: the maximum number of rows of each; nil for all.
  package func run(over inputs: [Table], options: SessionOptions, rowLimit: Int? = nil) throws -> [(name: String, answer: Answer)] {
    let catalog = Catalog()
    for input in inputs { catalog.add(input) }
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

/// A file whose rows a mapping reads.
struct MappingInput {
  /// The table that has its rows; nil for `input`.
  let table: String?
  /// A path, or `FILE#TABLE`.
  let path: String
}
