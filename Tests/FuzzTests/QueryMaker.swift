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
    lineage upstream downstream path critical depth blast predict risk quality within using tree slow stale volume why
    compare of as at entra-signin-2d top-nested sample partition scan fork facet reduce consume by on with to typeof from step asc desc nulls first last
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

  /// A known query with a few things wrong or odd, or with parts of another one.
  mutating func mutant() -> String {
    switch dice.roll(4) {
    case 0: return recombined()
    case 1:
      var text = Array(dice.pick(corpus).utf8)
      for _ in 0..<(1 + dice.roll(4)) { mutate(&text) }
      return String(decoding: text, as: UTF8.self)
    default:
      var words = tokens(dice.pick(corpus))
      for _ in 0..<(1 + dice.roll(2)) where !words.isEmpty { exchange(&words) }
      return words.joined()
    }
  }

  /// The operators of two queries, one after the other in any order.
  private mutating func recombined() -> String {
    let first = dice.pick(corpus).components(separatedBy: " | ")
    var parts = (first.dropFirst() + dice.pick(corpus).components(separatedBy: " | ").dropFirst()).shuffled(using: &dice)
    parts = Array(parts.prefix(1 + dice.roll(5)))
    return ([first[0]] + parts).joined(separator: " | ")
  }

  /// A text as words, numbers and signs, which joined give the text.
  private func tokens(_ text: String) -> [String] {
    var words: [String] = []
    var isInWord = false
    for character in text {
      let isWord = character.isLetter || character.isNumber || character == "_"
      if isWord && isInWord { words[words.count - 1].append(character) } else { words.append(String(character)) }
      isInWord = isWord
    }
    return words
  }

  /// Puts something of the same kind in the place of a word: a number for a number, a name for a name.
  private mutating func exchange(_ words: inout [String]) {
    let at = dice.roll(words.count)
    let kinds: [[String]] = [Self.columns, Self.numbers, Self.signs, Self.aggregates, Self.functions]
    if words[at].first?.isNumber == true {
      words[at] = dice.pick(Self.numbers)
    } else if let kind = kinds.first(where: { $0.contains(words[at]) }) {
      words[at] = dice.pick(kind)
    } else if words[at].first?.isLetter == true, dice.flip(oneIn: 3) {
      words[at] = dice.pick(dice.pick(kinds))
    } else {
      exchangeAnother(&words, after: at)
    }
  }

  /// The same with the next word that has a kind.
  private mutating func exchangeAnother(_ words: inout [String], after start: Int) {
    let kinds = [Self.columns, Self.signs, Self.aggregates, Self.functions]
    for i in 0..<words.count {
      let at = (start + i) % words.count
      guard let kind = kinds.first(where: { $0.contains(words[at]) }) else { continue }
      words[at] = dice.pick(kind)
      return
    }
  }

  private static let columns = ["task", "status", "started", "duration", "records", "cost", "tags", "owner", "tier", "a", "b", "n", "x", "k", "v"]
  private static let numbers = ["0", "1", "2", "7", "1.5", "1e300", "9223372036854775807", "1d", "3h", "0s", "1tick", "100"]
  private static let signs = ["+", "-", "*", "/", "%", "<", ">", "=", "|"]
  private static let aggregates = [
    "count", "sum", "avg", "min", "max", "dcount", "make_list", "make_set", "stdev", "variance", "take_any", "countif", "arg_max",
  ]
  private static let functions = [
    "strlen", "toupper", "tolower", "tostring", "tolong", "toreal", "todatetime", "totimespan", "bin", "floor", "isnull", "isempty",
    "parse_json", "gettype", "array_length", "reverse", "strcat", "split", "round", "abs", "prev", "next", "startofday", "coalesce",
  ]

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
