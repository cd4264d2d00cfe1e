import PlumbDiagnostics
import PlumbEngine

/// Finds out how a delimited file is written and loads it.
func loadDelimitedFile(
  _ source: any SampledSource, path: String, name: String, options: LoadOptions
) throws -> LoadedRows {
  try loadDelimited(delimitedText(source, path: path, name: name, options: options), context: options.context)
}

/// A delimited file as it is written.
///
/// - Parameter known: the columns of a table that the rows are for; where the file has columns of the same names, its
///   guessed types are those.
func delimitedText(
  _ source: any SampledSource, path: String, name: String, options: LoadOptions, known: Schema? = nil
) throws -> DelimitedText {
  let shape = try DelimitedSniffer(source: source, options: options, name: name).shape()
  var columns = try chosenColumns(shape, name: name, options: options)
  if options.columns == nil, let known, Set(known.map(\.name)) == Set(shape.names) {
    columns = known.map { column in DelimitedText.Column(column, field: shape.names.firstIndex(of: column.name) ?? 0) }
  }
  var text = DelimitedText(
    source: source, name: name, dialect: shape.dialect, hasHeader: shape.hasHeader, fieldCount: shape.fieldCount,
    columns: columns, typesAreStated: options.columns != nil)
  text.skippedBytes = shape.skippedBytes
  text.badRows = options.badRows
  text.onReject = options.rowRejects(path).map(onceALine)
  text.blockSize = options.blockSize
  text.threads = options.threads ?? options.context.threads
  // One block is the work of one thread.
  if let size = source.size {
    text.threads = max(1, min(text.threads, size / (options.blockSize ?? 1 << 20) + 1))
    if options.blockSize == nil && size < 4 << 20 { text.blockSize = size / text.threads + 1 }
  }
  return text
}

/// Hands each row on once, though a text is read again from the front when a type turns out not to hold.
private func onceALine(_ take: @escaping (RejectedRow) throws -> Void) -> (RejectedRow) throws -> Void {
  var last = 0
  return { row in
    guard row.line > last else { return }
    last = row.line
    try take(row)
  }
}

/// Stated columns by name where the header has all of them, by place where it has none.
///
/// - Throws: `columns-differ` for a header that has some of them.
private func chosenColumns(
  _ shape: DelimitedShape, name: String, options: LoadOptions
) throws -> [DelimitedText.Column] {
  guard let stated = options.columns else {
    return shape.names.indices.map { DelimitedText.Column(ColumnInfo(shape.names[$0], shape.types[$0]), field: $0) }
  }
  if shape.hasHeader {
    let places = stated.map { column in shape.names.firstIndex(of: column.name) }
    if places.allSatisfy({ $0 != nil }) {
      return zip(stated, places).map { DelimitedText.Column($0, field: $1 ?? 0) }
    }
    if !options.takesColumnsByPlace, places.contains(where: { $0 != nil }), let missing = places.firstIndex(of: nil) {
      let listed = shape.names.prefix(12).map { "`\($0)`" }.joined(separator: ", ") + (shape.names.count > 12 ? ", …" : "")
      throw Diagnostic(
        "columns-differ", "the header of `\(name)` has no `\(stated[missing].name)`, and has other columns that are stated",
        help: Suggestion.nearest(to: stated[missing].name, in: shape.names) ?? "it has \(listed)")
    }
  }
  guard stated.count == shape.fieldCount else {
    let missing = stated.first { column in !shape.names.contains(column.name) }
    throw Diagnostic(
      "columns-differ",
      "`\(name)` has \(shape.fieldCount) columns, and \(stated.count) are stated",
      help: shape.hasHeader ? missing.map { "its header has no `\($0.name)`" } : nil)
  }
  return stated.indices.map { DelimitedText.Column(stated[$0], field: $0) }
}
