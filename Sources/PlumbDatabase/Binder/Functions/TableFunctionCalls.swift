import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension BindingPlace {
  /// A call of a table function of the catalog, over the rows of `input` if it has one.
  func table(
    _ function: TableFunction, _ call: CallSyntax, input: Relation?, form: Expansion.Form = .source
  ) throws -> Relation {
    var given = TableFunctionArguments(rows: input)
    for argument in call.arguments { try given.read(argument, of: function.name, at: self) }
    try state.functions.countExpansion(at: call.span, context)
    let meaning: TableFunction.Meaning
    do {
      meaning = try function.meaning(
        TableFunction.Call(
          arguments: given.values, named: given.named, input: given.rows?.schema, span: call.span, now: context.now,
          catalog: catalog))
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = call.span }
      throw diagnostic
    }
    if let record = state.record, call.span.text == .script {
      // A table argument cannot be written in the text that replaces the call.
      let text = form == .source && given.rows != nil ? nil : meaning.expansion
      record.calls.append(Expansion(name: function.name, span: call.span, form: form, text: text))
    }
    state.functions.push(function.name)
    defer { state.functions.pop() }
    var relation: Relation
    switch meaning {
    case .kql(let text, let check):
      if let check { checkLater(check, at: call.span) }
      relation = try self.relation(text, over: given.rows, for: call)
    case .rows(let schema, _, let compute):
      relation = Relation(
        .tableCall(
          TableCallPlan(
            text: given.text(of: function.name), schema: schema, input: given.rows?.plan,
            rows: computing(compute, at: call.span))), isSerialized: true)
      relation.weight += given.rows?.weight ?? 0
    }
    relation.name = function.name
    relation.ranking = function.ranking
    relation.presentation = function.presentation
    return relation
  }

  /// The last query of a text in which `input` is the rows before the pipe. The user's text has only the call, where all
  /// mistakes are reported.
  private func relation(_ text: String, over input: Relation?, for call: CallSyntax) throws -> Relation {
    let source = SourceText.unique()
    let inner = BindingState(state.services, context: context, within: state)
    _ = inner.texts.enter(source, from: call.span, shown: nil)
    defer {
      inner.texts.close(source)
      state.functions.takeCount(of: inner.functions)
    }
    let parsed = parse(text, as: source)
    if let mistake = parsed.diagnostics.first(where: { $0.severity == .error }) { throw mistake }
    let binder = Binder(inner)
    if var input {
      input.name = "input"
      binder.define("input", input)
    }
    var result: Relation?
    for statement in parsed.script.statements {
      if case .query(let query) = statement { result = binder.bind(query) } else { binder.prepare(statement) }
      if let mistake = binder.diagnostics.first { throw mistake }
    }
    guard let result else { throw AlreadyReported() }
    return result
  }

  private func computing(
    _ compute: @escaping @Sendable (TableFunction.Run) throws -> Table, at span: SourceSpan
  ) -> @Sendable (Table?, ExecutionContext) throws -> Table {
    let catalog = catalog, readExternal = state.services.readExternal, functions = state.functions
    return { input, context in
      let run = TableFunction.Run(
        input: input, span: span, context: context, catalog: catalog, readExternal: readExternal, functions: functions)
      do {
        return try compute(run)
      } catch var diagnostic as Diagnostic {
        if diagnostic.span == nil { diagnostic.span = span }
        throw diagnostic
      }
    }
  }

  private func checkLater(_ check: @escaping @Sendable (TableFunction.Run) throws -> Void, at span: SourceSpan) {
    let catalog = catalog, readExternal = state.services.readExternal, functions = state.functions
    state.checks.add { context in
      try check(
        TableFunction.Run(
          input: nil, span: span, context: context, catalog: catalog, readExternal: readExternal, functions: functions))
    }
  }
}

extension TableFunction.Meaning {
  /// Plain KQL that replaces the call; nil if none exists.
  fileprivate var expansion: String? {
    switch self {
    case .kql(let text, _): text
    case .rows(_, let expansion, _): expansion
    }
  }
}

/// What a call of a table function is given.
private struct TableFunctionArguments {
  private(set) var values: [TableFunction.Argument] = []
  private(set) var named: [String: TableFunction.Argument] = [:]
  /// The rows before the pipe, or the table among the arguments.
  private(set) var rows: Relation?
  /// The arguments as KQL.
  private var texts: [String] = []

  init(rows: Relation?) { self.rows = rows }

  mutating func read(_ argument: ArgumentSyntax, of function: String, at place: BindingPlace) throws {
    switch try place.constants.any(argument.value) {
    case .scalar(let expression):
      let value = try place.calls.constant(expression, what: "an argument of `\(function)`")
      let given = TableFunction.Argument(
        value: value, span: argument.value.span, elements: argument.value.elementSpans)
      if let label = argument.name { named[label.text.lowercased()] = given } else { values.append(given) }
      texts.append((argument.name.map { "\($0.text) = " } ?? "") + value.literal)
    case .table(let table):
      guard rows == nil else {
        throw Diagnostic("argument-types", "`\(function)` takes at most one table", at: argument.span)
      }
      rows = table
    }
  }

  /// The call as KQL.
  func text(of function: String) -> String { "\(function)(\(texts.joined(separator: ", ")))" }
}

extension ExpressionSyntax {
  /// The positions of the elements of an array literal; empty for other expressions.
  fileprivate var elementSpans: [SourceSpan] {
    guard case .literal(let literal) = withoutParentheses, case .dynamic(.array(let elements, _)) = literal.value else {
      return []
    }
    return elements.map(\.span)
  }
}
