import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A tool that an agent can call: what it is for, its arguments, and its query.
package struct AgentTool: Sendable {
  /// An argument of a tool.
  struct Parameter: Sendable {
    enum Kind: Sendable {
      case text, count
      case list
      case choice([String])
    }

    let name: String
    let kind: Kind
    let summary: String
    let isRequired: Bool

    init(_ name: String, _ kind: Kind, _ summary: String, isRequired: Bool = false) {
      self.name = name
      self.kind = kind
      self.summary = summary
      self.isRequired = isRequired
    }

    /// The argument in JSON Schema.
    var schema: Dynamic {
      let description = ("description", Dynamic.string(summary))
      switch kind {
      case .text: return .object([("type", .string("string")), description])
      case .count: return .object([("type", .string("integer")), ("minimum", .long(1)), description])
      case .list:
        return .object([("type", .string("array")), ("items", .object([("type", .string("string"))])), description])
      case .choice(let words):
        return .object([("type", .string("string")), ("enum", .array(words.map { .string($0) })), description])
      }
    }
  }

  package let name: String
  let title: String
  let summary: String
  let parameters: [Parameter]
  /// Returns the text of KQL to run.
  let query: @Sendable (ToolArguments, ToolContext) throws -> String

  /// What `tools/list` says of the tool.
  var listing: Dynamic {
    .object([
      ("name", .string(name)), ("title", .string(title)), ("description", .string(summary)),
      (
        "inputSchema",
        .object([
          ("type", .string("object")), ("properties", .object(parameters.map { ($0.name, $0.schema) })),
          ("required", .array(parameters.filter(\.isRequired).map { .string($0.name) })), ("additionalProperties", .bool(false)),
        ])
      ),
      ("outputSchema", ToolAnswer.schema),
      (
        "annotations",
        .object([
          ("readOnlyHint", .bool(true)), ("destructiveHint", .bool(false)), ("idempotentHint", .bool(true)),
          ("openWorldHint", .bool(false)),
        ])
      ),
    ])
  }
}

/// What a tool may know of the workspace while it writes its query.
struct ToolContext {
  let catalog: Catalog
  /// Runs a query and returns its rows as texts.
  let rows: (String) throws -> [[String]]

  /// The tables, with their columns, in the order of their names.
  var tables: [(name: String, schema: Schema)] {
    catalog.tableNames.sorted().compactMap { name in catalog.schema(ofTable: name).map { (name, $0) } }
  }

  /// The columns of a table.
  ///
  /// - Throws: a diagnostic that suggests a similar name.
  func schema(of table: String) throws -> Schema {
    if let schema = catalog.schema(ofTable: table) { return schema }
    let names = catalog.tableNames.sorted()
    throw Diagnostic(
      "unknown-table", "unknown table `\(table)`",
      help: Suggestion.nearest(to: table, in: names) ?? "the tables are \(names.joined(separator: ", "))")
  }
}
