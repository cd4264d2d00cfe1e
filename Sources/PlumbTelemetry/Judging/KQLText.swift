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

  /// Returns a column's name, in brackets unless it is a plain identifier.
  static func name(_ name: String) -> String { KQLName.inQuery(name) }
}
