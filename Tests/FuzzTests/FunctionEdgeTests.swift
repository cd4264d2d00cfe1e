import PlumbDatabase
import PlumbEngine
import Testing

/// Scalar functions of values that their makers did not think of; `Tests/figures/torture.py` tries the rest.
@Suite(.serialized) struct FunctionEdgeTests {
  private static let bag = #"dynamic({"a": 1, "b": [1]})"#

  @Test func functionsOfBagsEnd() throws {
    let trial = Trial("functions")
    for function in ScalarFunction.all where function.name.first?.isLetter == true {
      for count in 1...2 {
        try trial.run("print \(function.name)(\(Array(repeating: Self.bag, count: count).joined(separator: ", ")))")
      }
    }
    #expect(trial.answers > 100)
  }

  @Test func bagsHaveNoElementsToConcatenate() throws {
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 1))
    let answer = try session.run(#"print array_length(array_concat(dynamic([1, 2]), dynamic({"a": 1, "b": 2}), dynamic(3)))"#).first
    #expect(answer?.firstValue == .long(2))
  }

  /// The sum of the weights is more than a long holds.
  @Test func weightsOfPatternsAreBounded() throws {
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 1))
    let rows = #"datatable(s: string, n: long)["ok", 9223372036854775807, "ok", 9223372036854775807]"#
    for plugin in ["basket(0.05, n)", "autocluster(0.5, n)"] {
      let answer = try session.run("\(rows) | evaluate \(plugin) | project Count").first
      #expect(answer?.firstValue == .long(.max), "\(plugin)")
    }
  }
}
