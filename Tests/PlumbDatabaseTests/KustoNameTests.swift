import PlumbDatabase
import PlumbEngine
import Testing

/// The manual's table of KQL's names says what a query finds.
struct KustoNameTests {
  /// A text that uses the name, whatever its arguments should be.
  private func use(_ name: KustoName) -> String? {
    switch name.kind {
    case .function, .window: "print x = 1 | extend y = \(name.name)()"
    case .aggregate: "print x = 1 | summarize \(name.name)()"
    case .plugin: "print x = 1 | evaluate \(name.name)()"
    case .graphFunction where name.name == "inner_nodes":
      "print a = 1, b = 2 | make-graph a --> b | graph-match (n)-[e*1..2]->(m) project map(inner_nodes(e), node_id())"
    case .graphFunction: "print a = 1, b = 2 | make-graph a --> b | graph-match (n)-[e]->(m) project \(name.name)(n)"
    case .tabularOperator where name.name != "inline-external-table": "print x = 1 | \(name.name)"
    case .statement, .source, .tabularOperator, .scalarOperator, .chart: nil
    }
  }

  @Test func tableIsWhatQueriesFind() {
    let session = Session(catalog: Catalog())
    for name in KustoName.all {
      guard let text = use(name) else { continue }
      let codes = session.check(text).map(\.code)
      switch name.status {
      case .supported:
        #expect(!codes.contains { $0.hasPrefix("unsupported") || $0.hasPrefix("unknown") && $0 != "unknown-column" }, "\(name.name): \(codes)")
      case .refused(let reason):
        #expect(!reason.isEmpty, "\(name.name)")
        #expect(codes.contains { $0.hasPrefix("unsupported") || $0 == "table-as-value" }, "\(name.name): \(codes)")
      case .missing: #expect(!codes.isEmpty, "\(name.name)")
      }
    }
  }

  @Test func nothingIsMissingWithoutAReason() {
    #expect(KustoName.all.filter { $0.status == .missing }.map(\.name) == [])
    #expect(Set(KustoName.all.map { "\($0.kind) \($0.name)" }).count == KustoName.all.count)
  }
}
