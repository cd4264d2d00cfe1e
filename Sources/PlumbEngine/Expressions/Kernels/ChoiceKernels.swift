/// `whenTrue` in the rows where `condition` is true, `otherwise` where it is false or null.
func chosen(_ condition: Vector, _ whenTrue: Vector, _ otherwise: Vector, count n: Int) -> Vector {
  if condition.isConstant { return condition.isTrue(0) ? whenTrue : otherwise }
  return blended(condition.flags(), whenTrue, otherwise, count: n)
}

/// Takes each row from `first` where its flag is 1 and from `second` where it is 0; both in plain lanes.
func blended(_ flags: Flags, _ first: Vector, _ second: Vector, count n: Int) -> Vector {
  let type = first.type
  let result = Buffer(byteCount: n &* type.lane.stride)
  switch type.lane {
  case .byte: blendLanes(UInt8.self, flags, first, second, n, result)
  case .word, .float: blendLanes(UInt64.self, flags, first, second, n, result)
  case .bytes, .wide: blendLanes(UInt128.self, flags, first, second, n, result)
  }
  var mask: Buffer?
  if first.nulls != nil || second.nulls != nil {
    let united = Buffer(byteCount: n)
    blendLanes(UInt8.self, flags, first.nullVector(n), second.nullVector(n), n, united)
    mask = united
  }
  guard type.lane == .bytes else { return Vector(type, count: n, buffer: result, nulls: mask) }
  let owners = Owners([first.keepAlive, second.keepAlive].compactMap { $0 })
  return Vector(type, count: n, buffer: result, nulls: mask, holding: owners)
}

/// One byte per row, 1 or 0, with what keeps it alive.
struct Flags {
  let bytes: UnsafePointer<UInt8>
  let owner: AnyObject?
}

extension Vector {
  /// For a bool vector: 1 where the value is true and not null.
  func flags() -> Flags {
    guard let nulls else { return Flags(bytes: lanes(UInt8.self), owner: owner) }
    let n = count
    let result = Buffer(byteCount: n)
    let out = result.values(UInt8.self)
    let values = lanes(UInt8.self)
    for i in 0..<n { out[i] = values[i] & (nulls[i] ^ 1) }
    return Flags(bytes: UnsafePointer(out), owner: result)
  }

  func isTrue(_ row: Int) -> Bool { lanes(UInt8.self)[isConstant ? 0 : row] != 0 && !isNull(row) }

  /// The null mask as a vector of bytes, constant where this vector is constant or has no nulls.
  fileprivate func nullVector(_ n: Int) -> Vector {
    guard let nulls else { return .constant(.bool(false), count: n) }
    return Vector(.bool, count: n, data: nulls, owner: nullOwner, isConstant: isConstant)
  }
}

@inline(__always)
private func blendLanes<T: FixedWidthInteger & BitwiseCopyable>(
  _: T.Type, _ flags: Flags, _ first: Vector, _ second: Vector, _ n: Int, _ result: Buffer
) {
  let out = result.values(T.self)
  let take = flags.bytes
  let a = first.lanes(T.self), b = second.lanes(T.self)
  // The mask is all ones where the flag is 1, so the loops have no branch.
  switch (first.isConstant, second.isConstant) {
  case (false, false):
    for i in 0..<n {
      let y = b[i]
      out[i] = y ^ ((a[i] ^ y) & (0 &- T(truncatingIfNeeded: take[i])))
    }
  case (true, false):
    let x = a[0]
    for i in 0..<n {
      let y = b[i]
      out[i] = y ^ ((x ^ y) & (0 &- T(truncatingIfNeeded: take[i])))
    }
  case (false, true):
    let y = b[0]
    for i in 0..<n { out[i] = y ^ ((a[i] ^ y) & (0 &- T(truncatingIfNeeded: take[i]))) }
  case (true, true):
    let y = b[0], difference = a[0] ^ y
    for i in 0..<n { out[i] = y ^ (difference & (0 &- T(truncatingIfNeeded: take[i]))) }
  }
}

/// The first argument that is not null, or, for strings, not empty.
func firstPresent(_ arguments: Arguments) throws -> Vector {
  let n = arguments.count
  var result = try arguments.converted(0, to: arguments.type)
  for index in arguments.vectors.indices.dropFirst() {
    guard let missing = result.presence(n) else { return result }
    let next = try arguments.converted(index, to: arguments.type)
    result = blended(missing, result, next, count: n)
  }
  return result
}

extension Vector {
  /// 1 in the rows that have a value; nil if all do.
  fileprivate func presence(_ n: Int) -> Flags? {
    let result = Buffer(byteCount: n)
    let out = result.values(UInt8.self)
    let step = isConstant ? 0 : 1
    if type == .string {
      let texts = lanes(Bytes.self)
      var all: UInt8 = 1
      for i in 0..<n {
        let isPresent: UInt8 = texts[i &* step].count > 0 ? 1 : 0
        out[i] = isPresent
        all &= isPresent
      }
      if all == 1 { return nil }
    } else {
      guard let nulls else { return nil }
      if isConstant && nulls[0] == 0 { return nil }
      for i in 0..<n { out[i] = nulls[i &* step] ^ 1 }
    }
    return Flags(bytes: UnsafePointer(out), owner: result)
  }
}

/// The largest or the smallest of the arguments in each row; nulls are skipped.
func extreme(_ arguments: Arguments, greatest: Bool) throws -> Vector {
  let n = arguments.count
  var result = try arguments.converted(0, to: arguments.type)
  for index in arguments.vectors.indices.dropFirst() {
    let next = try arguments.converted(index, to: arguments.type)
    // With a null on one side the other wins; with a null on both the choice does not matter.
    let sides = [result.expanded(), next.expanded()]
    let better = sides.betterRows(greatest: greatest, count: n)
    result = blended(better, sides[0], sides[1], count: n)
  }
  return result
}

extension [Vector] {
  /// 1 in the rows where the first of two vectors wins.
  fileprivate func betterRows(greatest: Bool, count n: Int) -> Flags {
    let result = Buffer(byteCount: n)
    let out = result.values(UInt8.self)
    switch self[0].type {
    case .bool: keepBetter(UInt8.self, greatest, n, out)
    case .int, .long, .datetime, .timespan: keepBetter(Int64.self, greatest, n, out)
    case .real: keepBetter(Double.self, greatest, n, out)
    case .decimal: keepBetter(Decimal128.self, greatest, n, out)
    case .guid: keepBetter(GUID.self, greatest, n, out)
    case .string, .dynamic:
      let isDynamic = self[0].type == .dynamic
      let a = self[0].lanes(Bytes.self), b = self[1].lanes(Bytes.self)
      for i in 0..<n where !self[0].isNull(i) && !self[1].isNull(i) {
        let order = isDynamic ? DynamicBytes.compare(a[i], b[i]) : compareBytes(a[i], b[i])
        out[i] = (greatest ? order >= 0 : order <= 0) ? 1 : 0
      }
    }
    if let nulls = self[0].nulls { for i in 0..<n where nulls[i] != 0 { out[i] = 0 } }
    if let nulls = self[1].nulls { for i in 0..<n where nulls[i] != 0 { out[i] = 1 } }
    return Flags(bytes: UnsafePointer(out), owner: result)
  }

  @inline(__always)
  private func keepBetter<T: Comparable & BitwiseCopyable>(
    _: T.Type, _ greatest: Bool, _ n: Int, _ out: UnsafeMutablePointer<UInt8>
  ) {
    let a = self[0].lanes(T.self), b = self[1].lanes(T.self)
    if greatest {
      for i in 0..<n { out[i] = a[i] >= b[i] ? 1 : 0 }
    } else {
      for i in 0..<n { out[i] = a[i] <= b[i] ? 1 : 0 }
    }
  }
}

/// 1 where the value is between the two bounds, both included; null with null.
func between(_ value: Vector, _ low: Vector, _ high: Vector, negated: Bool, count n: Int) -> Vector {
  let result = Buffer(byteCount: n)
  let out = result.values(UInt8.self)
  switch value.type {
  case .int, .long, .datetime, .timespan: betweenLanes(Int64.self, value, low, high, n, out)
  case .real: betweenLanes(Double.self, value, low, high, n, out)
  case .decimal: betweenLanes(Decimal128.self, value, low, high, n, out)
  case .bool, .string, .guid, .dynamic: out.update(repeating: 0, count: n)
  }
  if negated { for i in 0..<n { out[i] ^= 1 } }
  return Vector(.bool, count: n, buffer: result, nulls: unitedNulls([value, low, high], count: n))
}

@inline(__always)
private func betweenLanes<T: Comparable & BitwiseCopyable>(
  _: T.Type, _ value: Vector, _ low: Vector, _ high: Vector, _ n: Int, _ out: UnsafeMutablePointer<UInt8>
) {
  let x = value.lanes(T.self), a = low.lanes(T.self), b = high.lanes(T.self)
  if low.isConstant && high.isConstant && !value.isConstant {
    let from = a[0], to = b[0]
    for i in 0..<n { out[i] = (x[i] >= from ? 1 : 0) & (x[i] <= to ? 1 : 0) }
    return
  }
  let xStep = value.isConstant ? 0 : 1, aStep = low.isConstant ? 0 : 1, bStep = high.isConstant ? 0 : 1
  for i in 0..<n {
    let y = x[i &* xStep]
    out[i] = (y >= a[i &* aStep] ? 1 : 0) & (y <= b[i &* bStep] ? 1 : 0)
  }
}
