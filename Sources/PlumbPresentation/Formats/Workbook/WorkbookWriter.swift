import PlumbDiagnostics
import PlumbEngine

extension ResultFormat {
  package static let xlsx = ResultFormat(
    "xlsx", "a workbook for Excel and LibreOffice, with a sheet for each result", isBinary: true, endings: ["xlsx"]
  ) { WorkbookWriter(to: $0, options: $1) }
}

/// Answers as the sheets of a workbook (Office Open XML, ECMA-376), row by row: no row is kept.
///
/// - A header is in the first row, which stays in view.
/// - Numbers, truth values, moments and timespans are such; dynamic values, guids and what Excel has no number for are texts:
///   long and decimal numbers that it would round, moments before March 1900, negative timespans.
/// - A null is an empty cell.
package final class WorkbookWriter: ResultWriter {
  private let zip: ZipWriter
  private let sink: ByteSink
  private let options: FormatOptions
  private var sheets: [String] = []

  package init(to sink: ByteSink, options: FormatOptions = FormatOptions()) {
    self.sink = sink
    self.options = options
    zip = ZipWriter(to: sink)
  }

  /// - Throws: `sheet-too-large` for more rows or columns than a sheet has, `cell-too-long` for such a text,
  ///   `result-too-large` beyond 4 GB.
  package func write(_ answer: Answer) throws -> WriteSummary {
    try Self.check(answer, rows: min(answer.rowCount, options.rowLimit ?? .max))
    if sheets.isEmpty { try put("xl/styles.xml", Self.styles) }
    sheets.append(SheetName.fitting(answer.name, after: sheets))
    try zip.begin("xl/worksheets/sheet\(sheets.count).xml")
    var cells = SheetCells(answer.schema.map(\.name))
    cells.begin(answer.schema, to: &zip.contents)
    let written = try answer.forEachRow(limit: options.rowLimit) { columns, row in
      try cells.append(columns, row, to: &zip.contents)
      try zip.drain()
    }
    cells.end(to: &zip.contents)
    try zip.end()
    var summary = answer.summary(written: written)
    summary.notes = cells.notes
    return summary
  }

  package func finish() throws {
    if sheets.isEmpty { _ = try write(Answer(schema: [], chunks: [])) }
    let numbers = sheets.indices.map { $0 + 1 }
    try put(
      "xl/workbook.xml",
      "<workbook xmlns=\"\(Self.main)\" xmlns:r=\"\(Self.relationships)\"><sheets>"
        + Swift.zip(sheets, numbers).map { "<sheet name=\"\(SheetCells.escaped($0))\" sheetId=\"\($1)\" r:id=\"rId\($1)\"/>" }.joined()
        + "</sheets></workbook>")
    try put(
      "xl/_rels/workbook.xml.rels",
      "<Relationships xmlns=\"\(Self.package)\">"
        + numbers.map { "<Relationship Id=\"rId\($0)\" Type=\"\(Self.relationships)/worksheet\" Target=\"worksheets/sheet\($0).xml\"/>" }.joined()
        + "<Relationship Id=\"rId\(sheets.count + 1)\" Type=\"\(Self.relationships)/styles\" Target=\"styles.xml\"/></Relationships>")
    try put(
      "_rels/.rels",
      "<Relationships xmlns=\"\(Self.package)\"><Relationship Id=\"rId1\" Type=\"\(Self.relationships)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    try put(
      "[Content_Types].xml",
      "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
        + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        + "<Override PartName=\"/xl/workbook.xml\" ContentType=\"\(kind).sheet.main+xml\"/>"
        + "<Override PartName=\"/xl/styles.xml\" ContentType=\"\(kind).styles+xml\"/>"
        + numbers.map { "<Override PartName=\"/xl/worksheets/sheet\($0).xml\" ContentType=\"\(kind).worksheet+xml\"/>" }.joined()
        + "</Types>")
    try zip.finish()
    try sink.flush()
  }

  private func put(_ name: String, _ text: String) throws {
    try zip.begin(name)
    zip.contents.append(SheetCells.declaration)
    zip.contents.append(text)
    try zip.end()
  }

  private static func check(_ answer: Answer, rows: Int) throws {
    let elsewhere = "or Parquet or CSV, which have no limit"
    guard rows < SheetCells.maximumRows else {
      throw Diagnostic(
        "sheet-too-large", "a sheet has \(NumberText.grouped(SheetCells.maximumRows)) rows with its header, and this has \(NumberText.grouped(rows)) without it",
        help: "write fewer rows, as with `| take 1000000`, \(elsewhere)")
    }
    guard answer.schema.count <= SheetCells.maximumColumns else {
      throw Diagnostic(
        "sheet-too-large", "a sheet has \(NumberText.grouped(SheetCells.maximumColumns)) columns, and this has \(NumberText.grouped(answer.schema.count))",
        help: "choose columns with `| project`, \(elsewhere)")
    }
  }

  private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  private static let package = "http://schemas.openxmlformats.org/package/2006/relationships"

  /// The styles of `SheetCells.Style`, in its order.
  private static let styles =
    "<styleSheet xmlns=\"\(main)\"><numFmts count=\"2\">"
    + "<numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss.000\"/><numFmt numFmtId=\"165\" formatCode=\"[h]:mm:ss.000\"/></numFmts>"
    + "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
    + "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>"
    + "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    + "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
    + "<cellXfs count=\"5\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
    + "<xf numFmtId=\"1\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
    + "<xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
    + "<xf numFmtId=\"165\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
    + "<xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/></cellXfs>"
    + "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
}

/// Names of sheets, which are shorter than those of tables and have fewer characters.
enum SheetName {
  private static let limit = 31

  /// The name for a sheet, different from those of the others in any case of letters.
  static func fitting(_ name: String?, after others: [String]) -> String {
    var base = String((name ?? "").map { "[]:*?/\\'".contains($0) || $0.unicodeScalars.contains { $0.value < 0x20 } ? "_" : $0 })
    if base.allSatisfy(\.isWhitespace) || base.lowercased() == "history" { base = base.allSatisfy(\.isWhitespace) ? "Result" : base + "_" }
    var number = 1
    var candidate = cut(base, to: limit)
    while others.contains(where: { $0.lowercased() == candidate.lowercased() }) {
      number += 1
      let ending = " \(number)"
      candidate = cut(base, to: limit - ending.count) + ending
    }
    return candidate
  }

  /// Characters as Excel counts them, in UTF-16.
  private static func cut(_ text: String, to count: Int) -> String {
    var text = text
    while text.utf16.count > count { text.removeLast() }
    return text
  }
}
