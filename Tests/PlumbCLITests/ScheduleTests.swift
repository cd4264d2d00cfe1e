import TestSupport
import Testing

/// `slow`, `stale` and `volume` know when runs are due: weekday schedules that stop are named soon, Mondays alarm nobody.
@Suite(.enabled(if: LongTests.areRun)) struct ScheduleTests {
  /// A kind of schedule, as KQL that filters hours and changes `seconds` and `records`.
  struct Schedule: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rows: String
    /// Shortly before the second slot that is missed when it stops on Tuesday, 2026-03-17, at ten.
    let secondSlot: String
  }

  static let schedules = [
    Schedule(testDescription: "hourly", rows: "where true", secondSlot: "2026-03-17T11:55:00Z"),
    Schedule(
      testDescription: "hourly in business hours", rows: "where weekday < 5 and hour between (8 .. 17)",
      secondSlot: "2026-03-17T11:55:00Z"),
    Schedule(testDescription: "every six hours", rows: "where hour % 6 == 0", secondSlot: "2026-03-17T23:55:00Z"),
    Schedule(testDescription: "daily at six", rows: "where hour == 6", secondSlot: "2026-03-20T05:55:00Z"),
    Schedule(testDescription: "daily at six on weekdays", rows: "where hour == 6 and weekday < 5", secondSlot: "2026-03-20T05:55:00Z"),
    Schedule(testDescription: "weekly", rows: "where hour == 11 and weekday == 1", secondSlot: "2026-03-31T10:55:00Z"),
    Schedule(
      testDescription: "three times as much on Mondays",
      rows: "extend seconds = seconds * iff(weekday == 0, 3, 1), records = records * iff(weekday == 0, 3, 1)",
      secondSlot: "2026-03-17T11:55:00Z"),
  ]

  private static func runs(_ schedule: Schedule, _ change: String) -> String {
    """
    range h from 0 to 180 * 24 step 1
    | extend started = datetime(2025-10-06) + h * 1h, dice = hash(h, 1000) / 1000.0
    | extend hour = h % 24, weekday = h / 24 % 7, seconds = 120 * (0.9 + 0.2 * dice), records = 900 + 200 * dice
    | \(schedule.rows)
    | \(change)
    | project pipeline = 'x', started, ended = started + seconds * 1s, status = 'succeeded', records_in = tolong(records)
    """
  }

  /// Returns the words that name the pipeline at any of some moments.
  private func named(_ schedule: Schedule, _ change: String, at moments: [String]) throws -> Set<String> {
    let folder = try TemporaryFolder()
    let made = try PlumbProcess(["query", "--format", "csv", "-c", Self.runs(schedule, change)])
    #expect(made.status == 0, "\(made.messages)")
    let runs = try folder.write("runs.csv", made.output)
    let words = moments.flatMap { moment in
      ["slow", "stale", "volume"].map { "(\($0)(as_of = datetime(\(moment))) | project word = '\($0)')" }
    }
    let asked = try PlumbProcess(
      ["query", "--format", "csv", "--load", "runs=\(runs)", "--now", "2026-04-01", "-c", "union \(words.joined(separator: ", ")) | distinct word"])
    #expect(asked.status == 0, "\(asked.messages)")
    return Set(asked.output.split(separator: "\n").dropFirst().map(String.init))
  }

  /// Monday mornings, weekends and nights alarm nobody.
  @Test(arguments: schedules)
  func aHealthyScheduleIsQuiet(_ schedule: Schedule) throws {
    let moments = ["14T12:07", "15T03:07", "16T07:55", "16T08:30", "16T10:07", "16T12:07", "16T18:07", "17T05:07", "20T19:07", "22T14:07", "23T09:07"]
    #expect(try named(schedule, "where true", at: moments.map { "2026-03-\($0):00Z" }) == [])
  }

  @Test(arguments: schedules)
  func aStopIsNamedWithinTwoSlots(_ schedule: Schedule) throws {
    let words = try named(schedule, "where started < datetime(2026-03-17 10:00)", at: [schedule.secondSlot])
    #expect(words.contains("stale"), "\(words)")
  }

  @Test(arguments: schedules)
  func tenTimesSlowerIsNamedWithinThreeRuns(_ schedule: Schedule) throws {
    let words = try named(
      schedule, """
        extend seconds = seconds * iff(started >= datetime(2026-03-17 10:00), 10, 1)
        | where started < datetime(2026-03-17 10:00) + 22d | sort by started asc
        | extend late = row_cumsum(tolong(started >= datetime(2026-03-17 10:00))) | where late <= 3
        """, at: [schedule.testDescription == "weekly" ? "2026-04-01T12:00:00Z" : Self.thirdRun(schedule)])
    #expect(words.contains("slow"), "\(words)")
  }

  /// Shortly after the third run from Tuesday at ten has ended.
  private static func thirdRun(_ schedule: Schedule) -> String {
    switch schedule.testDescription {
    case "every six hours": "2026-03-18T00:45:00Z"
    case "daily at six", "daily at six on weekdays": "2026-03-20T06:45:00Z"
    default: "2026-03-17T12:58:00Z"
    }
  }

  /// Two weeks are enough to tell business hours from chance: the second weekend is not late.
  @Test func twoWeeksShowBusinessHours() throws {
    let folder = try TemporaryFolder()
    let made = try PlumbProcess(["query", "--format", "csv", "-c", """
      range h from 0 to 12 * 24 step 1
      | extend started = datetime(2026-03-02) + h * 1h, hour = h % 24
      | where h / 24 % 7 < 5 and hour between (7 .. 16) and hash(h, 100) > 8
      | project pipeline = 'x', started, ended = started + 3m, status = 'succeeded'
      """])
    let runs = try folder.write("runs.csv", made.output)
    let asked = try PlumbProcess(
      ["query", "--format", "csv", "--load", "runs=\(runs)", "--now", "2026-03-14T18:00:00Z", "-c",
        "union (stale() | project pipeline), (stale(as_of = datetime(2026-03-14 06:00)) | project pipeline), (stale(as_of = datetime(2026-03-13 16:50)) | project pipeline) | count"])
    #expect(asked.output == "Count\n0\n", "\(asked.output) \(asked.messages)")
  }

  /// One or two runs show no schedule, so nothing is missed after them; three do.
  @Test func fewRunsShowNoSchedule() throws {
    let folder = try TemporaryFolder()
    let made = try PlumbProcess(["query", "--format", "csv", "-c", """
      range n from 1 to 3 step 1
      | mv-expand h = range(0, n - 1, 1) to typeof(long)
      | project pipeline = strcat('ran ', n), started = datetime(2026-03-01) + h * 1d, ended = datetime(2026-03-01) + h * 1d + 3m, status = 'succeeded'
      """])
    let runs = try folder.write("runs.csv", made.output)
    let asked = try PlumbProcess(
      ["query", "--format", "csv", "--load", "runs=\(runs)", "--now", "2026-03-25", "-c", "stale | project pipeline"])
    #expect(asked.output == "pipeline\nran 3\n", "\(asked.output) \(asked.messages)")
  }

  /// Starts that look random leave long gaps, which are not news.
  @Test func randomStartsAreQuiet() throws {
    let folder = try TemporaryFolder()
    let made = try PlumbProcess(["query", "--format", "csv", "-c", """
      range n from 1 to 360 step 1
      | mv-expand p = range(0, 9, 1) to typeof(long)
      | extend gap = -log((1 + hash(strcat(p, 'x', n), 9999)) / 10000.0) * 5h
      | sort by p asc, n asc
      | extend after = row_cumsum(gap / 1s, p != prev(p))
      | extend started = datetime(2026-01-20) + after * 1s
      | where started < datetime(2026-03-31)
      | project pipeline = strcat('r', p), started, ended = started + 3m, status = 'succeeded', records_in = 900 + hash(strcat(n, p), 200)
      """])
    let runs = try folder.write("runs.csv", made.output)
    let asked = (0..<72).flatMap { number in
      ["stale", "volume"].map { "(\($0)(as_of = datetime(2026-03-01) + \(7 * number)h) | project word = '\($0)')" }
    }
    let counted = try PlumbProcess(
      ["query", "--format", "csv", "--load", "runs=\(runs)", "--now", "2026-03-31", "-c",
        "union \(asked.joined(separator: ", ")) | summarize n = count() by word | summarize most = max(n)"])
    // Ten pipelines at 72 moments: at most one in a hundred.
    let most = counted.output.split(separator: "\n").last.flatMap { Int($0) } ?? 0
    #expect(counted.status == 0 && most <= 7, "\(counted.output) \(counted.messages)")
  }
}
