import PlumbDatabase
import PlumbEngine
import Testing

/// `in` means the same wherever its items are: in the query, in an array of constants however long, in a column, in a table.
struct MembershipTests {
  private static let values: [String: [String]] = [
    "bool": ["true", "false", "bool(null)"],
    "int": ["int(0)", "int(1)", "int(2)", "int(-2147483648)", "int(null)"],
    "long": ["0", "1", "2", "9007199254740993", "long(null)"],
    "real": ["0.0", "1.0", "1.5", "real(nan)", "real(+inf)", "real(null)"],
    "decimal": ["decimal(0)", "decimal(1)", "decimal(1.5)", "decimal(null)"],
    "string": [#""""#, #""1""#, #""1.5""#, #""x""#, #""true""#, #""[1]""#, #""2024-01-01T00:00:00.0000000Z""#],
    "datetime": ["datetime(2024-01-01)", "datetime(2024-01-01 01:00)", "datetime(null)"],
    "timespan": ["1d", "0s", "timespan(null)"],
    "guid": ["guid(74be27de-1e4e-49d9-b579-fe0b331d3642)", "guid(null)"],
    "dynamic": ["dynamic(1)", #"dynamic("1")"#, "dynamic([1])", #"dynamic({"a":1})"#, "dynamic(null)", "dynamic(1.5)"],
  ]
  private static let elements = [
    "null", "true", "false", "0", "1", "2", "1.5", "1.0", "9007199254740992", "9007199254740993", #""""#, #""1""#, #""1.5""#, #""x""#, #""X""#,
    #""true""#, #""2024-01-01""#, #""1.00:00:00""#, "datetime(2024-01-01)", "time(1d)", "[1]", "[[1]]", #"{"a":1}"#,
    #""74be27de-1e4e-49d9-b579-fe0b331d3642""#,
  ]

  @Test(arguments: values.keys.sorted()) func itemsMeanTheSameEverywhere(type: String) throws {
    let seed = UInt64.random(in: .min ... .max)
    var dice = Dice(seed: seed)
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 1))
    func verdict(_ query: String) throws -> Value? { try session.run(query).last?.firstValue }
    for _ in 0..<Effort.of(400, sample: 40) {
      let value = dice.pick(Self.values[type] ?? [])
      let list = (0..<(1 + dice.roll(3))).map { _ in dice.pick(Self.elements) }
      let array = "dynamic([\(list.joined(separator: ", "))])"
      let sign = dice.pick(type == "string" ? ["in", "!in", "in~", "!in~"] : ["in", "!in"])
      let source = "datatable(v:\(type))[\(value)]"
      let expected = try verdict("\(source) | project r = tostring(v \(sign) (\(array)))")
      // Items that equal nothing make the array long.
      let long = "dynamic([\(([#"["no"]"#] + Array(repeating: #"["no"]"#, count: 299) + list).joined(separator: ", "))])"
      for (place, query) in [
        ("long array", "\(source) | project r = tostring(v \(sign) (\(long)))"),
        ("column", "\(source) | extend d = \(array) | as hint.materialized=true t | project r = tostring(v \(sign) (d))"),
        ("column of a table", "datatable(v:\(type), d:dynamic)[\(value), \(array)] | project r = tostring(v \(sign) (d))"),
        ("constants", "print r = tostring(\(value) \(sign) (\(array)))"),
      ] {
        let found = try verdict(query)
        #expect(found == expected, "seed \(seed), \(place): \(value) \(sign) \(array)")
      }
    }
  }

  /// A dynamic null as an item equals nothing, as a constant and in a column.
  @Test(arguments: ["in", "!in", "in~", "!in~"]) func aNullItemEqualsNothing(sign: String) throws {
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 1))
    for value in [#""""#, #""null""#] {
      let column = #"datatable(v:string, d:dynamic)[\#(value), dynamic(null)] | project r = v \#(sign) ("a", d)"#
      for query in [#"print r = \#(value) \#(sign) ("a", dynamic(null))"#, "print r = \(value) \(sign) (dynamic(null))", column] {
        #expect(try session.run(query).last?.firstValue == .bool(sign.hasPrefix("!")), "\(query)")
      }
    }
  }

  /// An item of another type does not change what the other items mean: `in` is an `or` over `==`.
  @Test func itemsOfSeveralTypesAreComparedAlone() throws {
    let seed = UInt64.random(in: .min ... .max)
    var dice = Dice(seed: seed)
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 1))
    let items = ["0", "1", "2", "1.9", "2.0", "1.5", "int(1)", "decimal(1.5)", "9007199254740993", "9007199254740992.0", "real(nan)"]
    for _ in 0..<Effort.of(2_000, sample: 150) {
      let type = dice.pick(["int", "long", "real", "decimal"])
      let list = (0..<(1 + dice.roll(4))).map { _ in dice.pick(items) }
      let source = "datatable(v:\(type))[\((Self.values[type] ?? []).joined(separator: ", "))]"
      let query = "\(source) | where (v in (\(list.joined(separator: ", ")))) != (\(list.map { "v == \($0)" }.joined(separator: " or "))) | count"
      #expect(try session.run(query).first?.firstValue == .long(0), "seed \(seed): \(query)")
    }
  }
}
