import PlumbEngine

/// Draws rows of one kind for people, such as lineage as a tree. Supplied by the module that knows such rows.
package struct Presenter: Sendable {
  package let presentation: Presentation
  /// Whether to draw an answer; the last argument says whether its table would be too wide for the terminal.
  let draws: @Sendable (Answer, FormatOptions, () -> Bool) -> Bool
  let makeWriter: @Sendable (ByteSink, FormatOptions) -> any ResultWriter

  package init(
    _ presentation: Presentation, when draws: @escaping @Sendable (Answer, FormatOptions, () -> Bool) -> Bool,
    writer: @escaping @Sendable (ByteSink, FormatOptions) -> any ResultWriter
  ) {
    self.presentation = presentation
    self.draws = draws
    makeWriter = writer
  }
}
