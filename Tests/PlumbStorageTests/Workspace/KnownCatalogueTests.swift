import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

/// What a process remembers of a file's catalogue between its changes.
struct KnownCatalogueTests {
  /// Everything that a file says about itself.
  private struct Contents: Equatable {
    var tables: [String] = []
    var cells: [String: [Int]] = [:]
    var functions: [StoredFunction]
    var settings: [String: String]

    init(_ file: WorkspaceFile) throws {
      functions = file.functions
      settings = file.settings
      for table in file.tables {
        tables.append("\(table.name) \(table.schema.map { "\($0.name):\($0.type.name)" })")
        cells[table.name] = try Samples.longs(table)
      }
    }
  }

  private static func table(_ name: String, columns: Int, _ rows: Range<Int>) throws -> Table {
    let schema = (0..<columns).map { ColumnInfo("n\($0)", .long) }
    let writer = RowsWriter(schema)
    for row in rows {
      for column in 0..<columns { writer.append(column, word: Int64(row * 10 + column)) }
      writer.endRow()
    }
    return Table(name: name, schema: schema, groups: try writer.finish())
  }

  /// Random changes by two holders of a file in turn; after each, both see what someone who has just opened it sees.
  @Test(arguments: 1...6) func changesAreSeenAsByWhoOpensTheFile(seed: UInt64) throws {
    let folder = try WorkspaceFolder()
    let holders = [try folder.open(), try folder.open()]
    var dice = RandomGenerator(seed: seed)
    // Two of the names are equal to Swift, and different to SQLite.
    let names = ["a", "b", "Z", "caf\u{e9}", "cafe\u{301}", "the end"]
    for step in 0..<60 {
      let file = holders[Int(dice.next() % 2)]
      let name = names[Int(dice.next() % UInt64(names.count))], other = names[Int(dice.next() % UInt64(names.count))]
      let part = try Self.table(name, columns: 1 + Int(dice.next() % 3), step..<step + 3)
      let kind = dice.next() % 9
      do {
        try file.write { writer in
          switch kind {
          case 0: try writer.create(name, part.schema)
          case 1, 2: try writer.append(part)
          case 3: try writer.replace(part)
          case 4: try writer.drop(name)
          case 5: try writer.rename(name, to: other)
          case 6: try writer.save(StoredFunction(name: name, parameters: "()", body: "{ print \(step) }"))
          // Names of settings are Plumb's own.
          case 7: try writer.set(name.utf8.count > 3 ? "other" : name, to: step % 3 == 0 ? nil : "\(step)")
          default:
            try writer.drop(functionNamed: name)
            try writer.save(modelNamed: name, summary: "", data: [1, 2, UInt8(step)], madeAt: Int64(step))
            if step % 3 == 0 { try writer.drop(modelNamed: other) }
          }
        }
      } catch let problem as Diagnostic {
        #expect(["table-exists", "schema-differs", "unknown-table"].contains(problem.code), "\(problem.message)")
      }
      // Opening verifies every checksum.
      let now = try folder.open().reading { try Contents(folder.open()) }
      for holder in holders {
        let seen = try holder.reading { try Contents(holder) }
        #expect(seen == now, "step \(step)")
      }
    }
  }

  /// The 200th table costs as much work as the 20th, to write and to read; so do rows for it.
  @Test func aChangeReadsOnlyItsOwnTables() throws {
    let folder = try WorkspaceFolder()
    let file = try folder.open()
    func work(_ body: () throws -> Void) throws -> Int {
      let work = StatementWork()
      try StatementWork.$current.withValue(work, operation: body)
      return work.rows.load(ordering: .relaxed)
    }
    func change(_ number: Int) throws -> Int {
      try work {
        let table = try Self.table("t\(number)", columns: 40, 0..<2)
        try file.write { try $0.create(table.name, table.schema) }
        try file.reading {}
        try file.write { try $0.append(table) }
        try file.reading {}
        try file.write { try $0.set("note \(number)", to: "x") }
        try file.reading {}
      }
    }
    let costs = try (0..<200).map(change)
    #expect(costs[20] > 0)
    #expect(Set(costs[20...]).count == 1, "\(costs)")
  }
}
