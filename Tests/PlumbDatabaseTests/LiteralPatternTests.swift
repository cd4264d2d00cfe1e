import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import Testing

/// Patterns that are matched without RE2 give what RE2 gives: the same pattern in a group without a number goes to RE2.
@Suite struct LiteralPatternTests {
  private static let patterns = [
    "batch ([0-9]+)", "batch [0-9]+", #"id=(\d+);"#, "ab(c*)d", "ab([c-e]+)(f*)g", "ab[cd]+[ef]*g", "xy(z)", "ab([0-9])([0-9])",
    "key-([a-f_]+):", "ab[.]c", #"ab\.c+"#, "ab(c)+", "aba+", "abcab", "ab[c-", "ab[]c]", "ab[^c]", "ab(c|d)", "ab[c]{2}",
    "ab(([cd]+)e)", "ab(c*)(d*)(e*)", #"ab\d*[.]\d+"#, "zz top", "ab[+-]?", "ab\\bc",
  ]

  @Test(arguments: patterns)
  func sameAsRE2(pattern: String) throws {
    var state: UInt64 = 5
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let pieces = ["ab", "abc", "abab", "c", "cd", "d", "e", "f", "g", "batch ", "batch", "7", "42", "id=", ";", "xyz", "key-", ":",
      "a_f", ".", "ü", " ", "zz top", "z"]
    let texts = (0..<300).map { _ in (0..<random(9)).map { _ in pieces[random(pieces.count)] }.joined() }
    let table = "datatable(t: string)[\(texts.map { "'\($0)'" }.joined(separator: ", "))]"
    let tests = (0...3).map { "extract(@'\(pattern)', \($0), t) != extract(@'(?:\(pattern))', \($0), t)" }
    let found = "(t matches regex @'\(pattern)') != (t matches regex @'(?:\(pattern))')"
    let query = "\(table) | where \(found) or \(tests.joined(separator: " or ")) | count"
    do {
      let answer = try Session(catalog: Catalog(), options: SessionOptions()).run(query).last
      #expect(answer?.chunks.first?.column(0).value(at: 0) == .long(0))
    } catch let errors as Diagnostics {
      // What RE2 refuses is refused.
      #expect(errors.list.allSatisfy { $0.code == "bad-regex" })
    }
  }
}
