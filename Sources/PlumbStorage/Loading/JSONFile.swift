import PlumbDiagnostics
import PlumbEngine

/// Loads JSON objects as rows.
///
/// A file that is named as lines but whose first line is no whole value, such as an indented object, is read
/// value by value.
func loadJSONFile(
  _ source: any SampledSource, path: String, name: String, format: LoadOptions.Format, options: LoadOptions
) throws -> LoadedRows {
  guard let text = try jsonText(source, path: path, name: name, format: format, options: options) else {
    return LoadedRows(schema: options.columns ?? [], groups: [])
  }
  return try loadJSON(text, context: options.context)
}

/// A JSON file as it is written; nil when it is empty and its columns are stated.
func jsonText(
  _ source: any SampledSource, path: String, name: String, format: LoadOptions.Format, options: LoadOptions
) throws -> JSONRowsText? {
  let front = try source.sample(at: 0, count: 1 << 20)
  let skipped = front.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  let first = front.dropFirst(skipped).first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
  guard let first else {
    if options.columns == nil {
      throw Diagnostic(
        "empty-file", "`\(name)` is empty, so that its columns are not known", help: "state the columns and their types")
    }
    return nil
  }
  guard first == 0x7B || first == 0x5B || format == .ndjson else {
    throw Diagnostic("bad-json", "`\(name)` does not start with an object or an array of objects")
  }
  var isLines = format == .ndjson
  if isLines && (first == 0x5B || first == 0x7B && startsIndented(front.dropFirst(skipped))) { isLines = false }
  var text = JSONRowsText(source: source, name: name, isLines: isLines)
  text.skippedBytes = skipped
  text.columns = options.columns
  text.badRows = options.badRows
  text.onReject = options.rowRejects(path)
  text.blockSize = options.blockSize
  text.threads = options.threads ?? options.context.threads
  if let size = source.size {
    text.threads = max(1, min(text.threads, size / (options.blockSize ?? 1 << 20) + 1))
    if options.blockSize == nil && size < 4 << 20 { text.blockSize = size / text.threads + 1 }
  }
  return text
}

/// Whether the first line is nothing but the start of an object that goes on in the next.
private func startsIndented(_ front: ArraySlice<UInt8>) -> Bool {
  let start = front.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  let line = start.prefix { $0 != 0x0A }.filter { $0 > 0x20 }
  return line == [0x7B]
}
