import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbPresentation

/// What another reader of workbooks would not notice: names of sheets, limits, the archive.
@Suite struct WorkbookTests {
  @Test func namesOfSheetsFit() {
    #expect(SheetName.fitting("runs", after: []) == "runs")
    #expect(SheetName.fitting("Runs", after: ["runs"]) == "Runs 2")
    #expect(SheetName.fitting(nil, after: ["Result", "Result 2"]) == "Result 3")
    #expect(SheetName.fitting("a/b:c[d]*?", after: []) == "a_b_c_d___")
    #expect(SheetName.fitting("history", after: []) == "history_")
    #expect(SheetName.fitting("  ", after: []) == "Result")
    let long = SheetName.fitting(String(repeating: "😀", count: 40), after: [])
    #expect(long.utf16.count == 30)
    #expect(SheetName.fitting(String(repeating: "😀", count: 40), after: [long]).utf16.count <= 31)
  }

  private func bytes(_ answers: [Answer]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let sink = ByteSink { bytes += Array($0) }
    let writer = WorkbookWriter(to: sink)
    for answer in answers { _ = try writer.write(answer) }
    try writer.finish()
    return bytes
  }

  /// A column that says which rows it has without having them.
  private func answer(columns: Int) -> Answer {
    Answer(schema: (0..<columns).map { ColumnInfo("c\($0)", .long) }, chunks: [])
  }

  @Test func limitsAreMistakes() throws {
    #expect(throws: Diagnostic.self) { try bytes([answer(columns: 16_385)]) }
    _ = try bytes([answer(columns: 16_384)])
  }

  /// Equal answers are equal files, and the directory has a line for each part.
  @Test func archivesAreReproducible() throws {
    let one = try bytes([answer(columns: 3), answer(columns: 0)])
    #expect(try one == bytes([answer(columns: 3), answer(columns: 0)]))
    #expect(Array(one.prefix(4)) == [0x50, 0x4B, 3, 4])
    // The end of the directory: seven parts, two of which are sheets.
    #expect(Array(one.suffix(22).prefix(4)) == [0x50, 0x4B, 5, 6])
    #expect(one[one.count - 12] == 7)
  }

  @Test func withoutAnswersThereIsAnEmptySheet() throws {
    #expect(try bytes([]) == bytes([answer(columns: 0)]))
  }
}
