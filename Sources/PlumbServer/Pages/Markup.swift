import PlumbEngine
import PlumbPresentation

/// Text for HTML pages and their links.
enum Markup {
  /// The text with the characters that HTML gives a meaning replaced.
  static func escaped(_ text: String) -> String { MarkupText.escaped(text) }

  /// The text as a part of a URL.
  static func urlPart(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        out += digits.count == 1 ? "%0" + digits : "%" + digits
      }
    }
    return out
  }

  /// A link within the server, with its parameters in the given order; empty ones are left out.
  static func path(_ path: String, _ parameters: [(String, String)]) -> String {
    let pairs = parameters.filter { !$0.1.isEmpty }.map { "\($0.0)=\(urlPart($0.1))" }
    return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
  }

  /// The page that runs a query.
  static func query(_ text: String) -> String { path("/query", [("csl", text)]) }

  static func pipeline(_ name: String) -> String { path("/pipeline", [("name", name)]) }

  /// An `<a>` with escaped text.
  static func link(_ path: String, _ text: String, _ attributes: String = "") -> String {
    "<a href=\"\(escaped(path))\"\(attributes.isEmpty ? "" : " " + attributes)>\(escaped(text))</a>"
  }
}

/// Numbers and times as people read them.
enum Shown {
  static func count(_ number: Double) -> String {
    if abs(number) >= 1e9 { return trimmed(number / 1e9) + " G" }
    if abs(number) >= 1e6 { return trimmed(number / 1e6) + " M" }
    if abs(number) >= 1e5 { return trimmed(number / 1e3) + " k" }
    return number == number.rounded() && abs(number) < 1e15 ? grouped(Int64(number)) : trimmed(number)
  }

  static func percent(_ share: Double?) -> String {
    guard let share, share.isFinite else { return "–" }
    return trimmed(share * 100) + " %"
  }

  private static func trimmed(_ number: Double) -> String {
    let rounded = (number * 10).rounded() / 10
    return rounded == rounded.rounded() ? String(Int64(rounded)) : NumberText.text(rounded)
  }

  private static func grouped(_ number: Int64) -> String {
    var digits = Array(String(number.magnitude))
    var at = digits.count - 3
    while at > 0 {
      digits.insert("\u{2009}", at: at)
      at -= 3
    }
    return (number < 0 ? "−" : "") + String(digits)
  }

  /// A duration such as `3 d 4 h`, in its two largest units.
  static func duration(seconds: Double) -> String {
    guard seconds.isFinite else { return "–" }
    let whole = Int64(abs(seconds).rounded())
    let sign = seconds <= -0.5 ? "−" : ""
    let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
    guard let first = units.firstIndex(where: { whole >= $0.0 }) else { return "0 s" }
    var text = "\(whole / units[first].0) \(units[first].1)"
    if first + 1 < units.count {
      let rest = whole % units[first].0 / units[first + 1].0
      if rest > 0 { text += " \(rest) \(units[first + 1].1)" }
    }
    return sign + text
  }
}
