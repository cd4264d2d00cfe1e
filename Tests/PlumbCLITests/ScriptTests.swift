import PlumbSyntax
import Testing

/// `plumb run` and `plumb pipe`: several statements, and requests from programs.
struct ScriptTests {
  @Test func runsStatementsInOrder() throws {
    let folder = try TemporaryFolder()
    let script = try folder.write("s.kql", "let n = 2;\nprint a = n;\nprint b = n + 1\n")
    let run = try PlumbProcess(["run", script, "--format", "jsonl"])
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.output == "{\"a\":2}\n{\"b\":3}\n")
  }

  @Test func stopsAtTheFirstErrorUnlessToldOtherwise() throws {
    let folder = try TemporaryFolder()
    let bad = try folder.write("bad.kql", "print nosuchfunction(1)\n")
    let good = try folder.write("good.kql", "print a = 1\n")
    let stopped = try PlumbProcess(["run", bad, good])
    #expect(stopped.status == 1)
    #expect(stopped.output == "")
    #expect(stopped.messages.contains("bad.kql:1"))
    let through = try PlumbProcess(["run", bad, good, "--keep-going"])
    #expect(through.status == 1)
    #expect(through.output == "a\n1\n")
  }

  /// Whoever goes on after errors runs each command once, too.
  @Test func keepGoingRunsCommandsOnce() throws {
    let folder = try TemporaryFolder()
    let script = try folder.write(
      "s.kql", "let n = 5;\n.set-or-append T <| print x = 1;\nT | count;\nT | where nosuch > 1;\nT | where x < n | count\n")
    let run = try PlumbProcess(["run", script, "--keep-going", "--format", "jsonl"])
    #expect(run.status == 1)
    #expect(run.output == "{\"TableName\":\"T\",\"RowCount\":1}\n{\"Count\":1}\n{\"Count\":1}\n")
    #expect(run.messages.contains("s.kql:4:11"), "\(run.messages)")
  }

  /// A script, standard input, `-c`, `.read` and `plumb query -f` are one language.
  @Test func commandsMeanTheSameEverywhere() throws {
    let folder = try TemporaryFolder()
    let text = """
      .create table visits (page: string)
      .set pages <| print page = @"\"; // it's ;
      .mode jsonl
      .rows 1
      .show tables
      | where TableName in ("visits", "pages")
      | summarize n = count(), rows = sum(Rows)

      .param start=2
      declare query_parameters(start: long);
      print x = start
      .watch 100ms .show tables | where TableName == "pages" | project Rows until Rows == 1
      .note the end; // of it
      .quit
      print "not run"
      """
    let script = try folder.write("s.kql", text)
    let file = folder.url("s.kql").path
    // With a table of its own no simulated world has to be made for `.show tables`.
    let load = ["--load", "own=" + (try folder.write("own.csv", "a\n1\n"))]
    let runs = try [
      PlumbProcess(["run", script] + load), PlumbProcess(["query"] + load, input: text), PlumbProcess(["query", "-c", text] + load),
      PlumbProcess(["query", "-f", file] + load), PlumbProcess(["query", "-c", ".read \(file)"] + load),
    ]
    for run in runs {
      #expect(run.status == 0, "\(run.messages)")
      #expect(
        run.output == "TableName,Columns\nvisits,1\n\nTableName,RowCount\npages,1\n{\"n\":2,\"rows\":1}\n{\"x\":2}\n{\"Rows\":1}\n",
        "\(run.messages)")
    }
  }

  /// What needs a person says so.
  @Test(arguments: CommandDeclaration.all.filter { $0.place != .everywhere }.map(\.name))
  func commandsOfTheShellSayWhereTheyWork(name: String) throws {
    // Commands with arguments have examples.
    let command = try #require(CommandDeclaration.all.first { $0.name == name })
    let run = try PlumbProcess(["query", "-c", command.examples.first { $0.hasPrefix(name) } ?? name])
    #expect(run.status == 1)
    #expect(run.messages.contains("error[misplaced-command]: `\(name)` works only"), "\(run.messages)")
  }

  /// What the shell knows beside the database's commands, scripts know.
  @Test func commandsOfPredictions() throws {
    let folder = try TemporaryFolder()
    let script = try folder.write("s.kql", "print a = 1;\n.show features;\nlet n = 2;\nprint b = n\n")
    let run = try PlumbProcess(["run", script, "--format", "jsonl"])
    #expect(run.status == 0, "\(run.messages)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.first == "{\"a\":1}" && lines.last == "{\"b\":2}")
    #expect(lines.dropFirst().first?.hasPrefix("{\"text\":\"let as_of = ") ?? false)
    let wrong = try folder.write("w.kql", "print a = 1;\n.train bush;\nprint b = 2\n")
    let stopped = try PlumbProcess(["run", wrong, "--format", "jsonl"])
    #expect(stopped.status == 1)
    // A mistake of syntax is found before anything runs.
    #expect(stopped.output == "")
    #expect(stopped.messages.contains("w.kql:2:8") && stopped.messages.contains("`bush` cannot follow here in `.train`"))
    let through = try PlumbProcess(["run", wrong, "--keep-going", "--format", "jsonl"])
    #expect(through.status == 1)
    #expect(through.output == "{\"a\":1}\n{\"b\":2}\n")
  }

  /// A statement that cannot be parsed is reported at its location, and the others run.
  @Test func keepGoingPassesOverMistakesOfSyntax() throws {
    let folder = try TemporaryFolder()
    let script = try folder.write("s.kql", "print a = 1;\nprint 2 3;\nlet x = ;\nprint a = x;\nprint a = 4;\nprint a = 5 |\n")
    let run = try PlumbProcess(["run", script, "--keep-going", "--format", "jsonl"])
    #expect(run.status == 1)
    #expect(run.output == "{\"a\":1}\n{\"a\":4}\n")
    let places = run.messages.split(separator: "\n").filter { $0.hasPrefix(" --> ") }.compactMap { $0.split(separator: "kql:").last }
    #expect(places == ["2:9", "3:9", "4:11", "6:13"], "\(run.messages)")
    let stopped = try PlumbProcess(["run", script])
    #expect(stopped.status == 1)
    #expect(stopped.output == "")
  }

  /// Plumb gives up on a text that is not a script at all.
  @Test func keepGoingThroughNothingButMistakes() throws {
    let folder = try TemporaryFolder()
    let script = try folder.write("s.kql", "print a = 1;\n" + String(repeating: "print 2 3;\n", count: 2_000) + "@@@ ;;; print )")
    let run = try PlumbProcess(["run", script, "--keep-going"])
    #expect(run.status == 1)
    #expect(run.messages.contains("s.kql:2:9") && run.messages.contains("s.kql:500:9"))
  }

  @Test func valuesOfParametersThatAreNotDeclared() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("a.kql", "declare query_parameters(number: long = 1);\nprint number\n")
    let second = try folder.write("b.kql", "declare query_parameters(word: string = 'x');\nprint word\n")
    let wrong = try PlumbProcess(["run", first, second, "--param", "numbr=2"])
    #expect(wrong.status == 1)
    #expect(wrong.messages.contains("error[unknown-parameter]") && wrong.messages.contains("did you mean `number`?"), "\(wrong.messages)")
    #expect(wrong.output == "")
    #expect(try PlumbProcess(["run", first, second, "--param", "word=y", "--format", "jsonl"]).output
      == "{\"print_0\":1}\n{\"print_0\":\"y\"}\n")
    #expect(try PlumbProcess(["query", "-f", first, "--param", "other=2"]).status == 1)
    // Without a declaration there is nothing to compare with.
    #expect(try PlumbProcess(["query", "-c", "print 1", "--param", "other=2"]).status == 0)
  }

  @Test func longRepliesSayThatTheyAreCut() throws {
    let requests = [20_000, 20_001].map { "{\"query\": \"range x from 1 to \($0) step 1\"}\n" }.joined()
    let lines = try PlumbProcess(["pipe"], input: requests).output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.hasSuffix(",[20000]]}") ?? false)
    #expect(lines.last?.hasSuffix(",[20000]],\"truncated\":true}") ?? false)
    #expect(lines.last?.contains("\"rows\":20001,") ?? false)
    #expect(try PlumbProcess(["help", "pipe"]).output.contains("\"truncated\": true"))
  }

  @Test func answersRequests() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("t.csv", "a,b\n1,x\n2,y\n")
    let run = try PlumbProcess(
      ["pipe"],
      input: """
        {"load": {"t": "\(path)"}, "threads": 2}
        {"query": "t | where a > 1", "repeat": 2}
        {"query": "t | count", "data": false}
        this is not JSON
        {"shrug": 1}
        {"query": "nosuchtable"}
        {"query": "t | count"}

        """, environment: ["PLUMB_THREADS": "1"])
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 7)
    guard lines.count == 7 else { return }
    #expect(lines[0].hasPrefix("{\"ok\":true,\"ms\":"))
    #expect(lines[1].hasSuffix(",\"rows\":1,\"columns\":[\"a\",\"b\"],\"data\":[[2,\"y\"]]}"))
    #expect(lines[2].hasSuffix(",\"rows\":1,\"columns\":[\"Count\"]}"))
    for i in 3...5 { #expect(lines[i].hasPrefix("{\"error\":\"")) }
    #expect(lines[6].hasSuffix("\"data\":[[2]]}"))
  }
}
