import Foundation
import PlumbEngine
import Testing

@testable import PlumbStorage

@Suite struct JSONTests {
  @Test func lines() throws {
    let loaded = try load(
      """
      {"a": 1, "b": "x", "t": "2024-05-01T00:00:00Z"}
      {"b": "y", "a": 2.5, "n": {"k": [1]}, "m": 1}

      {"a": null, "c": true, "t": null, "m": "s"}
      """, named: "t.ndjson")
    #expect(loaded.columns == "a:real b:string t:datetime n:dynamic m:dynamic c:bool")
    #expect(
      loaded.rows == [
        "1.0|x|2024-05-01T00:00:00.0000000Z|∅|∅|∅", "2.5|y|∅|{\"k\":[1]}|1|∅", "∅||∅|∅|\"s\"|true",
      ])
  }

  @Test func arraysAndObjects() throws {
    #expect(try load("[{\"a\":1},\n {\"a\":[2]}]", named: "t.json").rows == ["1", "[2]"])
    #expect(try load(" [ ] ", named: "t.json") { $0.columns = [.init("a", .long)] }.rows == [])
    #expect(try load("{\n \"a\": 1,\n \"b\": {\"c\": 2}\n}\n", named: "t.json").rows == ["1|{\"c\":2}"])
    #expect(try load("{\n \"a\": 1\n}\n{\"a\": 2}", named: "t").rows == ["1", "2"])
    #expect(try load("{\"a\": \"}]\\\"\"}", named: "t").rows == ["}]\""])
    #expect(try load("\u{FEFF}[{\"a\":1}]", named: "t.json").rows == ["1"])
  }

  @Test func badJSON() throws {
    #expect(
      failure("{\"a\":1}\n{\"a\":}\n", named: "t.ndjson")
        == "bad-json: `t.ndjson` line 2, byte 6: this is not the start of a value")
    #expect(
      failure("{\"a\":1}\n[1]\n", named: "t.ndjson") == "bad-json: `t.ndjson` line 2, byte 1: a row must be an object in braces")
    #expect(failure("[{\"a\":1},\n{\"a\":2}", named: "t.json").hasPrefix("bad-json: `t.json` line 2, byte 8: the array is not"))
    #expect(failure("[{\"a\":1}] x", named: "t.json") == "bad-json: `t.json` line 1, byte 11: this is not the start of a value")
    #expect(failure("hello", named: "t.json").hasPrefix("bad-json"))
    #expect(failure("{\"a\":1}\n{\"a\":\"x\"}", named: "t.ndjson") { $0.columns = [.init("a", .long)] }
      == "bad-value: `t.ndjson` line 2, column `a`: `x` is not a long")
    let text = "{\"a\":1}\nnot json\n{\"a\":\"x\"}\n{\"a\":4}"
    let skipped = try load(text, named: "t.ndjson") {
      $0.columns = [.init("a", .long)]
      $0.badRows = .skip
    }
    #expect(skipped.rows == ["1", "4"])
    #expect(skipped.skippedRows == 2)
    let nulled = try load(text, named: "t.ndjson") {
      $0.columns = [.init("a", .long)]
      $0.badRows = .null
    }
    #expect(nulled.rows == ["1", "∅", "∅", "4"])
    #expect(nulled.nulledCells == 2)
    let deep = String(repeating: "[", count: 5000)
    #expect(failure("{\"a\":\(deep)", named: "t.ndjson").contains("nest too deeply"))
  }

  @Test func blocksAndThreads() throws {
    var lines: [String] = []
    for i in 0..<5000 { lines.append("{\"i\":\(i),\"s\":\"t\(i % 10)\",\"f\":\(i).5}") }
    let one = try load(lines.joined(separator: "\n"), named: "t.ndjson")
    let many = try load(lines.joined(separator: "\n"), named: "t.ndjson") {
      $0.threads = 2
      $0.blockSize = 999
    }
    let array = try load("[" + lines.joined(separator: ",\n") + "]", named: "t.json") {
      $0.threads = 2
      $0.blockSize = 777
    }
    #expect(one.columns == "i:long s:string f:real")
    #expect(one.rows.count == 5000)
    #expect(one.rows == many.rows)
    #expect(one.rows == array.rows)
  }

  /// Set `PLUMB_REAL_FILES` to a directory of JSON that other programs wrote.
  @Test func realFiles() throws {
    guard let root = ProcessInfo.processInfo.environment["PLUMB_REAL_FILES"],
      let paths = FileManager.default.enumerator(atPath: root)
    else { return }
    for case let path as String in paths where path.hasSuffix(".json") || path.hasSuffix(".jsonl") {
      let loaded = try LoadedFile(root + "/" + path)
      #expect(loaded.table.rowCount > 0, "\(path)")
    }
  }
}
