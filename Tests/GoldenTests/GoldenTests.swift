import Foundation
import Testing

/// Every page under `Tests/Golden` prints what it says; `PLUMB_UPDATE_GOLDEN=1` writes what is printed into them.
struct GoldenTests {
  private static let isUpdating = ProcessInfo.processInfo.environment["PLUMB_UPDATE_GOLDEN"] == "1"

  @Test(arguments: GoldenFile.all.map(GoldenFile.name))
  func printsWhatItSays(page: String) throws {
    let file = try GoldenFile(GoldenFile.folder.appending(path: page))
    let world = try GoldenWorld(page: page)
    let outputs = file.blocks.map { world.output(of: $0) }
    if Self.isUpdating {
      try file.text(with: outputs).write(to: file.url, atomically: true, encoding: .utf8)
      return
    }
    for (block, output) in zip(file.blocks, outputs) where block.output != output {
      Issue.record(
        """
        \(page):\(block.line)
        \(block.text)
        --- expected
        \(block.output.joined(separator: "\n"))
        --- printed
        \(output.joined(separator: "\n"))
        """)
    }
  }

  /// A page opens with its title and rule, and is written as the runner would write it.
  @Test(arguments: GoldenFile.all.map(GoldenFile.name))
  func isWellFormed(page: String) throws {
    let file = try GoldenFile(GoldenFile.folder.appending(path: page))
    let first = try #require(file.blocks.first, "the page has no query")
    #expect(first.prose.first?.hasPrefix("# ") == true, "the page does not open with its rule")
    #expect(file.text(with: file.blocks.map(\.output)) == (try String(contentsOf: file.url, encoding: .utf8)))
  }
}
