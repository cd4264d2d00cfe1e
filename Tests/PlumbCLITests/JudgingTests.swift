import TestSupport
import Testing

/// `slow`, `stale`, `volume`, `compare` and `why` on small tables whose answers are plain to see.
@Suite(.enabled(if: LongTests.areRun)) struct JudgingTests {
  private static let now = "2026-03-20T12:00:00Z"
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A run an hour of a pipeline; hour 0 is the last one before noon.
  private struct Run {
    var pipeline = "a"
    var hoursAgo = 0
    var minutes = 2
    var status = "succeeded"
    var records = 100
    var code = ""
    var memory = 500

    var line: String {
      let started = "ago(\(hoursAgo)h + 30m)"
      let ended = "ago(\(hoursAgo)h + 30m) + \(minutes)m"
      return """
        print pipeline = "\(pipeline)", started = \(started), ended = \(ended), status = "\(status)", \
        duration = \(minutes)m, records_in = \(records), error_code = "\(code)", memory_mb = \(memory)
        """
    }
  }

  /// Thirty days of hourly runs as usual, then `latest` by hour, 0 being the last.
  private func runs(_ pipeline: String, latest: [Run], days: Int = 20) -> String {
    let usual = """
      range h from \(latest.count) to \(days * 24) step 1 | project pipeline = "\(pipeline)", \
      started = ago(h * 1h + 30m), ended = ago(h * 1h + 30m) + 2m, status = "succeeded", duration = 2m, \
      records_in = 100 + h % 3, error_code = "", memory_mb = 500 + h % 5
      """
    let last = latest.enumerated().map { hour, run in
      var run = run
      (run.pipeline, run.hoursAgo) = (pipeline, hour)
      return run.line
    }
    return ([usual] + last).map { "(\($0))" }.joined(separator: ",\n")
  }

  /// Writes a table as CSV and gives the option that loads it.
  private func table(_ name: String, _ query: String) throws -> [String] {
    let made = try PlumbProcess(["query", "--format", "csv", "--now", Self.now, "-c", query])
    #expect(made.status == 0, "\(made.messages)")
    return ["--load", "\(name)=\(try folder.write("\(name).csv", made.output))"]
  }

  private func ask(_ query: String, _ options: [String]) throws -> PlumbProcess {
    try PlumbProcess(["query", "--format", "csv", "--now", Self.now] + options + ["-c", query])
  }

  private func check(_ query: String, _ options: [String], _ expected: String) throws {
    let run = try ask(query, options)
    #expect(run.output == expected, "\(query): \(run.messages)")
  }

  private func refuses(_ query: String, _ options: [String], _ texts: String...) throws {
    let run = try ask(query, options)
    #expect(run.output == "")
    for text in texts { #expect(run.messages.contains(text), "\(query): \(run.messages)") }
  }

  // MARK: slow, stale, volume

  @Test func slowHoldsRunsAgainstThePipelinesOwnUsual() throws {
    let long = [Run](repeating: Run(minutes: 8), count: 6)
    let load = try table("runs", "union \(runs("a", latest: long)), \(runs("b", latest: []))")
    try check(
      "slow() | project pipeline, now, usual, times, since, runs", load,
      "pipeline,now,usual,times,since,runs\na,00:08:00,00:02:00,4,2026-03-20T06:30:00.0000000Z,3\n")
    // Before it began nothing was slow, and neither are other pipelines now.
    try check("slow(as_of = ago(8h)) | count", load, "Count\n0\n")
    try check("print name = 'b' | invoke slow() | count", load, "Count\n0\n")
    try check("slow | top 1 | project pipeline", load, "pipeline\na\n")
  }

  @Test func slowSeesRunsThatAreStillGoing() throws {
    let running = "| extend status = iff(ended > now(), 'running', status)"
    let load = try table("runs", "union \(runs("a", latest: [Run(minutes: 60)])) \(running)")
    try check(
      "slow() | project pipeline, now, usual, runs", load, "pipeline,now,usual,runs\na,00:30:00,00:02:00,1\n")
  }

  @Test func staleKnowsGapsAndAgreements() throws {
    let failing = [Run](repeating: Run(status: "failed"), count: 10)
    let load = try table("runs", "union \(runs("a", latest: failing)), \(runs("b", latest: []))")
    try check(
      "stale() | project pipeline, now, usual, since, runs, failures", load,
      "pipeline,now,usual,since,runs,failures\na,10:28:00,01:00:00,2026-03-20T01:32:00.0000000Z,10,10\n")
    // An agreement is broken by pipelines that do what is usual for them.
    let pipelines = try table("pipelines", "datatable(name: string, sla: timespan, tier: long)['b', 20m, 2]")
    try check(
      "stale() | sort by pipeline asc | project pipeline, breaks_sla, tier", load + pipelines,
      "pipeline,breaks_sla,tier\na,false,\nb,true,2\n")
  }

  @Test func volumeHoldsRecordsAgainstOtherDays() throws {
    let few = [Run](repeating: Run(records: 10), count: 6)
    let load = try table("runs", "union \(runs("a", latest: few)), \(runs("b", latest: []))")
    try check(
      "volume() | project pipeline, now, usual, times, runs", load,
      "pipeline,now,usual,times,runs\na,60,606,0.1,6\n")
  }

  // MARK: compare

  @Test func compareNamesWhatExplainsTheChange() throws {
    let failing = [Run](repeating: Run(status: "failed", code: "E1"), count: 6)
    let load = try table("runs", "union \(runs("a", latest: failing)), \(runs("b", latest: []))")
    let windows = "ago(6h), now(), ago(30h), ago(24h)"
    try check(
      "compare(\(windows)) | where dimension == 'pipeline' | top 1 "
        + "| project measure, value, before, after, explains, failures_before, failures_after", load,
      "measure,value,before,after,explains,failures_before,failures_after\nfailure rate,a,0,1,1,0,6\n")
    try check(
      "compare(\(windows)) | where dimension == 'error_code' | project measure, value, before, after, explains", load,
      "measure,value,before,after,explains\nfailures,E1,0,6,1\n")
    // Which window is written first makes no difference, and columns can be named.
    try check(
      "compare(ago(30h), ago(24h), ago(6h), now(), dynamic(['pipeline', 'status'])) | where measure == 'runs' "
        + "| project pipeline, status, before, after | sort by pipeline asc, status asc", load,
      "pipeline,status,before,after\na,failed,0,6\na,succeeded,6,0\n")
    try check("compare(ago(900d), ago(800d), ago(700d), ago(600d)) | count", load, "Count\n0\n")
    try refuses("compare(now(), ago(1h), ago(9h), ago(8h))", load, "error[argument-types]", "ends before it begins")
    try refuses("compare(\(windows), 'pipelin')", load, "error[unknown-column]", "did you mean `pipeline`?")
    try refuses("compare(ago(1h), now())", load, "error[argument-types]", "`other_start` is missing")
  }

  // MARK: why

  @Test func whyNamesTheCauseWithItsNumbers() throws {
    let failing = [Run](repeating: Run(status: "failed", code: "RES-OOM", memory: 1_900), count: 4)
    let load = try table("runs", "union \(runs("a", latest: failing)), \(runs("b", latest: []))")
    let run = try ask("why('a') | top 1", load)
    #expect(run.output.contains("1,memory-exhaustion,"), "\(run.messages)")
    #expect(run.output.contains("4 of the last 8 runs failed (usually 0.8 %), with RES-OOM"), "\(run.output)")
    #expect(run.output.contains("memory is at 1900 MB (usually 502)"), "\(run.output)")
    #expect(run.output.contains(",a,2026-03-20T08:30:00.0000000Z,"), "\(run.output)")
    // The query that comes with it shows the rows.
    let query = try ask("why('a') | top 1 | project query", load + ["--format", "raw"]).output
    let rows = try ask(query + " | where status == 'failed' | count", load)
    #expect(rows.output == "Count\n4\n", "\(query): \(rows.messages)")
    try check("why('b') | project cause, origin", load, "cause,origin\nnothing,b\n")
    try check("print name = 'b' | invoke why() | project origin", load, "origin\nb\n")
    try refuses("datatable(name: string)['a', 'b'] | invoke why()", load, "error[argument-types]", "name 2")
    try check("why('a', at = ago(8h)) | project cause", load, "cause\nnothing\n")
    try check("why('a', ago(900d)) | project cause", load, "cause\nno-runs\n")
    try refuses("why()", load, "error[argument-types]", "`pipeline` is missing")
  }

  /// What was skipped because an upstream had failed leads there, over others that were skipped for the same.
  @Test func whyOfSkippedRuns() throws {
    let usual = (0..<3).map { _ in Run(status: "failed", code: "AUTH401 token expired") }
    let skips = (0..<3).map { _ in Run(minutes: 0, status: "skipped") }
    let all = try table(
      "runs", "union \(runs("source", latest: usual)), \(runs("middle", latest: skips)), \(runs("end", latest: skips))")
    let edges = try table("edges", "datatable(upstream: string, downstream: string)['source', 'middle', 'middle', 'end']")
    for name in ["middle", "end"] {
      try check("why('\(name)') | top 1 | project cause, origin", all + edges, "cause,origin\nexpired-credentials,source\n")
    }
    // Without the edges nobody knows why they were skipped, but no run came since it was due.
    let none = try table("edges", "datatable(upstream: string, downstream: string)['source', 'other']")
    try check(
      "why('end', at = ago(1h)) | project cause, skips = extract(@'\\d runs skipped since it was due', 0, evidence)",
      all + none, "cause,skips\nmissed-schedule,2 runs skipped since it was due\n")
    let only = try table("runs", "range h from 0 to 30 step 1 | project pipeline = 'end', started = ago(h * 1h + 30m), ended = ago(h * 1h + 30m), status = 'skipped'")
    try check(
      "why('end') | project cause, evidence", only,
      "cause,evidence\nno-runs,\"end has not finished a run recently: its last run, 30 min earlier, was skipped\"\n")
  }

  @Test func whyGoesUpstreamToWhereItBegan() throws {
    let source = [Run](repeating: Run(status: "failed", code: "AUTH-401"), count: 8)
    let waiting = [Run](repeating: Run(status: "failed", code: "DEP-UPSTREAM"), count: 4)
    let load = try table(
      "runs", """
        union \(runs("source", latest: source)), \(runs("middle", latest: waiting)), \(runs("end", latest: waiting))
        """)
      + table(
        "edges",
        "datatable(upstream: string, downstream: string)['source', 'middle', 'middle', 'end', 'end', 'source']")
    // Two steps up, though the graph has a cycle.
    try check(
      "why('end') | top 1 | project cause, origin", load, "cause,origin\nexpired-credentials,source\n")
    try refuses("why('midle')", load, "error[unknown-pipeline]", "did you mean `middle`?")
    try check(
      "why('middle') | top 1 | project evidence = extract('source had[^,]*, 1 step upstream', 0, evidence)", load,
      "evidence\n\"source had no success for 7 h 58 min (usually every 1 h), 1 step upstream\"\n")
  }

  /// Memory that grows within hours of a build is the build's; without a build it is the memory's.
  @Test func whatGrowsAfterABuildIsTheBuilds() throws {
    let growing = [1_250, 1_150, 1_050, 900, 760].map { Run(memory: $0) }
    let load = try table("runs", "union \(runs("a", latest: growing))")
    let build = try table("alerts", "print at = ago(10h), rule = 'build-changed', pipeline = 'a', message = 'Build 8 of a was deployed'")
    try check("why('a') | top 1 | project cause", load, "cause\nmemory-exhaustion\n")
    try check("why('a') | top 1 | project cause", load + build, "cause\nbad-deployment\n")
    let old = try table("alerts", "print at = ago(40h), rule = 'build-changed', pipeline = 'a', message = 'Build 8 of a was deployed'")
    try check("why('a') | top 1 | project cause", load + old, "cause\nmemory-exhaustion\n")
  }

  /// Of ten upstreams one is often late; the one that fails whenever its reader fails is where it began, without any text.
  @Test func oneOfManyUpstreamsExplainsFailures() throws {
    let failing = [Run](repeating: Run(status: "failed"), count: 4)
    // Each of the others fails in one hour of ten.
    let others = (0..<9).map { place in
      "(\(runs("u\(place)", latest: [], days: 20)) | extend status = iff((started - datetime(2026-01-01)) / 1h % 10 == \(place), 'failed', status))"
    }
    let all = try table("runs", "union \(runs("bad", latest: failing + [Run(status: "failed")])), \(runs("end", latest: failing)), \(others.joined(separator: ", "))")
    let edges = try table("edges", "union (print upstream = 'bad'), (range n from 0 to 8 step 1 | project upstream = strcat('u', n)) | extend downstream = 'end'")
    try check("why('end') | top 1 | project origin", all + edges, "origin\nbad\n")
  }

  /// An upstream that fails every other hour does no harm; one that failed six times in a row does, and so it began there, not with
  /// an upstream that is as late because it is idle.
  @Test func moreTroubleThanUsualExplainsFailures() throws {
    let failing = [Run](repeating: Run(status: "failed"), count: 4)
    let all = try table(
      "runs", """
        union \(runs("bad", latest: [Run](repeating: Run(status: "failed"), count: 6))), \(runs("idle", latest: [])), \
        \(runs("end", latest: failing))
        | extend status = iff(pipeline == "bad" and (started - datetime(2026-01-01)) / 1h % 2 == 0, "failed", status)
        | where pipeline != "idle" or started < ago(8h)
        """)
    let one = try table("edges", "datatable(upstream: string, downstream: string)['bad', 'end']")
    try check("why('end') | top 1 | project origin", all + one, "origin\nbad\n")
    let both = try table("edges", "datatable(upstream: string, downstream: string)['bad', 'end', 'idle', 'end']")
    try check("why('end') | top 1 | project origin", all + both, "origin\nbad\n")
  }

  // MARK: Data that knows little

  @Test func littleDataGivesNoErrors() throws {
    let bare = "datatable(pipeline: string, started: datetime)['a', datetime(2026-03-20 11:00)]"
    for runs in [bare, bare + " | extend duration = timespan(null), ended = datetime(null)"] {
      let load = try table("runs", runs)
      let windows = "ago(2h), now(), ago(9h), ago(2h)"
      for word in ["slow()", "stale()", "volume()", "compare(\(windows)) | where measure != 'runs'"] {
        try check("\(word) | count", load, "Count\n0\n")
      }
      try check("why('a') | project cause", load, "cause\nnothing\n")
    }
    let strange = try table("runs", "print pipeline = 7, started = 'noon'")
    for word in ["slow()", "stale()", "volume()", "why('a')", "compare(ago(2h), now(), ago(9h), ago(2h))"] {
      try refuses(word, strange, "error[no-runs]")
    }
    let other = try table("other", "print x = 1")
    try refuses("slow()", other, "error[no-runs]", "the table `runs` is missing")
    try refuses("print x = 1 | invoke stale()", try table("runs", bare), "error[no-pipelines]")
  }
}
