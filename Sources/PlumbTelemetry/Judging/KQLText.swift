import PlumbEngine
import PlumbSyntax

extension KQLText {
  /// A moment in ticks; nil is the clock.
  static func moment(_ ticks: Int64?) -> String {
    guard let ticks else { return "now()" }
    var out = ByteBuffer()
    DateTime.print(ticks, to: &out)
    return "datetime(\(out.string))"
  }

  /// A column's name, in brackets where it is not a plain word.
  static func name(_ name: String) -> String { KQLName.inQuery(name) }
}
