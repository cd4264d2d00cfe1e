import PlumbDiagnostics
import PlumbEngine

/// Text as a terminal may show it: control characters become pictures, so that no value can steer it.
public enum VisibleText {
  public static func string(_ text: String) -> String { string(text, isASCII: false) }

  static func string(_ text: String, isASCII: Bool) -> String {
    if text.utf8.allSatisfy(isPlain) { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      let shown = visible(scalar)
      // A terminal without Unicode shows what it can of the data, but no pictures of ours.
      out.unicodeScalars.append(isASCII ? shown != scalar ? "?" : plain(scalar) : shown)
    }
    return out
  }

  /// A text of several lines, each made visible.
  static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { string(String($0)) }.joined(separator: "\n")
  }

  /// Makes everything from `start` on visible, and says how many columns it takes.
  static func clean(_ buffer: inout ByteBuffer, from start: Int, isASCII: Bool = false) -> Int {
    let isAllPlain = buffer.withBytes { bytes in
      for i in start..<bytes.count where !isPlain(bytes[i]) { return false }
      return true
    }
    if isAllPlain { return buffer.count - start }
    let text = string(buffer.withBytes { String($0.part(from: start)) }, isASCII: isASCII)
    buffer.truncate(to: start)
    buffer.append(text)
    return DisplayWidth.columns(of: text)
  }

  /// Cuts the text from `start` on to `width` columns, the last of them `…`.
  static func cut(_ buffer: inout ByteBuffer, from start: Int, to width: Int, isASCII: Bool = false) -> Int {
    let text = buffer.withBytes { String($0.part(from: start)) }
    var kept = ""
    var columns = 0
    for character in text {
      let next = DisplayWidth.columns(of: character)
      if columns + next > width - 1 { break }
      kept.append(character)
      columns += next
    }
    buffer.truncate(to: start)
    buffer.append(kept)
    if width > 0 {
      buffer.append(isASCII ? "~" : "…")
      columns += 1
    }
    return columns
  }

  @inline(__always) private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

  /// The lines of trees, as in plans, in ASCII.
  private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "│", "├": "|"
    case "└": "`"
    case "─": "-"
    default: scalar
    }
  }

  static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0...0x1F: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
    case 0x7F: "\u{2421}"
    case 0x80...0x9F, 0x2028...0x202E, 0x2066...0x2069: "\u{FFFD}"
    default: scalar
    }
  }
}
