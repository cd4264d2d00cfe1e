import Testing
@testable import PlumbEngine

@Suite("Text functions") struct TextFunctionTests {
  private func check(_ name: String, _ arguments: [Value], _ expected: String) throws {
    #expect(text(try call(name, arguments)) == expected, "\(name)(\(arguments.map(text).joined(separator: ", ")))")
  }

  @Test func operators() throws {
    let cases: [(String, String, String, String)] = [
      ("North America", "has", "america", "true"), ("North America", "has_cs", "america", "false"),
      ("North America", "has", "amer", "false"), ("North America", "!has", "amer", "true"),
      ("a-load-b", "has", "load-b", "true"), ("a-load-bc", "has", "load-b", "false"),
      ("North America", "hasprefix", "ame", "true"), ("North America", "hasprefix_cs", "ame", "false"),
      ("North America", "hassuffix", "ICA", "true"), ("North America", "!hassuffix_cs", "ica", "false"),
      ("FabriKam", "contains", "brik", "true"), ("FabriKam", "contains_cs", "brik", "false"),
      ("FabriKam", "!contains_cs", "briK", "false"), ("Größe", "contains", "RÖSS", "false"),
      ("GRÖSSE", "startswith", "grö", "true"), ("Fabrikam", "endswith_cs", "kam", "true"),
      ("Fabrikam", "!endswith", "KAM", "false"), ("Ärger", "=~", "äRGER", "true"), ("a", "!~", "A", "false"),
      ("task-042", "matches regex", #"\d{3}$"#, "true"), ("task", "matches regex", "^k", "false"),
    ]
    for (lhs, name, rhs, expected) in cases { try check(name, [.string(lhs), .string(rhs)], expected) }
  }

  @Test func listsOfTerms() throws {
    try check("has_any", ["North Carolina", "dakota", "carolina"], "true")
    try check("has_any", ["North Carolina", json(#"["south","dakota"]"#)], "false")
    try check("has_all", ["North Carolina", "north", json(#"["carolina"]"#)], "true")
    try check("has_all", ["North Carolina", "north", "dakota"], "false")
    try check("has_any_index", ["Example number 2", json("[1,2,3]")], "1")
    try check("has_any_index", ["this is an example", json("[]")], "-1")
  }

  @Test func membership() throws {
    try check("in", [2, 1, 2, 3], "true")
    try check("in", [2, 1, 2.0], "true")
    try check("in", [.int(2), 1, 2], "true")
    try check("!in", [2, json("[1, 2.5]")], "true")
    try check("in", ["b", json(#"["a","B"]"#)], "false")
    try check("in~", ["b", "a", "B"], "true")
    try check("!in~", ["b", json(#"["a","B"]"#)], "false")
    try check("in", [.null(.long), 1, 2], "false")
    try check("in", [.null(.long), 1, .null(.long)], "")
    try check("!in", [.null(.long), 1, 2], "true")
    try check("in", [json(#""a""#), "a", "b"], "true")
    try check("in", [.datetime(5), .datetime(5)], "true")
    let many = (0..<1000).map { Value.long(Int64($0 * 3)) }
    let rows = Vector.of(.long, (0..<100).map { Value.long(Int64($0)) })
    #expect(try call("in", columns: [rows], many).values == (0..<100).map { Value.bool($0 % 3 == 0) })
  }

  /// A constant of one chunk may differ from the next one's; what is prepared must not stay.
  @Test func preparedPatternsFollowTheirConstants() throws {
    let function = try #require(ScalarFunction.named("has"))
    let expression = try BoundExpression.calling(
      function, [.literal("load alpha", .none), .column(0, .string, .none)], at: .none)
    let context = ExecutionContext(now: 0, threads: 1, memoryLimit: .max)
    for (word, expected) in [("load", true), ("beta", false), ("alpha", true)] {
      let chunk = Chunk([.constant(.string(word), count: 3)], count: 3)
      #expect(try expression.evaluate(chunk, context).value(at: 2) == .bool(expected))
    }
  }

  @Test func textFunctions() throws {
    try check("strlen", ["naïve"], "5")
    try check("string_size", ["⒦⒰⒮⒯⒪"], "15")
    try check("strcat", ["run-", 7, "!", .null(.long)], "run-7!")
    try check("strcat_delim", ["-", 1, "2", "A", .timespan(TimeSpan.second)], "1-2-A-00:00:01")
    try check("strcat_array", [json("[1,2,3]"), "->"], "1->2->3")
    try check("strrep", [123, 3, "."], "123.123.123")
    try check("strrep", ["ABC", 2], "ABCABC")
    try check("substring", ["123456", 1], "23456")
    try check("substring", ["123456", -2, 2], "56")
    try check("substring", ["näh", 1, 1], "ä")
    try check("substring", ["abc", 1, .long(.min)], "")
    try check("substring", ["abc", .long(.min), .long(.max)], "abc")
    try check("split", ["", "_"], #"[""]"#)
    try check("split", ["a__b", "_"], #"["a","","b"]"#)
    try check("split", ["aaa_bbb_ccc", "_", 1], #"["bbb"]"#)
    try check("reverse", [123.45], "54.321")
    try check("translate", ["krasp", "otsku", "spark"], "kusto")
    try check("countof", ["aaaa", "aa"], "3")
    try check("countof", ["ababa", "aba", "regex"], "1")
    try check("countof", ["a(b(", "("], "2")
    try check("isnull", [.null(.long)], "true")
    try check("isempty", [""], "true")
    try check("isnotempty", [.null(.dynamic)], "false")
    try check("strcmp", ["ABC", "abc"], "-1")
    try check("unicode_codepoints_to_string", [json("[75,117,115]"), 116, 111], "Kusto")
    try check("to_utf8", ["⒦"], "[9382]")
  }

  @Test func positions() throws {
    try check("indexof", ["abcdefg", "cde", 1, 4], "2")
    try check("indexof", ["abcdefg", "cde", 1, 2], "-1")
    try check("indexof", ["abcdefg", "cde", -5], "2")
    try check("indexof", [1_234_567, 5, 1, 4], "4")
    try check("indexof", ["abcdefgabcdefg", "cde", 1, 10, 2], "9")
    try check("indexof", ["abcdefgabcdefg", "cde", 1, -1, 3], "-1")
    try check("indexof", ["abc", "c", 0, -2], "")
    try check("indexof_regex", ["abcabcdefg", "a.c", 0, 9, 2], "3")
    try check("indexof_regex", ["ababaa", "a.a", 0, -1, 2], "-1")
    try check("indexof_regex", ["abcabc", "a|ab", -1], "")
  }

  @Test func replacing() throws {
    try check("replace_string", ["a-b-c", "-", "+"], "a+b+c")
    let message: Value = "This is an example of using replace_strings()"
    try check("replace_strings", [message, json(#"["This","is"]"#), json(#"["This","was"]"#)],
      "This was an example of using replace_strings()")
    try check("replace_strings", [message, json(#"["is","This"]"#), json(#"["was","This"]"#)],
      "Thwas was an example of using replace_strings()")
    try check("replace_strings", ["a cat into a dog", json(#"["cat","dog"]"#), json(#"["dog","pigeon"]"#)],
      "a dog into a pigeon")
    try check("replace_regex", ["Number is 12", #"is (\d+)"#, #"was: \1"#], "Number was: 12")
    try check("trim", [#"[^\w]+"#, "-  Te st1// $"], "Te st1")
    try check("trim_start", ["https://", "https://bing.com"], "bing.com")
    try check("trim_end", [".com", "bing.com"], "bing")
    try check("regex_quote", ["(so$me.Te^xt)"], #"\(so\$me\.Te\^xt\)"#)
  }

  @Test func extracting() throws {
    try check("extract", [#"-(\d{2})-"#, 1, "15-12-2024"], "12")
    #expect(try call("extract", [#"-(\d{2})-"#, 1, "21-07-2023", "int"]) == .int(7))
    #expect(try call("extract", ["x", 0, "abc", "long"]).isNull)
    try check("extract", ["x", 9, "x"], "")
    try check("extract_all", [#"(\d+)"#, "123, 567"], #"["123","567"]"#)
    let id: Value = "82b8be2d-dfa7-4bd1-8f63-24ad26d31449"
    try check("extract_all", [#"(\w)(\w+)(\w)"#, json("[1,3]"), id],
      #"[["8","d"],["d","7"],["4","1"],["8","3"],["2","9"]]"#)
    try check("extract_all", [#"(?P<first>\w)(?P<middle>\w+)(?P<last>\w)"#, json(#"["first",2,"last"]"#), "dfa7"],
      #"[["d","fa","7"]]"#)
    #expect(try call("extract_all", ["(x)", "abc"]).isNull)
    #expect(throws: (any Error).self) { try call("extract", ["(", 0, "abc"]) }
  }
}
