import Foundation
import PlumbDatabase
import PlumbKit
import PlumbSyntax
import Testing

@testable import PlumbCLI

/// TAB at every word of the manual's queries: what the query has there is offered, and nothing that cannot be there.
///
/// A run looks at some of the queries, and prints the seed that chooses them: `PLUMB_COMPLETION_SEED=7` chooses the same
/// again, and `PLUMB_COMPLETION=all` takes every query.
///
/// Not expected, since nobody can know them: literals, names after a dot or before `*`, and names for something new. A word
/// is such a name if any other could be in its place, and it comes before `:` or `=`, after `range` or `as`, in the pattern
/// of `parse`, or no table, column or function has it and the query mentions it for the first time. Not expected either:
/// hints, which change no result, and signs other than `|` and `,`. Queries about several databases are left out: TAB does not
/// offer their words.
struct CompletionTests {
  @Test func whatAQueryHasIsOffered() throws {
    var seed = UInt64(ProcessInfo.processInfo.environment["PLUMB_COMPLETION_SEED"] ?? "") ?? UInt64.random(in: 0..<1_000_000)
    let isWhole = ProcessInfo.processInfo.environment["PLUMB_COMPLETION"] == "all"
    print("PLUMB_COMPLETION_SEED=\(seed)")
    var counts = Boundaries()
    for url in GoldenFile.all {
      let page = GoldenFile.name(url)
      let blocks = try GoldenFile(url).blocks.filter { block in
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (isWhole || (seed >> 33) % 20 == 0) && !block.output.contains { $0.hasPrefix("error[") }
      }
      guard !blocks.isEmpty else { continue }
      let completion = try Self.completion(page: page)
      for block in blocks { counts.check(block.text, completion, "\(page):\(block.line)") }
    }
    print("\(counts.offered) of \(counts.offered + counts.missing.count) words offered, \(counts.candidates) offers read")
    #expect(counts.missing.isEmpty, "\(counts.missing.count) not offered:\n\(counts.missing.joined(separator: "\n"))")
    #expect(counts.impossible.isEmpty, "\(counts.impossible.count) cannot be there:\n\(counts.impossible.joined(separator: "\n"))")
    #expect(counts.offered > 50)
  }

  private static func completion(page: String) throws -> Completion {
    let workspace = try Workspace(.empty, WorkspaceOptions(), Work())
    let world = try GoldenWorld(page: page)
    for name in world.catalog.tableNames {
      if let table = try world.catalog.table(named: name) { workspace.catalog.add(table) }
    }
    return Completion(workspace: workspace)
  }
}

/// The words of queries, and those that were not offered.
private struct Boundaries {
  var offered = 0
  var candidates = 0
  var missing: [String] = []
  var impossible: [String] = []

  /// Words of queries about several databases.
  private static let ofDatabases = ["macro-expand", "entity_group", "database(", "column_names_of("]

  mutating func check(_ text: String, _ completion: Completion, _ place: String) {
    guard !text.trimmed.hasPrefix("."), !Self.ofDatabases.contains(where: text.contains), !parse(text).hasErrors else { return }
    let pieces = Self.words(text)
    var covered = 0
    var seen: [String] = []
    for piece in pieces {
      defer { seen.append(piece.text) }
      if piece.lower < covered { continue }
      let bytes = Array(text.utf8)
      let before = String(decoding: bytes[..<piece.lower], as: UTF8.self)
      let rest = String(decoding: bytes[piece.lower...], as: UTF8.self)
      completion.data.begin(patience: 60_000)
      let all = completion.queryCandidates(for: "", after: before)
      readFirst(all, after: before, place)
      if let reach = Self.reach(all, rest, piece.text) {
        covered = piece.lower + reach
        offered += 1
        continue
      }
      completion.data.begin(patience: 60_000)
      let begun = completion.queryCandidates(for: String(piece.text.prefix(1)), after: before)
      if let reach = Self.reach(begun, rest, piece.text) {
        covered = piece.lower + reach
        offered += 1
        continue
      }
      if Self.isNew(piece, seen, text: bytes, completion) { continue }
      missing.append("  \(place): \(before.suffix(50).replacing("\n", with: " "))▮\(piece.text)")
    }
  }

  /// The first offers, of which each can come next, with more text or without.
  private mutating func readFirst(_ offers: [Completion.Candidate], after before: String, _ place: String) {
    for offer in offers.prefix(3) {
      candidates += 1
      // A literal such as `datetime(` is read with its value.
      let ends = ["", "1)", "null)", "long)"]
      let isPossible = ends.contains { end in
        (end.isEmpty || offer.text.hasSuffix("(")) && { let read = parse(before + offer.text + (offer.ending == "=" ? "=" : "") + end); return !read.hasErrors || read.isUnfinished }()
      }
      if !isPossible { impossible.append("  \(place): \(before.suffix(50).replacing("\n", with: " "))▮\(offer.text)") }
    }
  }

  /// The bytes of `rest` that an offer covers; nil if none is what is there.
  private static func reach(_ offers: [Completion.Candidate], _ rest: String, _ word: String) -> Int? {
    let fitting = offers.filter { offer in
      guard rest.hasPrefix(offer.text), offer.text.utf8.count >= word.utf8.count else { return false }
      let next = rest.utf8.dropFirst(offer.text.utf8.count).first
      return offer.text.utf8.last.map { !QueryShape.isWordByte($0) } ?? false || next.map { !QueryShape.isWordByte($0) || $0 == UInt8(ascii: "-") } ?? true
    }
    return fitting.map(\.text.utf8.count).max()
  }

  /// Whether the word may be any other, and nothing that exists is called so.
  private static func isNew(_ piece: Piece, _ seen: [String], text: [UInt8], _ completion: Completion) -> Bool {
    let after = text[(piece.lower + piece.text.utf8.count)...].drop { $0 <= 0x20 }
    let begins = after.first == UInt8(ascii: ":") || after.first == UInt8(ascii: "=") && after.dropFirst().first.map { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "~") } ?? false
    let other = String(decoding: text[..<piece.lower], as: UTF8.self) + "zzq" + String(decoding: text[(piece.lower + piece.text.utf8.count)...], as: UTF8.self)
    let step = String(decoding: text[..<piece.lower], as: UTF8.self).split(separator: "|").last?.trimmed ?? ""
    if begins || step.hasPrefix("parse ") || seen.last == "range" || seen.last == "as" { return !parse(other).hasErrors }
    guard !seen.contains(piece.text), completion.data.catalog.schema(ofTable: piece.text) == nil else { return false }
    let columns = completion.data.catalog.tableNames.flatMap { completion.data.catalog.schema(ofTable: $0) ?? [] }
    guard !columns.contains(where: { $0.name == piece.text }) else { return false }
    return !parse(other).hasErrors
  }

  struct Piece {
    var lower: Int
    var text: String
  }

  /// The words outside strings, numbers and comments, without names after a dot; `|` and commas as well.
  private static func words(_ text: String) -> [Piece] {
    var pieces: [Piece] = []
    let bytes = Array(text.utf8)
    for token in readTokens(text) {
      if token.isWord || bytes[token.lower..<token.upper].elementsEqual("|".utf8) || bytes[token.lower..<token.upper].elementsEqual(",".utf8) {
        if token.lower > 0, bytes[token.lower - 1] == UInt8(ascii: ".") { continue }
        if token.isWord, String(decoding: bytes[token.lower..<token.upper], as: UTF8.self) == "hint" { continue }
        // The beginning of several names.
        if token.upper < bytes.count, bytes[token.upper] == UInt8(ascii: "*"), token.isWord { continue }
        pieces.append(Piece(lower: token.lower, text: String(decoding: bytes[token.lower..<token.upper], as: UTF8.self)))
      }
    }
    return pieces
  }
}
