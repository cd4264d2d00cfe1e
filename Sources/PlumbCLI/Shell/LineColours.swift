import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax
import ReadlineShim

/// The colours of the line being typed.
enum LineColours {
  /// The preceding lines of the query.
  private static let pending = LockedValue("")
  /// Longer texts are not coloured, so that each key is answered at once.
  private static let limit = 1 << 16

  /// The colours of the terminal on which the line is typed; nil for none.
  private static var palette: Palette? { Console.outputIsTerminal ? Console.outputPalette : Console.errorPalette }

  /// Colours the line from now on as `Console` says; to be called again when that changes.
  static func install() {
    if let palette {
      for kind in Highlight.Kind.allCases { plumb_readline_style(Int32(kind.rawValue), palette.code(kind.ink)) }
      LineEditor.colour(by: Self.colour)
    } else {
      LineEditor.colour(by: nil)
    }
  }

  private static func colour(_ line: [UInt8], _ kinds: inout [UInt8]) {
    for piece in pieces(of: line) {
      for i in piece.lower..<piece.upper { kinds[i] = piece.kind.rawValue }
    }
  }

  static func setPendingText(_ text: String) { pending.withLock { $0 = text } }

  /// The pieces of a line, in its own bytes.
  static func pieces(of line: [UInt8]) -> [Highlight] {
    let before = plumb_readline_took_earlier() ? "" : pending.withLock { $0 }
    guard before.utf8.count + line.count <= limit else { return [] }
    if before.isEmpty, let command = commandPieces(of: line) { return command }
    let prefix = before.isEmpty ? "" : before + "\n"
    let start = prefix.utf8.count
    // An invalid UTF-8 byte becomes three, which would shift positions.
    let text = prefix + String(decoding: line, as: UTF8.self)
    guard text.utf8.count == start + line.count else { return [] }
    return highlights(in: text).compactMap { piece in
      let lower = max(piece.lower - start, 0)
      let upper = min(piece.upper - start, line.count)
      return lower < upper ? Highlight(kind: piece.kind, lower: lower, upper: upper) : nil
    }
  }

  private static let takingQueries: Set<String> = [".explain", ".profile", ".format", ".expand", ".watch"]

  /// A line that begins with a dot: the command, and the query that some commands take.
  private static func commandPieces(of line: [UInt8]) -> [Highlight]? {
    guard let dot = line.firstIndex(where: { $0 > 0x20 }), line[dot] == UInt8(ascii: ".") else { return nil }
    let end = line[dot...].firstIndex { $0 <= 0x20 } ?? line.count
    let command = Highlight(kind: .command, lower: dot, upper: end)
    guard takingQueries.contains(String(decoding: line[dot..<end], as: UTF8.self)) else { return [command] }
    let text = String(decoding: line[end...], as: UTF8.self)
    guard text.utf8.count == line.count - end else { return [command] }
    return [command]
      + highlights(in: text).map { Highlight(kind: $0.kind, lower: $0.lower + end, upper: min($0.upper + end, line.count)) }
  }
}

extension Highlight.Kind {
  fileprivate var ink: Palette.Ink {
    switch self {
    case .keyword: .keyword
    case .function: .function
    case .string: .string
    case .number: .number
    case .comment: .comment
    case .mistake: .mistake
    case .command: .command
    }
  }
}
