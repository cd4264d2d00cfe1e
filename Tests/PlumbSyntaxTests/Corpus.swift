import Foundation

/// Query texts that several tests share.
enum Corpus {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Queries of a fixture file, divided by lines of `---`.
  static func queries(in name: String) throws -> [String] {
    try String(contentsOf: fixtures.appending(path: name), encoding: .utf8)
      .components(separatedBy: "\n---\n")
      .map { $0.trimmingCharacters(in: .newlines) }
      .filter { !$0.isEmpty }
  }

  /// Documented queries, where the machine has them.
  static func conformance() -> [(id: String, query: String)] {
    let file = URL(filePath: "/work/shared/conformance/docs-open.jsonl")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let object, let query = object["query"] as? String else { return nil }
      return (object["id"] as? String ?? "", query)
    }
  }
}

/// A small seeded generator, so that random tests repeat.
struct Dice: RandomNumberGenerator {
  // Steele, Lea and Flood (2014), SplitMix64.
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
