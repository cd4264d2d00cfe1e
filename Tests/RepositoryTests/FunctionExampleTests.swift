import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage
import Testing

/// Every function says what it is, and its examples are true.
struct FunctionExampleTests {
  private static let session: Session = {
    TimeZones.use(SystemTimeZones())
    return Session(
      catalog: Catalog(),
      options: SessionOptions(
        threads: 1, memoryLimit: 1 << 30, clock: { DateTime.parse("2025-03-06T12:00:00Z") ?? 0 }, seed: 1))
  }()

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
      #expect((function.conditionalName == nil) == (function.conditional == nil), "\(function.name)")
    }
    expectDistinct(functions.map(\.name))
  }

  @Test(arguments: Plugin.all.map(\.name)) func pluginsAreExplained(name: String) throws {
    let plugin = try #require(Plugin.named(name))
    explains(name, plugin.summary, plugin.examples.count)
    #expect(plugin.columns.hasSuffix("."), "\(name): \(plugin.columns)")
    for example in plugin.examples {
      #expect(example.expression.contains("evaluate \(name)("))
      let chunk = try Self.session.run(example.expression).first?.chunks.first { $0.count > 0 }
      let cells = try #require(chunk).vectors().map { column in
        var cell = ByteBuffer()
        column.printText(at: 0, to: &cell)
        return cell.string
      }
      #expect(cells.joined(separator: ",") == example.result, "\(example.expression)")
    }
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

  private func check(_ query: String, _ expected: String, _ name: String) {
    do {
      var printed = try firstCell(query)
      // A function that gives several columns is an array inside another call.
      if printed != expected, query.hasPrefix("print x = "), expected.hasPrefix("[") {
        printed = try firstCell("print x = tostring(\(query.dropFirst(10)))")
      }
      #expect(printed == expected, "\(name): \(query)")
    } catch let errors as Diagnostics {
      let renderer = DiagnosticRenderer()
      let text = errors.list.map { renderer.render($0, source: query) }.joined(separator: "\n")
      Issue.record("\(name): \(query)\n\(text)")
    } catch {
      Issue.record("\(name): \(query): \(error)")
    }
  }

  /// As `tostring` would give it; nil without rows.
  private func firstCell(_ query: String) throws -> String? {
    guard let chunk = try Self.session.run(query).last?.chunks.first(where: { $0.count > 0 }) else { return nil }
    var cell = ByteBuffer()
    chunk.column(0).printText(at: 0, to: &cell)
    return cell.string
  }
}
