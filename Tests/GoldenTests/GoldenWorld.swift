import Foundation
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbStorage
import PlumbTelemetry

@testable import PlumbCLI

/// Where the pages' queries run: the tables of `Tests/Golden/tables`, a fixed clock, one seed.
/// Pages in a folder with tables of its own have those as well. The words for pipelines work over all of them.
struct GoldenWorld {
  /// 2025-03-06 12:00.
  static let now: Int64 = DateTime.parse("2025-03-06T12:00:00Z") ?? 0

  private let session: Session

  var catalog: Catalog { session.catalog }

  init(page: String) throws {
    TimeZones.use(SystemTimeZones())
    var options = SessionOptions(threads: 2, memoryLimit: 2 << 30, clock: { Self.now }, seed: 1)
    options.parameters = ["threshold": "3"]
    session = Session(catalog: Catalog(), options: options)
    session.catalog.add(TableFunction.telemetry(Predictor()) { nil })
    try addTables(in: GoldenFile.folder.appending(path: "tables"))
    let own = GoldenFile.folder.appending(path: page).deletingLastPathComponent().appending(path: "tables")
    if FileManager.default.fileExists(atPath: own.path) { try addTables(in: own) }
  }

  private func addTables(in folder: URL) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    where name.hasSuffix(".kql") {
      let query = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      guard let answer = try session.run(query).first else { continue }
      let groups = answer.chunks.map { RowGroup($0.vectors(), count: $0.count) }
      session.catalog.add(Table(name: String(name.dropLast(4)), schema: answer.schema, groups: groups))
    }
  }

  /// What a block prints, as lines.
  func output(of block: GoldenFile.Block) -> [String] {
    let text = block.text
    do {
      switch block.form {
      case "": return lines(try session.run(text).map(tableText).joined(separator: "--\n"))
      case "opt": return try trace(text, asPhysical: false)
      case "expand": return lines(try session.expanded(text))
      case "physical": return try trace(text, asPhysical: true)
      case "chart":
        let shown = try session.run(text).compactMap(\.visualization)
        return shown.flatMap { chart in
          [chart.kind] + chart.properties.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        }
      default:
        guard let format = Formats.named(block.form) else { return ["no form is called \(block.form)"] }
        return lines(try formatted(session.run(text), as: format))
      }
    } catch let errors as Diagnostics {
      let renderer = DiagnosticRenderer()
      return errors.list.flatMap { lines(renderer.render($0, source: text)) }
    } catch let error as Diagnostic {
      return lines(DiagnosticRenderer().render(error, source: text))
    } catch {
      return ["\(error)"]
    }
  }

  /// The plan at first and after each rule that changed it, or the operators that would run.
  private func trace(_ text: String, asPhysical: Bool) throws -> [String] {
    let start = text.range(of: ";", options: .backwards)?.upperBound ?? text.startIndex
    let answers = try session.run(text[..<start] + " explain " + text[start...])
    let plan = answers.flatMap { $0.cells.map { $0.first ?? "" } }
    guard let physical = plan.firstIndex(of: "Physical:") else { return plan }
    return Array(asPhysical ? plan[physical...] : plan[..<physical])
  }

  private func formatted(_ answers: [Answer], as format: ResultFormat) throws -> String {
    var bytes: [UInt8] = []
    let writer = format.writer(to: ByteSink { bytes += $0 })
    for answer in answers { _ = try writer.write(answer) }
    try writer.finish()
    return String(decoding: bytes, as: UTF8.self)
  }

  private func lines(_ text: String) -> [String] {
    var lines = text.components(separatedBy: "\n")
    while lines.last?.isEmpty == true { lines.removeLast() }
    // An empty line ends a block.
    return lines.map { $0.isEmpty ? "·" : $0 }
  }
}

/// Aligned columns; a null is `null`, and a line of nothing but empty strings is `""`.
private func tableText(_ answer: Answer) -> String {
  let rows = [answer.schema.map(\.name)] + answer.cells
  var widths = [Int](repeating: 0, count: answer.schema.count)
  for row in rows {
    for (i, cell) in row.enumerated() { widths[i] = max(widths[i], DisplayWidth.columns(of: cell)) }
  }
  return rows.map { row in
    var line = ""
    for (i, cell) in row.enumerated() {
      let padding = widths[i] - DisplayWidth.columns(of: cell) + 2
      line += cell + String(repeating: " ", count: padding)
    }
    while line.last == " " { line.removeLast() }
    return (line.isEmpty ? "\"\"" : line) + "\n"
  }.joined()
}

extension Answer {
  /// The cells of every row as text.
  fileprivate var cells: [[String]] {
    chunks.flatMap { chunk in
      let columns = chunk.vectors()
      return (0..<chunk.count).map { row in
        columns.map { column in
          if column.isEmptyCell(at: row) { return column.type == .string ? "" : "null" }
          var text = ByteBuffer()
          column.printShortText(at: row, to: &text)
          return String(text.string.map { $0 == "\n" ? "␊" : $0 == "\t" ? "␉" : $0 })
        }
      }
    }
  }
}
