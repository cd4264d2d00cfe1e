/// Draws a diagnostic as text: the sentence, the line it refers to, and carets under the wrong part.
package struct DiagnosticRenderer: Sendable {
  /// Longer source lines are cut around the carets, marked with `…`.
  package var maximumColumns: Int

  package init(maximumColumns: Int = 100) {
    self.maximumColumns = max(20, maximumColumns)
  }

  /// Ends without a line feed. `name` is the file's, shown before the line number;
  /// `styled` adds ANSI colours.
  package func render(
    _ diagnostic: Diagnostic, source: String, name: String? = nil, styled: Bool = false
  ) -> String {
    let paint = Paint(isOn: styled)
    let title = diagnostic.severity == .error ? "error" : "warning"
    let colour = diagnostic.severity == .error ? Paint.red : Paint.yellow
    var lines = [
      paint(colour, "\(title)[\(diagnostic.code)]") + paint(Paint.bold, ": \(visible(diagnostic.message))")
    ]
    var indent = ""
    func draw(_ span: SourceSpan, in source: String, name: String?) {
      let picture = SourcePicture(of: span, in: source, maximumColumns: maximumColumns)
      indent = String(repeating: " ", count: String(picture.lastLineNumber).utf8.count)
      let bar = paint(Paint.blue, "\(indent) |")
      let place = "\(name.map { visible($0) + ":" } ?? "")\(picture.firstLineNumber):\(picture.firstColumn)"
      lines.append(paint(Paint.blue, "\(indent)-->") + " \(place)")
      lines.append(bar)
      for line in picture.lines {
        guard let number = line.number else {
          lines.append(paint(Paint.blue, "\(indent) …"))
          continue
        }
        let label = String(number)
        let padding = String(repeating: " ", count: max(0, indent.utf8.count - label.utf8.count))
        lines.append(paint(Paint.blue, "\(padding)\(label) |") + (line.text.isEmpty ? "" : " \(line.text)"))
        let gap = String(repeating: " ", count: line.caretColumn)
        let carets = String(repeating: "^", count: line.caretCount)
        lines.append("\(bar) \(gap)" + paint(colour, carets))
      }
    }
    if let span = diagnostic.span { draw(span, in: source, name: name) }
    if let origin = diagnostic.origin { draw(origin.span, in: origin.text, name: origin.name) }
    for note in diagnostic.notes {
      lines.append("\(indent) " + paint(Paint.blue, "= note:") + " \(visible(note))")
    }
    if let help = diagnostic.help {
      lines.append("\(indent) " + paint(Paint.cyan, "= help:") + " \(visible(help))")
    }
    return lines.joined(separator: "\n")
  }
}

private func visible(_ text: String) -> String { VisibleText.string(text) }

/// What is drawn for a character, so that no text can steer the terminal.
func visible(_ character: Character) -> Character {
  guard let scalar = character.unicodeScalars.first(where: { VisibleText.visible($0) != $0 }) else { return character }
  return Character(VisibleText.visible(scalar))
}

/// ANSI colours, or nothing.
private struct Paint {
  static let red = "1;31"
  static let yellow = "1;33"
  static let blue = "34"
  static let cyan = "36"
  static let bold = "1"

  let isOn: Bool

  func callAsFunction(_ style: String, _ text: String) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
  }
}
