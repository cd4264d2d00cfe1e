/// The conversions between types, as `tolong(x)` and similar functions do them: null if a value cannot be converted.
extension Overload {
  /// The conversion of `source` to `target`. Same types pass through.
  static func conversion(from source: ScalarType, to target: ScalarType) -> Overload {
    if source == target {
      return columns([source], to: target) { $0[0] }
    }
    switch target {
    case .bool: return toBool(source)
    case .int: return toWord(source, .int)
    case .long: return toWord(source, .long)
    case .real: return toReal(source)
    case .decimal: return toDecimal(source)
    case .datetime: return toDateTime(source)
    case .timespan: return toTimeSpan(source)
    case .string: return toText(source)
    case .guid: return toGUID(source)
    case .dynamic: return toDynamic(source)
    }
  }

  /// Gives null for every row, for types that cannot be converted.
  private static func never(_ source: ScalarType, _ target: ScalarType) -> Overload {
    columns([source], to: target) { .constant(.null(target), count: $0.count) }
  }

  private static func toBool(_ source: ScalarType) -> Overload {
    switch source {
    case .bool: .map { (value: Bool) in value }
    case .int, .long: .words(source) { (value: Int64) in value != 0 }
    case .real: .map { (value: Double) in value != 0 }
    case .decimal: .map { (value: Decimal128) in !value.isZero }
    case .string: .maybe { (text: Bytes) in parseBool(text) }
    case .dynamic: .maybe { (value: CompactDynamic) in DynamicCursor(value.bytes).converted() as Bool? }
    case .datetime, .timespan, .guid: never(source, .bool)
    }
  }

  private static func toWord(_ source: ScalarType, _ target: ScalarType) -> Overload {
    let isInt = target == .int
    /// Keeps a number in the target's range.
    @Sendable func fit(_ number: Int64?) -> Int64? {
      guard isInt, let number else { return number }
      return Int32(exactly: number).map(Int64.init)
    }
    let overload: Overload
    switch source {
    case .bool: overload = .map { (value: Bool) in Int64(value ? 1 : 0) }
    case .int: return columns([.int], to: target) { $0.plain(0).relabeled(target) }.bounded { bounds, _ in bounds[0] }
    case .long, .datetime, .timespan:
      return Overload.words(source) { (value: Int64) in fit(value) }.yielding(target).bounded { bounds, _ in bounds[0] }
    case .real:
      return columns([.real], to: target) { wholeNumbers(of: $0, isInt: isInt) }.bounded { bounds, _ in
        guard case .reals(let range) = bounds[0], let low = Int64(exactly: range.lowerBound.rounded(.towardZero)),
          let high = Int64(exactly: range.upperBound.rounded(.towardZero))
        else { return .unknown }
        return .words(low...high)
      }
    case .decimal: overload = .maybe { (value: Decimal128) in fit(value.int64) }
    case .string: overload = .maybe { (text: Bytes) in fit(parseWhole(text)) }
    case .dynamic:
      overload = .maybe { (value: CompactDynamic) in fit(DynamicCursor(value.bytes).converted() as Int64?) }
    case .guid: return never(source, target)
    }
    return overload.yielding(target)
  }

  private static func toReal(_ source: ScalarType) -> Overload {
    switch source {
    case .bool: .map { (value: Bool) in value ? 1.0 : 0.0 }
    case .int, .long: columns([source], to: .real) { reals(of: $0) }.bounded { bounds, _ in
        guard case .words(let range) = bounds[0] else { return .unknown }
        return .reals(Double(range.lowerBound)...Double(range.upperBound))
      }
    case .datetime, .timespan: .words(source) { (value: Int64) in Double(value) }
    case .real: .map { (value: Double) in value }
    case .decimal: .map { (value: Decimal128) in value.double }
    case .string: .maybe { (text: Bytes) in NumberText.parseDouble(text.trimmed) }
    case .dynamic: .maybe { (value: CompactDynamic) in DynamicCursor(value.bytes).converted() as Double? }
    case .guid: never(source, .real)
    }
  }

  private static func toDecimal(_ source: ScalarType) -> Overload {
    switch source {
    case .bool: .map { (value: Bool) in value ? Decimal128.one : Decimal128.zero }
    case .int, .long: .words(source) { (value: Int64) in Decimal128(value) }
    case .real: .maybe { (value: Double) in Decimal128(real: value) }
    case .decimal: .map { (value: Decimal128) in value }
    case .string: .maybe { (text: Bytes) in Decimal128.parse(text.trimmed) }
    case .dynamic:
      .maybe { (value: CompactDynamic) -> Decimal128? in
        let cursor = DynamicCursor(value.bytes)
        switch cursor.tag {
        case .decimal: return cursor.decimal
        case .long: return Decimal128(cursor.int64)
        case .real: return Decimal128(real: cursor.double)
        case .string: return Decimal128.parse(cursor.text.trimmed)
        case .false: return .zero
        case .true: return .one
        case .null, .array, .object, .datetime, .timespan, .guid: return nil
        }
      }
    case .datetime, .timespan, .guid: never(source, .decimal)
    }
  }

  private static func toDateTime(_ source: ScalarType) -> Overload {
    switch source {
    case .datetime: .map { (value: Timestamp) in value }
    case .string: .maybe { (text: Bytes) in DateTime.parse(text).map { Timestamp($0) } }
    case .int, .long, .timespan:
      .words(source) { (value: Int64) in DateTime.isInRange(value) ? Timestamp(value) : nil }
    case .dynamic:
      .maybe { (value: CompactDynamic) -> Timestamp? in
        let cursor = DynamicCursor(value.bytes)
        switch cursor.tag {
        case .datetime: return Timestamp(cursor.int64)
        case .long: return DateTime.isInRange(cursor.int64) ? Timestamp(cursor.int64) : nil
        case .string: return DateTime.parse(cursor.text).map { Timestamp($0) }
        case .null, .true, .false, .array, .object, .timespan, .guid, .real, .decimal: return nil
        }
      }
    case .bool, .real, .decimal, .guid: never(source, .datetime)
    }
  }

  private static func toTimeSpan(_ source: ScalarType) -> Overload {
    switch source {
    case .timespan: .map { (value: Interval) in value }
    case .string: .maybe { (text: Bytes) in TimeSpan.parse(text).map { Interval($0) } }
    case .int, .long: .words(source) { (value: Int64) in Interval(value) }
    case .dynamic:
      .maybe { (value: CompactDynamic) -> Interval? in
        let cursor = DynamicCursor(value.bytes)
        switch cursor.tag {
        case .timespan, .long: return Interval(cursor.int64)
        case .string: return TimeSpan.parse(cursor.text).map { Interval($0) }
        case .null, .true, .false, .array, .object, .datetime, .guid, .real, .decimal: return nil
        }
      }
    case .bool, .real, .decimal, .guid, .datetime: never(source, .timespan)
    }
  }

  private static func toGUID(_ source: ScalarType) -> Overload {
    switch source {
    case .guid: .map { (value: GUID) in value }
    case .string: .maybe { (text: Bytes) in GUID.parse(text) }
    case .dynamic:
      .maybe { (value: CompactDynamic) -> GUID? in
        let cursor = DynamicCursor(value.bytes)
        if cursor.tag == .guid { return cursor.guid }
        return cursor.tag == .string ? GUID.parse(cursor.text) : nil
      }
    case .bool, .int, .long, .real, .decimal, .datetime, .timespan: never(source, .guid)
    }
  }

  private static func toText(_ source: ScalarType) -> Overload {
    switch source {
    case .bool: .printing { (value: Bool, out) in out.append(value ? "true" : "false" as StaticString) }
    case .int, .long:
      .printing(source) { (value: Int64, out) in out.append(decimal: value) }
    case .real: .printing { (value: Double, out) in NumberText.print(value, style: .text, to: &out) }
    case .decimal: .printing { (value: Decimal128, out) in value.print(to: &out) }
    case .datetime: .printing { (value: Timestamp, out) in DateTime.print(value.ticks, to: &out) }
    case .timespan: .printing { (value: Interval, out) in TimeSpan.print(value.ticks, to: &out) }
    case .string: .map { (text: Bytes) in text }
    case .guid: .printing { (value: GUID, out) in value.print(to: &out) }
    case .dynamic:
      .printing { (value: CompactDynamic, out) in
        JSONText.printText(DynamicCursor(value.bytes), to: &out)
      }
    }
  }

  private static func toDynamic(_ source: ScalarType) -> Overload {
    switch source {
    case .bool: .encoding { (value: Bool, out) in out.append(value) }
    case .int, .long: .encoding(source) { (value: Int64, out) in out.appendLong(value) }
    case .real: .encoding { (value: Double, out) in out.appendReal(value) }
    case .decimal: .encoding { (value: Decimal128, out) in out.appendDecimal(value) }
    case .datetime: .encoding { (value: Timestamp, out) in out.appendDateTime(value.ticks) }
    case .timespan: .encoding { (value: Interval, out) in out.appendTimeSpan(value.ticks) }
    case .string: .encoding { (value: Bytes, out) in out.appendString(value) }
    case .guid: .encoding { (value: GUID, out) in out.appendGUID(value) }
    case .dynamic: .map { (value: CompactDynamic) in value }
    }
  }

  /// A map from a word lane whose KQL type is given, as int, long and datetime share one Swift type.
  private static func words<R: Lane>(
    _ source: ScalarType, _ body: @escaping @Sendable (Int64) -> R?
  ) -> Overload {
    columns([source], to: R.scalarType) { arguments in
      let input = Input<Int64>(arguments, 0)
      return maybeRows(arguments, nullWithArguments: true) { row in body(input[row]) }
    }
  }

  /// A map to string that prints each value into a buffer.
  private static func printing<A: Lane>(
    _ source: ScalarType = A.scalarType, _ body: @escaping @Sendable (A, inout ByteBuffer) -> Void
  ) -> Overload {
    columns([source], to: .string) { arguments in
      let input = Input<A>(arguments, 0)
      var buffer = ByteBuffer()
      return mapRows(arguments) { row, arena -> Bytes in
        buffer.removeAll()
        body(input[row], &buffer)
        return buffer.withBytes { arena.copying($0) }
      }
    }
  }

  /// A map to dynamic that writes each value's compact form.
  private static func encoding<A: Lane>(
    _ source: ScalarType = A.scalarType, _ body: @escaping @Sendable (A, inout ByteBuffer) -> Void
  ) -> Overload {
    columns([source], to: .dynamic) { arguments in
      let input = Input<A>(arguments, 0)
      var buffer = ByteBuffer()
      return mapRows(arguments) { row, arena -> CompactDynamic in
        buffer.removeAll()
        body(input[row], &buffer)
        return CompactDynamic(buffer.withBytes { arena.copying($0) })
      }
    }
  }

  /// The same kernel under another type of the same lane.
  private func yielding(_ type: ScalarType) -> Overload {
    let inner = kernel
    return Overload(
      parameters: parameters, rest: rest, minimumRest: minimumRest, result: { _ in type },
      kernel: { try inner($0).relabeled(type) })
  }
}

/// Whole numbers as reals, one vectorised pass.
private func reals(of arguments: Arguments) -> Vector {
  let source = arguments.plain(0)
  let n = source.isConstant ? 1 : arguments.count
  let result = Buffer(of: Double.self, count: n)
  let out = result.values(Double.self)
  let words = source.lanes(Int64.self)
  for i in 0..<n { out[i] = Double(words[i]) }
  return Vector(
    .real, count: arguments.count, data: result.base, owner: result, nulls: source.nulls,
    nullOwner: source.nullOwner, isConstant: source.isConstant)
}

/// Reals truncated towards zero; null if the type cannot represent the number.
private func wholeNumbers(of arguments: Arguments, isInt: Bool) -> Vector {
  let source = arguments.plain(0).expanded()
  let n = arguments.count
  let result = Buffer(of: Int64.self, count: n)
  let out = result.values(Int64.self)
  let values = source.lanes(Double.self)
  // Both bounds are outside the type, so that values truncated to its ends still fit.
  let low = isInt ? -2_147_483_649.0 : -9_223_372_036_854_777_856.0
  let high = isInt ? 2_147_483_648.0 : 9_223_372_036_854_775_808.0
  var mask = unitedNulls(arguments)
  for i in 0..<n {
    if values[i] > low && values[i] < high {
      out[i] = Int64(values[i])
    } else {
      out[i] = 0
      if mask == nil { mask = Buffer.zeros(byteCount: n) }
      mask?.values(UInt8.self)[i] = 1
    }
  }
  return Vector(arguments.type, count: n, buffer: result, nulls: mask)
}

/// `true` and `false` in any case, and whole numbers.
func parseBool(_ text: Bytes) -> Bool? {
  let trimmed = text.trimmed
  if trimmed.count == 4, trimmed.equalsIgnoringASCIICase("true") { return true }
  if trimmed.count == 5, trimmed.equalsIgnoringASCIICase("false") { return false }
  return NumberText.parseInt64(trimmed).map { $0 != 0 }
}

/// A whole number in decimal or hexadecimal; a decimal fraction is truncated.
func parseWhole(_ text: Bytes) -> Int64? {
  let trimmed = text.trimmed
  if let number = NumberText.parseInt64(trimmed) ?? NumberText.parseHexadecimal(trimmed) { return number }
  guard let real = NumberText.parseDouble(trimmed) else { return nil }
  return Int64(exactly: real.rounded(.towardZero))
}

extension Bytes {
  func equalsIgnoringASCIICase(_ word: StaticString) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    for i in 0..<count where (self[i] | 32) != word.utf8Start[i] { return false }
    return true
  }
}

extension DynamicCursor {
  /// The value as a bool: itself, a number other than 0, or a text that reads as one.
  func converted() -> Bool? {
    if let bool { return bool }
    if let number { return number != 0 }
    return tag == .string ? parseBool(text) : nil
  }

  /// The value as a whole number, truncated towards zero.
  func converted() -> Int64? {
    switch tag {
    case .long, .datetime, .timespan: return int64
    case .real: return Int64(exactly: double.rounded(.towardZero))
    case .true: return 1
    case .false: return 0
    case .decimal: return decimal.int64
    case .string: return parseWhole(text)
    case .null, .array, .object, .guid: return nil
    }
  }

  func converted() -> Double? {
    if let number { return number }
    if let bool { return bool ? 1 : 0 }
    return tag == .string ? NumberText.parseDouble(text.trimmed) : nil
  }
}

extension Value {
  /// The value as another type, by the same rules as the functions; nil if the result is null.
  package func converted(to target: ScalarType) -> Value? {
    if type == target { return self }
    if isNull { return .null(target) }
    let call = BoundCall(
      name: "to\(target.name)", overload: .conversion(from: type, to: target), arguments: [], type: target,
      span: .none, traits: .conversion)
    let context = ExecutionContext(now: 0, threads: 1, memoryLimit: .max)
    guard let vector = try? call.apply([.constant(self)], count: 1, context) else { return nil }
    let value = vector.value(at: 0)
    return value.isNull ? nil : value
  }
}
