import PlumbDiagnostics
import PlumbEngine

/// Why a piece of telemetry cannot be used, in terms of the user's file.
struct TelemetryFault: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Reading fields of objects that other tools wrote: what is missing is nil, what has another type is a fault.
///
/// The path of a field is built only for a fault.
extension DynamicCursor {
  /// The value of a slot; nil if it is missing or null.
  subscript(_ name: StaticString) -> DynamicCursor? {
    guard let value = member(named: Bytes(name)), !value.isNull
    else { return nil }
    return value
  }

  /// A text that is not empty, or nil if missing; never a fault.
  func anyText(_ name: StaticString) -> Bytes? {
    guard let value = self[name], value.tag == .string, !value.text.isEmpty else { return nil }
    return value.text
  }

  /// An optional text.
  func text(_ name: StaticString, _ path: @autoclosure () -> String) throws(TelemetryFault) -> Bytes? {
    guard let value = self[name] else { return nil }
    guard value.tag == .string else { throw value.fault("\(path())\(name)", wanted: "a text") }
    if value.isPlaceholder { throw value.fault("\(path())\(name)", wanted: "a text") }
    return value.text.isEmpty ? nil : value.text
  }

  /// A required text.
  func requiredText(_ name: StaticString, _ path: @autoclosure () -> String) throws(TelemetryFault) -> Bytes {
    guard let text = try text(name, path()) else { throw TelemetryFault("`\(path())\(name)` is missing") }
    return text
  }

  /// An optional moment, as ticks.
  func moment(_ name: StaticString, _ path: @autoclosure () -> String) throws(TelemetryFault) -> Int64? {
    guard let text = try text(name, path()) else { return nil }
    guard let ticks = DateTime.parse(text) ?? millisecondsInDate(text) else {
      throw TelemetryFault("`\(path())\(name)` is `\(shown(text))`, which is not a moment")
    }
    return ticks
  }

  /// An optional count.
  func count(_ name: StaticString, _ path: @autoclosure () -> String) throws(TelemetryFault) -> Int64? {
    guard let value = self[name] else { return nil }
    switch value.tag {
    case .long: return value.int64
    case .real:
      if let whole = Int64(exactly: value.double) { return whole }
    case .null, .false, .true, .string, .array, .object, .datetime, .timespan, .guid, .decimal: break
    }
    throw value.fault("\(path())\(name)", wanted: "a whole number")
  }

  /// An optional span given in seconds, as ticks.
  func seconds(_ name: StaticString) -> Int64? {
    guard let number = self[name]?.number, number >= 0 else { return nil }
    return TimeSpan.fromReal(number, unit: TimeSpan.second)
  }

  /// An optional object.
  func object(_ name: StaticString, _ path: @autoclosure () -> String) throws(TelemetryFault) -> DynamicCursor? {
    guard let value = self[name] else { return nil }
    guard value.isObject else { throw value.fault("\(path())\(name)", wanted: "an object") }
    return value
  }

  func requiredObject(_ name: StaticString, _ path: @autoclosure () -> String) throws(TelemetryFault) -> DynamicCursor {
    guard let value = try object(name, path()) else { throw TelemetryFault("`\(path())\(name)` is missing") }
    return value
  }

  /// The elements of an array; empty if it is missing.
  func list(_ name: StaticString, _ path: @autoclosure () -> String) throws(TelemetryFault) -> [DynamicCursor] {
    guard let value = self[name] else { return [] }
    guard value.isArray else { throw value.fault("\(path())\(name)", wanted: "an array") }
    var elements: [DynamicCursor] = []
    value.forEachElement { elements.append($0) }
    return elements
  }

  /// Whether it is the text of a template that was not filled in.
  var isPlaceholder: Bool { tag == .string && text.count >= 2 && text[0] == .openBrace && text[1] == .openBrace }

  func fault(_ place: String, wanted: String) -> TelemetryFault {
    var printed = ByteBuffer()
    JSONText.print(self, to: &printed)
    let value = printed.withBytes { shown($0) }
    if isPlaceholder { return TelemetryFault("`\(place)` is the placeholder `\(value)`") }
    return TelemetryFault("`\(place)` is `\(value)`, not \(wanted)")
  }
}

/// The moment that .NET writes as `/Date(1704432846842)/`, in milliseconds since 1970 in UTC, whatever zone follows; nil for another text.
private func millisecondsInDate(_ text: Bytes) -> Int64? {
  let front = Array("/Date(".utf8), back = Array(")/".utf8)
  guard text.count > front.count + back.count, text.prefix(front.count).elementsEqual(front), text.suffix(back.count).elementsEqual(back)
  else { return nil }
  let inside = text.part(from: front.count, to: text.count - back.count)
  let zone = inside.indices.dropFirst().first { inside[$0] == .plus || inside[$0] == .minus } ?? inside.count
  guard let milliseconds = NumberText.parseInt64(inside.part(from: 0, to: zone)), abs(milliseconds) < 250_000_000_000_000 else { return nil }
  return DateTime.unixEpoch &+ milliseconds &* 10_000
}

/// The front of a text on one line, for a message.
func shown(_ text: Bytes) -> String {
  let limit = 60
  var end = min(limit, text.count)
  while end > 0, end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
  let front = String(text.part(from: 0, to: end)).map { $0.isNewline || $0 == "\0" || $0 == "`" ? " " : $0 }
  return String(front) + (end < text.count ? "…" : "")
}
