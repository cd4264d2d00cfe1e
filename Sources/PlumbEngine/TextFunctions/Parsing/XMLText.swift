import CExpat
import PlumbDiagnostics

/// XML parsed into a `dynamic` tree: elements, attributes and text; everything else is skipped.
///
/// An element is null if it is empty, a string if it contains only text, and otherwise a bag with its
/// attributes under `@name`, its text under `#text` and its children; several children of one name are an array.
final class XMLText {
  /// The number of bytes above which text is not parsed.
  static let sizeLimit = 1 << 20

  /// An element that has not been closed yet.
  private struct Element {
    let name: String
    var members: [(key: String, value: Dynamic)]
    /// The texts in it, each without white space at its ends.
    var words: [String] = []
    var order: [String] = []
    var children: [String: [Dynamic]] = [:]

    var value: Dynamic {
      var members = members
      if !words.isEmpty {
        let text = Dynamic.string(words.joined(separator: " "))
        if members.isEmpty && order.isEmpty { return text }
        members.append(("#text", text))
      }
      for key in order {
        let values = children[key] ?? []
        members.append((key, values.count == 1 ? values[0] : .array(values)))
      }
      return members.isEmpty ? .null : .object(members)
    }
  }

  private var open: [Element] = []
  /// The text since the last tag.
  private var text = ByteBuffer()
  private var root: Dynamic?
  private let parser: XML_Parser

  /// The tree of a document; nil if it is not well formed, nests too deeply or defines entities of its own.
  static func parse(_ text: Bytes) -> Dynamic? {
    guard text.count <= sizeLimit, let parser = XML_ParserCreate("UTF-8") else { return nil }
    defer { XML_ParserFree(parser) }
    return XMLText(parser).read(text)
  }

  private init(_ parser: XML_Parser) {
    self.parser = parser
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser, { context, name, attributes in XMLText.of(context)?.begin(name, attributes) },
      { context, _ in XMLText.of(context)?.end() })
    XML_SetCharacterDataHandler(parser) { context, start, count in
      guard let start else { return }
      let bytes = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
      XMLText.of(context)?.text.append(Bytes(start: bytes, count: Int(count)))
    }
    XML_SetCdataSectionHandler(
      parser, { context in XMLText.of(context)?.takeText() }, { context in XMLText.of(context)?.takeText(trimming: false) })
    // A few lines of them can expand to gigabytes of text.
    XML_SetEntityDeclHandler(parser) { context, _, _, _, _, _, _, _, _ in XMLText.of(context)?.stop() }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> XMLText? {
    context.map { Unmanaged<XMLText>.fromOpaque($0).takeUnretainedValue() }
  }

  private func stop() { XML_StopParser(parser, XML_Bool(XML_FALSE)) }

  private func read(_ text: Bytes) -> Dynamic? {
    // Text before the declaration is not well formed XML, but queries contain it nevertheless.
    let text = text.part(from: text.starts(with: "\u{FEFF}".utf8) ? 3 : 0).trimmed
    let isWhole = text.withMemoryRebound(to: CChar.self) {
      XML_Parse(parser, $0.baseAddress, Int32($0.count), 1) == XML_STATUS_OK
    }
    return isWhole ? root : nil
  }

  private func begin(_ name: UnsafePointer<XML_Char>?, _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?) {
    guard let name, open.count < DynamicBytes.depthLimit - 2 else { return stop() }
    takeText()
    var members: [(key: String, value: Dynamic)] = []
    var at = 0
    while let attributes, let key = attributes[at], let value = attributes[at + 1] {
      members.append(("@" + String(cString: key), .string(String(cString: value))))
      at += 2
    }
    open.append(Element(name: String(cString: name), members: members))
  }

  private func end() {
    takeText()
    guard let element = open.popLast() else { return }
    guard let last = open.indices.last else {
      root = .object([(element.name, element.value)])
      return
    }
    if open[last].children[element.name] == nil { open[last].order.append(element.name) }
    open[last].children[element.name, default: []].append(element.value)
  }

  /// Adds the text since the last tag to the open element.
  private func takeText(trimming: Bool = true) {
    let word = text.withBytes { String(trimming ? $0.trimmed : $0) }
    text.removeAll()
    if let last = open.indices.last, !word.isEmpty { open[last].words.append(word) }
  }
}
