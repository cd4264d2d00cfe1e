import PlumbDiagnostics

/// `scan with (step a: x > 1 => b = 2; ...)`: finds sequences of rows.
package struct ScanSyntax: Sendable {
  /// `with_match_id`, `with_step_name`
  package var parameters: [ParameterSyntax]
  package var orderBy: [OrderedExpressionSyntax]
  package var partitionBy: [NamedExpressionSyntax]
  package var declarations: [FunctionParameterSyntax]
  package var steps: [ScanStepSyntax]
  package var span: SourceSpan
}

package struct ScanStepSyntax: Sendable {
  package enum Output: String, Hashable, Sendable, CaseIterable {
    case all, last, none
  }
  package var name: NameSyntax
  package var isOptional: Bool
  package var output: Output?
  package var condition: ExpressionSyntax
  package var assignments: [ScanAssignmentSyntax]
  package var span: SourceSpan
}

package struct ScanAssignmentSyntax: Sendable {
  package var name: NameSyntax
  package var value: ExpressionSyntax
}

extension ScanSyntax: OperatorNode {
  static let settings: [OperatorDeclaration.Setting] = ["with_match_id", "with_step_name"]

  package static let declarations = [
    OperatorDeclaration(
      "scan", usage: "scan [declare (...)] with (step name: condition => ...; ...)",
      summary: "Finds sequences in ordered rows.",
      examples: [#"runs | where pipeline == "entra-signin-eastus" | sort by started asc | scan declare (row: long = 0) with (step s: true => row = iff(status == "failed", s.row + 1, 0);) | summarize max(row)"#],
      clauses: ["order", "partition", "declare", "with", "step", "optional", "all", "last", "none"], settings: settings + ["output"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseScanOperator(from: start) },
  ]

  package func print(to printer: inout Printer) { printer.printScan(self) }
}

extension Parser {
  mutating func parseScanOperator(from start: Int) throws(SyntaxFailure) -> ScanSyntax {
    let parameters = try readSettings(ScanSyntax.settings)
    var orderBy: [OrderedExpressionSyntax] = []
    if atWord("order"), atWord("by", after: 1) {
      advance()
      advance()
      orderBy = try parseOrderedExpressionList()
    }
    var partitionBy: [NamedExpressionSyntax] = []
    if atWord("partition"), atWord("by", after: 1) {
      advance()
      advance()
      partitionBy = try parseNamedExpressionList()
    }
    let declarations = skipWord("declare") ? try parseFunctionParameterList() : []
    try expectWord("with", "and the steps", help: "write `scan with (step s1: condition; ...)`")
    var steps: [ScanStepSyntax] = []
    let nesting = try enter(.leftParen, "before the steps")
    repeat {
      steps.append(try parseScanStep())
      if !skip(.semicolon) { break }
    } while !isClosing(nesting)
    try leave(nesting)
    return ScanSyntax(
      parameters: parameters, orderBy: orderBy, partitionBy: partitionBy, declarations: declarations,
      steps: steps, span: span(from: start))
  }

  /// `step name output=all: condition => a = b, c = d`
  private mutating func parseScanStep() throws(SyntaxFailure) -> ScanStepSyntax {
    let start = index
    try expectWord("step", "and the step's name")
    let name = try parseName("the step's name")
    let isOptional = skipWord("optional")
    var output: ScanStepSyntax.Output?
    if atWord("output"), token(after: 1).kind == .assign {
      advance()
      advance()
      guard at(.word), let value = ScanStepSyntax.Output(rawValue: token.text) else {
        throw unexpected("`all`, `last` or `none`")
      }
      output = value
      advance()
    }
    try expect(.colon, ":", "before the step's condition")
    let condition = try parseExpression()
    var assignments: [ScanAssignmentSyntax] = []
    if skip(.fatArrow) {
      repeat { assignments.append(try parseScanAssignment()) } while skip(.comma)
    }
    return ScanStepSyntax(
      name: name, isOptional: isOptional, output: output, condition: condition, assignments: assignments,
      span: span(from: start))
  }

  private mutating func parseScanAssignment() throws(SyntaxFailure) -> ScanAssignmentSyntax {
    let name = try parseName("a declared column")
    try expect(.assign, "=", "and the column's value")
    return ScanAssignmentSyntax(name: name, value: try parseExpression())
  }
}

extension Printer {
  mutating func printScan(_ node: ScanSyntax) {
    write("scan ")
    printParameters(node.parameters)
    if !node.orderBy.isEmpty {
      write("order by ")
      list(node.orderBy) { $0.printOrdered($1) }
      write(" ")
    }
    if !node.partitionBy.isEmpty {
      write("partition by ")
      printColumns(node.partitionBy)
      write(" ")
    }
    if !node.declarations.isEmpty {
      write("declare ")
      printFunctionParameters(node.declarations)
      write(" ")
    }
    write("with (")
    indented(by: 4) { printer in
      for step in node.steps {
        printer.newLine(before: step.span.lower)
        printer.printScanStep(step)
      }
    }
    indented { $0.newLine(before: node.span.upper) }
    write(")")
  }

  private mutating func printScanStep(_ step: ScanStepSyntax) {
    write("step ")
    printName(step.name)
    if step.isOptional { write(" optional") }
    if let output = step.output { write(" output=\(output.rawValue)") }
    write(": ")
    printExpression(step.condition)
    if !step.assignments.isEmpty {
      write(" => ")
      list(step.assignments) { printer, assignment in
        printer.printName(assignment.name)
        printer.write(" = ")
        printer.printExpression(assignment.value)
      }
    }
    write(";")
  }
}
