import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbParquet

/// What Plumb writes it reads back as the same values of the same types.
@Suite struct RoundTripTests {
  static func table(_ rows: Int, seed: UInt64, nulls: Int = 4) -> Table {
    var dice = Dice(seed: seed)
    let schema: Schema = [
      ColumnInfo("bool", .bool), ColumnInfo("int", .int), ColumnInfo("long", .long), ColumnInfo("real", .real),
      ColumnInfo("decimal", .decimal), ColumnInfo("datetime", .datetime), ColumnInfo("timespan", .timespan),
      ColumnInfo("few", .string), ColumnInfo("many", .string), ColumnInfo("guid", .guid), ColumnInfo("dynamic", .dynamic),
    ]
    var cells: [Value] = []
    for row in 0..<rows {
      func maybe(_ value: Value) -> Value { nulls > 0 && dice.roll(nulls) == 0 ? .null(value.type) : value }
      let dynamic: Dynamic =
        switch dice.roll(4) {
        case 0: .long(Int64(row))
        case 1: .array([.string("a\"b"), .null, .bool(true)])
        case 2: .object([(key: "k", value: .real(0.5))])
        default: .string("text")
        }
      cells += [
        maybe(.bool(dice.roll(2) == 0)), maybe(.int(Int32(truncatingIfNeeded: dice.roll(1 << 32) - 1 << 31))),
        maybe(.long(Int64(bitPattern: dice.next()))), maybe(.real(dice.pick([0.0, -1.5, 1e300, .infinity, 0.1]))),
        maybe(.decimal(Decimal128.parse("\(dice.roll(1000)).\(dice.roll(1000))")!)),
        maybe(.datetime(DateTime.unixEpoch + Int64(dice.roll(1 << 40)) * 10)), maybe(.timespan(Int64(dice.roll(1 << 40) - 1 << 39))),
        maybe(.string(dice.pick(["red", "green", "", "grün"]))), maybe(.string("text \(row)")),
        maybe(.guid(GUID(high: dice.next(), low: dice.next()))), maybe(.dynamic(dynamic)),
      ]
    }
    return Table(name: "t", schema: schema, cells: cells)
  }

  static func written(_ table: Table, threads: Int = 2) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let context = ExecutionContext(now: 0, threads: threads, memoryLimit: .max)
    let rows = table.groups.map { group in WrittenRows(count: group.count) { try group.column($0) } }
    _ = try ParquetWriter(table.schema, rows, context: context) { bytes += $0.bytes }.write()
    return bytes
  }

  @Test(arguments: [0, 1, 9, 1000, 65_536, 65_537, 140_000]) func everyType(_ rows: Int) throws {
    let table = Self.table(rows, seed: UInt64(rows))
    let bytes = try Self.written(table)
    let file = try MadeFile.open(bytes, threads: 2)
    #expect(file.schema == table.schema)
    #expect(file.rowCount == rows)
    let found = try MadeFile.texts(file.rowGroups(), file.schema), expected = try MadeFile.texts(table.groups, table.schema)
    for (column, info) in table.schema.enumerated() { #expect(found[column] == expected[column], "\(info.name)") }
    #expect(try Self.written(table, threads: 1) == bytes, "any number of threads writes the same")
  }

  /// Rows come in chunks of any size and form.
  @Test func piecesOfAnySize() throws {
    var dice = Dice(seed: 11)
    let table = Self.table(5_000, seed: 2, nulls: 0)
    let vectors = try table.groups[0].columns
    var bytes: [UInt8] = [], rows: [WrittenRows] = []
    var start = 0
    while start < table.rowCount {
      let count = min(table.rowCount - start, dice.roll(300))
      let from = start
      rows.append(WrittenRows(count: count) { vectors[$0].slice(from, count) })
      start += count
    }
    let context = ExecutionContext(now: 0, threads: 1, memoryLimit: .max)
    _ = try ParquetWriter(table.schema, rows, context: context) { bytes += $0.bytes }.write()
    #expect(try MadeFile.cells(bytes) == MadeFile.texts(table.groups, table.schema))
  }

  /// A table of one column of these values.
  private func table(_ values: [Value]) -> Table {
    Table(name: "t", schema: [ColumnInfo("x", values[0].type)], cells: values)
  }

  @Test func timesHaveTheUnitThatTheyNeed() throws {
    let second = DateTime.unixEpoch + 10_000_000
    let far = DateTime.max
    for (values, digits) in [([second, second + 10], 7), ([second, second + 1], 7), ([second, far - 9], 7)] {
      let table = table(values.map { .datetime($0) })
      #expect(try MadeFile.cells(Self.written(table)) == MadeFile.texts(table.groups, table.schema), "\(digits)")
    }
    var notes: [String] = []
    let both = table([.datetime(second + 1), .datetime(far)])
    let rows = both.groups.map { group in WrittenRows(count: group.count) { try group.column($0) } }
    notes = try ParquetWriter(both.schema, rows, context: ExecutionContext(now: 0, threads: 1, memoryLimit: .max)) { _ in }.write()
    #expect(
      notes == [
        "`x` has parts below a microsecond, and values too far apart for nanoseconds: the file has whole microseconds"
      ])
  }

  @Test func decimalsHaveTheScaleThatTheyNeed() throws {
    for texts in [["1", "2.5", "-0.001"], ["12345678901234567890123456789012.34"], ["0"], ["1e30", "7"]] {
      let table = table(texts.map { .decimal(Decimal128.parse($0)!) })
      #expect(try MadeFile.cells(Self.written(table)) == MadeFile.texts(table.groups, table.schema))
    }
    let apart = table([.decimal(Decimal128.parse("1e30")!), .decimal(Decimal128.parse("1e-20")!)])
    let error = #expect(throws: Diagnostic.self) { try Self.written(apart) }
    #expect(error?.code == "value-too-large")
    let tiny = table([.decimal(Decimal128.parse("1e-50")!)])
    #expect(#expect(throws: Diagnostic.self) { try Self.written(tiny) }?.code == "value-too-large")
  }

  @Test func aFileHasColumns() {
    let error = #expect(throws: Diagnostic.self) { try Self.written(Table(name: "t", schema: [], groups: [])) }
    #expect(error?.code == "no-columns")
  }

  /// A filter leaves out row groups whose statistics exclude it, which it could not if they were not read.
  @Test func statisticsBecomeBounds() throws {
    let table = Self.table(140_000, seed: 5, nulls: 0)
    let file = try MadeFile.open(Self.written(table))
    for group in file.rowGroups() {
      for column in [1, 2, 5, 6] {
        let zone = group.zones[column]
        let bounds = try #require(zone.words)
        let found = try #require(try group.column(column).wordBounds)
        #expect(!zone.hasNulls && bounds.contains(found.lowerBound) && bounds.contains(found.upperBound))
        #expect(bounds != ZoneRange.unknown(table.schema[column].type).words)
      }
    }
  }

  /// Texts that repeat are codes of one dictionary in all row groups.
  @Test func textsShareADictionary() throws {
    let table = Self.table(140_000, seed: 6)
    let groups = try MadeFile.open(Self.written(table), threads: 2).rowGroups()
    let dictionaries = try groups.map { try $0.column(7).dictionary.map(ObjectIdentifier.init) }
    #expect(groups.count == 3 && Set(dictionaries).count == 1 && dictionaries[0] != nil)
    #expect(try groups.allSatisfy { try $0.column(8).dictionary == nil })
  }
}
