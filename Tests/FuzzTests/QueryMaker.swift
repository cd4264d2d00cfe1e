import Foundation

/// Makes queries out of other queries by mutation, and out of words by chance.
struct QueryMaker {
  private var dice: Dice
  private let corpus: [String]

  /// What a mutation puts in: every keyword and symbol, names that exist, numbers at the edges.
  private static let words = """
    where filter extend project project-away project-keep project-rename project-reorder summarize sort order top take
    limit count distinct join lookup union mv-expand mv-apply parse parse-where parse-kv as getschema serialize render
    print range datatable externaldata let set declare query_parameters evaluate search find invoke make-series
    top-nested sample partition scan fork facet reduce consume by on with to typeof from step asc desc nulls first last
    kind= withsource= isfuzzy=true inner leftouter innerunique anti fullouter hint.strategy=shuffle explain profile
    and or not in in~ !in has !has has_any has_all contains !contains startswith endswith hasprefix matches regex
    between .. == != =~ !~ < <= > >= = + - * / % ( ) [ ] { } , ; | . : => @ # ? ! $left $right & ^ ~ ` \\ // "" '' " '
    true false null bool int long real decimal datetime timespan string guid dynamic time date double
    dynamic([1,2,{"a":null}]) datetime(2025-03-06) 1d 3h 0 1 -1 0x7F 1e308 1e-308 9223372036854775807
    -9223372036854775808 18446744073709551616 0.1 1.7976931348623157e308 real(nan) real(+inf) long(null) 1tick
    task_runs tasks task status started duration records cost tags owner tier * a b c x ['odd name']
    count() sum(x) avg(x) min(x) max(x) dcount(x) make_list(x) make_set(x) make_bag(x) arg_max(a,*) percentile(x,50)
    strcat strlen substring split extract replace_regex replace_string tolower trim indexof reverse strrep parse_json
    bin floor round iff case coalesce now ago format_datetime datetime_add array_slice array_concat bag_merge
    bag_keys range pack_array set_union zip prev next row_number row_cumsum toscalar materialize tostring tolong toint
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  init(seed: UInt64, corpus: [String]) {
    dice = Dice(seed: seed)
    self.corpus = corpus
  }

  /// A known query with one to five things wrong or odd.
  mutating func mutant() -> String {
    var text = Array(dice.pick(corpus).utf8)
    for _ in 0..<(1 + dice.roll(5)) { mutate(&text) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Words without a plan.
  mutating func soup() -> String {
    (0..<(1 + dice.roll(40))).map { _ in dice.pick(Self.words) }.joined(separator: dice.flip(oneIn: 8) ? "" : " ")
  }

  /// Bytes without a plan.
  mutating func noise() -> String {
    String(decoding: (0..<dice.roll(120)).map { _ in UInt8(dice.roll(256)) }, as: UTF8.self)
  }

  mutating func roll(_ bound: Int) -> Int { dice.roll(bound) }

  private mutating func mutate(_ text: inout [UInt8]) {
    let at = dice.roll(text.count + 1)
    let end = min(text.count, at + 1 + dice.roll(12))
    switch dice.roll(11) {
    case 0: text.removeSubrange(at..<end)
    case 1: text.insert(contentsOf: text[at..<end], at: at)
    case 2: text.insert(contentsOf: " \(dice.pick(Self.words)) ".utf8, at: at)
    case 3: if at < text.count { text[at] = UInt8(dice.roll(256)) }
    case 4: text.removeSubrange(at...)
    case 5:
      // The tail of another query.
      let other = Array(dice.pick(corpus).utf8)
      text.replaceSubrange(at..., with: other[dice.roll(other.count + 1)...])
    case 6: text += " | \(dice.pick(Self.words)) \(dice.pick(Self.words)) \(dice.pick(Self.words))".utf8
    case 7: text.insert(contentsOf: dice.pick(["é", "日本", "\u{0}", "\u{301}", "🜁", "\u{202E}", "\r\n", "\t"]).utf8, at: at)
    case 8: replaceWord(&text, at: at)
    case 9:
      for _ in 0..<dice.roll(30) where text.count < 4_000 { text.insert(contentsOf: text[at..<min(end, text.count)], at: at) }
    default: if at < text.count { text.swapAt(at, dice.roll(text.count)) }
    }
  }

  /// Puts a word in the place of the one at `at`.
  private mutating func replaceWord(_ text: inout [UInt8], at: Int) {
    func isWord(_ byte: UInt8) -> Bool { byte == 0x5F || byte >= 0x80 || Character(Unicode.Scalar(byte)).isLetter || (0x30...0x39).contains(byte) }
    var lower = at
    var upper = at
    while lower > 0, isWord(text[lower - 1]) { lower -= 1 }
    while upper < text.count, isWord(text[upper]) { upper += 1 }
    text.replaceSubrange(lower..<upper, with: dice.pick(Self.words).utf8)
  }
}

/// The queries of the manual's pages.
func manualQueries() throws -> [String] {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")
  let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
  var queries: [String] = []
  for path in paths.sorted() where path.hasSuffix(".kql") || path.hasSuffix(".test") {
    let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    if path.hasSuffix(".kql") {
      queries.append(text)
      continue
    }
    for block in text.components(separatedBy: "\n---") {
      let lines = block.components(separatedBy: "\n").compactMap { line -> String? in
        if line.hasPrefix("> ") { return String(line.dropFirst(2)) }
        guard line.hasPrefix("["), let end = line.range(of: "]> ") else { return nil }
        return String(line[end.upperBound...])
      }
      if !lines.isEmpty { queries.append(lines.joined(separator: "\n")) }
    }
  }
  return queries
}
