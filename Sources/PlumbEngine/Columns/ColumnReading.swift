/// Whole columns as arrays, for code that has its own structures, such as a graph.
extension Vector {
  /// Appends for each row the number that `number` returns for its text. Asks once for each text of a dictionary.
  ///
  /// The bytes passed to `number` live as long as the vector.
  package func appendNumbers(to numbers: inout [Int32], _ number: (Bytes) -> Int32) {
    if isConstant {
      guard count > 0 else { return }
      numbers.append(contentsOf: repeatElement(number(bytes(at: 0)), count: count))
      return
    }
    switch encoding {
    case .plain, .narrow:
      let texts = view(Bytes.self)
      for row in 0..<count { numbers.append(number(texts[row])) }
    case .codes8: appendNumbers(of: view(UInt8.self), to: &numbers, number)
    case .codes16: appendNumbers(of: view(UInt16.self), to: &numbers, number)
    case .codes32: appendNumbers(of: view(UInt32.self), to: &numbers, number)
    }
  }

  private func appendNumbers<Code: FixedWidthInteger & BitwiseCopyable>(
    of codes: BufferView<Code>, to numbers: inout [Int32], _ number: (Bytes) -> Int32
  ) {
    guard let dictionary else { return }
    // A slice of a few rows may have a dictionary of many texts.
    if dictionary.count > 4 &* count {
      for row in 0..<count { numbers.append(number(dictionary[Int(codes[row])])) }
      return
    }
    var known = [Int32](repeating: .min, count: dictionary.count)
    for row in 0..<count {
      let code = Int(codes[row])
      if known[code] == .min { known[code] = number(dictionary[code]) }
      numbers.append(known[code])
    }
  }

  /// The number of each row of an int, long, datetime or timespan, `null` for nulls.
  package func words(null: Int64) -> [Int64] {
    guard count > 0 else { return [] }
    if isConstant { return Array(repeating: isNull(0) ? null : word(at: 0), count: count) }
    return [Int64](unsafeUninitializedCapacity: count) { room, filled in
      if encoding == .narrow {
        let values = view(Int32.self)
        for row in 0..<count { room[row] = Int64(values[row]) }
      } else {
        let values = view(Int64.self)
        for row in 0..<count { room[row] = values[row] }
      }
      if let nulls { for row in 0..<count where nulls[row] != 0 { room[row] = null } }
      filled = count
    }
  }

  /// Appends each row's bytes, which live as long as the vector.
  package func appendTexts(to texts: inout [Bytes]) {
    for row in 0..<count { texts.append(bytes(at: isConstant ? 0 : row)) }
  }
}
