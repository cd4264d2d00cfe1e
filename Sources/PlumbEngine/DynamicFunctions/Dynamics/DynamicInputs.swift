/// Arguments of any type, read as dynamic values.
struct DynamicInputs {
  /// A cursor over nothing, which is null.
  static var null: DynamicCursor { DynamicCursor(Bytes(start: nil, count: 0)) }

  private let inputs: [Input<CompactDynamic>]

  init(_ arguments: Arguments) throws {
    let converted = try arguments.converting(to: .dynamic)
    inputs = converted.vectors.indices.map { Input<CompactDynamic>(converted, $0) }
  }

  var count: Int { inputs.count }

  /// The argument at `index` in `row`; null is a cursor over nothing.
  subscript(index: Int, row: Int) -> DynamicCursor { inputs[index].nullable(row)?.cursor ?? DynamicInputs.null }
}
