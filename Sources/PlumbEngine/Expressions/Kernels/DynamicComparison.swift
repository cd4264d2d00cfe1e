/// `<`, `<=`, `>` and `>=` with a dynamic value: kinds that have no order between them give null.
///
/// Compared with a number, a dynamic value is read as one, as `+` reads it: texts that contain a number and bools count.
/// Two dynamic values compare if both are numbers or both of one kind. NaN is neither less nor greater.
func comparedDynamics(_ comparison: Comparison, _ arguments: Arguments) -> Vector {
  let lhs = arguments.plain(0), rhs = arguments.plain(1)
  let a = lhs.lanes(Bytes.self), b = rhs.lanes(Bytes.self)
  let aStep = lhs.isConstant ? 0 : 1, bStep = rhs.isConstant ? 0 : 1
  return verdicts(comparison, arguments.count) { row in
    if lhs.isNull(row) || rhs.isNull(row) { return .unknown }
    return DynamicOrder(DynamicCursor(a[row &* aStep]), DynamicCursor(b[row &* bStep]))
  }
}

/// The same between a dynamic value and a number, in either order.
func comparedWithNumber(_ comparison: Comparison, _ arguments: Arguments) throws -> Vector {
  let isMirrored = arguments[0].type != .dynamic
  let values = arguments.plain(isMirrored ? 1 : 0)
  let numbers = try arguments.converted(isMirrored ? 0 : 1, to: .dynamic)
  let a = values.lanes(Bytes.self), b = numbers.lanes(Bytes.self)
  let aStep = values.isConstant ? 0 : 1, bStep = numbers.isConstant ? 0 : 1
  return verdicts(isMirrored ? comparison.mirrored : comparison, arguments.count) { row in
    if values.isNull(row) || numbers.isNull(row) { return .unknown }
    return DynamicOrder(DynamicCursor(a[row &* aStep]), number: DynamicCursor(b[row &* bStep]))
  }
}

@inline(__always)
private func verdicts(_ comparison: Comparison, _ n: Int, _ order: (Int) -> DynamicOrder) -> Vector {
  let result = Buffer.zeros(byteCount: n), mask = Buffer.zeros(byteCount: n)
  let out = result.values(UInt8.self), nulls = mask.values(UInt8.self)
  for row in 0..<n {
    let order = order(row)
    if order == .unknown { nulls[row] = 1 } else if comparison.holds(for: order) { out[row] = 1 }
  }
  return Vector(.bool, count: n, buffer: result, nulls: mask)
}

/// The order between two dynamic values.
private enum DynamicOrder {
  case less, equal, greater
  /// One of two numbers is NaN.
  case unordered
  /// The two have no order.
  case unknown

  init(sign: Int) { self = sign == 0 ? .equal : sign < 0 ? .less : .greater }

  /// Two dynamic values, neither of which is converted.
  init(_ lhs: DynamicCursor, _ rhs: DynamicCursor) {
    guard let kind = DynamicOrder.kind(lhs.tag), kind == DynamicOrder.kind(rhs.tag) else {
      self = .unknown
      return
    }
    if lhs.number != nil || lhs.tag == .decimal {
      self.init(lhs, number: rhs)
    } else {
      self.init(sign: DynamicBytes.compare(lhs, rhs))
    }
  }

  /// Kinds within which values have an order; null has none.
  private static func kind(_ tag: DynamicBytes.Tag) -> Int? {
    switch tag {
    case .null: nil
    case .false, .true: 0
    case .long, .real, .decimal: 1
    case .datetime: 2
    case .timespan: 3
    case .guid: 4
    case .string: 5
    case .array: 6
    case .object: 7
    }
  }

  /// A dynamic value that is read as a number, and a number. Whole numbers are compared exactly.
  init(_ value: DynamicCursor, number: DynamicCursor) {
    switch value.tag {
    case .long, .real:
      if number.tag == .decimal {
        self.init(decimal: value, number)
      } else if value.number?.isNaN ?? false || number.number?.isNaN ?? false {
        self = .unordered
      } else {
        self.init(sign: DynamicBytes.compare(value, number))
      }
    case .decimal: self.init(decimal: value, number)
    case .true, .false: self.init(value.tag == .true ? Int64(1) : 0, number)
    case .string:
      let text = value.text.trimmed
      if let whole = NumberText.parseInt64(text) {
        self.init(whole, number)
      } else if let real = NumberText.parseDouble(text) {
        self.init(real, number)
      } else {
        self = .unknown
      }
    case .null, .datetime, .timespan, .guid, .array, .object: self = .unknown
    }
  }

  private init(_ whole: Int64, _ number: DynamicCursor) {
    if number.tag == .decimal {
      self.init(sign: Decimal128(whole).compared(to: number.decimal))
    } else if number.tag == .long {
      self.init(sign: whole == number.int64 ? 0 : whole < number.int64 ? -1 : 1)
    } else {
      self = number.double.isNaN ? .unordered : .init(sign: DynamicBytes.compare(whole, number.double))
    }
  }

  private init(_ real: Double, _ number: DynamicCursor) {
    if real.isNaN {
      self = .unordered
    } else if number.tag == .decimal {
      guard let exact = Decimal128(real: real) else {
        self = real < 0 ? .less : .greater
        return
      }
      self.init(sign: exact.compared(to: number.decimal))
    } else if number.tag == .long {
      self.init(sign: 0 - DynamicBytes.compare(number.int64, real))
    } else {
      let other = number.double
      self = other.isNaN ? .unordered : .init(sign: real == other ? 0 : real < other ? -1 : 1)
    }
  }

  /// Two numbers, of which one is a decimal.
  private init(decimal lhs: DynamicCursor, _ rhs: DynamicCursor) {
    func exact(_ cursor: DynamicCursor) -> Decimal128? {
      if cursor.tag == .decimal { return cursor.decimal }
      return cursor.tag == .long ? Decimal128(cursor.int64) : Decimal128(real: cursor.double)
    }
    if let left = exact(lhs), let right = exact(rhs) {
      self.init(sign: left.compared(to: right))
      return
    }
    // Only a real can be NaN or infinite.
    let (real, isLeft) = lhs.tag == .real ? (lhs.double, true) : (rhs.double, false)
    self = real.isNaN ? .unordered : (real < 0) == isLeft ? .less : .greater
  }
}

extension DynamicCursor {
  /// Whether an element of an array equals a value of `type`, which is not null.
  ///
  /// The element is read as `==` reads a constant of another type: as a number, bool, time or guid if its text or
  /// number contains one without loss, and as text beside a string. Arrays, bags and null equal only dynamic values.
  /// - Parameters:
  ///   - value: The value as dynamic.
  ///   - scratch: Memory for the element's text.
  func equals(_ value: DynamicCursor, of type: ScalarType, ignoresCase: Bool, _ scratch: inout ByteBuffer) -> Bool {
    if tag == value.tag, !(ignoresCase && tag == .string) { return DynamicBytes.compare(self, value) == 0 }
    switch (tag, type) {
    case (_, .dynamic): return DynamicBytes.compare(self, value) == 0
    case (.null, _), (.array, _), (.object, _): return false
    case (_, .string):
      scratch.removeAll()
      JSONText.printText(self, to: &scratch)
      return scratch.withBytes { ignoresCase ? CaselessOrder.areEqual($0, value.text) : equalBytes($0, value.text) }
    case (_, .int), (_, .long), (_, .real), (_, .decimal):
      return DynamicOrder(self, number: value) == .equal
    case (.string, .datetime): return DateTime.parse(text) == value.int64
    case (.string, .timespan): return TimeSpan.parse(text) == value.int64
    case (.string, .guid): return GUID.parse(text) == value.guid
    case (.string, .bool): return parseBool(text) == value.bool
    case (.long, .bool), (.real, .bool): return number == (value.tag == .true ? 1 : 0)
    case (_, .datetime), (_, .timespan), (_, .guid), (_, .bool): return false
    }
  }
}

extension Comparison {
  fileprivate func holds(for order: DynamicOrder) -> Bool {
    switch self {
    case .equal: order == .equal
    case .notEqual: order != .equal
    case .less: order == .less
    case .lessOrEqual: order == .less || order == .equal
    case .greater: order == .greater
    case .greaterOrEqual: order == .greater || order == .equal
    }
  }
}
