import PlumbDiagnostics
import PlumbEngine

/// A column whose value is in the name of one of a file's folders, as in `dt=2024-01-01/part-0.csv`.
package struct PartitionColumn: Hashable, Sendable {
  package let name: String
  package let type: ScalarType
  /// The value as written, without escapes; nil for null.
  let text: String?

  /// How Hive and Spark name the folder of the null value.
  private static let nullText = "__HIVE_DEFAULT_PARTITION__"

  var info: ColumnInfo { ColumnInfo(name, type) }
  var value: Value { text.flatMap { Value.string($0).converted(to: type) } ?? .null(type) }

  /// The columns of each of some paths; a column has the type that fits its values in all of them.
  package static func columns(ofPaths paths: [String]) -> [String: [PartitionColumn]] {
    let folders = paths.map { (path: $0, parts: parts(ofPath: $0)) }.filter { !$0.parts.isEmpty }
    var guesses: [String: TypeGuess] = [:]
    for case (let name, let text?) in folders.flatMap(\.parts) {
      let guess = text.withUTF8Bytes { TypeGuess($0) }
      guesses[name] = guesses[name].map { $0.intersection(guess) } ?? guess
    }
    return Dictionary(
      folders.map { path, parts in
        (path, parts.map { PartitionColumn(name: $0.name, type: guesses[$0.name]?.type ?? .string, text: $0.text) })
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The pairs in the names of a path's folders; of a repeated name the innermost counts.
  private static func parts(ofPath path: String) -> [(name: String, text: String?)] {
    var parts: [(name: String, text: String?)] = []
    for folder in path.split(separator: "/").dropLast() {
      guard let part = part(ofFolder: folder) else { continue }
      parts.removeAll { $0.name == part.name }
      parts.append(part)
    }
    return parts
  }

  /// Whether a folder's name is that of a partition.
  package static func isPartition(_ folder: some StringProtocol) -> Bool { part(ofFolder: Substring(folder)) != nil }

  private static func part(ofFolder folder: Substring) -> (name: String, text: String?)? {
    guard let mark = folder.firstIndex(of: "="), mark > folder.startIndex else { return nil }
    let text = PercentCoding.decoded(folder[folder.index(after: mark)...], plusIsSpace: false)
    return (PercentCoding.decoded(folder[..<mark], plusIsSpace: false), text == nullText ? nil : text)
  }
}
