import PlumbDiagnostics
import PlumbEngine

extension FileFormat {
  package static let csv = delimited(
    "csv", title: "CSV", endings: ["csv", "psv", "scsv"], delimiter: nil)
  package static let tsv = delimited("tsv", title: "TSV", endings: ["tsv", "tab"], delimiter: .tab)

  /// Any text can be delimited text, so only the name identifies it.
  private static func delimited(
    _ name: String, title: String, otherNames: [String] = [], endings: [String], delimiter: UInt8?
  ) -> FileFormat {
    FileFormat(
      name: name, title: title, otherNames: otherNames, endings: endings, canGrow: true,
      recognises: { _ in delimiter == nil ? .fallback : nil },
      open: { input, options in
        var options = options
        options.delimiter = options.delimiter ?? delimiter
        return try DelimitedReader(input, options)
      })
  }
}

/// The rows of delimited text, whose dialect, columns and types are detected from parts of it.
final class DelimitedReader: RowReader {
  private var text: DelimitedText
  private let options: ReadOptions
  private var stream: DelimitedStream?
  let rewrittenText: (any SampledSource)?
  let notes: [String]

  /// - Parameter text: what is read instead of the file's own text.
  convenience init(_ input: FileInput, _ options: ReadOptions, text: (any SampledSource)? = nil) throws {
    try self.init(
      input, options, text: text,
      shape: DelimitedSniffer(source: text ?? input.source, options: options, name: input.name).shape())
  }

  init(_ input: FileInput, _ options: ReadOptions, text own: (any SampledSource)? = nil, shape: DelimitedShape) throws {
    self.options = options
    var columns = try chosenColumns(shape, name: input.name, options: options)
    if options.columns == nil, let known = options.tableColumns, Set(known.map(\.name)) == Set(shape.names) {
      columns = known.map { column in
        var own = shape.columns[shape.names.firstIndex(of: column.name) ?? 0]
        own.info = column
        return own
      }
    }
    rewrittenText = shape.rewriting.map { rules in
      ConvertedSource(own ?? input.source, DelimitedRewriter(rules), skipping: shape.unreadBytes)
    } ?? own
    let source = rewrittenText ?? input.source
    notes = shape.notes
    text = DelimitedText(
      source: source, name: input.name, dialect: shape.dialect, hasHeader: shape.hasHeader,
      fieldCount: shape.fieldCount, columns: columns, typesAreStated: options.columns != nil)
    (text.skippedBytes, text.skippedNewlines) = (shape.skippedBytes, shape.skippedNewlines)
    text.badRows = shape.padsRows && options.badRows == .reject ? .null : options.badRows
    text.onReject = options.rowRejects(input).map(onceALine)
    (text.threads, text.blockSize) = options.sharing(source.size)
  }

  var schema: Schema { stream?.schema ?? text.columns.map(\.info) }

  func begin(at start: TextPosition?) throws {
    stream = try DelimitedStream(text, from: start, batchBytes: options.batchBytes, context: options.context)
  }

  func next() throws -> FileBatch? { try stream?.next() }

  func widen(_ types: [Int: ScalarType]) {
    for (column, type) in types { text.columns[column].info.type = type }
  }
}

/// Passes each row on once, though a text is read again from the front if a type turns out to be too narrow.
private func onceALine(_ take: @escaping (RejectedRow) throws -> Void) -> (RejectedRow) throws -> Void {
  var last = 0
  return { row in
    guard row.line > last else { return }
    last = row.line
    try take(row)
  }
}

/// Stated columns by name if the header has all of them, by position if it has none.
///
/// - Throws: `columns-differ` for a header that has some of them.
private func chosenColumns(
  _ shape: DelimitedShape, name: String, options: ReadOptions
) throws -> [DelimitedText.Column] {
  guard let stated = options.columns else {
    return shape.columns
  }
  // Where values that do not fit become null, so do columns that the file does not have.
  if options.takesColumnsByPlace, stated.count <= shape.fieldCount || options.badRows == .null {
    return stated.indices.map { DelimitedText.Column(stated[$0], field: $0) }
  }
  if shape.hasHeader, !options.takesColumnsByPlace {
    let places = stated.map { column in shape.names.firstIndex(of: column.name) }
    if places.allSatisfy({ $0 != nil }) {
      return zip(stated, places).map { column, place in
        var own = shape.columns[place ?? 0]
        own.info = column
        return own
      }
    }
    if places.contains(where: { $0 != nil }), let missing = places.firstIndex(of: nil) {
      let listed = shape.names.prefix(12).map { "`\($0)`" }.joined(separator: ", ") + (shape.names.count > 12 ? ", …" : "")
      throw Diagnostic(
        "columns-differ", "the header of `\(name)` has only some of the stated columns; `\(stated[missing].name)` is missing",
        help: Suggestion.nearest(to: stated[missing].name, in: shape.names) ?? "it has \(listed)")
    }
  }
  guard stated.count == shape.columns.count else {
    let missing = stated.first { column in !shape.names.contains(column.name) }
    throw Diagnostic(
      "columns-differ",
      "`\(name)` has \(counted(shape.columns.count, "column")), but \(stated.count) are stated",
      help: shape.hasHeader ? missing.map { "its header has no `\($0.name)`" } : nil)
  }
  return stated.indices.map { place in
    var own = shape.columns[place]
    own.info = stated[place]
    return own
  }
}
