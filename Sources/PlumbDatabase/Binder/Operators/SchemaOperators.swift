import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension AssertSchemaSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let wanted = try schema.columnInfos()
    let given = schema.hasStar ? Array(input.schema.prefix(wanted.count)) : input.schema
    guard wanted == given else {
      let columns = input.schema.map { "\($0.name): \($0.type.name)" }.joined(separator: ", ")
      throw Diagnostic(
        "schema-mismatch", "the columns differ from the input's", at: schema.span, help: "they are (\(columns))")
    }
    return input
  }
}

extension GetSchemaSyntax: OperatorBinding {
  /// `getschema`: a row for each column.
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation {
    let columns = [
      ColumnInfo("ColumnName", .string), ColumnInfo("ColumnOrdinal", .int), ColumnInfo("DataType", .string),
      ColumnInfo("ColumnType", .string),
    ]
    let table = Table(
      name: "getschema", schema: columns,
      rows: input.schema.enumerated().map { index, column in
        [
          .string(column.name), .int(Int32(clamping: index)), .string(column.type.systemName),
          .string(column.type.name),
        ]
      })
    return Relation(.scan(ScanPlan(table: table)), isSerialized: true)
  }
}

extension SchemaSyntax {
  /// The columns of a written schema, each once.
  func columnInfos() throws -> Schema {
    var seen = Set<String>()
    return try columns.map { column in
      guard seen.insert(column.name.text).inserted else {
        throw Diagnostic("duplicate-column", "the column `\(column.name.text)` appears twice", at: column.name.span)
      }
      return ColumnInfo(column.name.text, ScalarType(column.type.type))
    }
  }
}
