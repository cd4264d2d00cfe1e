import PlumbDiagnostics

/// The name of a pipeline: bare, with dashes, dots and digits (`entra-signin-eastus`), or quoted.
package struct PipelineNameSyntax: Sendable {
  package var text: String
  /// Whether it was written as `"..."` or `["..."]`.
  package var isQuoted: Bool
  package var span: SourceSpan

  var expression: ExpressionSyntax { .text(text, at: span) }
}

extension [PipelineNameSyntax] {
  /// One name as a string, several as an array of strings, none as nil.
  var expression: ExpressionSyntax? {
    guard let first, let last else { return nil }
    if count == 1 { return first.expression }
    return .texts(map { ($0.text, $0.span) }, at: SourceSpan.joining(first.span, last.span))
  }
}

extension Parser {
  /// Whether a pipeline's name that cannot be part of an expression starts `distance` ahead.
  func isPipelineName(after distance: Int) -> Bool {
    let token = token(after: distance)
    switch token.kind {
    case .string, .long, .real, .timespan: return true
    case .word: return isName(after: distance)
    default: return false
    }
  }

  mutating func parsePipelineName() throws(SyntaxFailure) -> PipelineNameSyntax {
    let start = index
    if at(.string) {
      let text = readString(advance()).text
      return PipelineNameSyntax(text: text, isQuoted: true, span: span(from: start))
    }
    if at(.leftBracket), isName(after: 0) {
      let name = try parseName("the name of a pipeline")
      return PipelineNameSyntax(text: name.text, isQuoted: true, span: name.span)
    }
    guard isPipelineName(after: 0) || isNamePart && token(after: 1).kind == .minus && isAdjacent(after: 1) else {
      throw unexpected("the name of a pipeline")
    }
    advance()
    while token.lower == token(before: 1).upper, isNamePart || at(.minus) || at(.dot) { advance() }
    let last = token(before: 1)
    if last.kind == .minus || last.kind == .dot {
      throw fail(
        "unfinished-name", "the name of a pipeline cannot end with `\(text(in: last.span))`", at: last.span,
        help: "quote names that contain other characters")
    }
    let span = span(from: start)
    return PipelineNameSyntax(text: text(in: span), isQuoted: false, span: span)
  }

  /// `X, Y`
  mutating func parsePipelineNameList() throws(SyntaxFailure) -> [PipelineNameSyntax] {
    var names = [try parsePipelineName()]
    while skip(.comma) { names.append(try parsePipelineName()) }
    return names
  }

  /// Whether a word or number is here; `2d` and `365` can be parts of names as well.
  private var isNamePart: Bool {
    switch token.kind {
    case .long, .real, .timespan: return true
    case .word: return token.text.utf8.first != UInt8(ascii: "!") && token.text.utf8.last != UInt8(ascii: "~")
    default: return false
    }
  }
}

extension Printer {
  mutating func printPipelineName(_ name: PipelineNameSyntax) {
    if name.isQuoted { printString(name.text) } else { write(name.text) }
  }

  mutating func printPipelineNames(_ names: [PipelineNameSyntax]) {
    list(names) { $0.printPipelineName($1) }
  }
}
