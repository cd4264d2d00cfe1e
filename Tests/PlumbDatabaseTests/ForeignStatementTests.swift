import PlumbSyntax
import Testing

/// What is typed as in other tools leads to the query: the help of the first mistake.
@Suite struct ForeignStatementTests {
  struct Typed: CustomTestStringConvertible {
    let text: String
    let help: String
    var testDescription: String { text }

    init(_ text: String, _ help: String) {
      self.text = text
      self.help = help
    }
  }

  static let all: [Typed] = [
    // Lucene and Kibana.
    Typed("status:failed AND source:office", #"write `table | where status == "failed" and source == "office"`"#),
    Typed("+status:failed -source:office", #"write `table | where status == "failed" and not(source == "office")`"#),
    Typed("NOT status:failed", #"write `table | where not(status == "failed")`"#),
    Typed(#"pipelines status:"failed""#, #"write `pipelines | where status == "failed"`"#),
    Typed("runs | where duration:[300 TO 600]", "write `duration between (300 .. 600)`"),
    Typed("runs | where duration:>300", "write `duration > 300`"),
    Typed("runs | where status:(failed OR skipped)", #"write `status in ("failed", "skipped")`"#),
    Typed("runs | where pipeline:office*", #"write `pipeline startswith "office"`"#),
    Typed("runs | where pipeline:*office*", #"write `pipeline contains "office"`"#),
    Typed("runs | where _exists_:error", "write `isnotempty(error)`"),
    Typed("runs | where pipeline = office*", #"write `pipeline startswith "office"`"#),
    // LogQL.
    Typed(#"{status="failed", source!="a"} |= "timeout""#, #"write `table | where status == "failed" and source != "a" and * contains "timeout"`"#),
    Typed(#"runs{status=~"a|b"}"#, #"write `runs | where status matches regex "a|b"`"#),
    Typed(#"runs |= "timeout""#, #"write `| where * contains "timeout"`"#),
    Typed(#"runs != "timeout""#, #"write `| where not(* contains "timeout")`"#),
    // Splunk.
    Typed("index=runs status=failed", #"write `runs | where status == "failed"`"#),
    Typed("search index=runs status=failed", #"write `runs | where status == "failed"`"#),
    Typed("runs earliest=-24h latest=now", "write `runs | where t > ago(24h) and t <= now()`"),
    Typed("runs | stats dc(a) values(b) by c", "write `summarize dcount(a), make_set(b) by c`"),
    Typed(#"runs | stats count(eval(status="failed")) as n by a"#, #"write `summarize n = countif(status == "failed") by a`"#),
    Typed(#"runs | eval k=case(a="x","bad",true(),"good")"#, #"write `extend k=case(a == "x","bad",true,"good")`"#),
    Typed("runs | eval b=if(len(a) > 1, 1, 0)", "write `extend b=iff(strlen(a) > 1, 1, 0)`"),
    Typed(#"runs | rex field=error "code=(?<c>[A-Z]+)""#, #"write `extend c = extract("code=(?<c>[A-Z]+)", 1, error)`, or `parse`"#),
    Typed("runs | timechart span=5m avg(d) by a", "write `summarize avg(d) by bin(t, 5m), a | render timechart`"),
    Typed("runs | bucket started span=5m", "write `summarize count() by bin(started, 5m)`"),
    Typed("runs | chart count over a by b", "write `summarize count() by a, b`"),
    Typed("runs | eventstats avg(d) as m by a", "write `join kind=leftouter (rows | summarize avg(d) by a) on a`"),
    Typed("runs | top limit=5 a", "write `summarize count() by a | top 5 by count_`"),
    Typed("runs | table a b", "write `project a, b`"),
    Typed("runs | fields - a", "write `project-away a`"),
    Typed("runs | fields + a, b", "write `project a, b`"),
    Typed(#"runs | fillnull value="none" a"#, #"write `extend a = coalesce(a, "none")`"#),
    Typed(#"runs | replace "x" with "y" in a"#, #"write `extend a = replace_string(a, "x", "y")`, or `replace_regex`"#),
    // pandas, Polars, Spark, MongoDB, LINQ.
    Typed("runs.head(5)", "write `runs | take 5`"),
    Typed(#"runs.groupby("a").size()"#, "write `runs | summarize count() by a`"),
    Typed(#"runs.query("a == 'x'")"#, "write `runs | where a == 'x'`"),
    Typed(#"runs[runs.a == "x"]"#, #"write `runs | where a == "x"`"#),
    Typed(#"runs.loc[runs.a == "x", "b"]"#, #"write `runs | where a == "x"`"#),
    Typed("runs.iloc[0:5]", "write `runs | take 5`"),
    Typed(#"runs[["a", "b"]]"#, "write `runs | project a, b`"),
    Typed(#"runs.sort_values("a", ascending=False)"#, "write `runs | sort by a desc`"),
    Typed(#"runs["a"].value_counts()"#, "write `runs | summarize count() by a | sort by count_`"),
    Typed("runs.a.unique()", "write `runs | distinct a`"),
    Typed(#"runs.filter(pl.col("a") == "x")"#, #"write `runs | where a == "x"`"#),
    Typed(#"runs.filter(r => r.a == "x")"#, #"write `runs | where a == "x"`"#),
    Typed(#"db.runs.find({a: "x"})"#, #"write `runs | where a == "x"`"#),
    // dplyr.
    Typed("runs | mutate(x = a * 2)", "write `extend x = a * 2`"),
    Typed("runs | arrange(desc(a))", "write `sort by a desc`"),
    Typed("runs | summarise(n = n(), .by = a)", "write `summarize n = count() by a`"),
    Typed("runs | slice_max(a, n = 5)", "write `top 5 by a desc`"),
    // psql, MySQL, SQLite.
    Typed(#"\d runs"#, "write `.schema runs`"), Typed(#"\dt+"#, "write `.tables`"), Typed(#"\q"#, "write `.quit`"),
    Typed(#"\i file.sql"#, "write `.read file.sql`"), Typed(#"\timing on"#, "write `.timer on`"),
    Typed("PRAGMA table_info(runs)", "write `.schema runs`"), Typed("TABLE runs", "write `runs | take 10`, without `TABLE`"),
    Typed("SHOW COLUMNS FROM runs", "write `.schema runs`"), Typed(".nullvalue NULL", "write `.null TEXT`"),
    // Other shells.
    Typed("head -n 5 runs", "write `runs | take 5`"), Typed("head x.csv", "write `.load NAME=x.csv`, then `NAME | take 10`"),
    Typed("cd /tmp", "write `.cd /tmp`"), Typed("ls -la", "write `.tables`, or `.shell ls` for files"),
    Typed("grep failed runs", #"write `runs | where * contains "failed"`, or `.shell grep failed runs` for files"#),
    Typed("sudo ls", "write `.shell sudo ls`"), Typed("echo hello", #"write `print "hello"`"#),
    Typed("runs > x.csv", "write `.once x.csv` before the query; on the command line use `-o x.csv`"),
    Typed("runs | head -5", "write `take 5`"), Typed("runs | tail -n 5", "write `sort by t desc | take 5`"),
    Typed("runs | grep -i failed", #"write `where * contains "failed"`"#), Typed("runs | uniq -c", "write `distinct a, b`"),
    Typed("runs | sort -r", "write `sort by column desc`"), Typed("runs | wc -l", "write `count`"),
    Typed(":q", "write `.quit`"), Typed("?", "write `.help`, or `.help where` for one word"),
    // Questions.
    Typed("why is office-x failing?", "write `why office-x`"),
    Typed("what failed", #"write `pipelines | where status == "failed"`"#),
    Typed("runs schema", "write `runs | getschema`"), Typed("runs head 5", "write `runs | take 5`"),
    Typed("runs | top 5 pipelines by count", "remove `pipelines`"), Typed("runs | project-away", "write `project-away column, ...`"),
  ]

  @Test(arguments: all) func leadsToTheQuery(_ typed: Typed) {
    // Questions may end in a sign that is a mistake of its own.
    let helps = parse(typed.text).diagnostics.compactMap(\.help)
    #expect(helps.contains(typed.help), "\(helps)")
  }

  /// Whole translations are KQL: those of a table, or of a step after one.
  @Test func translationsParse() {
    for typed in Self.all where typed.help.hasPrefix("write `") {
      let code = String(typed.help.split(separator: "`")[1])
      if code.hasPrefix(".") { continue }
      let text = code.hasPrefix("|") ? "t \(code)" : code.hasPrefix("table |") || code.hasPrefix("runs") || code.hasPrefix("pipelines") || code.hasPrefix("print") ? code : nil
      if let text { #expect(!parse(text).hasErrors, "\(text)") }
    }
  }

  /// Parts of such texts, and texts with a part missing or twice, end in an answer too: what is wrong is in the text, and said.
  @Test func piecesOfThemEnd() {
    for (number, typed) in Self.all.enumerated() {
      let bytes = Array(typed.text.utf8)
      for place in stride(from: number % 3, to: bytes.count, by: 3) {
        let (head, tail) = (String(decoding: bytes[..<place], as: UTF8.self), String(decoding: bytes[place...], as: UTF8.self))
        for text in [head, tail, head + tail.dropFirst(), tail + head, head + head] {
          for diagnostic in parse(text).diagnostics {
            #expect(!diagnostic.message.isEmpty && diagnostic.help?.isEmpty != true, "\(text)")
            #expect(diagnostic.span.map { $0.lower <= $0.upper && $0.upper <= text.utf8.count } ?? true, "\(text)")
          }
        }
      }
    }
  }
}
