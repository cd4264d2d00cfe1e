@testable import PlumbSyntax
import PlumbDiagnostics
import Testing

/// Where commands begin and end among other statements, and what is read of them.
struct CommandTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    /// The texts of the statements; those with mistakes begin with `!`.
    let statements: [String]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "a verbatim string ends at its quote", text: #".set A <| print x = @"\";"# + "\nprint y = 1;\nA",
      statements: [#".set A <| print x = @"\""#, "print y = 1", "A"]),
    Case(
      name: "a `;` in strings and comments", text: ".set A <| print x = ';', y = \"a;b\", z = ```c;\nd``` // e;f\n;\nA",
      statements: [".set A <| print x = ';', y = \"a;b\", z = ```c;\nd```", "A"]),
    Case(
      name: "a comment with quotes and braces in a function", text: ".create function f() { print x = 1 // it's { \" \n};\nf()",
      statements: [".create function f() { print x = 1 // it's { \" \n}", "f()"]),
    Case(
      name: "one command on each line", text: ".create table A (a:int)\n.create table B (b:int)\n.show tables",
      statements: [".create table A (a:int)", ".create table B (b:int)", ".show tables"]),
    Case(
      name: "queries and commands by lines", text: ".mode json\nA | count\n\nB\n| count\n.tables\nprint 1; .rows 5\nprint 2",
      statements: [".mode json", "A | count", "B\n| count", ".tables", "print 1", ".rows 5", "print 2"]),
    Case(
      name: "windows line ends", text: ".mode json\r\n.rows 5\r\nA\r\n\r\nB\r\n",
      statements: [".mode json", ".rows 5", "A", "B"]),
    Case(
      name: "a pipe goes on over lines", text: ".show tables\n| where Rows > 0\n\n| count\n.quit",
      statements: [".show tables\n| where Rows > 0\n\n| count", ".quit"]),
    Case(
      name: "statements inside the query", text: ".set T <|\nlet n = 3;\nrange x from 1 to n step 1;\nT",
      statements: [".set T <|\nlet n = 3;\nrange x from 1 to n step 1", "T"]),
    Case(
      name: "a command inside a command", text: ".set T <| .show tables | count;\nT",
      statements: [".set T <| .show tables | count", "T"]),
    Case(
      name: "a name on the next line", text: ".create-or-alter function\n  with (folder = 'x')\n  f(n: long) {\n  n\n}\nprint f(1)",
      statements: [".create-or-alter function\n  with (folder = 'x')\n  f(n: long) {\n  n\n}", "print f(1)"]),
    Case(
      name: "until ends the query", text: ".watch 1s T | where until > 1 | count until Count > 5;\nT",
      statements: [".watch 1s T | where until > 1 | count until Count > 5", "T"]),
    Case(
      name: "until ends a command that is watched", text: ".watch 1s .show tables | count until Count > 5\nT",
      statements: [".watch 1s .show tables | count until Count > 5", "T"]),
    Case(
      name: "any text of a remark", text: ".note it's; here // all\n.once |sed 's;a;b;' // x\n.output a.csv; T",
      statements: [".note it's; here // all", ".once |sed 's;a;b;' // x", ".output a.csv", "T"]),
    Case(
      name: "a path without quotes", text: ".attach ~/a//b.sqlite as shop\n.attach \"c d.sqlite\" as other",
      statements: [".attach ~/a//b.sqlite as shop", ".attach \"c d.sqlite\" as other"]),
    Case(
      name: "a property on a line of its own", text: "T | extend y = p\n  .rows\n  .help",
      statements: ["T | extend y = p\n  .rows\n  .help"]),
    Case(
      name: "an unknown command and what follows", text: ".nonsense a; b { '\nprint 1\n.show tabels\n\nprint 2",
      statements: ["!.nonsense a", "!b { '\nprint 1", "!.show tabels", "print 2"]),
    Case(
      name: "a mistake does not reach the next command", text: ".create table A (a:int\n.create table B (b: int)\nT | where (\n.mode json\nprint 1",
      statements: ["!.create table A (a:int", ".create table B (b: int)", "!T | where (", ".mode json", "print 1"]),
    Case(name: "other names and cases", text: ".exit\n.SHOW Tables\n.timing on", statements: [".exit", ".SHOW Tables", ".timing on"]),
    Case(name: "nothing that may follow", text: ".drop table T now\n.mode a b\n.tables x", statements: ["!.drop table T now", "!.mode a b", "!.tables x"]),
    Case(
      name: "a script to the end", text: "print 1;\n.execute database script <|\n// one\n.drop table A\n.drop table B",
      statements: ["print 1", ".execute database script <|\n// one\n.drop table A\n.drop table B"]),
  ]

  @Test(arguments: cases)
  func statements(of example: Case) {
    let parsed = parse(example.text, throughMistakes: true)
    let bytes = Array(example.text.utf8)
    let found = parsed.parts.map { part in
      let text = String(decoding: bytes[part.span.lower..<part.span.upper], as: UTF8.self)
      return part.mistakes.isEmpty ? text : "!" + text
    }
    #expect(found == example.statements, "\(parsed.diagnostics)")
  }

  @Test func commandsOfOneWordAreReadAlike() {
    for word in CommandDeclaration.firstWords {
      #expect(Set(CommandDeclaration.beginning(with: word).map(\.isLine)).count == 1, "\(word)")
    }
  }

  @Test func examplesAreRead() {
    for command in CommandDeclaration.all {
      for example in command.examples {
        let parsed = parse(example)
        #expect(parsed.diagnostics.isEmpty, "\(example)")
        RoundTripTests.check(example)
      }
    }
  }

  @Test func placesAreFilled() throws {
    guard case .command(let command)? = parse(".create function ifnotexists with (folder=\"a\") f(x: long) { x }").script.statements.first
    else {
      Issue.record("no command")
      return
    }
    #expect(command.name == ".create function" && command.has("ifnotexists") && command.properties == ["folder": "a"])
    #expect(command.name("F")?.text == "f")
    guard case .function(let function)? = command.places.last?.value else {
      Issue.record("no function")
      return
    }
    #expect(function.parameters == "(x: long)" && function.body == "{ x }")
  }

  /// A text of many commands is read in time that grows with it: each is read once.
  @Test func manyCommands() {
    let text = (0..<4_000).map { ".set T\($0) <| print x = \($0);\n" }.joined()
    #expect(parse(text).script.statements.count == 4_000)
  }
}
