import PlumbDiagnostics

extension ScalarFunction {
  /// Functions over arrays. Anything but an array gives null.
  static let arrayFunctions: [ScalarFunction] = making + ranges + shaping + moving + arraySearching + arraySorting

  private static let making: [ScalarFunction] = [
    ScalarFunction(
      "pack_array", "Packs `values` into an array.", "values, ...",
      examples: [.init(#"pack_array(1, "2", 2s)"#, is: #"[1,"2","00:00:02"]"#)],
      overloads: [
        .columns([], rest: .any, result: { _ in .dynamic }) { arguments in
          let values = try PackedValues(arguments)
          return writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
            let mark = out.beginArray()
            for index in 0..<values.count { values.append(index, row, to: &out) }
            out.end(mark, count: values.count)
            return true
          }
        }
      ], traits: FunctionTraits(meaning: .packing(hasNames: false))),
    ScalarFunction(
      "repeat", "Returns an array that contains `value` `times` times; null if `times` is negative.", "value, times",
      examples: [.init("repeat(1, 3)", is: "[1,1,1]")],
      overloads: [
        .columns([.any, .exactly(.long)], result: { _ in .dynamic }) { arguments in
          let values = try DynamicInputs(arguments.replacing([arguments[0]]))
          let counts = Input<Int64>(arguments, 1)
          return try writtenRows(arguments.replacing([arguments[1]]), as: .dynamic) { row, out in
            guard counts[row] >= 0 else { return false }
            guard counts[row] <= ArrayRange.limit else {
              throw Diagnostic(
                "array-too-long", "`repeat` can return at most \(ArrayRange.limit) elements, not \(counts[row])",
                at: arguments.span(of: 1), help: "`range n from 1 to \(counts[row]) step 1` returns that many rows")
            }
            let value = values[0, row]
            let mark = out.beginArray()
            for _ in 0..<counts[row] where !out.isFull { out.append(value) }
            out.end(mark, count: Int(counts[row]))
            return true
          }
        }
      ]),
    ScalarFunction(
      "array_concat", "Concatenates `arrays` into one.", "arrays, ...",
      examples: [.init("array_concat(dynamic([1, 2]), dynamic([3]))", is: "[1,2,3]")],
      overloads: [
        .columns([], rest: .exactly(.dynamic), minimumRest: 1, result: { _ in .dynamic }) { arguments in
          let arrays = try DynamicInputs(arguments)
          return writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
            let mark = out.beginArray()
            var length = 0
            for index in 0..<arrays.count where !out.isFull {
              let array = arrays[index, row]
              // A bag has a count as well, but no elements.
              guard array.isArray else { continue }
              array.forEachElement { out.append($0) }
              length += array.count
            }
            out.end(mark, count: length)
            return true
          }
        }
      ]),
    ScalarFunction(
      "zip", "Combines the elements of `arrays` at each index into an array of arrays; missing ones are null.",
      "arrays, ...",
      examples: [.init(#"zip(dynamic(["A", 1, 1.5]), dynamic([{}, "B"]))"#, is: #"[["A",{}],[1,"B"],[1.5,null]]"#)],
      overloads: [
        .columns([], rest: .exactly(.dynamic), minimumRest: 2, result: { _ in .dynamic }) { arguments in
          let inputs = try DynamicInputs(arguments)
          return writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
            let arrays = (0..<inputs.count).map { inputs[$0, row].elements }
            let length = arrays.map(\.count).max() ?? 0
            let mark = out.beginArray()
            for i in 0..<length {
              out.appendArray(arrays.map { i < $0.count ? $0[i] : DynamicInputs.null })
            }
            out.end(mark, count: length)
            return true
          }
        }
      ]),
  ]

  private static let ranges: [ScalarFunction] = [
    ScalarFunction(
      "range", "Returns the array of values from `start` to at most `stop` by `step` (default: 1, or 1h for times).",
      "start, stop, [step]",
      examples: [
        .init("range(1, 8, 3)", is: "[1,4,7]"), .init("range(3, 1, -1)", is: "[3,2,1]"),
        .init("range(1h, 3h)", is: #"["01:00:00","02:00:00","03:00:00"]"#),
      ],
      overloads: [
        .maybeWriting(.dynamic) { (start: Int64, stop: Int64, out: inout ByteBuffer) -> Bool in
          ArrayRange.words(start, stop, 1, to: &out) { $0.appendLong($1) }
        },
        .maybeWriting(.dynamic) { (start: Int64, stop: Int64, step: Int64, out: inout ByteBuffer) -> Bool in
          ArrayRange.words(start, stop, step, to: &out) { $0.appendLong($1) }
        },
        .maybeWriting(.dynamic) { (start: Double, stop: Double, out: inout ByteBuffer) -> Bool in
          ArrayRange.reals(start, stop, 1, to: &out)
        },
        .maybeWriting(.dynamic) { (start: Double, stop: Double, step: Double, out: inout ByteBuffer) -> Bool in
          ArrayRange.reals(start, stop, step, to: &out)
        },
        .maybeWriting(.dynamic) { (start: Timestamp, stop: Timestamp, out: inout ByteBuffer) -> Bool in
          ArrayRange.words(start.ticks, stop.ticks, TimeSpan.hour, to: &out) { $0.appendDateTime($1) }
        },
        .maybeWriting(.dynamic) { (start: Timestamp, stop: Timestamp, step: Interval, out: inout ByteBuffer) -> Bool in
          ArrayRange.words(start.ticks, stop.ticks, step.ticks, to: &out) { $0.appendDateTime($1) }
        },
        .maybeWriting(.dynamic) { (start: Interval, stop: Interval, out: inout ByteBuffer) -> Bool in
          ArrayRange.words(start.ticks, stop.ticks, TimeSpan.hour, to: &out) { $0.appendTimeSpan($1) }
        },
        .maybeWriting(.dynamic) { (start: Interval, stop: Interval, step: Interval, out: inout ByteBuffer) -> Bool in
          ArrayRange.words(start.ticks, stop.ticks, step.ticks, to: &out) { $0.appendTimeSpan($1) }
        },
      ])
  ]

  private static let shaping: [ScalarFunction] = [
    lengthOf("array_length"), lengthOf("arraylength"),
    ScalarFunction(
      "array_slice", "Returns the part of `array` from `start` through `end`; negative indices count from the end.",
      "array, start, end",
      examples: [.init("array_slice(dynamic([1, 2, 3, 4, 5]), -3, -2)", is: "[3,4]")],
      overloads: [
        .maybeWriting(.dynamic) { (array: CompactDynamic, start: Int64, end: Int64, out: inout ByteBuffer) -> Bool in
          guard array.cursor.isArray else { return false }
          let elements = array.cursor.elements
          let first = Swift.max(0, place(start, in: elements.count))
          let last = Swift.min(elements.count - 1, place(end, in: elements.count))
          out.appendArray(first <= last ? elements[first...last] : [])
          return true
        }
      ]),
    ScalarFunction(
      "array_split", "Splits `array` before each index in `places` and returns the array of the parts.", "array, places",
      examples: [
        .init("array_split(dynamic([1, 2, 3, 4, 5]), 2)", is: "[[1,2],[3,4,5]]"),
        .init("array_split(dynamic([1, 2, 3, 4, 5]), dynamic([1, 3]))", is: "[[1],[2,3],[4,5]]"),
      ],
      overloads: [
        .maybeWriting(.dynamic) { (array: CompactDynamic, place: Int64, out: inout ByteBuffer) -> Bool in
          appendSplit(array.cursor, at: [place], to: &out)
        },
        .maybeWriting(.dynamic) { (array: CompactDynamic, places: CompactDynamic, out: inout ByteBuffer) -> Bool in
          let list = places.cursor.isArray ? places.cursor.elements : [places.cursor]
          return appendSplit(array.cursor, at: list.filter { $0.tag == .long }.map(\.int64), to: &out)
        },
      ]),
    ScalarFunction(
      "array_reverse", "Reverses the order of the elements of `array`.", "array",
      examples: [.init("array_reverse(dynamic([1, 2, 3]))", is: "[3,2,1]")],
      overloads: [
        .maybeWriting(.dynamic) { (array: CompactDynamic, out: inout ByteBuffer) -> Bool in
          guard array.cursor.isArray else { return false }
          out.appendArray(array.cursor.elements.reversed())
          return true
        }
      ]),
    ScalarFunction(
      "array_sum", "Adds the numbers in `array`; null if an element is not a number.", "array",
      examples: [.init("array_sum(dynamic([1, 2, 3, 4]))", is: "10")],
      overloads: [
        .maybe { (array: CompactDynamic) -> Double? in
          guard array.cursor.isArray else { return nil }
          var sum: Double? = 0
          array.cursor.forEachElement { element in
            sum = sum.flatMap { total in element.number.map { total + $0 } }
          }
          return sum
        }
      ]),
    choice("array_iff"), choice("array_iif"),
  ]

  private static func lengthOf(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Counts the elements of `array`; null if it is not an array.", "array",
      examples: [.init("\(name)(dynamic([1, 2, \"x\"]))", is: "3"), .init("\(name)(dynamic({}))", is: "")],
      overloads: [
        .maybe { (array: CompactDynamic) -> Int64? in array.cursor.isArray ? Int64(array.cursor.count) : nil }
      ])
  }

  private static func choice(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Takes each element from `then` or `otherwise`, depending on whether the element of `conditions` is true.",
      "conditions, then, otherwise",
      examples: [
        .init("\(name)(dynamic([true, false, true]), dynamic([1, 2, 3]), dynamic([4, 5, 6]))", is: "[1,5,3]"),
        .init("\(name)(dynamic([1, 0]), \"yes\", \"no\")", is: #"["yes","no"]"#),
      ],
      overloads: [
        .columns([.exactly(.dynamic), .any, .any], result: { _ in .dynamic }) { arguments in
          let inputs = try DynamicInputs(arguments)
          return writtenRows(arguments, as: .dynamic, seesNulls: true) { row, out in
            let conditions = inputs[0, row]
            guard conditions.isArray else { return false }
            let sides = [inputs[1, row], inputs[2, row]].map { ($0, $0.isArray ? $0.elements : nil) }
            out.appendArray(
              conditions.elements.enumerated().map { index, condition in
                let verdict = condition.bool ?? condition.number.map { $0 != 0 }
                guard let verdict else { return DynamicInputs.null }
                let (whole, list) = sides[verdict ? 0 : 1]
                guard let list else { return whole }
                return index < list.count ? list[index] : DynamicInputs.null
              })
            return true
          }
        }
      ])
  }

  private static let moving: [ScalarFunction] = [
    ScalarFunction(
      "array_rotate_left", "Rotates the elements of `array` by `count` positions to the left.",
      "array, count",
      examples: [.init("array_rotate_left(dynamic([1, 2, 3, 4, 5]), 2)", is: "[3,4,5,1,2]")],
      overloads: [rotation(toLeft: true)]),
    ScalarFunction(
      "array_rotate_right", "Rotates the elements of `array` by `count` positions to the right.",
      "array, count",
      examples: [.init("array_rotate_right(dynamic([1, 2, 3, 4, 5]), 2)", is: "[4,5,1,2,3]")],
      overloads: [rotation(toLeft: false)]),
    ScalarFunction(
      "array_shift_left", "Shifts the elements of `array` by `count` positions to the left and fills with `fill` (default: null or \"\").",
      "array, count, [fill]",
      examples: [
        .init("array_shift_left(dynamic([1, 2, 3]), 1)", is: "[2,3,null]"),
        .init("array_shift_left(dynamic([1, 2, 3]), -1, 0)", is: "[0,1,2]"),
      ],
      overloads: [shift(toLeft: true, fills: false), shift(toLeft: true, fills: true)]),
    ScalarFunction(
      "array_shift_right", "Shifts the elements of `array` by `count` positions to the right and fills with `fill` (default: null or \"\").",
      "array, count, [fill]",
      examples: [.init("array_shift_right(dynamic([1, 2, 3]), 2, -1)", is: "[-1,-1,1]")],
      overloads: [shift(toLeft: false, fills: false), shift(toLeft: false, fills: true)]),
  ]

  private static func rotation(toLeft: Bool) -> Overload {
    .maybeWriting(.dynamic) { (array: CompactDynamic, count: Int64, out: inout ByteBuffer) -> Bool in
      guard array.cursor.isArray else { return false }
      let elements = array.cursor.elements
      guard !elements.isEmpty else {
        out.append(array.cursor)
        return true
      }
      let size = Int64(elements.count)
      let rest = count % size
      let left = Int(((toLeft ? rest : -rest) + size) % size)
      out.appendArray(elements[left...] + elements[..<left])
      return true
    }
  }

  private static func shift(toLeft: Bool, fills: Bool) -> Overload {
    let parameters: [ParameterType] = [.exactly(.dynamic), .exactly(.long)] + (fills ? [.any] : [])
    return .columns(parameters, result: { _ in .dynamic }) { arguments in
      let counts = Input<Int64>(arguments, 1)
      let inputs = try DynamicInputs(arguments)
      return writtenRows(arguments.replacing([arguments[0], arguments[1]]), as: .dynamic) { row, out in
        let array = inputs[0, row]
        guard array.isArray else { return false }
        let elements = array.elements
        let limit = Int64(elements.count)
        let clamped = Int(Swift.min(Swift.max(counts[row], -limit), limit))
        let offset = toLeft ? clamped : -clamped
        // Among texts the missing value is the empty text.
        let isOfTexts = elements.allSatisfy { $0.tag == .string }
        let mark = out.beginArray()
        for place in elements.indices {
          if elements.indices.contains(place + offset) {
            out.append(elements[place + offset])
          } else if fills {
            out.append(inputs[2, row])
          } else if isOfTexts {
            out.appendString(Bytes(start: nil, count: 0))
          } else {
            out.appendNull()
          }
        }
        out.end(mark, count: elements.count)
        return true
      }
    }
  }

  private static let arraySearching: [ScalarFunction] = [
    ScalarFunction(
      "array_index_of",
      "Returns the index of `value` in `array`, from `start` on, among `length` elements, or of the given `occurrence`; -1 if not found.",
      "array, value, [start, [length, [occurrence]]]",
      examples: [
        .init(#"array_index_of(dynamic(["this", "is"]), "is")"#, is: "1"),
        .init("array_index_of(dynamic([1, 2, 1]), 1, 1)", is: "2"),
      ],
      overloads: (2...5).map { count in elementSearch(count) })
  ]

  private static func elementSearch(_ count: Int) -> Overload {
    let parameters: [ParameterType] = [.exactly(.dynamic), .any] + .init(repeating: .exactly(.long), count: count - 2)
    return .columns(parameters, result: { _ in .long }) { arguments in
      let inputs = try DynamicInputs(arguments.replacing(Array(arguments.vectors.prefix(2))))
      let numbers = (2..<count).map { Input<Int64>(arguments, $0) }
      let strict = arguments.replacing([arguments[0]] + arguments.vectors.dropFirst(2))
      return maybeRows(strict, nullWithArguments: true) { row -> Int64? in
        let array = inputs[0, row], value = inputs[1, row]
        let length = numbers.count > 1 ? numbers[1][row] : -1
        let occurrence = numbers.count > 2 ? numbers[2][row] : 1
        guard array.isArray, length >= -1, occurrence >= 0 else { return nil }
        let start = Swift.max(0, place(numbers.count > 0 ? numbers[0][row] : 0, in: array.count))
        let end = length < 0 ? array.count : start &+ Int(Swift.min(length, Int64(array.count)))
        var left = occurrence
        for (index, element) in array.elements.enumerated() where index >= start && index < end {
          guard DynamicBytes.compare(element, value) == 0 else { continue }
          left &-= 1
          if left <= 0 { return Int64(index) }
        }
        return -1
      }
    }
  }

  /// An index that may count from the end, within `count` of either side.
  private static func place(_ index: Int64, in count: Int) -> Int {
    let size = Int64(count)
    return Int(index < 0 ? Swift.max(size &+ Swift.max(index, -size &- 1), -1) : Swift.min(index, size))
  }

  private static func appendSplit(_ array: DynamicCursor, at places: [Int64], to out: inout ByteBuffer) -> Bool {
    guard array.isArray else { return false }
    let elements = array.elements
    let mark = out.beginArray()
    var from = 0
    for index in places {
      let cut = Swift.min(Swift.max(place(index, in: elements.count), from), elements.count)
      out.appendArray(elements[from..<cut])
      from = cut
    }
    out.appendArray(elements[from...])
    out.end(mark, count: places.count + 1)
    return true
  }
}
