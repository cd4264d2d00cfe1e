import PlumbDiagnostics
import PlumbEngine

/// A file of telemetry while it is read: where its facts go, and its report.
final class FileReading {
  let fold: TelemetryMerge
  let context: ExecutionContext
  var report: FileReport
  /// Called occasionally with how much of the file has been read, from 0 to 1.
  var onPass: ((Double) throws -> Void)?
  private let onReject: ((RejectedInput) throws -> Void)?
  private var placeholders = 0

  init(
    path: String, fold: TelemetryMerge, context: ExecutionContext, onReject: ((RejectedInput) throws -> Void)?
  ) {
    self.fold = fold
    self.context = context
    self.onReject = onReject
    report = FileReport(path: path)
  }

  func reject(_ reason: String, line: Int?, text: Bytes) throws {
    report.reject(reason, line: line)
    try onReject?(RejectedInput(path: report.path, line: line, reason: reason, text: Array(text)))
  }

  /// Rejects a part of the value being read.
  func reject(_ fault: TelemetryFault, part: DynamicCursor) throws {
    var printed = ByteBuffer()
    JSONText.print(part, to: &printed)
    try printed.withBytes { try reject(fault.reason, line: nil, text: $0) }
  }

  /// Reads the values of a file and passes each to the reader of its format.
  ///
  /// - Throws: what ends the whole import: cancellation, lack of memory, or a file for rejects that cannot be written.
  func read(_ source: any SampledSource, form: TelemetryForm, front: [UInt8]) throws {
    let skipped = utf8MarkLength(front)
    let isLines = front.dropFirst(skipped).withBytes { form.isWritten(inLines: $0) }
    let reader = try JSONValueReader(source, name: report.path, isLines: isLines, skipping: skipped)
    var compact = ByteBuffer()
    var count = 0
    var isCutOff = false
    var waiting: [JSONValueReader.Value] = []
    while let value = try waiting.isEmpty ? reader.next() : waiting.removeFirst() {
      count += 1
      fold.unsavedBytes += value.text.count
      if count % 64 == 1 {
        try fold.checkpoint(context)
        try onPass?(source.share)
      }
      guard value.text.count < max(1 << 16, context.memoryLimit / 8) else {
        try reject("it is too large for the memory limit", line: value.line, text: .empty)
        continue
      }
      compact.removeAll()
      do throws(JSONText.Failure) {
        try JSONText.parse(value.text, asEmitted: true, to: &compact)
      } catch {
        // A line can also have several values, or a text before its value.
        if isLines, let parts = JSONLine.parts(of: value.text) {
          waiting = parts.map { value.part($0) }
          continue
        }
        let line = value.line + value.text.prefix(error.position).count { $0 == .newline }
        isCutOff = error.position >= value.text.count
        try reject(
          isCutOff ? "the file ends in the middle of a value" : "not JSON: \(error.reason)", line: line, text: value.text)
        continue
      }
      do {
        try compact.withBytes { bytes in
          let value = DynamicCursor(bytes)
          guard value.isObject else { throw TelemetryFault("not an object") }
          try form.read(self, value)
        }
        if form.countsPlaceholders, value.text.holds("\"{{") { placeholders += 1 }
      } catch let fault as TelemetryFault {
        try reject(fault.reason, line: value.line, text: value.text)
      }
    }
    if let problem = reader.problem, !isCutOff { try reject(problem, line: nil, text: .empty) }
    if placeholders > 0 {
      report.note("placeholders `{{…}}` in unused fields, in \(counted(placeholders, report.unit))")
    }
  }
}

extension TelemetryForm {
  /// Whether each line is a value, so that a damaged line does not affect others.
  fileprivate func isWritten(inLines front: Bytes) -> Bool {
    guard let start = front.firstIndex(where: { $0 > 0x20 }) else { return false }
    if front[start] != .openBrace {
      // Lines of text before the first value, or in its line.
      let text = JSONFront.withoutNoise(front)
      return text.count < front.count || isAlwaysLines && front[start] != .openBracket
    }
    if isAlwaysLines { return true }
    if let (_, place) = JSONFront.firstValue(front) { return !front[place].contains(.newline) }
    // The first line is damaged, or the file is one value over many lines, of which none starts with a brace.
    return front.indices.dropFirst(start + 1).contains { front[$0] == .openBrace && front[$0 - 1] == .newline }
  }
}
