import PlumbEngine
import PlumbSimulator
import Testing
import TestSupport

/// The world a user meets without any set-up is as the design describes it.
@Suite(.enabled(if: LongTests.areRun)) struct DefaultWorldTests {
  private static let world = Result { try World() }
  private static let day: Int64 = 864_000_000_000

  @Test func pipelinesAreThere() throws {
    let pipelines = try DefaultWorldTests.world.get().table(named: "pipelines")
    #expect(pipelines.rowCount >= 160)
    let names = try pipelines.texts("name")
    #expect(names.contains("entra-signin-eastus"))
    let sources = Set(try pipelines.texts("source"))
    #expect(
      sources.isSuperset(of: [
        "Entra ID", "Office 365", "Defender", "GitHub", "Sentinel", "Microsoft Graph Security",
      ]))
    #expect(Set(try pipelines.texts("vendor")).subtracting(["Microsoft", "GitHub", "internal"]).count == 5)
    let backups = try pipelines.texts("backup").filter { !$0.isEmpty }
    #expect(backups.count > 10 && backups.allSatisfy { names.contains($0) })
    #expect(try pipelines.texts("status").contains("failed"))
  }

  @Test func successRate() throws {
    let runs = try DefaultWorldTests.world.get().table(named: "runs")
    #expect((150_000...300_000).contains(runs.rowCount))
    let statuses = try runs.texts("status")
    let succeeded = Double(statuses.filter { $0 == "succeeded" }.count)
    let failed = Double(statuses.filter { $0 == "failed" }.count)
    #expect(abs(succeeded / Double(runs.rowCount) - 0.942) <= 0.003)
    #expect(abs(succeeded / (succeeded + failed) - 0.942) <= 0.003)
  }

  /// What enters at the first layer; the layers after it get what it writes.
  @Test func recordsADay() throws {
    let world = try DefaultWorldTests.world.get()
    let pipelines = try world.table(named: "pipelines")
    let ingest = Set(zip(try pipelines.texts("name"), try pipelines.texts("kind")).filter { $0.1 == "ingest" }.map { $0.0 })
    let runs = try world.table(named: "runs")
    let names = try runs.texts("pipeline")
    for column in ["records_in", "records_out"] {
      let total = zip(names, try runs.words(column)).reduce(Int64(0)) { ingest.contains($1.0) ? $0 + ($1.1 ?? 0) : $0 }
      #expect(abs(Double(total) / 30 - 2_300_000) <= 230_000)
    }
  }

  /// Weekends are quiet, and the last day of the month is the busiest.
  @Test func loadFollowsTheCalendar() throws {
    let runs = try DefaultWorldTests.world.get().table(named: "runs")
    var days: [Int64: Int64] = [:]
    for (started, records) in zip(try runs.words("started"), try runs.words("records_in")) {
      days[(started ?? 0) / DefaultWorldTests.day, default: 0] += records ?? 0
    }
    let first = WorldOptions.defaultStart / DefaultWorldTests.day
    let tuesday = Double(days[first + 8] ?? 0)
    let sunday = Double(days[first + 6] ?? 0)
    let monthEnd = Double(days[first + 29] ?? 0)
    #expect(sunday < 0.75 * tuesday)
    #expect(monthEnd > 1.15 * tuesday)
  }

  @Test func edgesLeadUpTheLayers() throws {
    let world = try DefaultWorldTests.world.get()
    let pipelines = try world.table(named: "pipelines")
    let order = ["ingest": 0, "normalise": 1, "enrich": 2, "correlate": 3, "serve": 4]
    var layers: [String: Int] = [:]
    for (name, kind) in zip(try pipelines.texts("name"), try pipelines.texts("kind")) { layers[name] = order[kind] }
    let edges = try world.table(named: "edges")
    var fed: Set<String> = []
    for (upstream, downstream) in zip(try edges.texts("upstream"), try edges.texts("downstream")) {
      let from = try #require(layers[upstream])
      let to = try #require(layers[downstream])
      #expect(from < to)
      fed.insert(downstream)
    }
    #expect(layers.filter { $0.value > 0 }.keys.allSatisfy { fed.contains($0) })
  }

  /// In the hours before its first failure, a pipeline whose fault announces itself waits longer or takes longer or
  /// retries more than it did the day before; and trouble ends. In the easy world every fault does.
  @Test(arguments: [(Difficulty.easy, 30), (.normal, 5)]) func incidentsShowEarly(difficulty: Difficulty, atLeast: Int) throws {
    let world = try World(WorldOptions(difficulty: difficulty))
    let incidents = try world.table(named: "incidents")
    let runs = try world.table(named: "runs")
    var rows: [String: [Int]] = [:]
    for (row, pipeline) in try runs.texts("pipeline").enumerated() { rows[pipeline, default: []].append(row) }
    let started = try runs.words("started").map { $0 ?? 0 }
    let durations = try runs.words("duration").map { Double($0 ?? 0) }
    let queues = try runs.words("queue_delay").map { Double($0 ?? 0) }
    let statuses = try runs.texts("status")
    let signs: Set<String> = ["cpu-exhaustion", "io-exhaustion", "downstream-backpressure", "expired-credentials"]
    var judged = 0
    var early = 0
    var lateFailures = 0.0
    var lateRuns = 0.0
    let causes = try incidents.texts("cause")
    let began = try incidents.words("began").map { $0 ?? 0 }
    let ended = try incidents.words("ended")
    for (i, pipeline) in try incidents.texts("pipeline").enumerated() where signs.contains(causes[i]) {
      guard let end = ended[i], let mine = rows[pipeline] else { continue }
      let usual = mine.filter { started[$0] < began[i] && started[$0] > began[i] - DefaultWorldTests.day }
      let during = mine.filter { started[$0] >= began[i] && started[$0] < end }
      guard usual.count > 10, let failure = during.first(where: { statuses[$0] == "failed" }) else { continue }
      let before = during.filter { $0 < failure }
      guard before.count >= 4 else { continue }
      func mean(_ rows: [Int], _ values: [Double]) -> Double {
        rows.reduce(0.0) { $0 + values[$1] } / Double(max(rows.count, 1))
      }
      let late = Array(before.suffix(4))
      judged += 1
      if mean(late, queues) > 1.15 * mean(usual, queues) || mean(late, durations) > 1.15 * mean(usual, durations) {
        early += 1
      }
      let after = mine.filter { started[$0] >= end && started[$0] < end + DefaultWorldTests.day / 4 }
      lateFailures += Double(after.filter { statuses[$0] == "failed" }.count)
      lateRuns += Double(after.count)
    }
    #expect(judged > atLeast)
    #expect(Double(early) >= 0.7 * Double(judged))
    #expect(lateFailures < 0.2 * lateRuns)
  }

  /// What the dice were tells failed attempts from others, and failures in faults are blamed on incidents: nearly all in the
  /// easy world, half of them in the normal one, where the others are transient.
  @Test(arguments: [(Difficulty.easy, 0.8...1.0), (.normal, 0.4...0.6)])
  func truthExplainsFailures(difficulty: Difficulty, share: ClosedRange<Double>) throws {
    let world = try World(WorldOptions(difficulty: difficulty))
    let truth = try world.runTruth()
    let statuses = try world.table(named: "runs").texts("status")
    #expect(truth.hazard.count == statuses.count && truth.incident.count == statuses.count)
    let ids = Set(try world.table(named: "incidents").texts("id"))
    var expected = 0.0
    var failed = 0.0
    var blamed = 0.0
    for row in statuses.indices where statuses[row] == "failed" || statuses[row] == "succeeded" {
      expected += Double(truth.hazard[row])
      guard statuses[row] == "failed" else { continue }
      failed += 1
      if !truth.incident[row].isEmpty {
        #expect(ids.contains(truth.incident[row]))
        blamed += 1
      }
    }
    #expect(abs(expected - failed) < 0.03 * failed)
    #expect(share.contains(blamed / failed))
  }
}
