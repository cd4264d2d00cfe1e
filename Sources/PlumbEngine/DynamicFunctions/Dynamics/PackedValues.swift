/// Arguments of any types, which append themselves in the compact form, so that no column of compact values is made first.
struct PackedValues {
  private enum Form {
    case bool, long, real, datetime, timespan, string, compact
  }

  private struct Column {
    let form: Form
    let lanes: UnsafeRawPointer
    let nulls: UnsafePointer<UInt8>?
    /// 0 for a constant.
    let step: Int
  }

  private let vectors: [Vector]
  private let columns: [Column]

  init(_ arguments: Arguments) throws {
    let forms = arguments.vectors.map { PackedValues.form(of: $0.type) }
    let arguments = try arguments.converting(forms.indices.filter { forms[$0] == .compact }, to: .dynamic)
    vectors = arguments.vectors.indices.map { arguments.plain($0) }
    columns = zip(vectors, forms).map { vector, form in
      Column(form: form, lanes: vector.data, nulls: vector.nulls, step: vector.isConstant ? 0 : 1)
    }
  }

  private static func form(of type: ScalarType) -> Form {
    switch type {
    case .bool: .bool
    case .int, .long: .long
    case .real: .real
    case .datetime: .datetime
    case .timespan: .timespan
    case .string: .string
    case .decimal, .guid, .dynamic: .compact
    }
  }

  var count: Int { columns.count }

  /// Appends the value of the argument at `index` in `row`.
  @inline(__always)
  func append(_ index: Int, _ row: Int, to out: inout ByteBuffer) {
    let column = columns[index]
    let place = row &* column.step
    if let nulls = column.nulls, nulls[place] != 0 { return out.appendNull() }
    switch column.form {
    case .bool: out.append(column.lanes.load(fromByteOffset: place, as: UInt8.self) != 0)
    case .long: out.appendLong(column.lanes.load(fromByteOffset: place &* 8, as: Int64.self))
    case .real: out.appendReal(column.lanes.load(fromByteOffset: place &* 8, as: Double.self))
    case .datetime: out.appendDateTime(column.lanes.load(fromByteOffset: place &* 8, as: Int64.self))
    case .timespan: out.appendTimeSpan(column.lanes.load(fromByteOffset: place &* 8, as: Int64.self))
    case .string: out.appendString(column.lanes.load(fromByteOffset: place &* 16, as: Bytes.self))
    case .compact: out.append(DynamicCursor(column.lanes.load(fromByteOffset: place &* 16, as: Bytes.self)))
    }
  }
}
