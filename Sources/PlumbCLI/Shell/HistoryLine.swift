import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// One line of `.history`: the number, when, how many rows, how long, and as much of the query as fits.
struct HistoryLine {
  let number: Int
  let entry: QueryLog.Entry
  let width: Int

  var text: String {
    let rows = entry.error.isEmpty ? entry.rows.map { NumberText.grouped($0) } ?? "" : "failed"
    let took = Machine.durationText(milliseconds: entry.milliseconds)
    let head = Self.right("\(number)", 5) + "  " + Self.right(Self.moment(entry.when), 11) + Self.right(rows, 10) + Self.right(took, 10) + "  "
    let query = VisibleText.string(entry.query.split(whereSeparator: \.isNewline).joined(separator: " "))
    let room = max(20, width - head.count - 1)
    return head + (query.count > room ? String(query.prefix(room - 1)) + (Console.isASCII ? "~" : "…") : query)
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }

  /// `14:45` today, `03-31 14:45` before, in the local time.
  private static func moment(_ ticks: Int64) -> String {
    func parts(_ ticks: Int64) -> tm {
      var seconds = time_t(ticks / 10_000_000 - 62_135_596_800)
      var local = tm()
      localtime_r(&seconds, &local)
      return local
    }
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let when = parts(ticks), now = parts(Machine.now)
    let clock = "\(two(when.tm_hour)):\(two(when.tm_min))"
    return when.tm_yday == now.tm_yday && when.tm_year == now.tm_year ? clock : "\(two(when.tm_mon + 1))-\(two(when.tm_mday)) \(clock)"
  }
}
