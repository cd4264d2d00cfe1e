import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Binds expressions over the columns of each row and of its neighbours: `prev`, `row_number` and similar functions.
///
/// The expressions stay open until `over` puts the windows' columns into the plan.
struct WindowExpressions {
  let rows: InputRows
  let binder: ExpressionBinder
  private let columns: WindowColumns

  init(rows: InputRows, at place: BindingPlace, for what: String) {
    self.rows = rows
    columns = WindowColumns()
    binder = ExpressionBinder(place: place, rows: rows, seesColumns: true, what: what, offer: .windows(columns))
  }

  func expression(_ syntax: ExpressionSyntax) throws -> OpenExpression { try binder.bind(syntax) }

  /// An expression that is true or false.
  func condition(_ syntax: ExpressionSyntax) throws -> OpenExpression { try binder.condition(syntax) }

  /// The input, followed by the columns that the expressions need besides its own.
  func over(_ plan: LogicalPlan) throws -> WindowedInput { try columns.over(plan, width: rows.schema.count) }
}

/// An operator's input, followed by the window columns and the shared values.
struct WindowedInput {
  let plan: LogicalPlan
  fileprivate let width: Int
  fileprivate let windowCount: Int
  fileprivate let sharedCount: Int

  /// Whether the plan has more columns than the input.
  var isWider: Bool { windowCount + sharedCount > 0 }

  /// The expression over the columns of `plan`.
  func closing(_ expression: OpenExpression) throws -> BoundExpression {
    try expression.substituting { reference, type, span in
      switch reference {
      case .column(let index): return .column(index, type, span)
      case .window(let number) where number < windowCount: return .column(width + number, type, span)
      case .shared(let number) where number < sharedCount: return .column(width + windowCount + number, type, span)
      case .unknown: return .literal(.null(type), span)
      case .aggregate: throw nestedAggregate(at: span)
      case .window, .shared:
        throw Diagnostic("misplaced-window-function", "a value from neighbouring rows cannot be used here", at: span)
      }
    }
  }
}

/// The columns over neighbouring rows and the shared values that an operator's expressions need.
final class WindowColumns {
  private struct Pending {
    let function: WindowFunction
    let arguments: [OpenExpression]
    let type: ScalarType
    let span: SourceSpan
  }

  private var windows: [Pending] = []
  private var shared: [OpenExpression] = []

  /// Adds a window function and returns an expression that reads its column.
  func adding(
    _ function: WindowFunction, _ arguments: [OpenExpression], _ type: ScalarType, at span: SourceSpan
  ) -> OpenExpression {
    windows.append(Pending(function: function, arguments: arguments, type: type, span: span))
    return .column(.window(windows.count - 1), type, span)
  }

  /// Adds a value that several columns read and returns an expression that reads it.
  func sharing(_ expression: OpenExpression) -> OpenExpression {
    shared.append(expression)
    return .column(.shared(shared.count - 1), expression.type, expression.span)
  }

  fileprivate func over(_ plan: LogicalPlan, width: Int) throws -> WindowedInput {
    let windowed = WindowedInput(
      plan: try stacked(on: plan, width: width), width: width, windowCount: windows.count, sharedCount: 0)
    if shared.isEmpty { return windowed }
    let columns = windowed.plan.schema.enumerated().map { index, column in
      NamedExpression(column.name, .column(index, column.type, .none))
    }
    let values = try shared.enumerated().map { NamedExpression("$shared\($0)", try windowed.closing($1)) }
    return WindowedInput(
      plan: .project(windowed.plan, columns + values), width: width, windowCount: windows.count,
      sharedCount: shared.count)
  }

  /// Puts the window columns over the input; those that read others come above them.
  private func stacked(on plan: LogicalPlan, width: Int) throws -> LogicalPlan {
    var result = plan
    var level: [WindowColumn] = []
    var levelStart = 0
    for (number, pending) in windows.enumerated() {
      // A column that reads one of this level must wait until that level is computed.
      let waits = pending.arguments.contains { argument in
        argument.reads { if case .window(let read) = $0 { read >= levelStart } else { false } }
      }
      if waits {
        result = .window(result, level)
        level = []
        levelStart = number
      }
      let below = WindowedInput(plan: result, width: width, windowCount: levelStart, sharedCount: 0)
      level.append(
        WindowColumn(
          name: "$window\(number)", function: pending.function, arguments: try pending.arguments.map(below.closing),
          type: pending.type, span: pending.span))
    }
    return level.isEmpty ? result : .window(result, level)
  }
}
