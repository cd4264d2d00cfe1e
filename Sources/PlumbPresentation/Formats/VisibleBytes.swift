import PlumbDiagnostics
import PlumbEngine

/// Visible text within a buffer that is being written.
extension VisibleText {
  /// Makes everything from `start` on visible, and returns its width in columns.
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
}
