/// Parts of queries that several routes share, in KQL over the tables that everybody sees.
enum Evidence {
  /// Who fails more than usual.
  static let failing = """
    runs | where started > ago(3d) and status in ("succeeded", "failed")
    | summarize usual = 1.0 * countif(status == "failed" and started < ago(14h)) / countif(started < ago(14h)),
        lately = 1.0 * countif(status == "failed" and started > ago(3h)) / countif(started > ago(3h)) by pipeline
    | where lately > usual + 0.25 | sort by lately desc
    """

  /// Defines `signs`: for each pipeline, how its last three hours differ from its usual, since when, and what that means.
  static let signs = """
    let is_run = (T: (*)) { T | where status in ("succeeded", "failed") };
    let usual = materialize(runs | where started between (ago(6d) .. ago(18h)) | invoke is_run()
    | summarize u_failed = 1.0 * countif(status == "failed") / count(), u_work = percentile(iff(status == "succeeded", duration, timespan(null)), 50),
        u_wait = percentile(upstream_delay, 50), u_queue = percentile(queue_delay, 50), u_bad = 1.0 * sum(malformed) / (sum(records_in) + 1),
        u_cpu = avg(cpu), u_io = avg(io_wait), u_memory = avg(memory_mb), backlog_usual = percentile(backlog, 90) by pipeline);
    let lately = runs | where started > ago(3h) | invoke is_run()
    | summarize failed_runs = countif(status == "failed"), failed = 1.0 * countif(status == "failed") / count(), work = percentile(iff(status == "succeeded", duration, timespan(null)), 50),
        wait = percentile(upstream_delay, 50), queue = percentile(queue_delay, 50), bad = 1.0 * sum(malformed) / (sum(records_in) + 1),
        cpu = avg(cpu), io = avg(io_wait), memory = avg(memory_mb), backlog = max(backlog) by pipeline;
    let odd_runs = runs | where started > ago(14h) | invoke is_run() | join kind=inner usual on pipeline
    | project pipeline, started, is_queued = queue_delay > 4 * u_queue, is_odd = status == "failed" or duration > 3 * u_work
        or upstream_delay > 8 * u_wait + 2m or malformed > 0.1 * records_in + 3 or queue_delay > 10 * u_queue + 20s
    | sort by pipeline asc, started asc
    | extend goes_on = iff(pipeline == next(pipeline) and next(is_odd), 1, 0) + iff(pipeline == next(pipeline, 2) and next(is_odd, 2), 1, 0)
        + iff(pipeline == next(pipeline, 3) and next(is_odd, 3), 1, 0),
        queues_on = pipeline == next(pipeline) and next(is_queued),
        is_calm = not(is_odd) and pipeline == next(pipeline, 4) and not(next(is_odd)) and not(next(is_odd, 2)) and not(next(is_odd, 3)) and not(next(is_odd, 4));
    let calms = odd_runs | summarize calm = coalesce(maxif(started, is_calm), datetime(2000-01-01)) by pipeline;
    let starts = odd_runs | join kind=inner calms on pipeline
    | summarize since = minif(started, is_odd and goes_on >= 2 and started > calm), queued_since = minif(started, is_queued and queues_on) by pipeline;
    let said = errors | where at > ago(8h) | summarize times = count() by pipeline, category
    | as counted | join kind=inner (counted | summarize all_times = sum(times) by pipeline) on pipeline
    | where isnotempty(category) and times >= 3 and times >= 0.4 * all_times
    | summarize arg_max(times, category) by pipeline;
    let near = (T: (pipeline: string, at: datetime), reach: timespan) {
      T | join kind=inner starts on pipeline | where at between (since - reach .. since + 15m) | distinct pipeline
    };
    let changed = schema_changes | project pipeline, at | invoke near(45m);
    let deployed = alerts | where rule == "build-changed" | project pipeline, at | invoke near(45m);
    let warned = alerts | where rule == "credential-expiring" | project pipeline, at | invoke near(4d);
    let signs = materialize(usual | join kind=inner lately on pipeline | join kind=inner starts on pipeline
    | lookup kind=leftouter (said | project pipeline, category) on pipeline
    | lookup kind=leftouter (pipelines | project pipeline = name, is_ingest = kind == "ingest", source) on pipeline
    | extend failure_excess = failed - u_failed, work_ratio = work / u_work, work_excess = work - u_work, wait_excess = wait - u_wait,
        queue_ratio = queue / u_queue, queue_excess = queue - u_queue, bad_excess = bad - u_bad, cpu_excess = cpu - u_cpu, io_excess = io - u_io, memory_ratio = memory / u_memory
    | extend has_failed = failed >= 0.3 and failure_excess >= 0.25 and failed_runs >= 3, wait_hours = wait_excess / 1h
    | extend is_ill = has_failed or work_ratio > 2.5 or bad_excess > 0.1 or wait_excess > 5m or queue_ratio > 6
    | extend cause = case(
        not(is_ill), "",
        bad_excess > 0.1 and pipeline in (changed), "schema-drift",
        bad_excess > 0.1, "malformed-records",
        has_failed and category == "auth", "expired-credentials",
        has_failed and category == "vendor", "vendor-outage",
        has_failed and category == "schema", "schema-drift",
        memory_ratio > 1.9, "memory-exhaustion",
        cpu_excess > 0.3, "cpu-exhaustion",
        io_excess > 0.25, "io-exhaustion",
        has_failed and pipeline in (changed), "schema-drift",
        has_failed and pipeline in (deployed), "bad-deployment",
        has_failed and pipeline in (warned), "expired-credentials",
        has_failed and category == "dependency", "upstream",
        has_failed and is_ingest, "vendor-outage",
        has_failed, "upstream",
        is_ingest and wait_excess > 5m, "slow-upstream",
        queue_ratio > 6, "downstream-backpressure",
        "upstream"));

    """

  /// Builds of the last hours of the pipelines above one: failures shortly before and since, and memory before and since.
  ///
  /// A pipeline whose upstream fails does so as well, but needs no more memory for it.
  static func builds(_ symptom: String) -> String {
    """
    lineage_upstream(\(symptom)) | project pipeline
    | join kind=inner (alerts | where rule == "build-changed" and at > ago(12h) | project pipeline, built = at) on pipeline
    | join kind=inner (runs | where started > ago(2d) and status in ("succeeded", "failed") | project pipeline, started, status, memory_mb) on pipeline
    | extend is_after = started >= built, is_shortly_before = started between (built - 2h .. built)
    | summarize before_rate = 1.0 * countif(status == "failed" and is_shortly_before) / countif(is_shortly_before),
        after_rate = 1.0 * countif(status == "failed" and is_after) / countif(is_after),
        memory_ratio = percentile(iff(is_after, memory_mb, real(null)), 50) / percentile(iff(is_after, real(null), memory_mb), 50) by pipeline, built
    """
  }

  /// Pipelines that failed three times in a row.
  static let streaks = """
    runs | where started > ago(14h) and status in ("succeeded", "failed") | sort by pipeline asc, started asc
    | extend is_third = status == "failed" and prev(status) == "failed" and prev(status, 2) == "failed" and prev(pipeline, 2) == pipeline
    | summarize streaks = countif(is_third) by pipeline | where streaks > 0
    """

  /// The records of the last hours and of the same hours of earlier days, for the pipelines above one.
  static func volumes(_ symptom: String) -> String {
    """
    let recent = runs | where started > ago(3h) and status == "succeeded" | summarize r_in = sum(records_in), r_out = sum(records_out) by pipeline;
    let before = runs | where status == "succeeded" and (started between (ago(27h) .. ago(24h)) or started between (ago(51h) .. ago(48h))
        or started between (ago(75h) .. ago(72h)))
    | summarize u_in = sum(records_in) / 3.0, u_out = sum(records_out) / 3.0 by pipeline;
    lineage_upstream(\(symptom)) | project pipeline, depth
    | join kind=inner recent on pipeline | join kind=inner before on pipeline
    | lookup kind=leftouter (pipelines | project pipeline = name, is_ingest = kind == "ingest") on pipeline
    | where u_in > 20
    | project pipeline, depth, is_ingest, in_ratio = r_in / u_in, kept = (1.0 * r_out / r_in) / (u_out / u_in)
    | extend lost = iff(is_ingest, min_of(kept, in_ratio), kept)
    | sort by lost asc
    """
  }

  /// The first pipeline that loses records, which of its changes divides what it kept from what it loses, and since when.
  static func loss(_ symptom: String) -> String {
    let lines = volumes(symptom).split(separator: "\n", omittingEmptySubsequences: false)
    let definitions = lines.prefix { !$0.hasPrefix("lineage_upstream") }.joined(separator: "\n")
    let rows = lines.drop { !$0.hasPrefix("lineage_upstream") }.joined(separator: "\n")
    return """
      \(definitions)
      let culprit = materialize(\(rows)
      | where lost < 0.6 | top 1 by lost asc | extend sends_less = in_ratio < 0.6 and kept > 0.7);
      let one = toscalar(culprit | project pipeline);
      let own = materialize(runs | where pipeline == one and status == "succeeded" and started > ago(4d) | project pipeline, started, records_in, records_out);
      let change = materialize(union (schema_changes | project pipeline, at, what = "schema-drift"),
        (alerts | where rule == "build-changed" | project pipeline, at, what = "bad-deployment")
      | where pipeline == one and at > ago(12h) | join kind=inner own on pipeline
      | summarize kept_before = 1.0 * sumif(records_out, started < at) / sumif(records_in, started < at),
          kept_since = 1.0 * sumif(records_out, started >= at) / sumif(records_in, started >= at) by at, what
      | where kept_since < 0.6 * kept_before | top 1 by kept_since / kept_before asc);
      let mean = toscalar(own | where started < ago(20h) | summarize avg(records_in));
      let lows = own | where started > ago(12h) | sort by started asc | extend is_low = records_in < 0.45 * mean;
      let calm = toscalar(lows | where not(is_low) and not(next(is_low)) | summarize max(started));
      let fewer_since = toscalar(lows | where is_low and (isnull(calm) or started > calm) | summarize min(started));
      culprit | project pipeline, cause = case(
        sends_less, "vendor-outage",
        isnotempty(toscalar(change | project what)), toscalar(change | project what),
        "malformed-records"), since = iff(sends_less, fewer_since, toscalar(change | project at))
      """
  }

  /// The records of a pipeline in the last hours, yesterday, and a week ago.
  static func weeks(_ symptom: String) -> String {
    """
    runs | where pipeline == \(symptom) and status == "succeeded"
    | extend when = case(started > ago(3h), "now", started between (ago(27h) .. ago(24h)), "yesterday", started between (ago(173h) .. ago(166h)), "a week ago", "")
    | where when != ""
    | summarize runs = count(), records_in = avg(records_in), records_out = avg(records_out), kept = 1.0 * sum(records_out) / sum(records_in) by when
    """
  }

  /// Whether an alarm about the volume of a pipeline is real.
  static func alarm(_ symptom: String) -> String {
    """
    let now_and_then = materialize(\(weeks(symptom)));
    let of_when = (moment: string) { toscalar(now_and_then | where when == moment | project kept) };
    let kept = of_when("now") / of_when("a week ago");
    let ratio = toscalar(now_and_then | where when == "now" | project records_in) / toscalar(now_and_then | where when == "a week ago" | project records_in);
    let since = toscalar(runs | where pipeline == \(symptom) and status == "succeeded" and started > ago(10h) | sort by started asc
    | extend is_low = records_out < 0.5 * records_in | where is_low and next(is_low) | summarize min(started));
    print pipeline = \(symptom), cause = case(
      kept < 0.6 and toscalar(schema_changes | where pipeline == \(symptom) and at between (since - 45m .. since + 1m) | count) > 0, "schema-drift",
      kept < 0.6, "bad-deployment",
      ratio < 0.45, "vendor-outage",
      "false-alarm"), since = since
    """
  }

  /// How the backlog of the pipelines above one has grown, in usual batches.
  static func backlogs(_ symptom: String) -> String {
    """
    lineage_upstream(\(symptom)) | project pipeline
    | join kind=inner (pipelines | where kind != "ingest" | project pipeline = name) on pipeline
    | join kind=inner (runs | where started between (ago(5d) .. ago(6h)) | summarize usual = percentile(backlog, 90), batch = avg(records_in) by pipeline) on pipeline
    | join kind=inner (runs | where started > ago(6h) and isnotnull(ended) | project pipeline, started, backlog) on pipeline
    | where batch > 5
    | extend excess = (backlog - usual) / batch
    | summarize growth = percentile(iff(started > ago(2h), excess, real(null)), 50), since = minif(started, excess > 0.5) by pipeline
    | sort by growth desc
    """
  }
}
