import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import Testing
import TestSupport

@testable import PlumbTelemetry

/// Models that outlive the process: the same predictions to the bit, and damaged bytes are reported and never trap.
@Suite(.enabled(if: LongTests.areRun)) struct SavedModelTests {
  /// A place for models in memory.
  final class Store: ModelStore {
    let kept = LockedValue<[(entry: ModelEntry, bytes: [UInt8])]>([])

    func entries() throws -> [ModelEntry] { kept.withLock { $0.map(\.entry) } }

    func bytes(of entry: ModelEntry) throws -> [UInt8] { kept.withLock { $0.first { $0.entry == entry }?.bytes ?? [] } }

    func keep(_ bytes: [UInt8], name: String, summary: String) throws -> ModelEntry {
      kept.withLock { kept in
        let version = kept.count { $0.entry.name == name } + 1
        let entry = ModelEntry(name: name, version: version, madeAt: 0, mark: Int64(kept.count))
        kept.append((entry, bytes))
        return entry
      }
    }

    func replace(with bytes: [UInt8]) { kept.withLock { $0[0].bytes = bytes } }
  }

  private func trained(_ method: RiskMethod, in store: Store, _ small: PredictionWorld) throws -> Table {
    let predictor = Predictor()
    predictor.store = store
    let options = PredictionOptions(method: method, asOf: small.world.clock)
    let table = try small.predicting { try predictor.risk(options, wanted: nil, retrains: true, from: $0) }
    #expect(try predictor.saveLatest()?.version == 1)
    return table
  }

  @Test(arguments: RiskMethod.allCases)
  func aSavedModelPredictsTheSame(method: RiskMethod) throws {
    let small = try PredictionWorld()
    let store = Store()
    let first = try trained(method, in: store, small)

    let other = Predictor()
    other.store = store
    let options = PredictionOptions(method: method, asOf: small.world.clock)
    let again = try small.predicting { source in
      let table = try other.risk(options, wanted: nil, from: source)
      #expect(source.context.remarks.contains { $0.contains("the saved model `\(method)_2h`, version 1") })
      return table
    }
    #expect(try first.bits() == again.bits())
    #expect(other.models.isEmpty)
    // The bytes are those of the model, whatever made them.
    let record = try RiskModelRecord(decoding: try store.bytes(of: store.entries()[0]))
    #expect(record.encoded() == (try store.bytes(of: store.entries()[0])))
  }

  @Test func anotherMomentOrOtherColumnsAreNoUseForIt() throws {
    let small = try PredictionWorld()
    let store = Store()
    _ = try trained(.boosting, in: store, small)
    let now = small.world.clock
    func used(_ options: PredictionOptions) throws -> (states: [Value], learned: Int) {
      let predictor = Predictor()
      predictor.store = store
      let table = try small.predicting { source in
        _ = try predictor.risk(options, wanted: nil, from: source)
        return try predictor.modelsTable(now: options.asOf, from: source)
      }
      return (try table.cells("state"), predictor.models.count)
    }
    let before = try used(PredictionOptions(asOf: now - 2 * PredictionQuestion.day))
    #expect(before.learned == 1)
    #expect(before.states.first == .string("after now"))
    let later = try used(PredictionOptions(asOf: now + 3 * PredictionQuestion.day))
    #expect(later.learned == 0)
    #expect(later.states == [.string("in use")])
    #expect(try used(PredictionOptions(within: 6 * PredictionQuestion.hour, asOf: now)).learned == 1)
    let runs = try small.table("runs | project-away cpu")
    small.catalog.add(Table(name: "runs", schema: runs.schema, groups: runs.groups))
    let changed = try used(PredictionOptions(asOf: now))
    #expect(changed.learned == 1)
    #expect(changed.states.first == .string("other columns"))
  }

  @Test func aDamagedModelIsTold() throws {
    let small = try PredictionWorld()
    let store = Store()
    _ = try trained(.boosting, in: store, small)
    var bytes = try store.bytes(of: store.entries()[0])
    bytes[bytes.count / 2] ^= 1
    store.replace(with: bytes)
    let now = small.world.clock
    let predictor = Predictor()
    predictor.store = store
    #expect {
      try small.predicting { _ = try predictor.risk(PredictionOptions(asOf: now), wanted: nil, from: $0) }
    } throws: { ($0 as? Diagnostic)?.code == "damaged-model" && ($0 as? Diagnostic)?.help?.contains(".drop model") == true }
    let states = try small.predicting { try predictor.modelsTable(now: now, from: $0).cells("state") }
    #expect(states == [.string("damaged")])
  }

  /// Bytes that were changed on purpose, with a right checksum or without: refused, or a model that can be used.
  @Test func hostileBytesAreRefusedOrSound() throws {
    let small = try PredictionWorld()
    let now = small.world.clock
    var originals: [[UInt8]] = []
    for method in RiskMethod.allCases {
      let store = Store()
      _ = try trained(method, in: store, small)
      originals.append(try store.bytes(of: store.entries()[0]))
    }
    let rows = try small.predicting { source in
      let question = PredictionQuestion(asOf: now, within: 2 * PredictionQuestion.hour)
      return try PredictionRows(try source.run(question.predictionText(source)), context: source.context)
    }
    let context = ExecutionContext(now: now, threads: 1, memoryLimit: 1 << 30)
    var random = RandomGenerator(seed: 23)
    var refused = 0, accepted = 0
    for round in 0..<1_500 {
      // Forests are large: a few are enough.
      let original = originals[round % 50 == 0 ? 1 : 0]
      var bytes = ModelMutation.mutated(original, &random)
      let isSealed = round % 4 != 0 && bytes.count >= 8
      if isSealed { bytes = ModelMutation.sealed(bytes) }
      do {
        let record = try RiskModelRecord(decoding: bytes)
        accepted += 1
        #expect(isSealed || bytes == original)
        _ = try RiskTable(model: record.model, rows: rows, within: 2 * PredictionQuestion.hour, asOf: 0, context: context).table(wanted: nil)
        _ = record.model.tree.text(verb: "failed")
      } catch is Diagnostic {
        refused += 1
      }
    }
    #expect(refused > 300 && accepted > 30, "\(refused) refused, \(accepted) accepted")
  }
}

extension Table {
  /// All cells as text, numbers by their bits.
  fileprivate func bits() throws -> [String] {
    try schema.flatMap { column in
      try cells(column.name).map { if case .real(let value) = $0 { "\(value.bitPattern)" } else { "\($0)" } }
    }
  }
}
