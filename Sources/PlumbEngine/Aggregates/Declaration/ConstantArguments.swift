import PlumbDiagnostics

/// The accuracy of a sketch, 0 to 4.
///
/// - Throws: `accuracy-range` if it is something else or not a constant.
func sketchAccuracy(_ shape: ArgumentShape) throws -> Int {
  if let number = shape.constant?.percentage, number >= 0, number <= 4, number == number.rounded(.down) {
    return Int(number)
  }
  throw Diagnostic("accuracy-range", "the accuracy must be a constant from 0 to 4")
}

/// The most elements that a list, set or bag may have; at most 1,048,576.
///
/// - Throws: `size-range` if it is not a constant or is negative.
func collectionLimit(_ shape: ArgumentShape?) throws -> Int {
  let greatest = 1_048_576
  guard let shape else { return greatest }
  guard let number = shape.constant?.percentage, number >= 0 else {
    throw Diagnostic("size-range", "the size limit must be a constant whole number of at least 0")
  }
  return Int(Swift.min(number, Double(greatest)))
}

/// The percentiles that constants give, as a list or as one array.
///
/// - Throws: `percentile-range` unless each is a constant from 0 to 100.
func percentages(_ shapes: ArraySlice<ArgumentShape>) throws -> [Double] {
  var values: [Double?] = []
  for shape in shapes {
    if case .dynamic(.array(let elements))? = shape.constant {
      values += elements.map { Value.dynamic($0).percentage }
    } else {
      values.append(shape.constant?.percentage)
    }
  }
  return try values.map { value in
    guard let value, value >= 0, value <= 100 else {
      throw Diagnostic("percentile-range", "a percentile must be a constant from 0 to 100")
    }
    return value
  }
}
