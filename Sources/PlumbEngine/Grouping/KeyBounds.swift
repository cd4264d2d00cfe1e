/// What is known of a key's values before any row is read: for packing keys into few bits.
enum KeyBounds: Sendable {
  case unknown
  /// Words between these bounds, and perhaps nulls.
  case words(ClosedRange<Int64>)
  /// Codes of this dictionary, in every chunk.
  case codes(StringDictionary)
}

extension Vector {
  /// What the values themselves show, in one pass.
  func keyBounds(_ context: ExecutionContext) throws -> KeyBounds {
    switch type.lane {
    case .word: try wordBounds(context).map { .words($0) } ?? .unknown
    case .bytes: isConstant ? .unknown : dictionary.map { .codes($0) } ?? .unknown
    case .byte, .float, .wide: .unknown
    }
  }
}

extension BoundExpression {
  /// What is known of the expression's values over the rows of `input`.
  func bounds(over input: LogicalPlan) -> KeyBounds {
    switch self {
    case .column(let index, _, _): return input.node.bounds(ofColumn: index)
    case .literal, .lifted: return .unknown
    case .call(let call):
      let operand = call.arguments.first.map { $0.bounds(over: input) } ?? .unknown
      let constant = call.arguments.count == 2 ? call.arguments[1].constant?.ticks ?? 0 : 0
      switch call.name {
      case "%" where call.type.lane == .word && constant > 0: return .words(0...(constant &- 1))
      case "bin", "floor":
        guard call.type.lane == .word, constant > 0, case .words(let range) = operand,
          let low = moduloWords(range.lowerBound, constant)
        else { return .unknown }
        let (start, overflow) = range.lowerBound.subtractingReportingOverflow(low)
        return overflow ? .unknown : .words(start...range.upperBound)
      case "hourofday": return .words(0...23)
      case "monthofyear", "getmonth": return .words(1...12)
      case "dayofmonth": return .words(1...31)
      case "dayofyear": return .words(1...366)
      case "dayofweek": return .words(0...(6 &* TimeSpan.day))
      case "startofday", "startofweek", "startofmonth", "startofyear":
        guard call.arguments.count == 1, case .words(let range) = operand else { return .unknown }
        let (start, overflow) = range.lowerBound.subtractingReportingOverflow(400 &* TimeSpan.day)
        return overflow ? .unknown : .words(start...range.upperBound)
      case "toint" where call.arguments[0].type == .real, "tolong" where call.arguments[0].type == .real:
        // A bounded span in whole units, as in `toint(dayofweek(t) / 1d)`.
        guard case .call(let quotient) = call.arguments[0], quotient.name == "/",
          quotient.arguments[0].type == .timespan, let unit = quotient.arguments[1].constant?.ticks, unit > 0,
          case .words(let range) = quotient.arguments[0].bounds(over: input)
        else { return .unknown }
        return .words(range.lowerBound / unit...range.upperBound / unit)
      case "toint" where call.arguments[0].type.isInteger, "tolong" where call.arguments[0].type.isInteger:
        return operand
      default: return .unknown
      }
    }
  }
}
