import PlumbDatabase
import PlumbKit
import PlumbPresentation
import PlumbTelemetry
import Testing

/// What programs read: standard output has the data and nothing else, whatever the format.
struct CleanOutputTests {
  private static let query = """
    range n from 1 to 20 step 1 | extend name = strcat("a\\u001b[31m", n), at = datetime(2025-03-06) + n * 1h | render timechart
    """

  /// Rows that the format can draw: lineage has columns of its own.
  private static func rows(_ count: Int, for format: ResultFormat) -> String {
    guard ResultFormat.lineage.contains(format) else { return query }
    return "range depth from 1 to \(count) step 1 | extend pipeline = strcat('p\\u001b[31m', depth) | extend path = pack_array('p', pipeline)"
  }

  @Test(arguments: Formats.all)
  func pipedOutputIsTheFileByteForByte(format: ResultFormat) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/out"
    let query = Self.rows(20, for: format)
    let piped = try PlumbProcess(["query", "--format", format.name, "-c", query])
    let filed = try PlumbProcess(["query", "--format", format.name, "-o", path, "-c", query])
    #expect(piped.status == 0 && filed.status == 0)
    #expect(piped.messages == "" && filed.output == "")
    #expect(filed.messages.hasSuffix(" written to \(path)\n") && filed.messages.filter { $0 == "\n" }.count == 1, "\(filed.messages)")
    #expect(piped.output == (try folder.read("out")))
    if format.isForPeople || [.svg, .page, .html].contains(format) { #expect(!piped.output.contains("\u{1B}")) }
  }

  @Test(arguments: Formats.all.filter { $0 != .svg })
  func aReaderWhoHasEnoughIsNoError(format: ResultFormat) throws {
    let isLineage = ResultFormat.lineage.contains(format)
    let query = isLineage ? Self.rows(3000, for: format).replacing("'", with: "\"") : "range n from 1 to 300000 step 1"
    let command = """
      set -o pipefail; "$PLUMB" query --format \(format.name) -c '\(query)' | head -1 > /dev/null
      """
    let run = try PlumbProcess.shell(command)
    #expect(run.output == "")
    #expect(run.status == 0)
  }

  /// A file's name chooses the form; a picture needs a chart.
  @Test func picturesByTheirNames() throws {
    let folder = try TemporaryFolder()
    let chart = "print runs = 3 | render card"
    #expect(try PlumbProcess(["query", "-o", folder.path + "/a.svg", "-c", chart]).status == 0)
    #expect(try folder.read("a.svg").hasPrefix("<?xml"))
    #expect(try PlumbProcess(["query", "-o", folder.path + "/a.html", "-c", chart]).status == 0)
    let page = try folder.read("a.html")
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("<svg") && page.contains("<table>"))
    let none = try PlumbProcess(["query", "-o", folder.path + "/b.svg", "-c", "print 1"])
    #expect(none.status == 1)
    #expect(none.messages.contains("error[no-chart]"))
    #expect(folder.names.sorted() == ["a.html", "a.svg"])
  }

  /// Scripts for the shells, and the manual page, name what there is.
  @Test func generatedFromTheDeclarations() throws {
    for shell in ["bash", "zsh", "fish"] {
      let script = try PlumbProcess(["completions", shell]).output
      #expect(script.contains("row-limit") && script.contains("query"), "\(shell)")
    }
    let manual = try PlumbProcess(["man"]).output
    for text in [".TH PLUMB 1", ".SH PLUMB QUERY", "\\-\\-row\\-limit", ".watch 5s", "summarize"] {
      #expect(manual.contains(text), "\(text)")
    }
    #expect(try PlumbProcess(["tour"]).status == 2)
  }
}
