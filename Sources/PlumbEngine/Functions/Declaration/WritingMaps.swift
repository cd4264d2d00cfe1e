/// Overloads from closures that write their result into a buffer: text, or the compact form of `dynamic`.
///
/// Both give null (for text: the empty text) if an argument is null. `maybeWriting` also does so if its
/// closure returns false. The buffer is reused, so that a row costs one copy and no allocation.
extension Overload {
  static func writing<A: Lane>(
    _ type: ScalarType, _ body: @escaping @Sendable (A, inout ByteBuffer) -> Void
  ) -> Overload {
    columns([A.scalarType], to: type) { arguments in
      let a = Input<A>(arguments, 0)
      return writtenRows(arguments, as: type) { row, out in
        body(a[row], &out)
        return true
      }
    }
  }

  static func writing<A: Lane, B: Lane>(
    _ type: ScalarType, _ body: @escaping @Sendable (A, B, inout ByteBuffer) -> Void
  ) -> Overload {
    columns([A.scalarType, B.scalarType], to: type) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1)
      return writtenRows(arguments, as: type) { row, out in
        body(a[row], b[row], &out)
        return true
      }
    }
  }

  static func writing<A: Lane, B: Lane, C: Lane>(
    _ type: ScalarType, _ body: @escaping @Sendable (A, B, C, inout ByteBuffer) -> Void
  ) -> Overload {
    columns([A.scalarType, B.scalarType, C.scalarType], to: type) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1), c = Input<C>(arguments, 2)
      return writtenRows(arguments, as: type) { row, out in
        body(a[row], b[row], c[row], &out)
        return true
      }
    }
  }

  static func maybeWriting<A: Lane>(
    _ type: ScalarType, _ body: @escaping @Sendable (A, inout ByteBuffer) -> Bool
  ) -> Overload {
    columns([A.scalarType], to: type) { arguments in
      let a = Input<A>(arguments, 0)
      return writtenRows(arguments, as: type) { row, out in body(a[row], &out) }
    }
  }

  static func maybeWriting<A: Lane, B: Lane>(
    _ type: ScalarType, _ body: @escaping @Sendable (A, B, inout ByteBuffer) -> Bool
  ) -> Overload {
    columns([A.scalarType, B.scalarType], to: type) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1)
      return writtenRows(arguments, as: type) { row, out in body(a[row], b[row], &out) }
    }
  }

  static func maybeWriting<A: Lane, B: Lane, C: Lane>(
    _ type: ScalarType, _ body: @escaping @Sendable (A, B, C, inout ByteBuffer) -> Bool
  ) -> Overload {
    columns([A.scalarType, B.scalarType, C.scalarType], to: type) { arguments in
      let a = Input<A>(arguments, 0), b = Input<B>(arguments, 1), c = Input<C>(arguments, 2)
      return writtenRows(arguments, as: type) { row, out in body(a[row], b[row], c[row], &out) }
    }
  }
}

/// Runs `body` for each row; what it writes is the row's value, and false makes the row null.
///
/// - Nulls: rows with a null argument are null and not run, unless `seesNulls`. A compact null is null.
@inline(__always)
func writtenRows(
  _ arguments: Arguments, as type: ScalarType, seesNulls: Bool = false,
  _ body: (Int, inout ByteBuffer) throws -> Bool
) rethrows -> Vector {
  let builder = VectorBuilder(type, capacity: arguments.count, for: arguments.context)
  let mask = seesNulls ? nil : unitedNulls(arguments)
  let nullTag = DynamicBytes.Tag.null.rawValue
  var buffer = ByteBuffer(ceiling: ByteArena.valueLimit)
  for row in 0..<arguments.count {
    if builder.isSpent || mask.map({ $0.values(UInt8.self)[row] != 0 }) ?? false {
      builder.appendNull()
      continue
    }
    buffer.removeAll()
    let hasValue = try body(row, &buffer)
    if buffer.isFull {
      builder.store.refuse(buffer.refused)
      builder.appendNull()
      continue
    }
    buffer.withBytes { bytes in
      if !hasValue || type == .dynamic && (bytes.isEmpty || bytes[0] == nullTag) {
        builder.appendNull()
      } else {
        builder.append(bytes: bytes)
      }
    }
  }
  return builder.finish()
}
