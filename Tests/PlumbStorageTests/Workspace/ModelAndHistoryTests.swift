import Foundation
import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

/// Models and the history of queries in a workspace file.
struct ModelAndHistoryTests {
  @Test func modelsStayWithTheirVersions() throws {
    let folder = try WorkspaceFolder()
    let file = try folder.open()
    for number in 1...12 {
      try file.write {
        try $0.save(modelNamed: "tree_2h", summary: "no. \(number)", data: Array(0..<UInt8(number)), madeAt: Int64(number))
      }
    }
    try file.write { try $0.save(modelNamed: "forest_2h", summary: "", data: [7], madeAt: 0) }
    let again = try folder.open()
    let models = try again.models()
    #expect(models.map { "\($0.name) \($0.version)" } == ["forest_2h 1"] + (5...12).map { "tree_2h \($0)" })
    #expect(try again.data(of: models[8]) == Array(0..<12))
    #expect(try again.data(of: models[0]) == [7])
    #expect(try file.write { try $0.drop(modelNamed: "tree_2h") } == 8)
    #expect(try folder.open().models().map(\.name) == ["forest_2h"])
  }

  @Test(arguments: ["data = x'00'", "made_at = 7", "summary = 'other'", "version = 9"])
  func aChangedModelIsNoticed(change: String) throws {
    let folder = try WorkspaceFolder()
    try folder.open().write { try $0.save(modelNamed: "m", summary: "s", data: [1, 2, 3], madeAt: 1) }
    try folder.change("UPDATE plumb_models SET \(change)")
    let file = try folder.open()
    let model = try #require(try file.models().first)
    #expect(Samples.failure { _ = try file.data(of: model) }.contains("the model `m`"))
    let salvaged = try folder.open { $0.salvages = true }
    #expect(salvaged.losses.contains { $0.contains("the model `m`") })
    #expect(try salvaged.models() == [])
    // It can be taken away, and the file is whole again.
    try file.write { try $0.drop(modelNamed: "m") }
    #expect(try folder.open { $0.salvages = true }.losses == [])
  }

  @Test func aMissingModelIsNoticed() throws {
    let folder = try WorkspaceFolder()
    try folder.open().write { try $0.save(modelNamed: "m", summary: "s", data: [1], madeAt: 1) }
    try folder.change("DELETE FROM plumb_models")
    #expect(Samples.failure { _ = try folder.open() }.contains("damaged-file"))
  }

  @Test func historyStaysInItsOrder() throws {
    let folder = try WorkspaceFolder()
    let entries = (0..<40).map { (number: Int) -> StoredQuery in
      let failed = number % 3 == 0
      var entry = StoredQuery(text: "runs\n| take \(number)", at: Int64(number), duration: 17, error: failed ? "no" : "")
      entry.rows = failed ? nil : Int64(number)
      entry.isQuery = number % 5 != 0
      return entry
    }
    let file = try folder.open()
    try file.write { try $0.append(Samples.numbers(0..<3)) }
    for start in stride(from: 0, to: 40, by: 8) { #expect(try file.remember(Array(entries[start..<start + 8]))) }
    #expect(try folder.open().history() == entries)
    #expect(try folder.open().history(last: 3) == Array(entries.suffix(3)))
    // Other readers need not look again, and the tables are as they were.
    #expect(try folder.open().beginReading() == false)
    #expect(try folder.open().longs("numbers") == [0, 1, 2])
  }

  @Test func historyIsBounded() throws {
    let folder = try WorkspaceFolder()
    let file = try folder.open()
    #expect(try file.remember((0..<6_000).map { (number: Int) in StoredQuery(text: "\(number)", at: Int64(number)) }))
    let kept = try file.history(last: 10_000)
    #expect(kept.count == 5_000 && kept.first?.at == 1_000 && kept.last?.at == 5_999)
    let long = String(repeating: "x", count: 900_000)
    for number in 0..<14 { #expect(try file.remember([StoredQuery(text: long, at: Int64(number))])) }
    let shorter = try file.history(last: 10_000)
    #expect(shorter.reduce(0) { $0 + $1.text.utf8.count } <= 8 << 20)
    #expect(shorter.last == StoredQuery(text: long, at: 13))
  }

  @Test func aWriterIsNotDisturbed() throws {
    let folder = try WorkspaceFolder()
    let writer = try folder.open(), other = try folder.open()
    let wasKept = try writer.holdingWriterLock { try other.remember([StoredQuery(text: "runs", at: 1)]) }
    #expect(!wasKept)
    #expect(try other.remember([StoredQuery(text: "runs", at: 1)]))
  }

  @Test func aChangedQueryIsNoticed() throws {
    let folder = try WorkspaceFolder()
    #expect(try folder.open().remember([StoredQuery(text: "runs", at: 1, rows: 2)]))
    try folder.change("UPDATE plumb_history SET row_count = 3")
    let file = try folder.open()
    #expect(Samples.failure { _ = try file.history() }.contains("a query in the history"))
  }
}
