import Foundation
import PlumbEngine
import PlumbSyntax
import Testing

@testable import PlumbDatabase

/// What Plumb says to words of other languages must itself be KQL.
@Suite struct ForeignWordTests {
  /// The pieces between backticks.
  private func code(in advice: String) -> [String] {
    advice.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  private let known: Set<String> = Set(
    ScalarFunction.all.map(\.name) + AggregateFunction.all.map(\.name) + WindowFunction.allCases.map(\.rawValue)
      + BinderFunction.all.map(\.name) + Plugin.all.map(\.name)
      + ["not", "in", "between", "by", "on", "partition", "datetime", "f", "NAME", "TABLE", "compare", "int", "dynamic", "join", "of", "a", "table", "leftouter", "inner", "with", "as", "datatable"])

  @Test func adviceCallsOnlyFunctionsThatExist() throws {
    for word in ForeignWord.all {
      for piece in code(in: word.advice) {
        for match in piece.matches(of: /([A-Za-z_][A-Za-z_0-9]*) ?\(/) {
          #expect(known.contains(String(match.1)), "\(word.names[0]): `\(match.1)` in \(word.advice)")
        }
      }
    }
  }

  @Test func adviceForStepsParsesAfterAPipe() {
    for word in ForeignWord.all where word.place == .step && word.advice.hasPrefix("write `") {
      guard let step = code(in: word.advice).first else { continue }
      let result = parse("t | " + step.replacing("...", with: "1"))
      #expect(!result.hasErrors, "\(word.names[0]): \(step): \(result.diagnostics.map(\.message))")
    }
  }

  @Test func adviceForFunctionsAndClausesParses() {
    for word in ForeignWord.all where [.function, .value].contains(word.place) && word.advice.hasPrefix("write `") {
      guard let piece = code(in: word.advice).first, !piece.hasPrefix("let"), !piece.contains(" = "), !piece.contains(" | ") else { continue }
      let isStep = ["summarize", "top", "mv-expand", "top-hitters", "|"].contains { piece.hasPrefix($0) }
      let text = isStep ? "t | \(piece)" : "t | where \(piece)"
      if piece == "*" || piece.hasPrefix("| ") { continue }
      #expect(!parse(text).hasErrors, "\(word.names[0]): \(text)")
    }
  }

  /// What Plumb has is never explained as a word of another language.
  @Test func foreignWordsAreForeign() {
    for name in OperatorDeclaration.all.filter(\.isSupported).flatMap({ [$0.keyword] + $0.aliases }) {
      #expect(ForeignWord.named(name, .step) == nil, "the operator \(name) exists")
    }
    for name in CommandDeclaration.firstWords { #expect(ForeignWord.named(name, .command) == nil, "the command \(name) exists") }
    for word in ForeignWord.all {
      for name in word.names {
        #expect(name == name.lowercased(), "\(name)")
        switch word.place {
        case .function:
          #expect(
            ScalarFunction.named(name) == nil && AggregateFunction.named(name) == nil,
            "the function \(name) exists: take it out of PlumbSyntax/Foreign/ForeignFunctions.swift")
        case .step, .command, .clause, .value, .start: break
        }
      }
    }
  }

  @Test func percentagesInNames() {
    #expect(ForeignWord.function("p95") == "write `percentile(x, 95)`")
    #expect(ForeignWord.function("p999") == "write `percentile(x, 99.9)`")
    #expect(ForeignWord.function("perc_50") == "write `percentile(x, 50)`")
    #expect(ForeignWord.function("pow_of") == nil)
  }

  struct Statement: CustomTestStringConvertible {
    let sql: String
    let kql: String?
    var testDescription: String { sql }
  }

  /// Simple statements of SQL are translated, and others are not guessed.
  @Test(arguments: [
    Statement(sql: "SELECT * FROM runs LIMIT 10", kql: "runs | take 10"),
    Statement(sql: "select pipeline, count(*) from runs group by pipeline", kql: "runs | summarize n = count() by pipeline"),
    Statement(
      sql: "SELECT a, b AS c FROM t WHERE x = 'y' AND NOT z IN (1, 2)", kql: nil),
    Statement(sql: "SELECT a, b AS c FROM t WHERE x = 'y' AND z > 2", kql: #"t | where x == "y" and z > 2 | project a, c = b"#),
    Statement(sql: "select distinct a from t where b like 'x%' order by a desc", kql: #"t | where b startswith "x" | distinct a | sort by a desc"#),
    Statement(
      sql: "SELECT s, AVG(d) AS m FROM t WHERE e IS NOT NULL GROUP BY s HAVING AVG(d) > 5 ORDER BY m DESC LIMIT 3",
      kql: "t | where isnotempty(e) | summarize m = avg(d) by s | where m > 5 | sort by m desc | take 3"),
    Statement(sql: "SELECT count(distinct a) FROM t", kql: "t | summarize n = dcount(a)"),
    Statement(sql: "SELECT a FROM t JOIN u ON t.x = u.x", kql: "t | join kind=inner (u) on x | project a"),
    Statement(
      sql: "SELECT a FROM t JOIN u ON t.x > u.x", kql: "table | join kind=inner (other) on $left.a == $right.b | where ... | project ..."),
    Statement(
      sql: "SELECT r.a, p.b FROM runs AS r LEFT OUTER JOIN pipes p ON p.y = r.x AND r.k = p.k WHERE p.tier = 1",
      kql: "runs | join kind=leftouter (pipes) on $left.x == $right.y, k | where tier == 1 | project a, b"),
    // A column of both sides has a number on the right.
    Statement(sql: "SELECT r.status, p.status FROM r JOIN p USING (x)", kql: "r | join kind=inner (p) on x | project status, status1"),
    Statement(
      sql: "WITH f AS (SELECT * FROM t WHERE a = 'x'), g AS (SELECT b FROM f) SELECT b, COUNT(*) FROM g GROUP BY b",
      kql: #"let f = t | where a == "x"; let g = f | project b; g | summarize n = count() by b"#),
    Statement(sql: "SELECT s, AVG(d) FROM t GROUP BY 1 ORDER BY 2 DESC", kql: "t | summarize n = avg(d) by s | sort by n desc"),
    Statement(sql: "SELECT date_trunc('hour', at) AS h, COUNT(*) FROM t GROUP BY h", kql: "t | summarize n = count() by h = bin(at, 1h)"),
    Statement(sql: "SELECT s FROM t GROUP BY s HAVING COUNT(*) > 5", kql: "t | summarize n2 = count() by s | where n2 > 5 | project-away n2"),
    Statement(
      sql: "SELECT a, ROW_NUMBER() OVER (PARTITION BY s ORDER BY at DESC) AS n FROM t",
      kql: "t | sort by s asc, at desc | extend n = row_number(1, prev(s) != s) | project a, n"),
    Statement(sql: "SELECT a, LAG(a) OVER (ORDER BY at) AS b FROM t", kql: "t | sort by at asc | extend b = prev(a) | project a, b"),
    Statement(sql: "SELECT SUM(a) OVER (ORDER BY at) FROM t", kql: nil),
    Statement(sql: "SELECT a FROM t UNION ALL SELECT a FROM u", kql: "t | project a | union (u | project a)"),
    Statement(sql: "SELECT a FROM t UNION SELECT a FROM u", kql: "t | project a | union (u | project a) | distinct *"),
    Statement(sql: "SELECT a FROM t UNION SELECT a FROM u LIMIT 5", kql: nil),
    Statement(sql: "SELECT * FROM t WHERE a IN (SELECT a FROM u WHERE b IS NULL)", kql: "t | where a in (u | where isempty(b) | project a)"),
    Statement(sql: "SELECT * FROM (SELECT a FROM t) x WHERE a NOT LIKE '%y%'", kql: #"t | project a | where a !contains "y""#),
    Statement(sql: "SELECT CASE WHEN a = 1 THEN 'x' WHEN a = 2 THEN 'y' ELSE 'z' END AS c FROM t", kql: #"t | project c = case(a == 1, "x", a == 2, "y", "z")"#),
    Statement(sql: "SELECT * FROM t WHERE at > NOW() - INTERVAL '2 weeks' AND b <> 3", kql: "t | where at > now() - 14d and b != 3"),
    Statement(sql: "SELECT a::int, UPPER(b), COALESCE(c, 'x'), LENGTH(d) FROM t", kql: #"t | project toint(a), toupper(b), coalesce(c, "x"), strlen(d)"#),
    Statement(sql: "SELECT EXTRACT(HOUR FROM at), CAST(a AS VARCHAR) FROM t", kql: #"t | project datetime_part("Hour", at), tostring(a)"#),
    Statement(sql: "SELECT COUNT(a) FROM t", kql: "t | summarize n = countif(isnotempty(a))"),
    Statement(sql: "SELECT TOP 5 a FROM dbo.t ORDER BY a", kql: "t | sort by a asc | take 5 | project a"),
    Statement(sql: "SELECT a FROM t ORDER BY a DESC FETCH FIRST 5 ROWS ONLY", kql: "t | sort by a desc | take 5 | project a"),
    Statement(sql: "SELECT 1, 'x'", kql: #"print 1, "x""#),
    Statement(sql: "FROM t SELECT a WHERE b = 1", kql: "t | where b == 1 | project a"),
    Statement(sql: "SELECT * FROM t WHERE a = 1 AND (b = 2 OR b = 3)", kql: "t | where a == 1 and (b == 2 or b == 3)"),
    Statement(sql: "SELECT * FROM t WHERE date(at) = '2026-03-31'", kql: "t | where bin(at, 1d) == datetime(2026-03-31)"),
    Statement(sql: "EXPLAIN SELECT a FROM t", kql: "explain t | project a"),
    Statement(sql: "SELECT CASE WHEN a THEN b END FROM t", kql: nil),
    Statement(sql: "SELECT a, count(*) FROM t", kql: nil),
    Statement(sql: "SELECT a FROM t WHERE d BETWEEN '2026-01-01' AND '2026-01-02'", kql: "t | where d between (datetime(2026-01-01) .. datetime(2026-01-02)) | project a"),
  ])
  func translates(_ statement: Statement) {
    let help = parse(statement.sql).diagnostics.first?.help
    #expect(help == "write `\(statement.kql ?? "table | where ... | project ...")`")
  }
}
