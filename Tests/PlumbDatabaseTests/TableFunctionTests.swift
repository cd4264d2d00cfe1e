import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import Testing

/// Table functions of the catalog that stand for a text of KQL.
struct TableFunctionTests {
  private let session: Session

  init() {
    let catalog = Catalog()
    catalog.add(
      TableFunction("doubled", "The numbers up to `limit`, twice.", "limit", ranking: "twice") { call in
        var arguments = TableArguments(call)
        let limit = try arguments.count("limit") ?? 3
        try arguments.finish()
        return "range x from 1 to \(limit) step 1 | extend twice = x * 2"
      })
    catalog.add(TableFunction("counted", "Counts the rows before the pipe.", "") { _ in "input | count" })
    catalog.add(TableFunction("broken", "Reads what is not there.", "") { _ in "nowhere | count" })
    catalog.add(TableFunction("endless", "Calls itself.", "") { _ in "endless()" })
    session = Session(catalog: catalog)
  }

  private func lines(_ text: String) throws -> [String] {
    var bytes: [UInt8] = []
    let writer = ResultFormat.csv.writer(to: ByteSink { bytes += $0 })
    for answer in try session.run(text) { _ = try writer.write(answer) }
    try writer.finish()
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
  }

  private func code(_ text: String) -> (code: String, span: SourceSpan?)? {
    do {
      _ = try session.run(text)
      return nil
    } catch {
      let first = (error as? Diagnostics)?.list.first
      return first.map { ($0.code, $0.span) }
    }
  }

  @Test func runsTheTextForItsArguments() throws {
    #expect(try lines("doubled(2)") == ["x,twice", "1,2", "2,4"])
    #expect(try lines("doubled(limit = 1)") == ["x,twice", "1,2"])
    #expect(try lines("doubled | top 1") == ["x,twice", "3,6"])
  }

  @Test func callsTheRowsBeforeThePipeInput() throws {
    #expect(try lines("range n from 1 to 7 step 1 | where n > 2 | invoke counted()") == ["Count", "5"])
  }

  /// The user sees the call and not the text, so the caret is under the call.
  @Test func tellsMistakesAtTheCall() {
    let found = code("print 1; broken()")
    #expect(found?.code == "unknown-table")
    #expect(found?.span == SourceSpan(9, 17))
    #expect(code("doubled(-1)")?.span == SourceSpan(8, 10))
    #expect(code("doubled(1, 2)")?.code == "argument-count")
    #expect(code("doubled(size = 2)")?.code == "unknown-argument")
  }

  @Test func endsWhenAFunctionCallsItself() { #expect(code("endless()")?.code == "too-deep") }
}
