import Foundation
import TestSupport
import Testing

/// Every block of code in the documents is true: sessions print what they show, and `.ci/run` runs the set-up.
@Suite(.enabled(if: LongTests.areRun)) struct ReadmeTests {
  static let documents = ["README.md", "Samples/README.md", "Sources/README.md", "Tests/Golden/README.md"]

  /// A fenced block: its language, and its lines.
  struct Block {
    let document: String
    let line: Int
    let language: String
    let lines: [String]
  }

  static func blocks(of document: String) throws -> [Block] {
    var blocks: [Block] = []
    var open: (line: Int, language: String)?
    var lines: [String] = []
    for (index, line) in try Repository.text(document).components(separatedBy: "\n").enumerated() {
      if line.hasPrefix("```") {
        if let begun = open {
          blocks.append(Block(document: document, line: begun.line, language: begun.language, lines: lines))
          open = nil
        } else {
          open = (index + 1, String(line.dropFirst(3)))
        }
        lines = []
      } else if open != nil {
        lines.append(line)
      }
    }
    return blocks
  }

  /// `console` is a session: lines after `$ ` are typed, the others are printed.
  @Test(arguments: documents)
  func sessionsPrintWhatTheyShow(document: String) throws {
    _ = try Repository.telemetry.get()
    for block in try Self.blocks(of: document) where block.language == "console" {
      for (command, expected) in Self.commands(of: block) {
        let printed = try Repository.shell(command)
        var lines = printed.output.components(separatedBy: "\n")
        while lines.last?.isEmpty == true { lines.removeLast() }
        #expect(lines == expected, "\(document):\(block.line): \(command)\nprints\n\(printed.output)")
      }
    }
  }

  /// The program that the README shows is the one that is built and run.
  @Test func theProgramIsTheSample() throws {
    let programs = try Self.blocks(of: "README.md").filter { $0.language == "swift" }
    #expect(programs.map { $0.lines.joined(separator: "\n") + "\n" } == [try Repository.text("Samples/Kit/main.swift")])
  }

  /// Kinds of blocks are few, so that none is left unchecked: `sh` is run by `.ci/run`, `kql` here.
  @Test(arguments: documents)
  func everyBlockIsOfAKnownKind(document: String) throws {
    for block in try Self.blocks(of: document) {
      #expect(["console", "sh", "kql", "text", "swift"].contains(block.language), "\(document):\(block.line)")
      #expect(block.language != "sh" || document == "README.md", "\(document):\(block.line)")
    }
  }

  @Test(arguments: documents)
  func queriesRun(document: String) throws {
    let telemetry = try Repository.telemetry.get()
    for block in try Self.blocks(of: document) where block.language == "kql" {
      let query = block.lines.joined(separator: "\n")
      let run = try Repository.shell("plumb query --load \(telemetry) -c \"$QUERY\"", environment: ["QUERY": query])
      #expect(run.status == 0, "\(document):\(block.line)\n\(run.output)")
    }
  }

  /// The README's two commands are the ones that continuous integration runs, taken from the page itself.
  @Test func theTwoCommandsAreRunByContinuousIntegration() throws {
    let blocks = try Self.blocks(of: "README.md").filter { $0.language == "sh" }
    #expect(blocks.count == 2)
    let names = blocks.indices.map { "readme_block \($0 + 1)" }
    let script = try Repository.text(".ci/run")
    for name in names { #expect(script.contains(name), "`.ci/run` does not run block \(name)") }
    #expect(blocks.last?.lines.last?.hasPrefix("swift test") == true)
  }

  /// Each promised figure has a script that runs alone, and `.ci/figures` runs the folder.
  @Test func everyFigureIsOnThePage() throws {
    let page = try Repository.text("README.md")
    let scripts = (Repository.files(in: "Tests/figures", ending: ".py") + Repository.files(in: "Tests/figures", ending: ".sh"))
      .filter { !$0.contains("__pycache__") }
    #expect(!scripts.isEmpty)
    for script in scripts {
      #expect(page.contains("`\(script)"), "\(script) is not in README.md")
      #expect(FileManager.default.isExecutableFile(atPath: Repository.root.appending(path: script).path), "\(script)")
    }
  }

  /// The commands of a session, each with what it prints; a command goes on while a quote in it is open.
  private static func commands(of block: Block) -> [(String, [String])] {
    var commands: [(String, [String])] = []
    for line in block.lines {
      if line.hasPrefix("$ ") {
        commands.append((String(line.dropFirst(2)), []))
      } else if let last = commands.indices.last {
        if commands[last].1.isEmpty && commands[last].0.count(where: { $0 == "'" }) % 2 == 1 {
          commands[last].0 += "\n" + line
        } else {
          commands[last].1.append(line)
        }
      }
    }
    return commands
  }
}
