import PlumbDiagnostics

extension LogicalPlan {
  /// The number of values in the first sketch of each row, then those common to the first two, and so on.
  ///
  /// - Input: columns of sketches as `hll` makes them. Output: `s0`, `s1`, ...
  package static func sketchIntersections(_ input: LogicalPlan) -> LogicalPlan {
    let schema = input.schema.indices.map { ColumnInfo("s\($0)", .long) }
    return .materialising(
      MaterialisingPlan(name: "dcount_intersect", input: input, schema: schema) { chunk, context in
        let vectors = chunk.vectors().map { $0.decoded() }
        let builders = TableBuilder(schema, for: context)
        for row in 0..<chunk.count {
          try builders.beginRow()
          let sketches = vectors.map { vector in
            vector.isNull(row) ? nil : HyperLogLog(DynamicCursor(vector.bytes(at: vector.isConstant ? 0 : row)))
          }
          var least = Int64.max
          for place in sketches.indices {
            let part = sketches[...place].compactMap { $0 }
            guard part.count == place + 1 else {
              builders[place].appendNull()
              continue
            }
            least = Swift.max(0, Swift.min(least, try intersection(of: part, context)))
            builders[place].append(word: least)
          }
        }
        return try builders.finish()
      })
  }
}

/// The number of values common to all sketches: exact for small ones, else from the sizes of unions.
private func intersection(of sketches: [HyperLogLog], _ context: ExecutionContext) throws -> Int64 {
  if let common = HyperLogLog.exactIntersection(sketches) { return Int64(common) }
  // Inclusion and exclusion over all subsets; the binder limits them to 16 sketches.
  var total: Int64 = 0
  for subset in 1..<(1 << sketches.count) {
    try context.checkpoint()
    var union: HyperLogLog?
    for (place, sketch) in sketches.enumerated() where subset >> place & 1 == 1 {
      if union == nil { union = sketch } else { union?.merge(sketch) }
    }
    let size = union?.estimate ?? 0
    total &+= subset.nonzeroBitCount.isMultiple(of: 2) ? -size : size
  }
  return total
}
