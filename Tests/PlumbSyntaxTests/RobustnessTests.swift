import Foundation
import PlumbDiagnostics
import PlumbSyntax
import Testing

/// Texts that want to break the parser: deep, long, cut, mixed up.
@Suite struct RobustnessTests {
  static let deep: [String] = [
    "(", "[", "{", "-", "+", "not(", "f(", "a[", "a|", "|", "a.", "a and ", "a or ", "1+", "a == ", "a has ",
    "print (", "print -", "print [", "print f(", "print a[", "T | where not(", "print dynamic([", "[[",
    "let f = () { ", "T | join (T | ", "union (", "datetime(", "a in (", "a between (", "case(a, ", "\"",
    "'", "`", "```", "/*", "//", ";", ",", ")", "]", "}", "\\", "@", "x = ", "T | fork (", "T | union (U | ",
    "compare (", "blast a-", "why ", "lineage downstream of a, ", "x:", "..", "!", "é", "(a|", "((a)|take 1|", "print (1+",
  ]

  @Test(arguments: deep) func repeated(_ piece: String) {
    // All of them in full take a while in a debug build.
    let isFull = ProcessInfo.processInfo.environment["PLUMB_FULL"] != nil
    let text = String(repeating: piece, count: isFull ? 100_000 : 15_000)
    for prefix in ["", "print "] {
      let result = parse(prefix + text)
      _ = print(result.script)
      #expect(result.diagnostics.count <= 100)
    }
  }

  @Test func closedDeepTexts() {
    for count in [100, 249, 251, 10_000] {
      let open = String(repeating: "(", count: count)
      let close = String(repeating: ")", count: count)
      let result = parse("print \(open)1\(close)")
      #expect(result.diagnostics.isEmpty == (count < 250))
      _ = print(result.script)
    }
  }

  @Test func longChains() {
    func chain(_ piece: String, _ count: Int) -> ParseResult {
      parse("print 1" + String(repeating: piece, count: count))
    }
    #expect(chain(" + 1", 1_999).diagnostics.isEmpty)
    #expect(chain(" + 1", 2_001).diagnostics.map(\.code) == ["too-long-chain"])
    #expect(chain(" and 1", 50_000).diagnostics.isEmpty)
    #expect(chain(" or 1", 50_000).diagnostics.isEmpty)
    // Chains inside brackets inside chains: the whole height counts.
    let nested = String(repeating: "(", count: 240) + "1" + String(repeating: "+1+1+1+1+1+1+1+1+1+1)", count: 240)
    #expect(parse("print \(nested)").diagnostics.map(\.code) == ["too-long-chain"])
    #expect(parse("T" + String(repeating: " | count", count: 5_000)).diagnostics.isEmpty)
    #expect(parse("T" + String(repeating: " | count", count: 5_001)).diagnostics.count == 1)
  }

  @Test func mutatedQueries() throws {
    var dice = Dice(seed: 42)
    let queries = try Corpus.queries(in: "good.kql") + Corpus.queries(in: "bad.kql")
    let pieces = ["(", ")", "[", "]", "|", ";", "\"", "'", ",", "=", "..", "by", "in", "!", "-", "*", "é", "\0"]
    for _ in 0..<3_000 {
      guard let query = queries.randomElement(using: &dice) else { return }
      var bytes = Array(query.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &dice) {
        let place = Int.random(in: 0...bytes.count, using: &dice)
        switch Int.random(in: 0..<4, using: &dice) {
        case 0: bytes.insert(contentsOf: Array((pieces.randomElement(using: &dice) ?? "").utf8), at: place)
        case 1: if place < bytes.count { bytes.remove(at: place) }
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 10))
        default: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &dice) }
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let result = parse(text)
      for diagnostic in result.diagnostics {
        _ = DiagnosticRenderer().render(diagnostic, source: text)
        #expect((diagnostic.span?.upper ?? 0) <= text.utf8.count)
      }
      let printed = print(result.script)
      if result.diagnostics.isEmpty {
        #expect(treeText(parse(printed).script) == treeText(result.script), "\(text)\n\(printed)")
      }
    }
  }

  private func isInWord(_ character: Character) -> Bool { character.isLetter || character.isNumber || character == "_" }

  /// Each word and sign of each query: left out, written twice, exchanged with the next, and replaced by `=`.
  @Test func everyTokenChanged() throws {
    for query in try Corpus.queries(in: "good.kql") {
      var pieces: [String] = []
      for character in query {
        if isInWord(character), let last = pieces.last?.last, isInWord(last) { pieces[pieces.count - 1].append(character) } else { pieces.append(String(character)) }
      }
      let places = pieces.indices.filter { pieces[$0].contains { !$0.isWhitespace } }
      for (number, place) in places.enumerated() {
        let next = places[min(number + 1, places.count - 1)]
        for (old, new) in [(place, ""), (place, pieces[place] + " " + pieces[place]), (place, pieces[next]), (place, " = ")] {
          var changed = pieces
          if new == pieces[next] { changed[next] = pieces[place] }
          changed[old] = new
          let text = changed.joined()
          let result = parse(text)
          #expect(result.diagnostics.allSatisfy { ($0.span?.upper ?? 0) <= text.utf8.count }, "\(text)")
          _ = print(result.script)
        }
      }
    }
  }

  @Test func randomBytes() {
    var dice = Dice(seed: 1)
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0...80, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
      let text = String(decoding: bytes, as: UTF8.self)
      for diagnostic in parse(text).diagnostics {
        #expect(!DiagnosticRenderer().render(diagnostic, source: text).isEmpty)
        #expect((diagnostic.span?.upper ?? 0) <= text.utf8.count)
      }
    }
  }
}
