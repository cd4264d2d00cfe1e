/// `.expand QUERY`: the plain KQL that the words of a query stand for.
enum ExpandCommand {
  static let name = ".expand"

  /// The query behind `.expand`, spaces in place of the command so that it stays where it was; nil for other texts.
  static func query(in text: String) -> String? {
    let start = text.drop(while: \.isWhitespace)
    guard start.hasPrefix(name) else { return nil }
    let rest = start.dropFirst(name.count)
    guard rest.first?.isWhitespace ?? true else { return nil }
    return text[..<start.startIndex] + String(repeating: " ", count: name.count) + rest
  }
}
