/// XML read as a `dynamic` tree: elements, attributes and text; all else is skipped.
///
/// An element is null when it is empty, a text when it holds only text, and otherwise a bag with its
/// attributes under `@name`, its text under `#text` and its children, of which several with one name are an array.
struct XMLText {
  /// Bytes above which text is not read.
  static let sizeLimit = 1 << 20

  private let text: Bytes
  private var at = 0

  /// The tree of a document; nil when it is not well formed.
  static func parse(_ text: Bytes) -> Dynamic? {
    guard text.count <= sizeLimit else { return nil }
    var parser = XMLText(text: text)
    guard parser.skipMisc(), let (name, value) = parser.element(depth: 0), parser.skipMisc(),
      parser.at == text.count
    else { return nil }
    return .object([(name, value)])
  }

  private init(text: Bytes) { self.text = text }

  private func starts(with word: StaticString) -> Bool {
    let size = word.utf8CodeUnitCount
    return at &+ size <= text.count
      && text.part(from: at, to: at &+ size).equals(Bytes(start: word.utf8Start, count: size))
  }

  /// Goes behind the next `end`; nil when it does not come.
  private mutating func read(until end: StaticString) -> Bytes? {
    let start = at
    while at < text.count {
      if starts(with: end) {
        let part = text.part(from: start, to: at)
        at &+= end.utf8CodeUnitCount
        return part
      }
      at &+= 1
    }
    return nil
  }

  private mutating func skipSpace() { while at < text.count && text[at].isSpace { at &+= 1 } }

  /// Skips what may stand beside the root: space, comments, instructions and a document type.
  private mutating func skipMisc() -> Bool {
    if at == 0, starts(with: "\u{FEFF}") { at = 3 }
    while true {
      skipSpace()
      if starts(with: "<!--") {
        guard read(until: "-->") != nil else { return false }
      } else if starts(with: "<?") {
        guard read(until: "?>") != nil else { return false }
      } else if starts(with: "<!DOCTYPE") {
        guard read(until: ">") != nil else { return false }
      } else {
        return true
      }
    }
  }

  private mutating func name() -> String? {
    let start = at
    while at < text.count {
      let byte = text[at]
      let isName = byte >= 0x80 || byte.isASCIILetter || byte.isDigit || byte == 0x5F || byte == 0x3A
        || byte == 0x2D || byte == 0x2E
      guard isName else { break }
      at &+= 1
    }
    return at > start ? String(text.part(from: start, to: at)) : nil
  }

  private mutating func element(depth: Int) -> (String, Dynamic)? {
    guard depth < DynamicBytes.depthLimit - 2, starts(with: "<") else { return nil }
    at &+= 1
    guard let name = name() else { return nil }
    var members: [(key: String, value: Dynamic)] = []
    while true {
      skipSpace()
      if starts(with: "/>") {
        at &+= 2
        return (name, members.isEmpty ? .null : .object(members))
      }
      if starts(with: ">") {
        at &+= 1
        break
      }
      guard let attribute = attribute() else { return nil }
      members.append(attribute)
    }
    guard let content = content(of: name, depth: depth) else { return nil }
    if !content.text.isEmpty {
      if members.isEmpty && content.children.isEmpty { return (name, .string(content.text)) }
      members.append(("#text", .string(content.text)))
    }
    members += content.children
    return (name, members.isEmpty ? .null : .object(members))
  }

  private mutating func attribute() -> (key: String, value: Dynamic)? {
    guard let key = name() else { return nil }
    skipSpace()
    guard starts(with: "=") else { return nil }
    at &+= 1
    skipSpace()
    let value: Bytes?
    if starts(with: "\"") {
      at &+= 1
      value = read(until: "\"")
    } else if starts(with: "'") {
      at &+= 1
      value = read(until: "'")
    } else {
      return nil
    }
    return value.map { ("@" + key, .string(XMLText.unescaped($0))) }
  }

  /// What stands between an element's tags, read through its end tag.
  private mutating func content(
    of name: String, depth: Int
  ) -> (text: String, children: [(key: String, value: Dynamic)])? {
    var words: [String] = []
    var order: [String] = []
    var children: [String: [Dynamic]] = [:]
    while at < text.count {
      if starts(with: "</") {
        at &+= 2
        guard self.name() == name else { return nil }
        skipSpace()
        guard starts(with: ">") else { return nil }
        at &+= 1
        let members = order.map { key -> (key: String, value: Dynamic) in
          let values = children[key] ?? []
          return (key, values.count == 1 ? values[0] : .array(values))
        }
        return (words.joined(separator: " "), members)
      }
      if starts(with: "<!--") {
        guard read(until: "-->") != nil else { return nil }
      } else if starts(with: "<![CDATA[") {
        at &+= 9
        guard let data = read(until: "]]>") else { return nil }
        words.append(String(data))
      } else if starts(with: "<?") {
        guard read(until: "?>") != nil else { return nil }
      } else if starts(with: "<") {
        guard let (key, value) = element(depth: depth + 1) else { return nil }
        if children[key] == nil { order.append(key) }
        children[key, default: []].append(value)
      } else {
        let start = at
        while at < text.count && text[at] != 0x3C { at &+= 1 }
        let part = text.part(from: start, to: at).trimmed
        if !part.isEmpty { words.append(XMLText.unescaped(part)) }
      }
    }
    return nil
  }

  private static func unescaped(_ text: Bytes) -> String {
    var out = ByteBuffer(capacity: text.count)
    var at = 0
    while at < text.count {
      guard text[at] == 0x26, let end = text.part(from: at).firstIndex(of: 0x3B),
        let scalar = entity(String(text.part(from: at &+ 1, to: at &+ end)))
      else {
        out.append(text[at])
        at &+= 1
        continue
      }
      out.append(scalar)
      at &+= end &+ 1
    }
    return out.string
  }

  private static func entity(_ name: String) -> Unicode.Scalar? {
    switch name {
    case "lt": return "<"
    case "gt": return ">"
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard name.hasPrefix("#") else { return nil }
      let digits = name.dropFirst()
      let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      return value.flatMap { Unicode.Scalar($0) }
    }
  }
}
