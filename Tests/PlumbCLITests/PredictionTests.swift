import Testing

/// What the binary says about predictions before any is made, and what it refuses.
struct PredictionTests {
  @Test func showsItsFeatures() throws {
    let shown = try PlumbProcess(["query", "-c", ".show features"])
    #expect(shown.status == 0)
    #expect(shown.output.hasPrefix("let as_of = datetime(2026-04-01T15:00:00"))
    #expect(shown.output.contains("let usual = "))
    #expect(shown.output.contains("let outcomes = "))
    #expect(shown.output.hasSuffix("\nfeatures\n"))
  }

  @Test func hasNoModelsAtFirst() throws {
    let shown = try PlumbProcess(["query", "-c", ".show models"])
    #expect(shown.output.hasPrefix("name,version,saved,state,age,using,within,trained_until,"))
    #expect(shown.output.split(separator: "\n").count == 1)
  }

  @Test func refusesWhatItCannotDo() throws {
    for (text, message) in [
      (".show trees", "did you mean `tree`?"), (".train oracle", "`oracle` cannot follow here in `.train`"),
      ("predict_risk(using = \"oracle\")", "`using` must be \"tree\" or \"forest\" or \"boosting\""),
      ("predict_risk(within = 1s)", "`within` must be a timespan from 10m to 7d"),
      ("predict_risk(2h, depth = 1)", "unknown parameter `depth`"),
      ("print x = 1 | invoke predict_risk()", "the rows before the pipe do not name pipelines"),
    ] {
      let refused = try PlumbProcess(["query", "-c", text])
      #expect(refused.status == 1)
      #expect(refused.messages.contains(message), "\(text): \(refused.messages)")
    }
  }

  @Test func runsWithoutHistoryAreNotEnough() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "runs.csv",
      """
      pipeline,started,ended,status
      a,2026-01-01T10:00:00Z,2026-01-01T10:05:00Z,succeeded
      b,2026-01-01T11:00:00Z,2026-01-01T11:05:00Z,failed

      """)
    let arguments = ["query", "--load", "runs=\(path)", "--now", "2026-01-02", "-c"]
    #expect(try PlumbProcess(arguments + ["predict_risk()"]).messages.contains("error[too-little-history]"))
    let optional = try PlumbProcess(arguments + ["predict_risk(optional = true) | count"])
    #expect(optional.output == "Count\n0\n")
    #expect(optional.messages.contains("note: cannot predict risks: too little history"))
    #expect(try PlumbProcess(arguments + ["predict_quality()"]).messages.contains("error[too-little-history]"))
    let other = try folder.write("other.csv", "x\n1\n")
    #expect(
      try PlumbProcess(["query", "--load", "other=\(other)", "-c", "predict_risk()"]).messages.contains("error[no-runs]"))
  }

  /// Three of twenty pipelines that nobody repairs: the last status tells nearly everything, which is said, not refused.
  @Test func failuresThatPersistAreARemark() throws {
    let folder = try TemporaryFolder()
    let made = try PlumbProcess(["query", "--format", "csv", "-c", """
      range h from 0 to 239 step 1
      | mv-expand p = range(0, 19, 1) to typeof(long)
      | extend started = datetime(2026-03-01) + h * 1h + p * 1m
      | project pipeline = strcat('p', iff(p < 10, '0', ''), p), started, ended = started + 3m,
          status = iff(p < 3 or hash(strcat(p, '-', h), 1000) == 0, 'failed', 'succeeded')
      """])
    let runs = try folder.write("runs.csv", made.output)
    let asked = try PlumbProcess(
      ["query", "--format", "csv", "--load", "runs=\(runs)", "--now", "2026-03-11T00:00:00Z", "-c",
        "predict risk | top 3 | project pipeline, state | sort by pipeline asc"])
    #expect(asked.status == 0)
    #expect(asked.output == "pipeline,state\np00,still failing\np01,still failing\np02,still failing\n", "\(asked.messages)")
    #expect(asked.messages.contains("note: these failures persist: `"), "\(asked.messages)")
  }
}
