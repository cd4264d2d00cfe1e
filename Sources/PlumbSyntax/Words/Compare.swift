import PlumbDiagnostics

/// `compare (t1 .. t2) with (t3 .. t4) by a, b`: what changed between two time windows.
package struct CompareSyntax: WordNode {
  /// A time window, `(from .. to)`.
  package struct Window: Sendable {
    package var from: ExpressionSyntax
    package var to: ExpressionSyntax
  }
  package var first: Window
  package var second: Window
  /// Empty if `by` is not written.
  package var columns: [NameSyntax]
  package var wordSpan: SourceSpan
  package var span: SourceSpan

  package var call: CallSyntax {
    var by: ExpressionSyntax?
    if let start = columns.first, let end = columns.last {
      by = .texts(columns.map { ($0.text, $0.span) }, at: SourceSpan.joining(start.span, end.span))
    }
    return CallSyntax(
      word: "compare", at: wordSpan, [first.from, first.to, second.from, second.to], named: [("by", by)], span: span)
  }

  package func print(to printer: inout Printer) { printer.printCompare(self) }
}

extension WordDeclaration {
  static let compare = WordDeclaration(
    "compare",
    starts: { $0.atComparison },
    first: Form(
      usages: [
        Usage([.value(.window, "(t1 .. t2)"), "with", .value(.window, "(t3 .. t4)"), .optional(["by", .value(.columns, "column, ...")])]),
      ],
      summary: "Shows what changed between two time windows.",
      examples: ["compare (ago(2d) .. ago(1d)) with (ago(1d) .. now()) by source"]
    ) { parser, start throws(SyntaxFailure) in try parser.parseCompareSource(from: start) },
    piped: nil
  )
}

extension Parser {
  /// Whether `compare (` continues as the word does: with `..` in its brackets, or `with (` after them. A function
  /// called `compare` does neither.
  var atComparison: Bool {
    guard token(after: 1).kind == .leftParen else { return false }
    var depth = 0
    var distance = 1
    while true {
      switch token(after: distance).kind {
      case .leftParen, .leftBracket, .leftBrace: depth += 1
      case .rightParen, .rightBracket, .rightBrace: depth -= 1
      case .dotDot where depth == 1: return true
      case .end: return false
      default: break
      }
      distance += 1
      if depth == 0 { return atWord("with", after: distance) && token(after: distance + 1).kind == .leftParen }
    }
  }

  mutating func parseCompareSource(from start: Int) throws(SyntaxFailure) -> CompareSyntax {
    let wordSpan = span(from: start)
    let first = try parseTimeWindow()
    try expectWord("with", "and the window to compare with", help: "write `compare (t1 .. t2) with (t3 .. t4)`")
    let second = try parseTimeWindow()
    let columns = skipWord("by") ? try parseNameList() : []
    return CompareSyntax(
      first: first, second: second, columns: columns, wordSpan: wordSpan, span: span(from: start))
  }

  /// `(t1 .. t2)`
  mutating func parseTimeWindow() throws(SyntaxFailure) -> CompareSyntax.Window {
    let nesting = try enter(.leftParen, "before the window's first moment")
    let from = try parseExpression()
    guard skip(.dotDot) else { throw unexpected("`..`", help: "write a time window as `(ago(2h) .. ago(1h))`") }
    let to = try parseExpression()
    try leave(nesting)
    return CompareSyntax.Window(from: from, to: to)
  }
}

extension Printer {
  mutating func printCompare(_ node: CompareSyntax) {
    write("compare ")
    printTimeWindow(node.first)
    write(" with ")
    printTimeWindow(node.second)
    if !node.columns.isEmpty {
      write(" by ")
      list(node.columns) { $0.printName($1) }
    }
  }

  private mutating func printTimeWindow(_ window: CompareSyntax.Window) {
    write("(")
    printExpression(window.from)
    write(" .. ")
    printExpression(window.to)
    write(")")
  }
}
