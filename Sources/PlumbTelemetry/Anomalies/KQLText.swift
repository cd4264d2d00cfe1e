import PlumbEngine
import PlumbSyntax

extension KQLText {
  /// Returns a time from ticks; nil is the clock.
  static func moment(_ ticks: Int64?) -> String {
    guard let ticks else { return "now()" }
    var out = ByteBuffer()
    DateTime.print(ticks, to: &out)
    return "datetime(\(out.string))"
  }

  /// Returns the minute in which a time is, or the next one, in a form that is short to read.
  static func minute(_ ticks: Int64, isUp: Bool = false) -> String {
    let minute: Int64 = 600_000_000
    let whole = ticks - ticks % minute + (isUp && ticks % minute > 0 ? minute : 0)
    var out = ByteBuffer()
    DateTime.print(whole, to: &out)
    let text = out.string
    guard text.utf8.count >= 16 else { return moment(ticks) }
    return "datetime(\(text.prefix(10)) \(text.dropFirst(11).prefix(5)))"
  }

  /// Returns a column's name, in brackets unless it is a plain identifier.
  static func name(_ name: String) -> String { KQLName.inQuery(name) }
}
