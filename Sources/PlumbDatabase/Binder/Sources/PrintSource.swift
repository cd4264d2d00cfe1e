import PlumbEngine
import PlumbSyntax

extension PrintSyntax {
  /// `print`: one row.
  func relation(at place: BindingPlace) throws -> Relation {
    var names = NameMaker(used: self.columns.flatMap { $0.names.map(\.text) })
    let constants = place.constants(for: "`print`")
    let items = self.columns.enumerated().compactMap { index, column -> [NamedExpression]? in
      place.attempt {
        try constants.binder.outputs(of: column).map { output in
          // A variable's name is not used as a column's name.
          var automatic = output.automatic
          if case .name = column.expression.withoutParentheses { automatic = nil }
          return NamedExpression(
            output.given ?? names.unique(automatic ?? "print_\(index)"), try output.expression.overColumns())
        }
      }
    }
    guard items.count == self.columns.count else { throw AlreadyReported() }
    let columns = items.flatMap { $0 }
    try self.columns.checkDuplicates()
    let schema = columns.map { ColumnInfo($0.name, $0.expression.type) }
    let values = columns.compactMap(\.expression.constant)
    if values.count == columns.count {
      return Relation(.scan(ScanPlan(table: Table(name: "print", schema: schema, rows: [values]))), isSerialized: true)
    }
    let one = Table(name: "print", schema: [ColumnInfo("$", .bool)], rows: [[.bool(true)]])
    return Relation(.project(.scan(ScanPlan(table: one)), columns), isSerialized: true)
  }
}
