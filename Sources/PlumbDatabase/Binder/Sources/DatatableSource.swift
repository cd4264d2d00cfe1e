import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension DatatableSyntax {
  /// `datatable`: rows written in the query.
  func relation(at place: BindingPlace) throws -> Relation {
    let schema = try self.schema.columnInfos()
    guard !schema.isEmpty else {
      throw Diagnostic("no-columns", "a datatable needs at least one column", at: self.schema.span)
    }
    guard self.values.count % schema.count == 0 else {
      throw Diagnostic(
        "uneven-rows",
        "\(self.values.count) values cannot be divided into rows of \(schema.count)",
        at: self.values.last?.span ?? self.span)
    }
    let constants = place.constants(for: "`datatable`")
    var cells: [Value] = []
    cells.reserveCapacity(self.values.count)
    for (index, syntax) in self.values.enumerated() {
      let column = schema[index % schema.count]
      let value = place.attempt { () throws -> Value in
        let given = try constants.value(syntax, what: "a value of a datatable")
        if let same = given.converted(to: column.type) { return same }
        throw Diagnostic(
          "column-type", "`\(column.name)` is \(column.type.described), but this is \(given.type.described)",
          at: syntax.span)
      }
      if let value { cells.append(value) }
    }
    guard cells.count == self.values.count else { throw AlreadyReported() }
    let table = Table(name: "datatable", schema: schema, cells: cells)
    return Relation(.scan(ScanPlan(table: table)), isSerialized: true)
  }
}
