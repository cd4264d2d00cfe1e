/// Draws a diagnostic as text: the sentence, the line it refers to, and carets under the wrong part.
package struct DiagnosticRenderer: Sendable {
  /// Longer source lines are cut around the carets, marked with `…`.
  package var maximumColumns: Int

  package init(maximumColumns: Int = 100) {
    self.maximumColumns = max(20, maximumColumns)
  }

  /// Ends without a line feed. `name` is the file's, shown before the line number;
  /// `palette` has the colours; nil for none.
  package func render(
    _ diagnostic: Diagnostic, source: String, name: String? = nil, palette: Palette? = nil
  ) -> String {
    let title = diagnostic.severity == .error ? "error" : "warning"
    let ink: Palette.Ink = diagnostic.severity == .error ? .error : .warning
    var lines = [
      palette.styled("\(title)[\(diagnostic.code)]", ink) + palette.styled(": \(visible(diagnostic.message))", .bold)
    ]
    var indent = ""
    func draw(_ span: SourceSpan, in source: String, name: String?) {
      let picture = SourcePicture(of: span, in: source, maximumColumns: maximumColumns)
      indent = String(repeating: " ", count: String(picture.lastLineNumber).utf8.count)
      let bar = palette.styled("\(indent) |", .place)
      let place = "\(name.map { visible($0) + ":" } ?? "")\(picture.firstLineNumber):\(picture.firstColumn)"
      lines.append(palette.styled("\(indent)-->", .place) + " \(place)")
      lines.append(bar)
      for line in picture.lines {
        guard let number = line.number else {
          lines.append(palette.styled("\(indent) …", .place))
          continue
        }
        let label = String(number)
        let padding = String(repeating: " ", count: max(0, indent.utf8.count - label.utf8.count))
        lines.append(palette.styled("\(padding)\(label) |", .place) + (line.text.isEmpty ? "" : " \(line.text)"))
        let gap = String(repeating: " ", count: line.caretColumn)
        let carets = String(repeating: "^", count: line.caretCount)
        lines.append("\(bar) \(gap)" + palette.styled(carets, ink))
      }
    }
    if let span = diagnostic.span { draw(span, in: source, name: name) }
    if let origin = diagnostic.origin { draw(origin.span, in: origin.text, name: origin.name) }
    for note in diagnostic.notes {
      lines.append("\(indent) " + palette.styled("= note:", .place) + " \(visible(note))")
    }
    if let help = diagnostic.help {
      lines.append("\(indent) " + palette.styled("= help:", .help) + " \(visible(help))")
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
