import PlumbEngine

extension KQLText {
  /// A moment in ticks; nil is the clock.
  static func moment(_ ticks: Int64?) -> String {
    guard let ticks else { return "now()" }
    var out = ByteBuffer()
    DateTime.print(ticks, to: &out)
    return "datetime(\(out.string))"
  }

  /// A column's name, in brackets where it is not a plain word.
  static func name(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
    }
    let startsPlain = name.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
    return isPlain && startsPlain && !reserved.contains(name) ? name : "[\(string(name))]"
  }

  private static let reserved: Set<String> = [
    "and", "or", "not", "in", "by", "has", "contains", "between", "true", "false", "null", "let", "on", "of", "to",
    "from", "with", "step", "where", "project", "extend", "summarize", "count", "kind", "asc", "desc",
  ]
}
