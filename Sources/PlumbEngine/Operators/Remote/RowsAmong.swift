import PlumbDiagnostics

extension Table {
  /// Whether another engine stores the rows and runs queries over them.
  package var isRemote: Bool { external?.engine != nil }

  /// The rows of a remote table whose text in a column is among `texts`, without the other columns than those named.
  ///
  /// - Parameter reader: what needs the rows, for the message if there are too many.
  /// - Throws: `fetch-limit`, what reading throws, and a `RemoteObstacle` if the engine cannot test this.
  package func rows(
    where column: Int, isAmong texts: some Collection<String>, columns: [Int], for reader: String, _ context: ExecutionContext
  ) throws -> Table {
    guard let engine = external?.engine, let function = ScalarFunction.named("in"), let place = columns.firstIndex(of: column)
    else { throw RemoteObstacle("the rows are here") }
    var groups: [RowGroup] = []
    var rest = Array(texts)[...]
    while !rest.isEmpty {
      let items = rest.prefix(Self.mostTexts).map { BoundExpression.literal(.string($0), .none) }
      rest = rest.dropFirst(items.count)
      let condition = try BoundExpression.calling(function, [.column(place, .string, .none)] + items, at: .none)
      let part = try engine.part(for: .scan(ScanPlan(table: self, columns: columns, filters: [condition])), over: [])
      let query = try part.query(cut: RemoteCut(label: reader, reason: "it follows each row that it finds"))
      let cursor = try query.open(context)
      while let group = try cursor.next(rows: RowGroup.capacity) {
        try context.checkpoint()
        groups.append(group)
      }
    }
    return Table(name: name, schema: columns.map { schema[$0] }, groups: groups)
  }

  /// The most texts in one query.
  private static let mostTexts = 1000
}
