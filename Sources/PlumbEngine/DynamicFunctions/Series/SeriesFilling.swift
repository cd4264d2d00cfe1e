extension ScalarFunction {
  /// Functions that fill the gaps of series: nulls, or the elements that equal `missing`.
  static let seriesFilling: [ScalarFunction] = [
    ScalarFunction(
      "series_fill_const", "Replaces the missing elements of `series` with `value`.", "series, value, [missing]",
      examples: [.init("series_fill_const(dynamic([1, null, 3]), 0.0)", is: "[1,0.0,3]")],
      overloads: [
        filling([.any]) { gaps, inputs, row, out in gaps.fill(to: &out) { _ in inputs[1, row] } },
        filling([.any, .any], missing: 2) { gaps, inputs, row, out in gaps.fill(to: &out) { _ in inputs[1, row] } },
      ]).naming(.firstArgument),
    ScalarFunction(
      "series_fill_forward", "Replaces the missing elements of `series` with the last element before them.",
      "series, [missing]",
      examples: [.init("series_fill_forward(dynamic([null, 1, null, 3]))", is: "[null,1,1,3]")],
      overloads: [
        filling([]) { gaps, _, _, out in gaps.fill(to: &out) { gaps.before($0) } },
        filling([.any], missing: 1) { gaps, _, _, out in gaps.fill(to: &out) { gaps.before($0) } },
      ]).naming(.firstArgument),
    ScalarFunction(
      "series_fill_backward", "Replaces the missing elements of `series` with the next element after them.",
      "series, [missing]",
      examples: [.init("series_fill_backward(dynamic([1, null, 3, null]))", is: "[1,3,3,null]")],
      overloads: [
        filling([]) { gaps, _, _, out in gaps.fill(to: &out) { gaps.after($0) } },
        filling([.any], missing: 1) { gaps, _, _, out in gaps.fill(to: &out) { gaps.after($0) } },
      ]).naming(.firstArgument),
    ScalarFunction(
      "series_fill_linear",
      "Interpolates the missing elements of `series`; `fillsEdges` extends the nearest element to the ends, and a series of gaps becomes `value`.",
      "series, [missing, [fillsEdges, [value]]]",
      examples: [
        .init("series_fill_linear(dynamic([null, 1.0, null, 2.0]))", is: "[1.0,1.0,1.5,2.0]"),
        .init("series_fill_linear(dynamic([null, 111, null, 36]), real(null), false)", is: "[null,111,73,36]"),
      ],
      overloads: [
        filling([]) { gaps, _, _, out in gaps.fillLinearly(edges: true, constant: nil, to: &out) },
        filling([.any], missing: 1) { gaps, _, _, out in gaps.fillLinearly(edges: true, constant: nil, to: &out) },
        filling([.any, .exactly(.bool)], missing: 1) { gaps, inputs, row, out in
          gaps.fillLinearly(edges: inputs[2, row].bool ?? true, constant: nil, to: &out)
        },
        filling([.any, .exactly(.bool), .any], missing: 1) { gaps, inputs, row, out in
          gaps.fillLinearly(edges: inputs[2, row].bool ?? true, constant: inputs[3, row], to: &out)
        },
      ]).naming(.firstArgument),
  ]

  private static func filling(
    _ others: [ParameterType], missing: Int? = nil,
    _ body: @escaping @Sendable (SeriesGaps, DynamicInputs, Int, inout ByteBuffer) -> Void
  ) -> Overload {
    .columns([.exactly(.dynamic)] + others, result: { _ in .dynamic }) { arguments in
      let inputs = try DynamicInputs(arguments)
      return writtenRows(arguments.replacing([arguments[0]]), as: .dynamic) { row, out in
        guard inputs[0, row].isArray else { return false }
        let placeholder = missing.map { inputs[$0, row] } ?? DynamicInputs.null
        body(SeriesGaps(inputs[0, row].elements, missing: placeholder), inputs, row, &out)
        return true
      }
    }
  }
}

/// A series, and where its elements are missing.
private struct SeriesGaps {
  private let elements: [DynamicCursor]
  /// For each position the nearest present element, at or before and at or after it.
  private var previous: [Int?] = []
  private var next: [Int?] = []

  init(_ elements: [DynamicCursor], missing: DynamicCursor) {
    self.elements = elements
    let isMissing = elements.map { missing.isNull ? $0.isNull : DynamicBytes.compare($0, missing) == 0 }
    var last: Int?
    for index in elements.indices {
      if !isMissing[index] { last = index }
      previous.append(last)
    }
    last = nil
    for index in elements.indices.reversed() {
      if !isMissing[index] { last = index }
      next.append(last)
    }
    next.reverse()
  }

  /// The element before or after a gap; the missing element itself at the end of the series.
  func before(_ index: Int) -> DynamicCursor { elements[previous[index] ?? index] }
  func after(_ index: Int) -> DynamicCursor { elements[next[index] ?? index] }

  func fill(to out: inout ByteBuffer, _ replacement: (Int) -> DynamicCursor) {
    out.appendArray(elements.indices.map { previous[$0] == $0 ? elements[$0] : replacement($0) })
  }

  func fillLinearly(edges: Bool, constant: DynamicCursor?, to out: inout ByteBuffer) {
    let mark = out.beginArray()
    // In a series of whole numbers, interpolated values are truncated to whole numbers too.
    let isWhole = elements.indices.allSatisfy { previous[$0] != $0 || elements[$0].tag == .long }
    for index in elements.indices {
      switch (previous[index], next[index]) {
      case (nil, nil):
        if let constant { out.append(constant) } else { out.appendReal(0) }
      case (let here?, _) where here == index:
        out.append(elements[index])
      case (let left?, let right?):
        let (low, high) = (elements[left].number ?? .nan, elements[right].number ?? .nan)
        let value = low + (high - low) * Double(index - left) / Double(right - left)
        if isWhole, let whole = Int64(exactly: value.rounded(.towardZero)) {
          out.appendLong(whole)
        } else {
          out.appendReal(value)
        }
      case (let near?, nil), (nil, let near?):
        out.append(edges ? elements[near] : elements[index])
      }
    }
    out.end(mark, count: elements.count)
  }
}
