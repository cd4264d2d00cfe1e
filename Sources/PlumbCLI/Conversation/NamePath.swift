/// A name of several parts as queries write it: `runs.status`, `shop.orders`, `shop.['odd name'].id`.
struct NamePath {
  let parts: [String]

  /// Nil for a text that is not such a name.
  init?(_ text: String) {
    var parts: [String] = []
    var rest = Substring(text)
    while true {
      if let quote = ["['", "[\""].first(where: { rest.hasPrefix($0) }) {
        let end = quote == "['" ? "']" : "\"]"
        guard let close = rest.dropFirst(2).firstRange(of: end) else { return nil }
        parts.append(String(rest[rest.index(rest.startIndex, offsetBy: 2)..<close.lowerBound]))
        rest = rest[close.upperBound...]
      } else {
        let word = rest.prefix { $0 != "." && $0 != "[" && !$0.isWhitespace }
        if word.isEmpty { return nil }
        parts.append(String(word))
        rest = rest.dropFirst(word.count)
      }
      if rest.isEmpty { break }
      // `shop['orders']` is the same as `shop.['orders']`.
      if rest.hasPrefix(".") { rest = rest.dropFirst() } else if !rest.hasPrefix("[") { return nil }
    }
    self.parts = parts
  }
}
