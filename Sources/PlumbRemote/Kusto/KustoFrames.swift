import PlumbDiagnostics
import PlumbEngine

/// Splits an answer of `/v2/rest/query`, an array of frames, as it arrives: a frame is kept until it is complete, but of the
/// rows of a table only one at a time.
struct KustoFrames {
  /// What was complete.
  enum Piece {
    /// The members of a frame before its rows.
    case rowsBegin
    case row
    /// A frame without its rows.
    case frame
  }

  /// The JSON of the last piece.
  private(set) var json = ByteBuffer()
  /// Whether the answer is an object rather than an array, as errors are; `json` is all of it.
  private(set) var isObject = false
  /// The members of the current frame so far.
  private var frame = ByteBuffer()
  private var depth = 0
  private var isInText = false
  private var isEscaped = false
  private var areRows = false
  /// How much of `"Rows":` the last bytes outside of texts and spaces were.
  private var matched = 0

  private static let key = Array(#""Rows":"#.utf8)
  /// The most bytes of a row, or of a frame without its rows.
  private static let longest = 256 << 20

  /// Reads more of the answer; `take` is called for each piece, which is then in `json`.
  ///
  /// - Throws: what `take` throws, and `remote-error` for a piece that is too long.
  mutating func read(_ bytes: [UInt8], _ take: (KustoFrames, Piece) throws -> Void) throws {
    for byte in bytes {
      if isInText {
        keep(byte)
        if isEscaped {
          isEscaped = false
          matched = 0
          continue
        }
        follow(byte)
        if byte == .backslash { isEscaped = true }
        if byte == .quote { isInText = false }
        continue
      }
      switch byte {
      case .quote:
        isInText = true
        matched = 0
        keep(byte)
        follow(byte)
      case .openBracket, .openBrace: try open(byte, take)
      case .closeBracket, .closeBrace: try close(byte, take)
      case .space, .tab, .newline, .carriageReturn: break
      default:
        keep(byte)
        follow(byte)
      }
      guard frame.count < Self.longest, json.count < Self.longest else {
        throw Diagnostic("remote-error", "a row or a frame of the answer is too long")
      }
    }
  }

  private mutating func follow(_ byte: UInt8) {
    matched = matched < Self.key.count && Self.key[matched] == byte ? matched + 1 : 0
  }

  private mutating func keep(_ byte: UInt8) {
    if isObject || !areRows && depth >= 2 {
      frame.append(byte)
    } else if areRows, depth >= 4 {
      json.append(byte)
    }
  }

  private mutating func open(_ byte: UInt8, _ take: (KustoFrames, Piece) throws -> Void) throws {
    depth += 1
    if depth == 1 { isObject = byte == .openBrace }
    if !isObject, depth == 3, byte == .openBracket, matched == Self.key.count {
      areRows = true
      json = frame
      json.append("null}" as StaticString)
      try take(self, .rowsBegin)
      json.removeAll()
    } else {
      keep(byte)
    }
    matched = 0
  }

  private mutating func close(_ byte: UInt8, _ take: (KustoFrames, Piece) throws -> Void) throws {
    if areRows, depth == 3 {
      areRows = false
      frame.append("null" as StaticString)
    } else {
      keep(byte)
    }
    depth -= 1
    matched = 0
    if areRows, depth == 3 {
      try take(self, .row)
      json.removeAll()
    } else if isObject ? depth == 0 : depth == 1 {
      json = frame
      frame.removeAll()
      try take(self, .frame)
      json.removeAll()
    }
  }
}
