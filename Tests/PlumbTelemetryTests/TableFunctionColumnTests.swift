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
  @Test func columnsAreAsDeclared() throws {
    let world = try World(WorldOptions(days: 10, seed: 173, difficulty: .easy))
    let catalog = Catalog()
    for name in World.tableNames { catalog.add(try world.table(named: name)) }
    let functions = TableFunction.telemetry(Predictor()) { nil }
    catalog.add(functions)
    var options = SessionOptions(threads: 2, memoryLimit: 2 << 30)
    options.clock = { world.clock }
    let session = Session(catalog: catalog, options: options)
    for (function, text) in functions.flatMap({ function in function.examples.map { (function, $0) } }) {
      #expect(session.check(text) == [], "\(text)")
      let declared = try #require(session.schema(of: text), "\(text)")
      let answer = try #require(try session.run(text).last)
      #expect(answer.schema == declared, "\(text)")
      if let presentation = function.presentation { #expect(answer.presentation == presentation, "\(text)") }
    }
  }
}
