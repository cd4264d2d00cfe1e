import Foundation
import TestSupport
import Testing

/// Every script in `Samples` runs, and says what it shows.
@Suite(.enabled(if: LongTests.areRun)) struct SampleTests {
  static let scripts = Repository.files(in: "Samples", ending: ".kql")

  @Test func thereAreTen() {
    #expect(Self.scripts.count >= 10)
  }

  /// A workspace file with the sample telemetry, made once for all scripts.
  private static let workspace = Result {
    let path = NSTemporaryDirectory() + "plumb-samples-\(getpid()).plumb"
    let run = try Repository.shell("plumb import \(try Repository.telemetry.get()) --into \(path)")
    guard run.status == 0 else { throw Repository.Failed(command: "plumb import", output: run.output) }
    atexit { for ending in ["", "-wal", "-shm"] { unlink(NSTemporaryDirectory() + "plumb-samples-\(getpid()).plumb" + ending) } }
    return path
  }

  @Test(arguments: scripts)
  func runs(script: String) throws {
    let run = try Repository.shell("plumb run \(script) \(try Self.workspace.get()) --format csv")
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output.split(separator: "\n").count > 1, "\(script) answers with no rows:\n\(run.output)")
    #expect(try Repository.text(script).hasPrefix("// "), "\(script) does not open with what it shows")
  }

  /// Words that take a whole workspace answer over the samples too, where a column of a CSV file without values is a string.
  @Test func theWholeStateIsAnswered() throws {
    let telemetry = try Repository.telemetry.get()
    let run = try Repository.shell(
      "plumb query --load \(telemetry) --now 2025-03-06 -c 'overview | summarize rows_ = count() by section'")
    #expect(run.output.contains("top risks,5\n") && run.output.contains("recent failures,5\n"), "\(run.output)")
  }

  /// The telemetry is the same bytes each time, so the answers in the documents hold.
  @Test func telemetryRepeats() throws {
    let folder = try Repository.shell("mktemp -d").output.trimmingCharacters(in: .whitespacesAndNewlines)
    defer { _ = try? Repository.shell("rm -r '\(folder)'") }
    let telemetry = try Repository.telemetry.get()
    let again = try Repository.shell(
      "PYTHONHASHSEED=random python3 Samples/make-telemetry.py --into '\(folder)' > /dev/null && diff -rq \(telemetry) '\(folder)'")
    #expect(again.status == 0, "\(again.output)")
  }
}
