import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension RangeSyntax {
  /// `range x from a to b step c` as a series; its type is the widest of the three.
  func relation(at place: BindingPlace) throws -> Relation {
    let first = try place.constants.value(self.from, what: "the start of a range")
    let last = try place.constants.value(self.to, what: "the end of a range")
    let step = try place.constants.value(self.step, what: "the step of a range")
    let types = [first.type, last.type, step.type]
    let type: ScalarType
    if first.type == .datetime || last.type == .datetime {
      type = .datetime
    } else if types.allSatisfy({ $0 == .timespan }) {
      type = .timespan
    } else if types.allSatisfy(\.isInteger) {
      type = .long
    } else {
      type = .real
    }
    let stepType: ScalarType = type == .datetime ? .timespan : type
    func checked(_ value: Value, _ type: ScalarType, _ syntax: ExpressionSyntax) throws -> Value {
      let fits = value.type == type || (value.type.isNumeric && type.isNumeric) || value.isNull
        || value.type == .dynamic
      guard fits, let same = value.converted(to: type), !same.isNull else {
        let found = value.isNull ? "null" : value.type.described
        throw Diagnostic(
          "range-type", "this is \(found), but the range needs \(type.described)", at: syntax.span)
      }
      return same
    }
    let from = try checked(first, type, self.from)
    let to = try checked(last, type, self.to)
    let by = try checked(step, stepType, self.step)
    let count = seriesCount(from, to, by)
    guard let count else {
      throw Diagnostic("zero-step", "a range with a step of zero never ends", at: self.step.span)
    }
    let column = ColumnInfo(self.name.text, type)
    return Relation(
      .series(SeriesPlan(column: column, first: from, last: to, step: by, count: count)), isSerialized: true)
  }
}

/// The number of values in a series; nil if its step is zero.
func seriesCount(_ first: Value, _ last: Value, _ step: Value) -> Int? {
  if case .real(let from) = first, case .real(let to) = last, case .real(let by) = step {
    guard by != 0, !by.isNaN else { return nil }
    // A small tolerance, so that 0 to 1 by 0.1 reaches its end.
    let steps = ((to - from) / by + 1e-9).rounded(.down)
    if !(steps >= 0) { return 0 }
    return steps >= 9e18 ? Int.max : Int(steps) + 1
  }
  guard let from = first.ticks, let to = last.ticks, let by = step.ticks else { return 0 }
  guard by != 0 else { return nil }
  if (by > 0 && from > to) || (by < 0 && from < to) { return 0 }
  let distance = from > to ? UInt64(bitPattern: from &- to) : UInt64(bitPattern: to &- from)
  return Int(clamping: distance / by.magnitude) &+ (distance / by.magnitude >= UInt64(Int.max) ? 0 : 1)
}

extension Value {
  /// The whole number, time or span in its memory form.
  var ticks: Int64? {
    switch self {
    case .long(let number), .datetime(let number), .timespan(let number): number
    case .int(let number): Int64(number)
    default: nil
    }
  }
}
