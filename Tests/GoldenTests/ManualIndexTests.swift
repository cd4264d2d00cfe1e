import Foundation
import Testing

/// `Tests/Golden/index.md` lists every page once, and the C file that embeds them follows it.
struct ManualIndexTests {
  private static let sources = GoldenFile.folder.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/ManualPages/ManualPages.c")

  /// The paths that the index links to, in its order.
  private static func linkedPaths() throws -> [String] {
    let index = try String(contentsOf: GoldenFile.folder.appending(path: "index.md"), encoding: .utf8)
    return index.matches(of: /(?m)^- \[[^\]]+\]\(([^)]+)\)$/).map { String($0.1) }
  }

  @Test func listsEveryPageOnce() throws {
    let linked = try Self.linkedPaths()
    let texts = try FileManager.default.contentsOfDirectory(atPath: GoldenFile.folder.path)
      .filter { $0.hasSuffix(".md") && $0 != "index.md" && $0 != "README.md" }
    #expect(linked.sorted() == (GoldenFile.all.map(GoldenFile.name) + texts).sorted())
  }

  @Test func theBuildEmbedsWhatTheIndexLists() throws {
    let text = Self.embedding(["index.md"] + (try Self.linkedPaths()))
    if ProcessInfo.processInfo.environment["PLUMB_UPDATE_GOLDEN"] == "1" {
      try text.write(to: Self.sources, atomically: true, encoding: .utf8)
    } else {
      #expect(try String(contentsOf: Self.sources, encoding: .utf8) == text, "run with PLUMB_UPDATE_GOLDEN=1")
    }
  }

  /// The C file that embeds the files at `paths`.
  private static func embedding(_ paths: [String]) -> String {
    let arrays = paths.enumerated().map { index, path in
      "static const unsigned char page\(index)[] = {\n#embed \"../../Tests/Golden/\(path)\"\n};\n"
    }
    let entries = paths.enumerated().map { index, path in "    {\"\(path)\", page\(index), sizeof page\(index)},\n" }
    return """
      #include "ManualPages.h"

      // Written by `PLUMB_UPDATE_GOLDEN=1 swift test --filter ManualIndexTests` from Tests/Golden/index.md.
      #pragma clang diagnostic ignored "-Wc23-extensions"

      \(arrays.joined())
      static const PlumbManualPage pages[] = {
      \(entries.joined())};

      size_t plumb_manual_page_count(void) { return sizeof pages / sizeof pages[0]; }

      PlumbManualPage plumb_manual_page(size_t index) { return pages[index]; }

      """
  }
}
