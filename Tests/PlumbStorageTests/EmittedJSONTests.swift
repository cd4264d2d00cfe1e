import PlumbEngine
import Testing

@testable import PlumbStorage

/// JSON and logs as programs write them.
@Suite struct EmittedJSONTests {
  /// The rows of a text whose only column is `a`.
  private func values(_ text: String, named name: String = "t.json", blockSize: Int? = nil) throws -> [String] {
    try load(text, named: name) { ($0.blockSize, $0.threads) = (blockSize, 2) }.rows
  }

  @Test func sequencesOfValues() throws {
    let pages = (0..<3).map { page in "[" + (0..<40).map { "{\"a\": \(page * 40 + $0)}" }.joined(separator: ", ") + "]" }
    let expected = (0..<120).map(String.init)
    for separator in ["", "\n", " \n ", ","] {
      for size in [16, 100, nil] {
        #expect(try values(pages.joined(separator: separator), blockSize: size) == expected)
      }
    }
    #expect(try values("[[{\"a\":1}],[{\"a\":2},{\"a\":3}]]") == ["1", "2", "3"])
    #expect(try values("[]\n[{\"a\":1}]\n[]\n") == ["1"])
    #expect(try values("{\"a\":1}{\"a\":2}\n{\"a\":3}\n[{\"a\":4},{\"a\":5}]\n", named: "t.ndjson") == ["1", "2", "3", "4", "5"])
  }

  @Test func damagedArrays() {
    #expect(failure("[{\"a\":1},{\"a\":2}", named: "t.json") == "bad-json: `t.json` line 1, byte 17: the array is not closed")
    #expect(failure("[{\"a\":1}][{\"a\":2}", named: "t.json").hasSuffix("the array is not closed"))
    #expect(failure("[{\"a\":1}]]", named: "t.json") == "bad-json: `t.json` line 1, byte 10: `]` closes nothing")
    #expect(failure("[{\"a\":1}] x", named: "t.json").hasPrefix("bad-json: `t.json` line 1, byte 11"))
    #expect(failure("{\"a\":1} x\n{\"a\":2}\n", named: "t.ndjson").hasPrefix("bad-json: `t.ndjson` line 1"))
  }

  @Test func whatPythonWrites() throws {
    let loaded = try load("{\"a\": NaN, \"b\": [1, 2,],}\n{\"a\": -Infinity, \"b\": []}\n", named: "t.ndjson")
    #expect(loaded.columns == "a:real b:dynamic")
    #expect(loaded.rows == ["nan|[1,2]", "-inf|[]"])
  }

  @Test func largeNumbersKeepTheirDigits() throws {
    let ids = try load("{\"a\":15878708649682983132}\n{\"a\":15878708649682983133}\n{\"a\":7}\n", named: "t.ndjson")
    #expect(ids.columns == "a:string")
    #expect(ids.rows == ["15878708649682983132", "15878708649682983133", "7"])
    let digits = String(repeating: "1234567890", count: 5)
    #expect(try load("{\"a\":\(digits)}\n", named: "t.ndjson").rows == [digits])
    let nested = try load("{\"a\":{\"id\":15878708649682983132}}\n", named: "t.ndjson")
    #expect(nested.rows[0].contains("15878708649682983132"))
  }

  @Test func envelopes() throws {
    let page = try load("{\"total_count\": 2, \"workflow_runs\": [{\"a\": 1, \"b\": \"]}\"}, {\"a\": 2}], \"next\": null}\n", named: "t.json")
    #expect(page.columns == "a:long b:string")
    #expect(page.rows == ["1|]}", "2|"])
    #expect(page.notes == ["the rows are the elements of `workflow_runs`, since the file is one object"])
    #expect(try load("{\"x\": [{\"a\": 1}]}", named: "t.json").columns == "a:long")
    // An object with a name of its own is not a page, nor one of several objects, nor one with several lists.
    #expect(try load("{\"id\": 1, \"items\": [{\"a\": 1}]}", named: "t.json").columns == "id:long items:dynamic")
    #expect(try load("{\"value\": [{\"a\": 1}]} {\"value\": []}", named: "t.json").columns == "value:dynamic")
    #expect(try load("{\"value\": [{\"a\": 1}], \"errors\": [{\"b\": 1}]}", named: "t.json").columns == "value:dynamic errors:dynamic")
    #expect(try load("{\"value\": [{\"a\": 1}]}", named: "t.json") { $0.unwrapsLists = false }.columns == "value:dynamic")
  }

  @Test func textBeforeValues() throws {
    let loaded = try load("2024-01-05T10:00:00Z stdout F {\"a\":1}\nsub:1 INFO - {\"a\":2}\n", named: "t.ndjson")
    #expect(loaded.rows == ["1", "2"])
    #expect(loaded.notes == ["the text before the JSON of 2 lines was left out; `--load-format lines` keeps whole lines"])
    #expect(failure("noise\n{\"a\":1}\n", named: "t.ndjson").hasPrefix("bad-json: `t.ndjson` line 1"))
  }

  @Test func linesOfLogs() throws {
    let logs = [
      "Nov  3 09:23:38 web1 app[1]: first, \"x\nNov  3 09:23:39 web1 app[1]: second",
      "[2024-01-05 10:00:00] INFO start\n[2024-01-05 10:00:01] ERROR boom",
      "\u{1B}[0m10:00:00  Running with dbt=1.7\n\u{1B}[0m10:00:01  Done, well",
      "127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 5\n127.0.0.1 - - [10/Oct/2000:13:55:37 -0700] \"GET /b HTTP/1.0\" 404 -",
      "2024-01-05 10:00:00,123 INFO started\n  at x\n2024-01-05 10:00:00,124 INFO ended\n2024-01-05 10:00:00,125 INFO over",
      "time=1 level=info msg=\"a b\"\ntime=2 level=warn msg=c",
    ]
    for log in logs {
      let loaded = try load(log + "\n", named: "t.txt")
      #expect(loaded.columns == "line:string")
      #expect(loaded.rows == log.split(separator: "\n").map(String.init))
    }
    #expect(try load("anything\n\nelse\r\n", named: "t.log").rows == ["anything", "", "else"])
    #expect(try load("{\"a\":1}\n{\"a\":2}\n", named: "t.log").columns == "a:long")
    #expect(try load("at,level\n2024-01-05 10:00:00,INFO\n", named: "t.txt").columns == "at:datetime level:string")
    #expect(try load("2024-01-05 10:00:00,INFO,1\n2024-01-05 10:00:01,WARN,2\n", named: "t.txt").columns.hasPrefix("Column1:datetime"))
  }

  @Test func patterns() throws {
    func matched(_ pattern: String, _ text: String) throws -> (columns: String, rows: [String]) {
      let loaded = try load(text, named: "t.log") { ($0.pattern, $0.format) = (try? LinePattern(pattern), .lines) }
      return (loaded.columns, loaded.rows)
    }
    let syslog = try matched("syslog", "Nov  3 09:23:38 web1 app[12]: say \"hi\", you\nNov  3 09:23:39 web1 cron: b\n")
    #expect(syslog.columns == "priority:string at:string host:string program:string pid:long message:string")
    #expect(syslog.rows == ["|Nov  3 09:23:38|web1|app|12|say \"hi\", you", "|Nov  3 09:23:39|web1|cron|∅|b"])
    let web = try matched("nginx", "1.2.3.4 - bo [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 5 \"-\" \"curl\"\n1.2.3.4 - - [10/Oct/2000:13:55:37 -0700] \"GET /b HTTP/1.0\" 404 -\n")
    #expect(web.rows[0] == "1.2.3.4|-|bo|2000-10-10T20:55:36.0000000Z|GET|/a|HTTP/1.0|200|5|-|curl")
    #expect(web.rows[1].contains("|404|∅|"))
    let trace = try matched("log", "noise\n2024-01-05 10:00:00,123 ERROR boom\n  at x\n2024-01-05 10:00:01,000 INFO end\n")
    #expect(trace.rows == ["2024-01-05T10:00:00.1230000Z||ERROR|boom\n  at x", "2024-01-05T10:00:01.0000000Z||INFO|end"])
    let airflow = try matched("airflow", "[2024-01-05T10:00:00.123+0000] {taskinstance.py:1157} INFO - Marking task as FAILED\n")
    #expect(airflow.rows == ["2024-01-05T10:00:00.1230000Z|taskinstance.py:1157|INFO|Marking task as FAILED"])
    let own = try matched(#"(?<day>\d+) [(](?P<n>[^)]*)[)](\s|$)"#, "3 (a)\n4 (b)\n")
    #expect(own.columns == "day:long n:string")
    #expect(own.rows == ["3|a", "4|b"])
    #expect(throws: (any Error).self) { _ = try matched("zz(?<a>x)", "b\n") }
    #expect(throws: (any Error).self) { _ = try LinePattern("x") }
    #expect(throws: (any Error).self) { _ = try LinePattern("(") }
    for (name, _) in LinePattern.known { #expect(!(try LinePattern(name)).names.isEmpty) }
  }
}
