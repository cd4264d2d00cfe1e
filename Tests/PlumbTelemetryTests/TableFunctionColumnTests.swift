import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbModel
import PlumbSimulator
import PlumbTelemetry
import Testing
import TestSupport

/// Every table function of telemetry has the columns that it declares, and they are known without running it.
@Suite(.enabled(if: LongTests.areRun)) struct TableFunctionColumnTests {
  /// A call of each function; a new function needs one.
  private static let calls: [String: String] = [
    "lineage_downstream": #"lineage_downstream("P")"#, "lineage_upstream": #"lineage_upstream("P", 2)"#,
    "lineage_path": #"lineage_path("P", "P")"#, "lineage_critical_path": #"lineage_critical_path("P")"#,
    "blast": #"pipelines | take 2 | invoke blast()"#, "slow": "slow()", "stale": "stale()", "volume": "volume()",
    "compare": "compare(ago(2h), ago(1h), ago(1h), now())", "why": #"why("P")"#,
    "decision_tree": #"runs | take 500 | invoke decision_tree(label = "status")"#,
    "decision_tree_predict":
      #"runs | take 500 | extend t = attempt == 1 | invoke decision_tree_predict(label = "status", train = "t")"#,
    "random_forest_predict":
      #"runs | take 500 | extend t = attempt == 1 | invoke random_forest_predict(label = "status", train = "t", trees = 2)"#,
    "predict_risk": "predict_risk(optional = true)", "predict_quality": "predict_quality()",
    "predict_models": "predict_models()", "predict_tree": "predict_tree()", "overview": "overview()",
  ]

  @Test func columnsAreAsDeclared() throws {
    let world = try World.made(pipelines: 30, days: 14, seed: 5)
    let catalog = Catalog()
    for name in World.tableNames { catalog.add(try world.table(named: name)) }
    let functions = TableFunction.telemetry(Predictor()) { nil }
    catalog.add(functions)
    var options = SessionOptions(threads: 2, memoryLimit: 2 << 30)
    options.clock = { world.clock }
    let session = Session(catalog: catalog, options: options)
    let pipeline = try #require(try session.run("pipelines | take 1 | project name").first?.chunks.first?.column(0).value(at: 0))
    guard case .string(let name) = pipeline else { return }
    for function in functions {
      let text = try #require(Self.calls[function.name], "a call of \(function.name)").replacing("\"P\"", with: "\"\(name)\"")
      #expect(session.check(text) == [], "\(text)")
      let declared = try #require(session.schema(of: text), "\(text)")
      let answer = try #require(try session.run(text).last)
      #expect(answer.schema == declared, "\(text)")
      if let presentation = function.presentation { #expect(answer.presentation == presentation, "\(text)") }
    }
  }
}
