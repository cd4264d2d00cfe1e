import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// A row of a rule's query.
package struct Evidence: Sendable {
  package let key: String
  /// The row's values as texts, by column.
  package let values: [(name: String, text: String)]
  /// The row as a JSON object.
  package let json: String

  package func text(_ column: String) -> String? { values.first { $0.name == column }?.text }
}

/// The rows of a rule's query at one moment.
package struct Evaluation: Sendable {
  /// The columns that identify an instance.
  let keyColumns: [Int]
  let schema: Schema
  private let chunks: [Chunk]

  /// The most rows that a rule may have at one moment.
  static let mostRows = 100_000

  /// - Throws: `Diagnostics` if the rule's key names a column that the query does not have, or it has too many rows.
  init(_ answer: Answer, of rule: AlertRule) throws {
    schema = answer.schema
    chunks = answer.chunks
    keyColumns = try Evaluation.keyColumns(of: rule, in: answer.schema)
    if answer.rowCount > Self.mostRows {
      throw Diagnostics([
        Diagnostic(
          "too-many-rows", "the rule `\(rule.name)` returns \(answer.rowCount) rows; the most is \(Self.mostRows)",
          help: "add a condition, or summarize by the columns of its key")
      ])
    }
  }

  /// The indices of the columns that identify an instance: those of the rule, or `pipeline`, or all columns of texts.
  package static func keyColumns(of rule: AlertRule, in schema: Schema) throws -> [Int] {
    guard let names = rule.key else {
      if let pipeline = schema.firstIndex(where: { $0.name == "pipeline" && $0.type == .string }) { return [pipeline] }
      return schema.indices.filter { schema[$0].type == .string }
    }
    return try names.map { name in
      guard let index = schema.firstIndex(where: { $0.name == name }) else {
        throw Diagnostics([
          Diagnostic(
            "unknown-column", "the key of `\(rule.name)` names `\(name)`, which its query does not return",
            help: Suggestion.nearest(to: name, in: schema.map(\.name))
              ?? "the query returns \(schema.map { "`\($0.name)`" }.joined(separator: ", "))")
        ])
      }
      return index
    }
  }

  /// The keys of all rows.
  var keys: Set<String> {
    var result: Set<String> = []
    forEachRow { columns, row in
      result.insert(key(columns, row))
      return true
    }
    return result
  }

  /// The first row of each key that is wanted.
  func evidence(_ isWanted: (String) -> Bool) -> [String: Evidence] {
    var result: [String: Evidence] = [:]
    forEachRow { columns, row in
      let key = key(columns, row)
      if result[key] != nil || !isWanted(key) { return true }
      var json = ByteBuffer()
      json.append("{" as StaticString)
      var values: [(name: String, text: String)] = []
      for (index, column) in schema.enumerated() {
        if index > 0 { json.append("," as StaticString) }
        column.name.withUTF8Bytes { JSONText.printString($0, to: &json) }
        json.append(":" as StaticString)
        columns[index].printJSON(at: row, to: &json)
        values.append((column.name, Evaluation.text(columns[index], row, short: true)))
      }
      json.append("}" as StaticString)
      result[key] = Evidence(key: key, values: values, json: json.string)
      return true
    }
    return result
  }

  /// The largest value of a column of reals for each key, in the order of the rows; rows without one are left out.
  func values(of column: String) -> [Replay.KeyedValue] {
    guard let index = schema.firstIndex(of: ColumnInfo(column, .real)) else { return [] }
    let pipeline = schema.firstIndex(of: ColumnInfo("pipeline", .string))
    var result: [Replay.KeyedValue] = []
    forEachRow { columns, row in
      if case .real(let value) = columns[index].value(at: row), value.isFinite {
        result.append(
          Replay.KeyedValue(
            key: key(columns, row), value: value, pipeline: pipeline.map { Evaluation.text(columns[$0], row, short: false) } ?? ""))
      }
      return true
    }
    return result
  }

  private func forEachRow(_ body: ([Vector], Int) -> Bool) {
    for chunk in chunks where chunk.count > 0 {
      let columns = chunk.vectors()
      for row in 0..<chunk.count where !body(columns, row) { return }
    }
  }

  /// The value of the only key column, or `column=value` for each.
  private func key(_ columns: [Vector], _ row: Int) -> String {
    if keyColumns.count == 1 { return Evaluation.text(columns[keyColumns[0]], row, short: false) }
    return keyColumns.map { "\(schema[$0].name)=\(Evaluation.text(columns[$0], row, short: false))" }.joined(separator: ", ")
  }

  private static func text(_ vector: Vector, _ row: Int, short: Bool) -> String {
    var out = ByteBuffer()
    if short { vector.printShortText(at: row, to: &out) } else { vector.printText(at: row, to: &out) }
    return out.string
  }
}
