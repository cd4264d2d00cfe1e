extension String {
  /// The text with stars for the passwords of addresses such as `clickhouse://user:password@host`, which no history keeps.
  var hidingPasswords: String {
    guard contains("://"), contains("@") else { return self }
    var result = "", rest = self[...]
    while let start = rest.firstRange(of: "://") {
      result += rest[..<start.upperBound]
      rest = rest[start.upperBound...]
      let authority = rest.prefix { !"/ \"'?\n".contains($0) }
      guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else { continue }
      result += rest[...colon] + "***"
      rest = rest[at...]
    }
    return result + rest
  }
}
