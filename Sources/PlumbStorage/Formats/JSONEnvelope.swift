import PlumbDiagnostics
import PlumbEngine

/// One JSON object that wraps a list, as APIs answer: `{"total_count": 250, "workflow_runs": [{…}, {…}]}`.
enum JSONEnvelope {
  /// Keys under which APIs list what was asked for.
  private static let listNames: Set<String> = [
    "value", "values", "items", "data", "results", "result", "records", "rows", "entries", "content", "objects", "list", "events",
    "runs", "jobs", "dag_runs", "dagRuns", "task_instances", "dags", "workflow_runs", "workflows", "artifacts", "flow_runs", "pipelines",
  ]
  /// Keys of an object that is a thing of its own, not a page.
  private static let identities: Set<String> = ["id", "name", "uuid", "guid", "key"]
  /// A page has few other members.
  private static let mostOtherBytes = 1 << 16

  private struct Member {
    let name: String
    var range: Range<Int>
    var isList = false
  }

  /// The list that the only value of a text wraps, and its place in the text; nil if the text is something else.
  static func list(in source: any SampledSource, skipping: Int) throws -> (name: String, range: Range<Int>)? {
    guard let members = try members(of: source, skipping: skipping) else { return nil }
    let lists = members.filter(\.isList)
    guard let list = lists.first, lists.count == 1, listNames.contains(list.name) || members.count == 1,
      !members.contains(where: { identities.contains($0.name.lowercased()) }),
      members.reduce(0, { $0 + ($1.isList ? 0 : $1.range.count) }) <= mostOtherBytes
    else { return nil }
    return (list.name, list.range)
  }

  /// The members of the only object of a text; nil if there are other values, or if it is not an object.
  private static func members(of source: any SampledSource, skipping: Int) throws -> [Member]? {
    var scan = Scan()
    let buffer = Buffer(byteCount: 1 << 18)
    try source.rewind()
    var offset = 0
    while true {
      let given = try source.read(into: buffer.base, count: buffer.byteCount)
      if given == 0 { break }
      let bytes = buffer.bytes(given)
      for index in max(0, skipping - offset)..<max(given, skipping - offset) where index < given {
        guard scan.take(bytes[index], at: offset + index) else { return nil }
      }
      offset += given
    }
    return scan.isWhole ? scan.members : nil
  }

  /// Follows the brackets and strings of a text.
  private struct Scan {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var key: [UInt8] = []
    private var isKey = false
    /// Whether a member's value is expected or being read.
    private var isInValue = false
    private var hasValueStart = false
    private var start = 0
    /// The first byte of the value's first element.
    private var isListOpen = false
    private var isList = false
    private(set) var isWhole = false
    private(set) var members: [Member] = []

    /// Takes the next byte; false if the text is not one object.
    mutating func take(_ byte: UInt8, at place: Int) -> Bool {
      if isInString {
        if isEscaped { isEscaped = false } else if byte == .backslash { isEscaped = true } else if byte == .quote { isInString = false }
        if isKey, isInString, key.count < 128 { key.append(byte) }
        if !isInString { isKey = false }
        return true
      }
      if byte.isSpace { return true }
      if isWhole { return false }
      if depth == 0 {
        depth = 1
        return byte == .openBrace
      }
      if isListOpen {
        isListOpen = false
        isList = byte == .openBrace
      }
      if depth == 1, isInValue, !hasValueStart {
        hasValueStart = true
        start = place
        isListOpen = byte == .openBracket
      }
      switch byte {
      case .quote:
        isInString = true
        if depth == 1, !isInValue {
          isKey = true
          key = []
        }
      case .colon where depth == 1: (isInValue, hasValueStart, isList) = (true, false, false)
      case .openBrace, .openBracket: depth += 1
      case .closeBrace, .closeBracket:
        depth -= 1
        if depth == 0 {
          endMember(at: place)
          isWhole = true
        }
      case .comma where depth == 1: endMember(at: place)
      default: break
      }
      return true
    }

    private mutating func endMember(at place: Int) {
      if isInValue { members.append(Member(name: String(decoding: key, as: UTF8.self), range: start..<max(start, place), isList: isList)) }
      isInValue = false
    }
  }
}

/// A part of a text.
final class SlicedSource: SampledSource {
  private let text: any SampledSource
  private let range: Range<Int>
  private var at = 0
  private var isStarted = false

  init(_ text: any SampledSource, _ range: Range<Int>) {
    self.text = text
    self.range = range
  }

  var size: Int? { range.count }
  var storedSize: Int? { text.storedSize }
  var storedOffset: Int { text.storedOffset }

  func rewind() throws {
    try text.rewind()
    let buffer = Buffer(byteCount: 1 << 16)
    var left = range.lowerBound
    while left > 0 {
      let given = try text.read(into: buffer.base, count: min(left, buffer.byteCount))
      if given == 0 { break }
      left -= given
    }
    (at, isStarted) = (0, true)
  }

  func read(into target: UnsafeMutableRawPointer, count: Int) throws -> Int {
    if !isStarted { try rewind() }
    let given = try text.read(into: target, count: min(count, range.count - at))
    at += given
    return given
  }

  func sample(at offset: Int, count: Int) throws -> [UInt8] {
    try text.sample(at: range.lowerBound + offset, count: max(0, min(count, range.count - offset)))
  }
}
