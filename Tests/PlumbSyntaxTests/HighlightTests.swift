import PlumbSyntax
import Testing

/// What has which colour while it is typed.
struct HighlightTests {
  /// The text's pieces by their kinds: k keywords, f functions, s texts, n numbers, c comments, m mistakes, d commands.
  private func kinds(_ text: String) -> String {
    var marks = [Character](repeating: " ", count: text.utf8.count)
    let letters: [Highlight.Kind: Character] = [
      .keyword: "k", .function: "f", .string: "s", .number: "n", .comment: "c", .mistake: "m", .command: "d",
    ]
    for piece in highlights(in: text) {
      for i in piece.lower..<piece.upper { marks[i] = letters[piece.kind] ?? "?" }
    }
    while marks.last == " " { marks.removeLast() }
    return String(marks)
  }

  @Test(arguments: [
    ("runs | where status == \"failed\" and n > 5 // why",
     "       kkkkk           ssssssss kkk     n cccccc"),
    ("T | project-away a-b | count", "    kkkkkkkkkkkk       kkkkk"),
    ("T | summarize n = countif(x) by bin(at, 1h)",
     "    kkkkkkkkk     fffffff    kk fff     nn"),
    ("T | sort by first desc, last", "    kkkk kk kkkkk kkkk  kkkk"),
    ("T | where first == 1", "    kkkkk          n"),
    ("T | join kind=leftouter (U | where b) on key", "    kkkk kkkk kkkkkkkkk      kkkkk    kk"),
    ("let x = datetime(2024-01-01); print x", "kkk     nnnnnnnnnnnnnnnnnnnn  kkkkk"),
    ("lineage downstream of a-b depth 3", "kkkkkkk kkkkkkkkkk kk     kkkkk n"),
    ("predict risk within 2h | top 5", "kkkkkkk kkkk kkkkkk nn   kkk n"),
    ("T | render timechart with (title=\"x\")", "    kkkkkk kkkkkkkkk kkkk        sss"),
    ("print strlen('a', true)", "kkkkk ffffff sss  nnnn"),
    ("print (1))", "kkkkk  n m"),
    ("print [1, 2)", "kkkkk  n  nm"),
    ("print f((1]", "kkkkk f  nm"),
    ("print 1 ^ 2", "kkkkk n m n"),
    ("print datetime(2024", "kkkkk nnnnnnnnnnnnn"),
    (".show tables", "ddddd"),
    ("pipelines | predict", "            kkkkkkk"),
    ("T | where x !in (slow, 'y')", "    kkkkk   kkk        sss"),
    ("", ""),
    ("| | ;", ""),
  ])
  func pieces(_ text: String, _ expected: String) {
    #expect(kinds(text) == expected, "\(text)")
  }

  @Test func piecesLieInTheTextAndDoNotOverlap() {
    var state: UInt64 = 7
    let parts = ["where", " ", "(", ")", "|", "\"", "'", "```", "é", "東", "5h", "datetime(", "//", "\n", "-", "let", "=", "]", "~", "."]
    for _ in 0..<2000 {
      var text = ""
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1
        text += parts[Int(state >> 33) % parts.count]
      }
      var end = 0
      for piece in highlights(in: text) {
        #expect(piece.lower >= end && piece.upper > piece.lower && piece.upper <= text.utf8.count, "\(text)")
        end = piece.upper
      }
    }
  }
}
