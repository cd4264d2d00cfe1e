import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// `schema.kql` next to exported files: what text files cannot say about their columns, as `.create table` commands.
package enum ExportedSchema {
  package static let fileName = "schema.kql"

  package static func text(_ tables: [(name: String, schema: Schema)]) -> String {
    tables.map { table in
      let columns = table.schema.map { "\(KQLName.inSchema($0.name)): \($0.type.name)" }.joined(separator: ", ")
      return ".create table \(KQLName.inSchema(table.name)) (\(columns));\n"
    }.joined()
  }

  /// The columns of a table according to the schema next to `path`; nil without such a file.
  ///
  /// - Throws: what is wrong with it.
  package static func columns(ofTable name: String, besideFile path: String) throws -> Schema? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    guard access(folder + fileName, F_OK) == 0 else { return nil }
    let catalog = Catalog()
    let commands = try QueryText.file(folder + fileName)
    _ = try Session(catalog: catalog).run(commands)
    return catalog.schema(ofTable: name)
  }
}
