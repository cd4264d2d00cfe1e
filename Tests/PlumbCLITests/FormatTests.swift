import Testing

/// Every format, against the text it should give for one small result.
struct FormatTests {
  private static let query = #"""
    datatable(n: long, name: string, at: datetime, took: timespan, share: real, ok: bool, more: dynamic)[
      1, "a, \"b\"", datetime(2024-01-02T03:04:05), timespan(1.02:03:04), 0.1, true, dynamic({"k": [1, 2.5, null]}),
      long(null), "x|y\n<z>", datetime(null), timespan(null), real(null), bool(null), dynamic(null)
    ]
    """#

  private func check(_ format: String, _ expected: String) throws {
    let run = try PlumbProcess(["query", "--format", format], input: Self.query)
    #expect(run.status == 0)
    #expect(run.messages == "")
    #expect(run.output == expected)
  }

  @Test func csv() throws {
    try check(
      "csv",
      """
      n,name,at,took,share,ok,more
      1,"a, ""b""\",2024-01-02T03:04:05.0000000Z,1.02:03:04,0.1,true,"{""k"":[1,2.5,null]}"
      ,"x|y
      <z>",,,,,

      """)
  }

  @Test func tsv() throws {
    try check(
      "tsv",
      "n\tname\tat\ttook\tshare\tok\tmore\n"
        + "1\ta, \"b\"\t2024-01-02T03:04:05.0000000Z\t1.02:03:04\t0.1\ttrue\t{\"k\":[1,2.5,null]}\n"
        + "\tx|y\\n<z>\t\t\t\t\t\n")
  }

  @Test func json() throws {
    try check(
      "json",
      #"""
      [
      {"n":1,"name":"a, \"b\"","at":"2024-01-02T03:04:05.0000000Z","took":"1.02:03:04","share":0.1,"ok":true,"more":{"k":[1,2.5,null]}},
      {"n":null,"name":"x|y\n<z>","at":null,"took":null,"share":null,"ok":null,"more":null}
      ]

      """#)
  }

  @Test func jsonl() throws {
    try check(
      "jsonl",
      #"""
      {"n":1,"name":"a, \"b\"","at":"2024-01-02T03:04:05.0000000Z","took":"1.02:03:04","share":0.1,"ok":true,"more":{"k":[1,2.5,null]}}
      {"n":null,"name":"x|y\n<z>","at":null,"took":null,"share":null,"ok":null,"more":null}

      """#)
  }

  @Test func table() throws {
    try check(
      "table",
      """
      n  name     at                         took  share  ok    more
      ─  ───────  ───────────────────  ──────────  ─────  ────  ──────────────────
      1  a, "b"   2024-01-02 03:04:05  1.02:03:04    0.1  true  {"k":[1,2.5,null]}
         x|y␊<z>

      """)
  }

  @Test func box() throws {
    try check(
      "box",
      """
      ┌───┬─────────┬─────────────────────┬────────────┬───────┬──────┬────────────────────┐
      │ n │ name    │ at                  │       took │ share │ ok   │ more               │
      ├───┼─────────┼─────────────────────┼────────────┼───────┼──────┼────────────────────┤
      │ 1 │ a, "b"  │ 2024-01-02 03:04:05 │ 1.02:03:04 │   0.1 │ true │ {"k":[1,2.5,null]} │
      │   │ x|y␊<z> │                     │            │       │      │                    │
      └───┴─────────┴─────────────────────┴────────────┴───────┴──────┴────────────────────┘

      """)
  }

  @Test func markdown() throws {
    try check(
      "markdown",
      #"""
      | n | name | at | took | share | ok | more |
      |---:|---|---|---:|---:|---|---|
      | 1 | a, "b" | 2024-01-02 03:04:05 | 1.02:03:04 | 0.1 | true | {"k":[1,2.5,null]} |
      |  | x\|y<br>\<z> |  |  |  |  |  |

      """#)
  }

  @Test func html() throws {
    let run = try PlumbProcess(["query", "--format", "html", "-c", #"print n = 1, t = "<a href='x'>&""#])
    #expect(
      run.output == """
        <table>
        <thead>
        <tr><th>n</th><th>t</th></tr>
        </thead>
        <tbody>
        <tr><td style="text-align: right">1</td><td>&lt;a href=&#39;x&#39;&gt;&amp;</td></tr>
        </tbody>
        </table>

        """)
  }

  @Test func line() throws {
    let run = try PlumbProcess(["query", "--format", "line", "-c", #"print number = 1, t = "two\nlines""#])
    #expect(run.output == "number: 1\n     t: two\n        lines\n")
  }

  @Test func raw() throws {
    let run = try PlumbProcess(["query", "--format", "raw", "-c", #"print "a \"b\", c""#])
    #expect(run.output == "a \"b\", c\n")
  }

  @Test func datatable() throws {
    let first = try PlumbProcess(["query", "--format", "datatable"], input: Self.query)
    #expect(first.status == 0)
    let again = try PlumbProcess(["query", "--format", "datatable"], input: first.output)
    #expect(again.output == first.output)
    let plain = try PlumbProcess(["query", "--format", "jsonl"], input: first.output)
    let original = try PlumbProcess(["query", "--format", "jsonl"], input: Self.query)
    #expect(plain.output == original.output)
  }

  @Test func kusto() throws {
    let run = try PlumbProcess(["query", "--format", "kusto", "-c", "print x = 1, d = dynamic([1])"])
    #expect(
      run.output == #"""
        {"Tables":[{"TableName":"PrimaryResult","Columns":[{"ColumnName":"x","DataType":"Int64","ColumnType":"long"},{"ColumnName":"d","DataType":"Object","ColumnType":"dynamic"}],"Rows":[[1,[1]]]}]}

        """#)
  }

  @Test func kustoCarriesTheVisualization() throws {
    let run = try PlumbProcess(["query", "--format", "kusto", "-c", "print x = 1 | render piechart"])
    #expect(run.output.contains(#"{"TableName":"@ExtendedProperties""#))
    #expect(run.output.contains(#"\"Visualization\":\"piechart\""#))
  }

  /// A line of a CSV file that is empty would be lost.
  @Test func csvOfOneEmptyCell() throws {
    let run = try PlumbProcess(["query", "--format", "csv", "-c", "print a = ''"])
    #expect(run.output == "a\n\"\"\n")
  }

  @Test func emptyResults() throws {
    let query = "print a = 1 | where a > 1"
    for (format, expected) in [
      ("csv", "a\n"), ("json", "[]\n"), ("jsonl", ""), ("raw", ""), ("table", "a\n─\n"), ("line", ""),
    ] {
      let run = try PlumbProcess(["query", "--format", format, "-c", query])
      #expect(run.output == expected, "\(format)")
      #expect(run.status == 0)
    }
  }
}
