import Glibc
import PlumbDiagnostics
import PlumbEngine

/// Telemetry of dbt, OpenLineage, Airflow and Azure Data Factory, read from any number of files into one set of tables.
///
/// Call `read` as often as you like, then take `tables`. A file that is read twice, or that repeats what another one
/// said, changes nothing.
///
/// - Note: one thread at a time.
package final class TelemetryImport: @unchecked Sendable {
  let fold = TelemetryMerge()
  let onReject: ((RejectedInput) throws -> Void)?
  /// One for each file that was read, in order.
  package internal(set) var reports: [FileReport] = []
  /// Called occasionally with how much of the files passed to `read` is done, from 0 to 1, and the number of facts.
  package var onProgress: ((_ share: Double, _ runs: Int) -> Void)?
  /// Called when about `batchBytes` of text were read since the last time, so that they can be saved.
  package var onBatch: (() throws -> Void)?
  package var batchBytes = Int.max
  /// More pairs of jobs with a common dataset are ignored.
  var pairLimit = 20_000_000

  /// - Parameter onReject: receives rejected input; what it throws ends the import.
  package init(onReject: ((RejectedInput) throws -> Void)? = nil) { self.onReject = onReject }

  /// Whether anything was understood.
  package var isEmpty: Bool { fold.pipelines.count == 0 && fold.runs.count == 0 }

  /// Whether a folder, a file or standard input (`options.isStandardInput`) contains telemetry.
  ///
  /// A folder with data files, none of which is telemetry, is a folder of tables.
  package static func isTelemetry(_ path: String, kind: TelemetryKind?, options: ReadOptions) throws -> Bool {
    func isTelemetry(_ file: String) -> Bool { (try? form(of: file, kind: kind, options).form) != nil }
    guard Folder.isFolder(path), !options.isStandardInput else {
      if !options.isStandardInput, let members = FileInput.members(ofArchive: path) { return members.contains(where: isTelemetry) }
      return try form(of: path, kind: kind, options).form != nil
    }
    let own = Folder.names(in: path).filter { !$0.hasPrefix(".") && TelemetryFiles.isCandidate($0) }
    let ownPaths = own.map { Folder.path(path, $0) }.filter { !Folder.isFolder($0) }
    if ownPaths.contains(where: isTelemetry) { return true }
    let hasTables = Folder.names(in: path).contains { name in
      FileFormat.isTable(named: name) && !TelemetryFiles.isCandidate(name) || FileFormat.isTableFolder(Folder.path(path, name))
    }
    if !ownPaths.isEmpty || hasTables { return kind != nil }
    return try TelemetryFiles.candidates(in: path).contains(where: isTelemetry)
  }

  /// Reads a file, a folder with everything below it, or the files that match a pattern.
  ///
  /// In folders only files of telemetry are read. A file that cannot be used at all is a line of the report.
  /// - Throws: `cancelled` and what else ends the import; everything read before that stays.
  package func read(_ path: String, kind: TelemetryKind?, options: ReadOptions) throws {
    if options.isStandardInput { return try readFile(path, kind: kind, options, isNamed: true) { $0 } }
    var files: [(path: String, isNamed: Bool)] = []
    for match in try Folder.expanding(path) {
      if Folder.isFolder(match) {
        files += try TelemetryFiles.candidates(in: match).map { ($0, false) }
      } else if let members = FileInput.members(ofArchive: match) {
        files += members.map { ($0, false) }
      } else {
        files.append((match, true))
      }
    }
    for (place, file) in files.enumerated() {
      try readFile(file.path, kind: kind, options, isNamed: file.isNamed) {
        (Double(place) + $0) / Double(files.count)
      }
    }
  }

  /// Reports how far a file has been read, and requests saving if it is much.
  func pass(share: Double) throws {
    onProgress?(share, fold.runs.count)
    guard let onBatch, fold.unsavedBytes > batchBytes else { return }
    fold.unsavedBytes = 0
    try onBatch()
  }

  /// The tables of everything read so far.
  package func tables(_ context: ExecutionContext) throws -> TelemetryTables {
    if try !fold.addDatasetEdges(pairLimit: pairLimit, context) {
      var report = FileReport(path: "edges")
      report.kind = "OpenLineage"
      report.note("only the first \(pairLimit) pairs of jobs with a common dataset were used")
      reports.append(report)
    }
    return try fold.tables(context)
  }

  private static func form(
    of path: String, kind: TelemetryKind?, _ options: ReadOptions
  ) throws -> (form: TelemetryForm?, source: any SampledSource, front: [UInt8]) {
    let opened = try FileInput(path, options)
    let front = try opened.source.sample(at: 0, count: 1 << 20)
    let form = front.withBytes {
      TelemetryKind.form(front: $0, fileName: lastPart(of: path), stated: kind)
    }
    return (form, opened.source, front)
  }

  private func readFile(
    _ path: String, kind: TelemetryKind?, _ options: ReadOptions, isNamed: Bool, share: @escaping (Double) -> Double
  ) throws {
    try options.context.checkpoint()
    let reading = FileReading(
      path: options.isStandardInput ? "standard input" : path, fold: fold, context: options.context, onReject: onReject)
    reading.onPass = { try self.pass(share: share($0)) }
    do {
      let (form, source, front) = try Self.form(of: path, kind: kind, options)
      guard let form else {
        if !isNamed {
          // A file that was cut off before its first character is recognised by its name only.
          guard TelemetryFiles.isArtifact(path), !front.contains(where: { $0 > 0x20 }) else { return }
          try reading.reject("the file is empty", line: nil, text: .empty)
          return reports.append(reading.report)
        }
        try reading.reject(
          "not a file that \(kind?.rawValue ?? TelemetryKind.names) writes", line: nil,
          text: .empty)
        return reports.append(reading.report)
      }
      reading.report.kind = form.title
      reading.report.unit = form.unit
      defer { reports.append(reading.report) }
      do {
        try reading.read(source, form: form, front: front)
      } catch let diagnostic as Diagnostic where !Self.ends(diagnostic) {
        try reading.reject(diagnostic.message, line: nil, text: .empty)
      }
    } catch let diagnostic as Diagnostic where !isNamed && !Self.ends(diagnostic) {
      // Damaged before it could be recognised, such as a file that must not be read.
      try reading.reject(diagnostic.message, line: nil, text: .empty)
      reports.append(reading.report)
    }
  }

  /// Whether a diagnostic is about the import and not about one file.
  private static func ends(_ diagnostic: Diagnostic) -> Bool {
    ["cancelled", "memory-limit", "write-failed"].contains(diagnostic.code)
  }
}
