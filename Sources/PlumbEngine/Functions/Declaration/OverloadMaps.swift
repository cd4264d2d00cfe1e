/// Overloads from closures over single values: the signature is derived from the closure's types.
///
/// `map` gives null if an argument is null. `maybe` is the same for a closure that can itself return
/// null. `mapNullable` sees nulls as nil. All keep borrowed argument memory alive with the result.
extension Overload {
  static func map<R: Lane>(_ body: @escaping @Sendable () -> R) -> Overload {
    columns([], to: R.scalarType) { arguments in
      mapRows(arguments) { _, _ in body() }
    }
  }

  static func map<A: Lane, R: Lane>(_ body: @escaping @Sendable (A) -> R) -> Overload {
    columns([A.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0)
      return mapRows(arguments) { row, _ in body(a[row]) }
    }
  }

  static func map<A: Lane, B: Lane, R: Lane>(_ body: @escaping @Sendable (A, B) -> R) -> Overload {
    columns([A.scalarType, B.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1)
      return mapRows(arguments) { row, _ in body(a[row], b[row]) }
    }
  }

  static func map<A: Lane, B: Lane, C: Lane, R: Lane>(
    _ body: @escaping @Sendable (A, B, C) -> R
  ) -> Overload {
    columns([A.scalarType, B.scalarType, C.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1), c = Input<C>(arguments, 2)
      return mapRows(arguments) { row, _ in body(a[row], b[row], c[row]) }
    }
  }

  static func map<A: Lane, B: Lane, C: Lane, D: Lane, R: Lane>(
    _ body: @escaping @Sendable (A, B, C, D) -> R
  ) -> Overload {
    columns([A.scalarType, B.scalarType, C.scalarType, D.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1)
      let c = Input<C>(arguments, 2), d = Input<D>(arguments, 3)
      return mapRows(arguments) { row, _ in body(a[row], b[row], c[row], d[row]) }
    }
  }

  static func maybe<A: Lane, R: Lane>(_ body: @escaping @Sendable (A) -> R?) -> Overload {
    columns([A.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0)
      return maybeRows(arguments, nullWithArguments: true) { row in body(a[row]) }
    }
  }

  static func maybe<A: Lane, B: Lane, R: Lane>(_ body: @escaping @Sendable (A, B) -> R?) -> Overload {
    columns([A.scalarType, B.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1)
      return maybeRows(arguments, nullWithArguments: true) { row in body(a[row], b[row]) }
    }
  }

  static func maybe<A: Lane, B: Lane, C: Lane, R: Lane>(
    _ body: @escaping @Sendable (A, B, C) -> R?
  ) -> Overload {
    columns([A.scalarType, B.scalarType, C.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1), c = Input<C>(arguments, 2)
      return maybeRows(arguments, nullWithArguments: true) { row in body(a[row], b[row], c[row]) }
    }
  }

  static func maybe<A: Lane, B: Lane, C: Lane, D: Lane, R: Lane>(
    _ body: @escaping @Sendable (A, B, C, D) -> R?
  ) -> Overload {
    columns([A.scalarType, B.scalarType, C.scalarType, D.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1)
      let c = Input<C>(arguments, 2), d = Input<D>(arguments, 3)
      return maybeRows(arguments, nullWithArguments: true) { row in body(a[row], b[row], c[row], d[row]) }
    }
  }

  static func mapNullable<A: Lane, R: Lane>(_ body: @escaping @Sendable (A?) -> R?) -> Overload {
    columns([A.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0)
      return maybeRows(arguments, nullWithArguments: false) { row in body(a.nullable(row)) }
    }
  }

  static func mapNullable<A: Lane, B: Lane, R: Lane>(
    _ body: @escaping @Sendable (A?, B?) -> R?
  ) -> Overload {
    columns([A.scalarType, B.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1)
      return maybeRows(arguments, nullWithArguments: false) { row in
        body(a.nullable(row), b.nullable(row))
      }
    }
  }

  static func mapNullable<A: Lane, B: Lane, C: Lane, R: Lane>(
    _ body: @escaping @Sendable (A?, B?, C?) -> R?
  ) -> Overload {
    columns([A.scalarType, B.scalarType, C.scalarType], to: R.scalarType) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1), c = Input<C>(arguments, 2)
      return maybeRows(arguments, nullWithArguments: false) { row in
        body(a.nullable(row), b.nullable(row), c.nullable(row))
      }
    }
  }

  /// Any number of arguments of one type, at least `minimum`; nulls as nil.
  static func fold<A: Lane, R: Lane>(
    atLeast minimum: Int, _ body: @escaping @Sendable ([A?]) -> R?
  ) -> Overload {
    columns(
      [], rest: .exactly(A.scalarType), minimumRest: minimum, result: { _ in R.scalarType }
    ) { arguments in
      let inputs = arguments.vectors.indices.map { Input<A>(arguments, $0) }
      return maybeRows(arguments, nullWithArguments: false) { row in
        body(inputs.map { $0.nullable(row) })
      }
    }
  }
}

/// Reads one argument of a call, a constant or not, as values of `A`.
struct Input<A: Lane> {
  private let lanes: UnsafePointer<A.Stored>
  private let vector: Vector
  private let step: Int

  init(_ arguments: Arguments, _ index: Int) {
    vector = arguments.plain(index)
    lanes = vector.lanes(A.Stored.self)
    step = vector.isConstant ? 0 : 1
  }

  @inline(__always) subscript(row: Int) -> A { A(stored: lanes[row &* step]) }

  @inline(__always) func nullable(_ row: Int) -> A? {
    vector.isNull(row) ? nil : A(stored: lanes[row &* step])
  }
}

/// One byte per row, 1 where any argument is null; nil if no argument has nulls.
func unitedNulls(_ arguments: Arguments) -> Buffer? {
  unitedNulls(arguments.vectors, count: arguments.count)
}

func unitedNulls(_ vectors: [Vector], count: Int) -> Buffer? {
  var mask: Buffer?
  for vector in vectors {
    guard let nulls = vector.nulls else { continue }
    let united = mask ?? Buffer.zeros(byteCount: count)
    mask = united
    let out = united.values(UInt8.self)
    if vector.isConstant {
      if nulls[0] != 0 { out.update(repeating: 1, count: count) }
    } else {
      for i in 0..<count { out[i] |= nulls[i] }
    }
  }
  return mask
}

/// Runs `body` for each row without null arguments and stores its result.
@inline(__always)
func mapRows<R: Lane>(_ arguments: Arguments, _ body: (Int, ByteArena) -> R) -> Vector {
  let n = arguments.count
  let arena = ByteArena(blockSize: R.scalarType.lane == .bytes ? 16_384 : 64, for: arguments.context)
  let result = Buffer(of: R.Stored.self, count: n)
  let out = result.values(R.Stored.self)
  let mask = unitedNulls(arguments)
  if let mask {
    let nulls = mask.values(UInt8.self)
    memsetZero(result, n &* MemoryLayout<R.Stored>.stride)
    for row in 0..<n where nulls[row] == 0 && !arena.isSpent { out[row] = body(row, arena).stored(in: arena) }
  } else if R.Stored.self == Bytes.self {
    for row in 0..<n {
      // Once the query's limits are exceeded the result no longer matters, but enclosing functions read the texts before the query ends.
      if arena.isSpent {
        UnsafeMutableRawPointer(out + row)
          .initializeMemory(as: UInt8.self, repeating: 0, count: (n &- row) &* MemoryLayout<R.Stored>.stride)
        break
      }
      out[row] = body(row, arena).stored(in: arena)
    }
  } else {
    for row in 0..<n { out[row] = body(row, arena).stored(in: arena) }
  }
  return finished(R.scalarType, result, mask, arena, arguments)
}

/// The same for a body that can return null.
@inline(__always)
func maybeRows<R: Lane>(_ arguments: Arguments, nullWithArguments: Bool, _ body: (Int) -> R?) -> Vector {
  let n = arguments.count
  let arena = ByteArena(blockSize: R.scalarType.lane == .bytes ? 16_384 : 64, for: arguments.context)
  let result = Buffer.zeros(byteCount: n &* MemoryLayout<R.Stored>.stride)
  let out = result.values(R.Stored.self)
  let mask = (nullWithArguments ? unitedNulls(arguments) : nil) ?? Buffer.zeros(byteCount: n)
  let nulls = mask.values(UInt8.self)
  var any: UInt8 = 0
  for row in 0..<n {
    if nulls[row] == 0, !arena.isSpent, let value = body(row) {
      out[row] = value.stored(in: arena)
    } else {
      nulls[row] = 1
      any = 1
    }
  }
  return finished(R.scalarType, result, any == 0 ? nil : mask, arena, arguments)
}

func memsetZero(_ buffer: Buffer, _ byteCount: Int) {
  buffer.base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
}

private func finished(
  _ type: ScalarType, _ result: Buffer, _ mask: Buffer?, _ arena: ByteArena, _ arguments: Arguments
) -> Vector {
  let mask = type == .string ? nil : mask
  guard type.lane == .bytes else {
    return Vector(type, count: arguments.count, buffer: result, nulls: mask)
  }
  let owners: [AnyObject] = [arena] + arguments.vectors.compactMap { $0.keepAlive }
  return Vector(type, count: arguments.count, buffer: result, nulls: mask, holding: Owners(owners))
}
