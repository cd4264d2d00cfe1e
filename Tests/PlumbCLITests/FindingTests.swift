import TestSupport
import Testing

/// `why` never says "as usual" of a pipeline that `slow`, `stale` or `volume` name, and says what holds.
@Suite(.enabled(if: LongTests.areRun)) struct FindingTests {
  private static let now = "2026-03-31T00:00:00Z"

  /// An hourly pipeline of thirty days whose last hours are changed by a line of KQL, in which `left` is the number of
  /// runs after a run.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: String
    let named: String
    let cause: String

    init(_ name: String, _ change: String, named: String, cause: String) {
      testDescription = name
      self.change = change
      self.named = named
      self.cause = cause
    }
  }

  static let cases = [
    Case("as ever", "where true", named: "", cause: "nothing"),
    Case("ten times slower, processor busy", "extend seconds = iff(left < 6, seconds * 10, seconds), cpu = iff(left < 6, 0.95, cpu)", named: "slow", cause: "cpu-exhaustion"),
    Case("ten times slower, waiting for disks", "extend seconds = iff(left < 6, seconds * 10, seconds), io_wait = iff(left < 6, 0.7, io_wait)", named: "slow", cause: "io-exhaustion"),
    Case("ten times slower, ten times the records", "extend seconds = iff(left < 6, seconds * 10, seconds), records_in = iff(left < 6, records_in * 10, records_in)", named: "slow,volume", cause: "more-input"),
    Case("ten times slower, no other sign", "extend seconds = iff(left < 6, seconds * 10, seconds)", named: "slow", cause: "unknown"),
    Case("twice as slow", "extend seconds = iff(left < 6, seconds * 2, seconds)", named: "slow", cause: "unknown"),
    Case("queueing", "extend queue_delay = iff(left < 6, 10m, queue_delay)", named: "", cause: "queueing"),
    Case("no records", "extend records_in = iff(left < 6, 0, records_in)", named: "volume", cause: "silence"),
    Case("stopped", "where left >= 7", named: "stale,volume", cause: "missed-schedule"),
    Case("one failure that passed", "extend status = iff(left == 2, 'failed', status), error = iff(left == 2, 'Connection reset by peer', '')", named: "", cause: "noise"),
    Case("failing without a word", "extend status = iff(left < 4, 'failed', status)", named: "stale,volume", cause: "unknown"),
  ]

  @Test(arguments: cases)
  func whatIsNamedIsExplained(_ one: Case) throws {
    let folder = try TemporaryFolder()
    let text = """
      range left from 0 to 719 step 1
      | extend dice = hash(left, 1000) / 1000.0
      | extend started = datetime(\(Self.now)) - left * 1h - 55m, seconds = 120 * (0.9 + 0.2 * dice), status = 'succeeded',
          queue_delay = 6s * (0.8 + 0.4 * dice), records_in = tolong(900 + 200 * dice), cpu = 0.28 + 0.04 * dice,
          memory_mb = tolong(880 + 40 * dice), io_wait = 0.04 + 0.02 * dice, error = ''
      | \(one.change)
      | project pipeline = 'x', started, ended = started + seconds * 1s, status, queue_delay, records_in, cpu, memory_mb, io_wait, error
      """
    let made = try PlumbProcess(["query", "--format", "csv", "--now", Self.now, "-c", text])
    #expect(made.status == 0, "\(made.messages)")
    let load = ["--load", "runs=\(try folder.write("runs.csv", made.output))"]
    let asked = try PlumbProcess(
      ["query", "--format", "csv", "--now", Self.now] + load + ["-c", """
        union (slow() | project word = 'slow'), (stale() | project word = 'stale'), (volume() | project word = 'volume') | sort by word asc;
        why('x') | top 1 | project cause, usual = evidence has 'as usual'
        """])
    let answers = asked.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let words = answers.dropFirst().prefix { !$0.isEmpty }.joined(separator: ",")
    #expect(words == one.named, "\(asked.output) \(asked.messages)")
    let isCalm = one.named.isEmpty && one.cause == "nothing"
    #expect(asked.output.contains("\n\(one.cause),\(isCalm)") || one.cause == "noise" && asked.output.contains("\nnoise,"), "\(asked.output)")
  }

  /// A failure that passed is noise, but the rest is not as usual while `volume` names the pipeline.
  @Test func aPassingFailureDoesNotHideWhatIsNamed() throws {
    let folder = try TemporaryFolder()
    let made = try PlumbProcess(["query", "--format", "csv", "--now", Self.now, "-c", """
      range left from 0 to 719 step 1
      | extend started = datetime(\(Self.now)) - left * 1h - 55m
      | project pipeline = 'x', started, ended = started + 2m, status = iff(left == 2, 'failed', 'succeeded'),
          records_in = (900 + hash(left, 200)) * iff(left < 6, 10, 1)
      """])
    let load = ["--load", "runs=\(try folder.write("runs.csv", made.output))"]
    let asked = try PlumbProcess(
      ["query", "--format", "csv", "--now", Self.now] + load + ["-c", """
        volume() | project pipeline;
        why('x') | summarize usual = countif(evidence has 'as usual'), noise = countif(cause == 'noise')
        """])
    #expect(asked.output == "pipeline\nx\n\nusual,noise\n0,1\n", "\(asked.output) \(asked.messages)")
  }

  /// Three that follow each other fail without a word: the first is where it began.
  @Test func withoutTextsTheOriginIsTheFirstThatFails() throws {
    let folder = try TemporaryFolder()
    let runs = """
      range hour from 1 to 240 step 1
      | mv-expand n = dynamic([0, 1, 2]) to typeof(long)
      | extend started = datetime(\(Self.now)) - hour * 1h + 5m + n * 15m
      | project pipeline = tostring(dynamic(['extract', 'transform', 'report'])[n]), started, ended = started + 3m,
          status = iff(hour <= 4, 'failed', 'succeeded')
      """
    func load(_ name: String, _ text: String) throws -> [String] {
      let made = try PlumbProcess(["query", "--format", "csv", "--now", Self.now, "-c", text])
      return ["--load", "\(name)=\(try folder.write("\(name).csv", made.output))"]
    }
    let options = try load("runs", runs)
      + load("edges", "datatable(upstream: string, downstream: string)['extract', 'transform', 'transform', 'report']")
    for name in ["report", "transform", "extract"] {
      let asked = try PlumbProcess(
        ["query", "--format", "csv", "--now", Self.now] + options + ["-c", "why('\(name)') | top 1 | project origin"])
      #expect(asked.output == "origin\nextract\n", "\(name): \(asked.output) \(asked.messages)")
    }
  }
}
