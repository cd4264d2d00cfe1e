import PlumbDiagnostics

/// Writes a tree as text in the one canonical layout; parsing the text gives an equal tree.
///
/// Every operator starts a line with `| `. Comments are kept: before the line that they preceded, or at
/// the end of the line that they ended.
package func print(_ script: ScriptSyntax) -> String {
  var printer = Printer(comments: script.comments)
  for (i, statement) in script.statements.enumerated() {
    if i > 0 { printer.newLine(before: statement.span.lower) } else { printer.start(at: statement.span.lower) }
    printer.printStatement(statement)
    let isLast = i == script.statements.count - 1
    if !isLast, !statement.endsWithLine { printer.write(";") }
  }
  printer.finish()
  return printer.text
}

/// The canonical text of a single query, on one line for each operator.
package func print(_ query: QuerySyntax) -> String {
  var printer = Printer(comments: [])
  printer.printQuery(query)
  return printer.text
}

/// The canonical text of a single expression.
package func print(_ expression: ExpressionSyntax) -> String {
  var printer = Printer(comments: [])
  printer.printExpression(expression)
  return printer.text
}

/// The text that is being written.
package struct Printer {
  private(set) var text = ""
  private(set) var indent = 0
  private let comments: [CommentSyntax]
  private var nextComment = 0

  init(comments: [CommentSyntax]) {
    self.comments = comments
  }

  mutating func write(_ piece: String) { text += piece }

  /// Ends the line, preceded by the comments before `offset`.
  mutating func newLine(before offset: Int) {
    while nextComment < comments.count, comments[nextComment].span.lower < offset {
      let comment = comments[nextComment]
      if comment.isTrailing, !text.hasSuffix(comment.text) || !endsWithComment {
        if endsWithComment { breakLine() } else { text += "  " }
      } else {
        breakLine()
      }
      text += comment.text
      endsWithComment = true
      nextComment += 1
    }
    breakLine()
  }

  private var endsWithComment = false

  private mutating func breakLine() {
    text += "\n" + String(repeating: " ", count: indent)
    endsWithComment = false
  }

  /// Leaves out the comments before `offset`, which are in a text that was written as it is.
  mutating func passComments(before offset: Int) {
    while nextComment < comments.count, comments[nextComment].span.lower < offset { nextComment += 1 }
  }

  /// The comments above everything else.
  mutating func start(at offset: Int) {
    while nextComment < comments.count, comments[nextComment].span.lower < offset {
      text += comments[nextComment].text + "\n"
      nextComment += 1
    }
  }

  /// The comments below everything else.
  mutating func finish() {
    guard nextComment < comments.count else { return }
    if text.isEmpty {
      text = comments.map(\.text).joined(separator: "\n")
      return
    }
    newLine(before: .max)
    text.removeLast()
  }

  mutating func indented(by columns: Int = 2, _ body: (inout Printer) -> Void) {
    indent += columns
    body(&self)
    indent -= columns
  }

  func hasComments(in span: SourceSpan) -> Bool {
    var i = nextComment
    while i < comments.count, comments[i].span.lower < span.upper {
      if comments[i].span.lower >= span.lower { return true }
      i += 1
    }
    return false
  }

  mutating func list<Element>(
    _ elements: [Element], separator: String = ", ", _ body: (inout Printer, Element) -> Void
  ) {
    for (i, element) in elements.enumerated() {
      if i > 0 { write(separator) }
      body(&self, element)
    }
  }
}
