import TestSupport
import Testing

/// Texts nested 100,000 deep in full, long ones, and short ones that grow when they are bound.
@Suite(.serialized, .enabled(if: LongTests.areRun)) struct DepthTests {
  private static let depth = Effort.of(100_000, sample: 25_000)

  private static func nested(_ open: String, _ core: String, _ close: String) -> String {
    String(repeating: open, count: depth) + core + String(repeating: close, count: depth)
  }

  private static func repeated(_ start: String, _ part: String, _ end: String = "") -> String {
    start + String(repeating: part, count: depth) + end
  }

  private static let texts: [(name: String, text: String)] = [
    ("parentheses", "print " + nested("(", "1", ")")),
    ("open parentheses", "print " + nested("(", "", "")),
    ("closing parentheses", "print " + nested("", "1", ")")),
    ("signs", "print " + nested("-", "1", "")),
    ("negations", "print " + nested("not(", "true", ")")),
    ("calls", "print " + nested("strcat(", "1", ")")),
    ("choices", "print " + nested("iff(true, ", "1", ", 2)")),
    ("arrays", "print dynamic(" + nested("[", "", "]") + ")"),
    ("open arrays", "print dynamic(" + nested("[", "", "")),
    ("bags", "print dynamic(" + nested("{\"a\":", "1", "}") + ")"),
    ("arrays in text", "print parse_json('" + nested("[", "", "]") + "')"),
    ("bags in text", "print parse_json('" + nested("{\"a\":", "1", "}") + "')"),
    ("sums", repeated("print 1", " + 1")),
    ("conditions", repeated("print true", " and true")),
    ("alternatives", repeated("print false", " or false")),
    ("comparisons", repeated("print 1", " == 1")),
    ("parts", repeated("print d = dynamic(1) | project d", ".a")),
    ("places", repeated("print d = dynamic(1) | project d", "[0]")),
    ("filters", repeated("print a = 1", " | where a == 1")),
    ("columns", repeated("print a = 1", " | extend a = a + 1")),
    ("pipes", repeated("print a = 1 ", "|")),
    ("queries in parentheses", nested("(", "print 1", ")")),
    ("unions", nested("union (", "print 1", ")")),
    ("joins", "print a = 1 " + nested("| join (print a = 1 ", "", ") on a")),
    ("scalars of tables", "print " + nested("toscalar(print ", "1", ")")),
    ("functions", nested("let f = () { ", "1", " };") + " print f()"),
    ("statements", repeated("", "let a = 1; ", "print a")),
    ("semicolons", repeated("print 1", ";")),
    ("list", "print 1 in (" + repeated("1", ", 1") + ")"),
    ("arguments", "print strcat(" + repeated("1", ", 1") + ")"),
    ("cases", "print case(" + repeated("", "false, 1, ") + "2)"),
    ("printed columns", "print " + repeated("1", ", 1")),
    ("cells", "datatable(a: long)[" + repeated("1", ", 1") + "]"),
    ("groups of an expression", "print 'a' matches regex '" + nested("(", "a", ")") + "'"),
    ("an expression of stars", "print '" + String(repeating: "a", count: 5_000) + "' matches regex '" + String(repeating: "(a*)*", count: 200) + "b'"),
    ("parse", repeated("print s = 'a' | parse s with ", "* 'a' ")),
    ("comments", repeated("", "// a\n", "print 1")),
    ("a long name", "print " + repeated("a", "a")),
    ("a long text", "print '" + repeated("a", "é") + "'"),
    ("a long number", "print " + repeated("1", "1")),
    ("brackets", nested("[", "", "")),
    ("braces", nested("{", "", "")),
    ("quotes", repeated("print ", "'")),
    ("escapes", repeated("print '", "\\")),
    ("bars", repeated("", "|")),
    ("nested applies", "print v = dynamic([1]) " + nested("| mv-apply v on (take 1 ", "", ")")),
  ]

  /// Texts whose plan would double with every line.
  private static let bombs: [(name: String, text: String)] = [
    ("tables", "let t0 = print a = 1; " + (1...60).map { "let t\($0) = union t\($0 - 1), t\($0 - 1); " }.joined() + "t60 | count"),
    (
      "functions",
      "let f0 = (x: long) { x }; "
        + (1...60).map { "let f\($0) = (x: long) { f\($0 - 1)(x) + f\($0 - 1)(x) }; " }.joined() + "print f60(1)"
    ),
    ("columns", "print a = 1" + String(repeating: " | extend a = a + a", count: 200)),
    ("texts", "print a = 'aaaaaaaa'" + String(repeating: " | extend a = strcat(a, a)", count: 60)),
    ("arrays", "print a = dynamic([1])" + String(repeating: " | extend a = array_concat(a, a)", count: 60)),
    ("repetition", "print strrep(strrep(strrep('a', 1000000), 1000000), 1000000)"),
    ("products", "range a from 1 to 100000 step 1 | extend k = 1 | join kind=inner (range b from 1 to 100000 step 1 | extend k = 1) on k | count"),
    ("expansions", "print a = range(1, 1000)" + String(repeating: " | extend b = range(1, 1000) | mv-expand b", count: 6) + " | summarize make_list(b)"),
    ("a long range", "range n from 1 to 9000000000000000000 step 1 | summarize dcount(tostring(n))"),
    ("a wide format", "print format_datetime(now(), '" + String(repeating: "yyyy", count: 50_000) + "')"),
  ]

  @Test(.timeLimit(.hang), arguments: texts.map(\.name))
  func endsWell(name: String) throws {
    let text = try #require(Self.texts.first { $0.name == name }?.text)
    let trial = Trial("depth")
    try trial.run(text)
    #expect(trial.answers + trial.refusals == 1)
  }

  @Test(.timeLimit(.hang), arguments: bombs.map(\.name))
  func bombsAreDefused(name: String) throws {
    let text = try #require(Self.bombs.first { $0.name == name }?.text)
    let trial = Trial("bombs")
    try trial.run(text)
    #expect(trial.answers + trial.refusals == 1)
  }
}
