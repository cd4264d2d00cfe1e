extension Substring {
  /// Without white space at either end.
  package var trimmed: Substring {
    var text = self
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return text
  }
}

extension String {
  /// Without white space at either end.
  package var trimmed: Substring { self[...].trimmed }
}
