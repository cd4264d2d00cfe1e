import Testing

/// Several files of one name, which `--load` makes one table of, as `plumb import` does.
struct GatheredFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func query(_ loads: [String], _ text: String, _ more: [String] = []) throws -> PlumbProcess {
    try PlumbProcess(["query", "-c", text] + loads.flatMap { ["--load", $0] } + more)
  }

  @Test func filesOfOneNameAreOneTable() throws {
    try folder.write("runs.2025-01.csv", "n,s\n1,x\n")
    try folder.write("runs.2025-02.csv", "s,n\ny,2\n")
    try folder.write("runs.2025-03.ndjson", "{\"n\": 3}\n")
    let expected = "n,s\n1,x\n2,y\n3,\n"
    for loads in [[folder.path], [folder.path + "/runs.*"], [folder.path, folder.path + "/*.csv"]] {
      let run = try query(loads, "runs | sort by n asc")
      #expect(run.status == 0, "\(run.messages)")
      #expect(run.output == expected)
    }
    let named = try query(["t=\(folder.path)/runs.2025-01.csv", "t=\(folder.path)/runs.2025-02.csv"], "t")
    #expect(named.output == "n,s\n1,x\n2,y\n")
    // As an import has it, also one that replaces.
    let file = folder.path + "/w.plumb"
    for more in [[], ["--replace"]] {
      #expect(try PlumbProcess(["import", folder.path + "/runs.*", "--into", file] + more).status == 0)
      #expect(try PlumbProcess(["query", file, "-c", "runs | sort by n asc"]).output == expected)
    }
  }

  /// Columns are united by name; `--strict` refuses what that would add or leave empty.
  @Test func otherColumnsNameBothFiles() throws {
    let first = try folder.write("a.csv", "n,s\n1,x\n")
    for (text, reason) in [
      ("n,s,z\n1,x,3\n", "it has a column `z`, which the table does not have"), ("n\n1\n", "it has no column `s`"),
      ("n,s\n1.5,x\n", "it has values of type real in `n`, which has type long in the table"),
    ] {
      let second = try folder.write("b.csv", text)
      let run = try query(["t=\(first)", "t=\(second)"], "t", ["--strict"])
      #expect(run.status == 1)
      #expect(run.messages.contains("error[schema-differs]: `\(second)` cannot be added to `t` of `\(first)`: \(reason)\n"), "\(run.messages)")
    }
    // A type that has room for the values of the other file takes them.
    let real = try query(["t=\(try folder.write("b.csv", "n,s\n1.5,x\n"))", "t=\(first)"], "t")
    #expect(real.output == "n,s\n1.5,x\n1,x\n", "\(real.messages)")
  }

  @Test func typesOfColumnsThatTheHeaderLacks() throws {
    let data = try folder.write("t.csv", "first,second\n1,2\n")
    let some = try query([data], "t", ["--types", "second:string,frist:string"])
    #expect(some.status == 1)
    #expect(some.messages.contains("error[columns-differ]: the header of `t.csv` has only some of the stated columns; `frist` is missing"), "\(some.messages)")
    #expect(some.messages.contains("did you mean `first`?"))
    #expect(try query([data], "t", ["--types", "second:string"]).output == "second\n2\n")
    // By place when the header has none, and as Kusto does in `externaldata`.
    #expect(try query([data], "t", ["--types", "a:string,b:string"]).output == "a,b\n1,2\n")
    let external = try query([data], "externaldata(second: string, other: string)['\(data)'] with (ignoreFirstRecord = true)")
    #expect(external.output == "second,other\n1,2\n", "\(external.messages)")
    // Names in a header mean nothing to it, and a header that it is not told of is a row.
    let swapped = try query([data], "externaldata(second: string, first: string)['\(data)'] with (ignoreFirstRecord = true)")
    #expect(swapped.output == "second,first\n1,2\n", "\(swapped.messages)")
    let whole = try query([data], "externaldata(a: string, b: string)['\(data)'] with (format = 'csv')")
    #expect(whole.output == "a,b\nfirst,second\n1,2\n", "\(whole.messages)")
    let fewer = try query([data], "externaldata(a: string)['\(data)'] with (ignorefirstrecord = true)")
    #expect(fewer.output == "a\n1\n", "\(fewer.messages)")
    let semicolons = try folder.write("s.csv", "A;B\n1;2\n")
    let line = try query([data], "externaldata(l: string)['\(semicolons)'] with (format = 'csv')")
    #expect(line.output == "l\nA;B\n1;2\n", "\(line.messages)")
    let mapping = #"[{"Column": "a", "Properties": {"Ordinal": "1"}}]"#
    let mapped = try query([data], "externaldata(a: string)['\(data)'] with (ignoreFirstRecord = true, ingestionMapping = '\(mapping)')")
    #expect(mapped.output == "a\n2\n", "\(mapped.messages)")
    let unknown = try query([data], "externaldata(a: string)['\(data)'] with (nosuch = 5)")
    #expect(unknown.messages.contains("error[unknown-option]: `externaldata` has no property `nosuch`"), "\(unknown.messages)")
  }

  @Test func optionsWithoutEffectAreReported() throws {
    let idle = try query([], "set truncationmaxrecords = 5; print a = 1")
    #expect(idle.messages.contains("note: the option `truncationmaxrecords` has no effect: Plumb never truncates"))
    #expect(try query([], "set nosuch = 5; print a = 1").messages.contains("unknown option `nosuch`"))
    let obeyed = try query([], "set query_take_max_records = 2; range a from 1 to 9 step 1")
    #expect(obeyed.output == "a\n1\n2\n" && obeyed.messages.isEmpty, "\(obeyed.messages)")
  }
}
