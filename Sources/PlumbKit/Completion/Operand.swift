
/// Where the text of a step ends: after a whole operand, or where one is expected.
struct Operand {
  enum Kind: Hashable {
    case nothing, name, literal, closer, opener, comma, symbol, word
  }

  /// The last piece of the text.
  private(set) var last = ""
  private(set) var lastKind = Kind.nothing
  /// The function whose bracket is open at the end.
  var openFunction: String? { stack.last?.function }
  /// The arguments of that function so far; the last one is being typed.
  var arguments: [String] { stack.last?.arguments ?? [] }
  /// Whether the last operand is the right side of a comparison.
  private(set) var isCompared = false

  private var stack: [(function: String?, arguments: [String])] = []
  private var hasComparison = false

  /// Words between operands.
  private static let betweenOperands: Set<String> = [
    "and", "or", "not", "by", "in", "has", "contains", "startswith", "endswith", "has_cs", "contains_cs", "startswith_cs",
    "endswith_cs", "has_any", "has_all", "hasprefix", "hassuffix", "between", "regex", "matches", "on", "with", "to", "from",
    "step", "where", "of", "kind",
  ]

  /// Whether an operand is whole, so that only what follows one can come.
  var isComplete: Bool { lastKind == .name || lastKind == .literal || lastKind == .closer }

  /// - Parameter step: the text from the operator's keyword on, outside strings.
  init(_ step: Substring) {
    let bytes = Array(step.utf8)
    var i = 0
    var isFirst = true
    while i < bytes.count {
      let byte = bytes[i]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): i += 1
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        let start = i
        i += 1
        while i < bytes.count, bytes[i] != byte { i += bytes[i] == UInt8(ascii: "\\") ? 2 : 1 }
        i = min(i + 1, bytes.count)
        note(.literal, String(decoding: bytes[start..<i], as: UTF8.self))
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
        stack.append((lastKind == .name || lastKind == .word ? last : nil, [""]))
        i += 1
        lastKind = .opener
        last = "("
        hasComparison = false
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        let wasList = stack.popLast().map { $0.function.map { Self.betweenOperands.contains($0.filter { $0 != "!" && $0 != "~" }) } ?? false } ?? false
        i += 1
        lastKind = .closer
        last = ")"
        isCompared = wasList || hasComparison
      case UInt8(ascii: ","):
        i += 1
        if !stack.isEmpty { stack[stack.count - 1].arguments.append("") }
        lastKind = .comma
        last = ","
        hasComparison = false
        isCompared = false
      default:
        let start = i
        if QueryShape.isWordByte(byte) || byte == UInt8(ascii: "$") {
          while i < bytes.count, QueryShape.isWordByte(bytes[i]) || bytes[i] == UInt8(ascii: ".") || bytes[i] == UInt8(ascii: "$") { i += 1 }
          let text = String(decoding: bytes[start..<i], as: UTF8.self)
          let isNumber = text.utf8.first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
          if isFirst || Self.betweenOperands.contains(text) {
            lastKind = .word
            last = text
            if text == "and" || text == "or" || text == "not" || isFirst { hasComparison = false } else { hasComparison = true }
            if text == "by" || text == "where" || text == "on" { hasComparison = false }
            isCompared = false
          } else {
            note(isNumber ? .literal : .name, text)
          }
        } else {
          while i < bytes.count, "=!<>~+-*/%:.|&".utf8.contains(bytes[i]) { i += 1 }
          if i == start { i += 1 }
          let text = String(decoding: bytes[start..<i], as: UTF8.self)
          lastKind = .symbol
          last = text
          isCompared = false
          if ["==", "!=", "<", "<=", ">", ">=", "=~", "!~", "<>"].contains(text) { hasComparison = true }
          if text == "!" { lastKind = .symbol }
        }
      }
      isFirst = false
    }
  }

  private mutating func note(_ kind: Kind, _ text: String) {
    lastKind = kind
    last = text
    isCompared = hasComparison
    if !stack.isEmpty, let place = stack[stack.count - 1].arguments.indices.last, stack[stack.count - 1].arguments[place].isEmpty {
      stack[stack.count - 1].arguments[place] = text
    }
  }
}
