/// The shapes of the dynamic values in one position: the scalar types, the slots of bags, the elements of arrays.
final class DynamicShape {
  /// Type names, and the positions of the bag and the array, in order of arrival.
  private enum Part {
    case scalar(StaticString, DynamicBytes.Tag)
    case bag
    case array
  }
  private var parts: [Part] = []
  private var members: [(name: String, shape: DynamicShape)] = []
  private var places: [String: Int] = [:]
  private var elements: DynamicShape?

  /// Widens the shape by a value; `depth` is bounded by the depth of compact values.
  func admit(_ value: DynamicCursor) {
    switch value.tag {
    case .null: break
    case .false, .true: add("bool", .true)
    case .long: add("long", .long)
    case .real: add("double", .real)
    case .string: add("string", .string)
    case .datetime: add("datetime", .datetime)
    case .timespan: add("timespan", .timespan)
    case .guid: add("guid", .guid)
    case .decimal: add("decimal", .decimal)
    case .array:
      let elements = madeElements()
      value.forEachElement { elements.admit($0) }
    case .object:
      addBag()
      value.forEachMember { member(String($0)).admit($1) }
    }
  }

  /// Widens the shape by another one.
  func join(_ other: DynamicShape) {
    for part in other.parts {
      switch part {
      case .scalar(let name, let tag): add(name, tag)
      case .bag:
        addBag()
        for theirs in other.members { member(theirs.name).join(theirs.shape) }
      case .array:
        let elements = madeElements()
        if let theirs = other.elements { elements.join(theirs) }
      }
    }
  }

  private func add(_ name: StaticString, _ tag: DynamicBytes.Tag) {
    for part in parts {
      if case .scalar(_, tag) = part { return }
    }
    parts.append(.scalar(name, tag))
  }

  private func addBag() {
    for part in parts {
      if case .bag = part { return }
    }
    parts.append(.bag)
  }

  private func madeElements() -> DynamicShape {
    if let elements { return elements }
    let made = DynamicShape()
    elements = made
    parts.append(.array)
    return made
  }

  private func member(_ name: String) -> DynamicShape {
    if let place = places[name] { return members[place].shape }
    let made = DynamicShape()
    places[name] = members.count
    members.append((name, made))
    return made
  }

  /// The schema as a value: a type's name, a bag of slots, an array under its indexer, or an array of several.
  func write(to out: inout ByteBuffer) {
    if parts.count == 1 { return write(parts[0], to: &out) }
    let mark = out.beginArray()
    for part in parts { write(part, to: &out) }
    out.end(mark, count: parts.count)
  }

  private func write(_ part: Part, to out: inout ByteBuffer) {
    switch part {
    case .scalar(let name, _): out.appendString(name)
    case .bag:
      let mark = out.beginObject()
      for member in members {
        member.name.withUTF8Bytes { out.appendKey($0) }
        member.shape.write(to: &out)
      }
      out.end(mark, count: members.count)
    case .array:
      let mark = out.beginObject()
      out.appendKey("`indexer`")
      if let elements { elements.write(to: &out) } else { out.appendNull() }
      out.end(mark, count: 1)
    }
  }
}

/// The smallest schema that admits all dynamic values of each group.
final class SchemaState: AggregateState {
  var dependsOnOrder: Bool { true }
  private var shapes: [DynamicShape?] = []

  func grow(to groups: Int) {
    if groups > shapes.count { shapes += [DynamicShape?](repeating: nil, count: groups - shapes.count) }
  }

  private func shape(_ group: Int) -> DynamicShape {
    grow(to: group + 1)
    if let shape = shapes[group] { return shape }
    let made = DynamicShape()
    shapes[group] = made
    return made
  }

  func update(_ inputs: [Vector], groups: UnsafePointer<UInt32>?, count n: Int) {
    let input = inputs[0]
    for i in 0..<n where !input.isNull(i) {
      shape(groups.map { Int($0[i]) } ?? 0).admit(DynamicCursor(input.bytes(at: input.isConstant ? 0 : i)))
    }
  }

  func merge(_ other: any AggregateState, range: Range<Int>, groups: UnsafePointer<UInt32>) {
    guard let other = other as? SchemaState else { return }
    for i in 0..<range.count where range.lowerBound + i < other.shapes.count {
      if let theirs = other.shapes[range.lowerBound + i] { shape(Int(groups[i])).join(theirs) }
    }
  }

  func finish(count n: Int) -> [Vector] {
    grow(to: n)
    let builder = VectorBuilder(.dynamic, capacity: n)
    for group in 0..<n {
      guard let shape = shapes[group] else {
        builder.appendNull()
        continue
      }
      var out = ByteBuffer()
      shape.write(to: &out)
      out.withBytes { builder.append(bytes: $0) }
    }
    return [builder.finish()]
  }
}
