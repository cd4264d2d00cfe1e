/// A path into a `dynamic` value, such as `$.runs[0]['end time']`.
struct JSONPath: Sendable {
  enum Step: Sendable, Equatable {
    case key([UInt8])
    case index(Int)
  }

  let steps: [Step]

  /// Parses a path that starts with `$`; nil for other text, and for paths deeper than any value.
  init?(_ text: Bytes) {
    guard text.first == .dollar else { return nil }
    var steps: [Step] = []
    var at = 1
    while at < text.count {
      if text[at] == .fullStop {
        let start = at &+ 1
        at = start
        while at < text.count, text[at] != .fullStop, text[at] != .openBracket { at &+= 1 }
        guard at > start else { return nil }
        steps.append(.key(Array(text.part(from: start, to: at))))
      } else {
        guard text[at] == .openBracket, let close = text.part(from: at).firstIndex(of: 0x5D) else { return nil }
        let inside = text.part(from: at &+ 1, to: at &+ close).trimmed
        guard let step = JSONPath.bracket(inside) else { return nil }
        steps.append(step)
        at &+= close &+ 1
      }
    }
    guard steps.count <= DynamicBytes.depthLimit else { return nil }
    self.steps = steps
  }

  /// A key of a bag: a path if it starts with `$.` or `$[`, otherwise a single name.
  init(key text: Bytes) {
    if text.count > 1, text[0] == .dollar, text[1] == .fullStop || text[1] == .openBracket, let path = JSONPath(text) {
      self = path
    } else {
      steps = [.key(Array(text))]
    }
  }

  private static func bracket(_ inside: Bytes) -> Step? {
    if let quote = inside.first, quote == .apostrophe || quote == .quote {
      guard inside.count >= 2, inside.last == quote else { return nil }
      return .key(Array(inside.part(from: 1, to: inside.count &- 1)))
    }
    return NumberText.parseInt64(inside).map { .index(Int($0)) }
  }

  /// The value at the path; nil if none exists.
  func value(in root: DynamicCursor) -> DynamicCursor? {
    var cursor = root
    for step in steps {
      let next: DynamicCursor?
      switch step {
      case .key(let name): next = name.withUnsafeBufferPointer { cursor.member(named: $0) }
      case .index(let index): next = cursor.element(at: index)
      }
      guard let next else { return nil }
      cursor = next
    }
    return cursor
  }

  /// Appends `root` with the value at the path replaced by `value`; creates missing bags on the way.
  func set(_ value: DynamicCursor, in root: DynamicCursor, to out: inout ByteBuffer) {
    JSONPath.set(value, in: root, steps[...], to: &out)
  }

  private static func set(
    _ value: DynamicCursor, in cursor: DynamicCursor?, _ steps: ArraySlice<Step>, to out: inout ByteBuffer
  ) {
    guard let step = steps.first else { return out.append(value) }
    let rest = steps.dropFirst()
    switch step {
    case .key(let name):
      let mark = out.beginObject()
      var count = 0
      var isThere = false
      cursor?.forEachMember { key, member in
        out.appendKey(key)
        count &+= 1
        if name.elementsEqual(key) {
          isThere = true
          set(value, in: member, rest, to: &out)
        } else {
          out.append(member)
        }
      }
      if !isThere {
        name.withUnsafeBufferPointer { out.appendKey($0) }
        count &+= 1
        set(value, in: nil, rest, to: &out)
      }
      out.end(mark, count: count)
    case .index(let index):
      guard let cursor, cursor.isArray else { return out.append(cursor ?? value) }
      let place = index < 0 ? cursor.count &+ index : index
      let mark = out.beginArray()
      for (i, element) in cursor.elements.enumerated() {
        if i == place { set(value, in: element, rest, to: &out) } else { out.append(element) }
      }
      out.end(mark, count: cursor.count)
    }
  }

  /// Appends `root` without the values at `paths`.
  static func remove(_ paths: [JSONPath], from root: DynamicCursor, to out: inout ByteBuffer) {
    remove(paths.map { $0.steps[...] }, from: root, to: &out)
  }

  private static func remove(
    _ paths: [ArraySlice<Step>], from cursor: DynamicCursor, to out: inout ByteBuffer
  ) {
    guard !paths.isEmpty else { return out.append(cursor) }
    switch cursor.tag {
    case .object:
      let mark = out.beginObject()
      var count = 0
      cursor.forEachMember { key, member in
        let here = paths.filter { $0.first == .key(Array(key)) }
        if here.contains(where: { $0.count == 1 }) { return }
        out.appendKey(key)
        count &+= 1
        remove(here.map { $0.dropFirst() }, from: member, to: &out)
      }
      out.end(mark, count: count)
    case .array:
      let mark = out.beginArray()
      var count = 0
      for (i, element) in cursor.elements.enumerated() {
        let here = paths.filter { $0.first == .index(i) }
        if here.contains(where: { $0.count == 1 }) { continue }
        count &+= 1
        remove(here.map { $0.dropFirst() }, from: element, to: &out)
      }
      out.end(mark, count: count)
    case .null, .false, .true, .long, .real, .string, .datetime, .timespan, .guid, .decimal:
      out.append(cursor)
    }
  }
}
