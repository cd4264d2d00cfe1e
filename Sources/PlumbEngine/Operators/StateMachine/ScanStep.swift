/// One step of `scan`: when a row matches it and what it sets.
///
/// Expressions read the input's columns, then for each step in turn the input's and the declared columns
/// of the row that matched it last.
package struct ScanStep: Sendable {
  /// Which of the rows that match a step are output.
  package enum Output: Sendable {
    case all
    /// The last one of a series.
    case last
    case none
  }

  package let name: String
  package let output: Output
  package let condition: BoundExpression
  /// Declared columns by index, and their values.
  package let assignments: [(column: Int, value: BoundExpression)]

  package init(
    name: String, output: Output, condition: BoundExpression, assignments: [(column: Int, value: BoundExpression)]
  ) {
    self.name = name
    self.output = output
    self.condition = condition
    self.assignments = assignments
  }
}

extension LogicalPlan {
  /// The rows that match steps in sequence, in the input's order, each step's later rows with it.
  ///
  /// Output: the input's columns, the declared ones, then the number of the match and the step's name
  /// if these have a column name.
  package static func scanning(
    _ input: LogicalPlan, declared: [(column: ColumnInfo, defaultValue: Value)], steps: [ScanStep],
    matchColumn: String?, stepColumn: String?
  ) -> LogicalPlan {
    let schema = input.schema + declared.map(\.column)
      + (matchColumn.map { [ColumnInfo($0, .long)] } ?? []) + (stepColumn.map { [ColumnInfo($0, .string)] } ?? [])
    let defaults = declared.map(\.defaultValue)
    let types = input.schema.map(\.type)
    return .materialising(
      MaterialisingPlan(name: "scan", input: input, schema: schema) { chunk, context in
        var scan = SequenceScan(chunk, types: types, defaults: defaults, steps: steps, context)
        try scan.run()
        return try scan.output(
          declared: declared.map(\.column.type), hasMatch: matchColumn != nil, hasStep: stepColumn != nil)
      })
  }
}

/// The state of `scan` while it reads the rows.
private struct SequenceScan {
  /// A row that matched a step, with the declared columns' values.
  struct Match {
    let row: Int
    let declared: [Vector]
  }

  /// An active sequence: the matches of a step and of those before it.
  struct Sequence {
    var matches: [Match]
    let number: Int64
    /// The last match of a step with `output=last`, not yet output.
    var isPending = false
  }

  struct Emitted {
    let match: Match
    let number: Int64
    let step: Int
  }

  let vectors: [Vector]
  let count: Int
  let steps: [ScanStep]
  let context: ExecutionContext
  private let defaults: [Vector]
  private let nulls: [Vector]
  private let conditions: [StepExpression]
  private let assignments: [[(column: Int, value: StepExpression)]]
  private var states: [Sequence?]
  private var nextNumber: Int64 = 0
  private var emitted: [Emitted] = []

  init(
    _ chunk: Chunk, types: [ScalarType], defaults: [Value], steps: [ScanStep], _ context: ExecutionContext
  ) {
    vectors = chunk.vectors()
    count = chunk.count
    self.steps = steps
    self.context = context
    self.defaults = defaults.map { Vector.constant($0) }
    nulls = types.map { Vector.constant(.null($0)) }
    conditions = steps.map { StepExpression($0.condition) }
    assignments = steps.map { step in step.assignments.map { ($0.column, StepExpression($0.value)) } }
    states = Array(repeating: nil, count: steps.count)
  }

  /// - Throws: the diagnostics of the steps' expressions, and `cancelled`.
  mutating func run() throws {
    // Conditions over the row alone are evaluated for all rows at once.
    let verdicts = try conditions.map { condition in
      condition.reads(onlyBelow: vectors.count)
        ? try condition.whole.evaluate(Chunk(vectors, count: count), context).decoded() : nil
    }
    for row in 0..<count {
      if row & 255 == 0 { try context.checkpoint() }
      // An array grows by doubling, and is copied.
      if emitted.count + steps.count > emitted.capacity { try context.checkRoom(emitted.count &* MemoryLayout<Emitted>.stride &* 2) }
      for step in steps.indices.reversed() {
        if let verdicts = verdicts[step], !isTrue(verdicts, at: row) { continue }
        let isKnown = verdicts[step] != nil
        if step > 0, let before = states[step - 1], try isKnown || holds(step, row, before) {
          flush(step)
          flush(step - 1)
          states[step - 1] = nil
          try match(row, step, before)
        } else if step == 0 || states[step] != nil, try isKnown || holds(step, row, states[step]) {
          try match(row, step, states[step])
        }
      }
    }
    for step in steps.indices { flush(step) }
  }

  private func holds(_ step: Int, _ row: Int, _ sequence: Sequence?) throws -> Bool {
    isTrue(try evaluate(conditions[step], row, sequence), at: 0)
  }

  private func isTrue(_ verdicts: Vector, at row: Int) -> Bool {
    !verdicts.isNull(row) && verdicts.view(UInt8.self)[verdicts.isConstant ? 0 : row] != 0
  }

  /// Adds the row to the step's sequence, which continues `before`.
  private mutating func match(_ row: Int, _ step: Int, _ before: Sequence?) throws {
    var declared = defaults
    for assignment in assignments[step] {
      declared[assignment.column] = try evaluate(assignment.value, row, before)
    }
    let match = Match(row: row, declared: declared)
    var sequence = before ?? Sequence(matches: [], number: nextNumber)
    if before == nil { nextNumber += 1 }
    sequence.matches = Array(sequence.matches.prefix(step)) + [match]
    sequence.isPending = steps[step].output == .last
    states[step] = sequence
    if steps[step].output == .all { emitted.append(Emitted(match: match, number: sequence.number, step: step)) }
  }

  /// Outputs the last match of a step whose series ends.
  private mutating func flush(_ step: Int) {
    guard let sequence = states[step], sequence.isPending, let match = sequence.matches.last else { return }
    emitted.append(Emitted(match: match, number: sequence.number, step: step))
    states[step]?.isPending = false
  }

  private func evaluate(_ expression: StepExpression, _ row: Int, _ sequence: Sequence?) throws -> Vector {
    let width = vectors.count + defaults.count
    let inputs = expression.columns.map { column -> Vector in
      if column < vectors.count { return vectors[column].slice(row, 1) }
      let (step, place) = (column - vectors.count).quotientAndRemainder(dividingBy: width)
      let match = sequence.flatMap { step < $0.matches.count ? $0.matches[step] : nil }
      if place < vectors.count { return match.map { vectors[place].slice($0.row, 1) } ?? nulls[place] }
      return match?.declared[place - vectors.count] ?? defaults[place - vectors.count]
    }
    return try expression.compact.evaluate(Chunk(inputs, count: 1), context).decoded()
  }

  /// The output rows, in the input's order.
  func output(declared types: [ScalarType], hasMatch: Bool, hasStep: Bool) throws -> Chunk {
    try context.checkRoom(emitted.count &* MemoryLayout<Int>.stride &* 2)
    let order = emitted.indices.sorted { (emitted[$0].match.row, $0) < (emitted[$1].match.row, $1) }
    let buffer = Buffer(of: UInt32.self, count: order.count)
    let rows = buffer.view(UInt32.self)
    let builder = TableBuilder(types + [.long, .string], for: context)
    let numbers = builder[types.count], names = builder[types.count + 1]
    for (place, index) in order.enumerated() {
      let item = emitted[index]
      try builder.beginRow()
      rows[place] = UInt32(truncatingIfNeeded: item.match.row)
      for (builder, value) in zip(builder.columns, item.match.declared) { builder.append(value.value(at: 0)) }
      numbers.append(word: item.number)
      names.append(string: hasStep ? steps[item.step].name : "")
    }
    let selection = Selection(buffer: buffer, count: order.count)
    let made = try builder.finish().vectors()
    let kept = made[..<types.count] + (hasMatch ? [made[types.count]] : []) + (hasStep ? [made[types.count + 1]] : [])
    return Chunk(vectors.map { $0.gathering(selection) } + kept, count: order.count)
  }
}

/// An expression over the columns of a row and of the steps' states, and the same over only the columns it reads.
private struct StepExpression {
  let whole: BoundExpression
  let columns: [Int]
  let compact: BoundExpression

  init(_ expression: BoundExpression) {
    let columns = expression.columns.sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(columns, columns.indices))
    whole = expression
    self.columns = columns
    compact = expression.mappingColumns { places[$0] ?? 0 }
  }

  func reads(onlyBelow limit: Int) -> Bool { !whole.isVolatile && columns.allSatisfy { $0 < limit } }
}
