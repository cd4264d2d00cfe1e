import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbModel

/// What happened after each snapshot of a pipeline, only for measuring: how likely a failure was, and its cause.
struct Aftermath {
  /// The probability that an attempt in the time after the snapshot fails; empty outside simulated worlds.
  var hazards: [Double]
  /// The cause of the first failed attempt after the snapshot, an index into `causes`; -1 if none failed.
  var cause: [Int32]
  /// A bit for each cause that made an attempt fail within a day before or after the snapshot.
  var near: [UInt64]
  var causes: [String]

  private static let near: Int64 = PredictionQuestion.day
  private static let causeLimit = 64

  /// - Parameter truth: the truth about the rows of `runs`; without it, causes are the categories of errors.
  init(
    of rows: PredictionRows, _ question: PredictionQuestion, runs: Table, truth: PredictionTruth?,
    context: ExecutionContext
  ) throws {
    let moments = question.moments
    var index = NameIndex()
    for name in rows.names { _ = name.withUTF8Bytes { index.insert($0) } }
    var place = [Int32](repeating: -1, count: rows.names.count * moments)
    for row in 0..<rows.count {
      place[Int(rows.pipelines[row]) * moments + Int(rows.steps[row])] = Int32(truncatingIfNeeded: row)
    }
    let truth = truth.flatMap { $0.hazards.count == runs.rowCount ? $0 : nil }
    var survival = [Double](repeating: 0, count: truth == nil ? 0 : rows.count)
    var firstFailure = [Int64](repeating: .max, count: rows.count)
    var cause = [Int32](repeating: -1, count: rows.count)
    var near = [UInt64](repeating: 0, count: rows.count)
    var codes: [String: Int32] = [:]
    var causes: [String] = []

    guard let pipeline = try TableColumn(runs, "pipeline", .string), let started = try TableColumn(runs, "started", .datetime),
      let status = try TableColumn(runs, "status", .string)
    else { throw Diagnostic("no-runs", "the table `runs` needs the columns pipeline: string, started: datetime and status: string") }
    let category = try TableColumn(runs, "error_category", .string)
    var row = -1
    try runs.forEachPlace(context) { at in
      row += 1
      guard let moment = started.word(at), let number = index.find(pipeline.text(at)) else { return }
      let before = question.asOf - moment
      let text = status.text(at)
      let hasFailed = text.elementsEqual("failed".utf8), hasSucceeded = text.elementsEqual("succeeded".utf8)
      guard hasFailed || hasSucceeded else { return }
      let base = Int(number) * moments
      // The steps k whose snapshot is at most `later` after, and less than `earlier` before the attempt.
      func forEachRow(_ range: ClosedRange<Int64>, _ body: (Int) -> Void) {
        var k = Swift.max(0, range.lowerBound)
        while k <= Swift.min(range.upperBound, Int64(moments - 1)) {
          let found = place[base + Int(k)]
          if found >= 0 { body(Int(found)) }
          k += 1
        }
      }
      let first = Aftermath.ceiling(before, question.step)
      let last = Aftermath.ceiling(before + question.within, question.step) - 1
      if first <= last, let truth {
        forEachRow(first...last) { survival[$0] += log1p(-Double(Swift.min(truth.hazards[row], 0.999_999))) }
      }
      guard hasFailed else { return }
      let name = truth.map { $0.causes[row].isEmpty ? "no cause" : $0.causes[row] } ?? category.map { String($0.text(at)) } ?? ""
      guard !name.isEmpty else { return }
      let code: Int32
      if let known = codes[name] {
        code = known
      } else {
        guard causes.count < Aftermath.causeLimit else { return }
        code = Int32(causes.count)
        codes[name] = code
        causes.append(name)
      }
      if first <= last {
        forEachRow(first...last) { found in
          if moment < firstFailure[found] { (firstFailure[found], cause[found]) = (moment, code) }
        }
      }
      let from = Aftermath.ceiling(before - Aftermath.near, question.step)
      let to = Aftermath.ceiling(before + Aftermath.near, question.step)
      forEachRow(from...Swift.max(from, to)) { near[$0] |= 1 &<< UInt64(code) }
    }
    hazards = survival.map { 1 - exp($0) }
    self.cause = cause
    self.near = near
    self.causes = causes
  }

  private static func ceiling(_ span: Int64, _ step: Int64) -> Int64 {
    span > 0 ? (span - 1) / step + 1 : -(-span / step)
  }
}
