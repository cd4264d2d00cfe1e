/// HTTP statuses in a text: three digits in a context that makes them a status.
enum HTTPStatus {
  /// Returns the suspects that a status blames (RFC 9110, section 15; RFC 6585 for 429).
  static func blame(_ status: Int) -> Blame? {
    switch status {
    case 401, 407, 419, 440: [.credentials: 1]
    case 403: [.credentials: 0.85, .deployment: 0.15]
    case 404: [.upstream: 0.34, .deployment: 0.34, .vendor: 0.32]
    case 408: [.slowSource: 0.6, .vendor: 0.4]
    case 410: [.deployment: 0.4, .schema: 0.3, .vendor: 0.3]
    case 409, 412, 423: [.noise: 0.6, .deployment: 0.4]
    case 413: [.records: 0.5, .deployment: 0.5]
    case 400, 405, 406, 415, 422: [.deployment: 0.4, .schema: 0.3, .records: 0.3]
    case 420, 429: [.vendor: 1]
    case 500, 502, 503, 520...527, 529, 530: [.vendor: 1]
    case 504: [.vendor: 0.65, .slowSource: 0.35]
    case 507: [.disk: 1]
    case 501, 505...599: [.vendor: 1]
    default: nil
    }
  }

  private static let introductions: Set<String> = [
    "http", "https", "status", "code", "statuscode", "httpstatus", "httperror", "error", "response", "responded", "returned", "answered", "received", "got",
    "failed", "auth",
  ]
  private static let measures: Set<String> = [
    "rows", "row", "records", "record", "ms", "s", "seconds", "minutes", "mb", "gb", "kb", "bytes", "files", "items", "events",
    "messages", "times", "attempts", "retries", "lines", "columns", "tasks",
  ]
  /// The first word of each reason phrase, and of what clients write instead.
  private static let reasons: [Int: Set<String>] = [
    400: ["bad"], 401: ["unauthorized"], 403: ["forbidden"], 404: ["not"], 405: ["method"], 408: ["request"], 409: ["conflict"],
    410: ["gone"], 413: ["payload", "content", "request"], 415: ["unsupported"], 422: ["unprocessable"], 423: ["locked"],
    429: ["too"], 500: ["internal"], 501: ["not"], 502: ["bad"], 503: ["service", "server"], 504: ["gateway"], 507: ["insufficient"],
  ]

  static func matches(in text: ErrorWords) -> [ErrorMatch] {
    let words = text.words
    var found: [ErrorMatch] = []
    for place in words.indices {
      let word = words[place]
      // `HTTP503` and `http_status_503` need no context.
      let isNamed = word.hasPrefix("http") && word.count > 4
      let digits = isNamed ? String(word.drop { !$0.isNumber }) : word
      guard digits.utf8.count == 3, let status = Int(digits), (400...599).contains(status), let blame = blame(status) else {
        continue
      }
      let before = place > 0 ? words[place - 1] : ""
      let earlier = place > 1 ? words[place - 2] : ""
      let after = place + 1 < words.count ? words[place + 1] : ""
      let isReason = reasons[status]?.contains(after) ?? false
      let isKind = ["server", "client"].contains(after)
      let isIntroduced = introductions.contains(before) && earlier != "exit" && !measures.contains(after)
      let isAlone = words.count == 1
      guard isNamed || isReason || isKind || isIntroduced || isAlone else { continue }
      let end = isReason || isKind ? place + 2 : place + 1
      found.append(
        ErrorMatch(
          blame: blame.map { (suspect: $0.key, share: $0.value) }, weight: isNamed || isReason || isKind ? 2.4 : 2,
          words: place..<end))
    }
    return found
  }
}
