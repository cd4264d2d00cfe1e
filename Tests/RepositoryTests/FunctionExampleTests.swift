import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import Testing

/// Every function says what it is, and its examples are true.
struct FunctionExampleTests {
  private static let session = Session(
    catalog: Catalog(),
    options: SessionOptions(
      threads: 1, memoryLimit: 1 << 30, clock: { DateTime.parse("2025-03-06T12:00:00Z") ?? 0 }, seed: 1))

  @Test func scalarFunctionsAreExplained() {
    let functions = ScalarFunction.all
    #expect(functions.count >= 150)
    for function in functions {
      explains(function.name, function.summary, function.examples.count)
      #expect(!function.overloads.isEmpty, "\(function.name)")
    }
    expectDistinct(functions.map(\.name))
  }

  @Test func aggregateFunctionsAreExplained() {
    let functions = AggregateFunction.all
    for function in functions {
      explains(function.name, function.summary, function.examples.count)
      #expect(!function.overloads.isEmpty, "\(function.name)")
    }
    expectDistinct(functions.map(\.name))
  }

  @Test func scalarExamplesAreTrue() {
    for function in ScalarFunction.all {
      for example in function.examples { check("print x = \(example.expression)", example.result, function.name) }
    }
  }

  @Test func aggregateExamplesAreTrue() {
    for function in AggregateFunction.all {
      for example in function.examples { check(example.expression, example.result, function.name) }
    }
  }

  private func explains(_ name: String, _ summary: String, _ examples: Int) {
    #expect(summary.hasSuffix("."), "\(name): \(summary)")
    #expect(summary.count > 8, "\(name): \(summary)")
    #expect(examples > 0, "\(name) has no example")
  }

  private func expectDistinct(_ names: [String]) {
    let twice = Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    #expect(twice.isEmpty, "declared twice: \(twice)")
  }

  /// The first cell of the answer, as `tostring` would give it.
  private func check(_ query: String, _ expected: String, _ name: String) {
    do {
      // A function that gives several columns is shown by the array of them.
      var answer = try Self.session.run(query).last
      if answer?.schema.count ?? 1 > 1, query.hasPrefix("print x = ") {
        answer = try Self.session.run("print x = tostring(\(query.dropFirst(10)))").last
      }
      let chunk = answer?.chunks.first { $0.count > 0 }
      var cell = ByteBuffer()
      chunk?.column(0).printText(at: 0, to: &cell)
      #expect(chunk != nil, "\(name): \(query) has no rows")
      #expect(cell.string == expected, "\(name): \(query)")
    } catch let errors as Diagnostics {
      let renderer = DiagnosticRenderer()
      let text = errors.list.map { renderer.render($0, source: query) }.joined(separator: "\n")
      Issue.record("\(name): \(query)\n\(text)")
    } catch {
      Issue.record("\(name): \(query): \(error)")
    }
  }
}
