import CSQLite
import Foundation
import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

/// Files of every kind with bytes changed, put in, taken out and moved: each is read, or what is wrong is said.
///
/// `PLUMB_MUTANTS` says how many; `Tests/figures/mutants.sh` runs 20,000.
@Suite struct TelemetryMutationTests {
  private struct Original {
    let name: String
    let bytes: [UInt8]

    init(_ name: String, _ text: String) { (self.name, bytes) = (name, Array(text.utf8)) }
    init(_ name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
  }

  private static let events = OpenLineageTests.events

  private static func originals() throws -> [Original] {
    let results = DbtTests.results(
      DbtTests.result("model.shop.a", "success", from: "2025-03-06T01:00:00Z", to: "2025-03-06T01:00:02Z") + ","
        + DbtTests.result("model.shop.b", "error", message: "Database Error in model b"))
    var all = [
      Original("manifest.json", DbtTests.manifest), Original("run_results.json", results), Original("dbt.log", DbtTests.log),
      Original("events.ndjson", events.joined(separator: "\n")), Original("events.json", "[\(events.joined(separator: ","))]"),
      Original("dag_runs.json", AirflowTests.runs), Original("instances.json", AirflowTests.instances),
      Original("shop.tasks.json", AirflowTests.tasks), Original("dags.json", AirflowTests.dags),
      Original("pipeline_runs.json", DataFactoryTests.pipelineRuns), Original("activity_runs.json", DataFactoryTests.activityRuns),
      Original("PT1H.json", DataFactoryTests.logs.joined(separator: "\n")), Original("pipelines.json", DataFactoryTests.definition),
      Original("t.csv", MutationTests.csv), Original("t.ndjson", MutationTests.json), Original("t.sqlite", bytes: try database()),
    ]
    if let shared = SharedData.path {
      for name in ["dbt/fail/manifest.json", "dbt/fail/run_results.json", "openlineage/event_full.json", "openlineage/test-start.json"] {
        all.append(Original("shared.json", bytes: Array(try Data(contentsOf: URL(fileURLWithPath: shared + "/" + name)))))
      }
    }
    return all
  }

  /// A small database with a table of every type.
  private static func database() throws -> [UInt8] {
    let folder = try TelemetryFolder()
    let path = folder.path + "/t.sqlite"
    var connection: OpaquePointer?
    sqlite3_open(path, &connection)
    sqlite3_exec(
      connection,
      "create table t(id integer primary key, name text, at datetime, share real, data blob);"
        + "insert into t values (1, 'a', '2025-03-06 01:02:03', 0.5, x'00ff'), (2, null, null, 7, null), (3, 'é', 'x', 'y', 3)",
      nil, nil, nil)
    sqlite3_close(connection)
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func mutated(_ original: [UInt8], _ generator: inout MutationTests.Generator) -> [UInt8] {
    var bytes = original
    let special = Array("\",\n\r;|\t\\{}[]:0-.eE \u{0}".utf8) + [0xFF, 0xC3, 0xEF, 0x1F, 0x8B]
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<9, using: &generator) {
      case 0: bytes[place] = special.randomElement(using: &generator) ?? 0
      case 1: bytes.insert(special.randomElement(using: &generator) ?? 0, at: place)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...60, using: &generator)))
      case 3: bytes.insert(contentsOf: bytes[place...].prefix(80), at: place)
      case 4: bytes.insert(contentsOf: Array("{{ any(x) }}".utf8), at: place)
      case 5: if bytes.count > 40 && place > 20 { bytes.removeSubrange(place...) }
      case 6: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      // What stays JSON, with other names, words and numbers in it.
      default: if !special.contains(bytes[place]) { bytes[place] = UInt8.random(in: 0x30...0x39, using: &generator) }
      }
    }
    return bytes
  }

  @Test func mutatedFilesEndWell() throws {
    let count = MutationTests.count(300, long: 600)
    var generator = MutationTests.Generator(state: 20_250_306)
    let originals = try Self.originals()
    let context = ExecutionContext(now: 0, threads: 1, memoryLimit: 256 << 20)
    let folder = try TelemetryFolder()
    var read = 0
    var refused = 0
    for round in 0..<count {
      let original = originals[round % originals.count]
      try folder.write(original.name, Data(mutated(original.bytes, &generator)))
      let path = folder.path + "/" + original.name
      do {
        if original.name.hasPrefix("t.") {
          let whole = try readTable(named: "t", path, ReadOptions(context: context))
          let parts = try RowFile.rows(path, ReadOptions(context: context), batchBytes: 64)
          #expect(parts.rowTexts == whole.table.rowTexts, "round \(round)")
        } else {
          let stated = Int.random(in: 0..<24, using: &generator)
          let kinds = TelemetryKind.allCases
          let kind = kinds.indices.contains(stated) ? kinds[stated] : nil
          let once = try Imported([path], kind: kind, context)
          if round % 5 == 0 { #expect(try Imported([path, path], kind: kind, context).all == once.all, "round \(round)") }
          if once.reports.allSatisfy({ $0.read == 0 }) { refused += 1 } else { read += 1 }
          continue
        }
        read += 1
      } catch let diagnostic as Diagnostic {
        #expect(!diagnostic.message.isEmpty)
        refused += 1
      }
      try FileManager.default.removeItem(atPath: path)
    }
    #expect(read > count / 10, "too few of the files can be read to try what follows")
    print("mutated files: \(count), of which \(read) were read in part or whole, \(refused) were refused, 0 ended the process")
  }
}
