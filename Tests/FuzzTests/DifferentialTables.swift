import PlumbEngine

/// Random tables of one schema, with whatever makes engines err: nulls, extremes, duplicates, NaN, long texts,
/// no rows at all, and the same values in every form that a column can have in memory.
struct DifferentialTables {
  static let schema: Schema = [
    ColumnInfo("id", .long), ColumnInfo("g", .string), ColumnInfo("s", .string), ColumnInfo("i", .int),
    ColumnInfo("k", .long), ColumnInfo("n", .long), ColumnInfo("x", .real), ColumnInfo("y", .real),
    ColumnInfo("t", .datetime), ColumnInfo("d", .timespan), ColumnInfo("b", .bool), ColumnInfo("q", .guid),
    ColumnInfo("m", .decimal), ColumnInfo("v", .dynamic),
  ]

  private var dice: Dice

  init(seed: UInt64) { dice = Dice(seed: seed) }

  /// Names and tables; `large` is the number of rows of the one that is cut into full row groups.
  mutating func all(large: Int) -> [Table] {
    [
      table("none", groups: []),
      table("one", groups: [1]),
      table("few", groups: [3, 1, 4]),
      table("many", groups: [60, 100, 1, 80, 59]),
      table("mixed", groups: [40, 70, 1, 90], form: .mixed),
      table("plain", groups: [150, 30], form: .plain),
      table(
        "large", groups: stride(from: 0, to: large, by: RowGroup.capacity).map { min(RowGroup.capacity, large - $0) }),
    ]
  }

  /// How texts and small numbers lie in memory.
  private enum Form {
    /// Codes into one dictionary, narrow lanes.
    case coded
    case plain
    /// Another form in each group, dictionaries that disagree, constants.
    case mixed
  }

  private mutating func table(_ name: String, groups counts: [Int], form: Form = .coded) -> Table {
    let dictionary = StringDictionary(Self.labels)
    var first = 0
    let groups = counts.enumerated().map { index, count in
      defer { first += count }
      let form = form == .mixed ? [Form.coded, .plain, .mixed][index % 3] : form
      let labels = form == .mixed ? StringDictionary(Self.labels.reversed() + ["only here"]) : dictionary
      return RowGroup(columns(first, count, form, labels), count: count)
    }
    return Table(name: name, schema: Self.schema, groups: groups)
  }

  static let labels = ["", "red", "green", "blue", "Red", "größe", "a b", "a-b_c", "x.y", "1", "007"]
  private static let extremes: [Int64] = [
    0, 1, -1, 127, -128, 255, 256, 65_535, 65_536, 2_147_483_647, -2_147_483_648, 4_294_967_296, .max, .min, .max - 1,
    .min + 1,
  ]
  private static let wildReals: [Double] = [
    0, -0.0, 1, -1, 0.1, 1e-308, 5e-324, 1e308, -1e308, .infinity, -.infinity, .nan, 3.5, 123_456_789.125,
  ]
  private static let day: Int64 = 864_000_000_000
  private static let start: Int64 = 638_700_000_000_000_000
  private static let documents = [
    #"{"a":1,"b":[1,2,{"c":null}]}"#, "[1,2,3]", "[]", #"["x","y"]"#, #""text""#, "12", "1.5", "true", #"{"a":"z"}"#,
  ]

  private mutating func columns(_ first: Int, _ n: Int, _ form: Form, _ labels: StringDictionary) -> [Vector] {
    let constantLabel = dice.flip(oneIn: 4)
    return [
      words(.long, n, nulls: 0) { _, row in Int64(first + row) },
      form == .plain
        ? texts(n) { dice in dice.pick(Self.labels) }
        : form == .mixed && constantLabel ? .constant(.string("green"), count: n) : codes(n, labels),
      texts(n) { dice in Self.text(&dice) },
      form == .plain
        ? words(.int, n, nulls: 5) { dice, _ in Int64(dice.roll(200) - 100) }
        : narrow(.int, n, nulls: 6),
      form == .coded ? narrow(.long, n, nulls: 0) : words(.long, n, nulls: 4) { dice, _ in Int64(dice.roll(12) - 3) },
      words(.long, n, nulls: 6) { dice, _ in
        dice.flip(oneIn: 2) ? dice.pick(Self.extremes) : Int64(truncatingIfNeeded: dice.next())
      },
      reals(n, nulls: 7) { dice in Double(dice.roll(4_000) - 2_000) / 4 },
      reals(n, nulls: 9) { dice in dice.pick(Self.wildReals) },
      words(.datetime, n, nulls: form == .coded ? 0 : 8) { dice, row in
        Self.start &+ Int64(first + row) &* 6_000_000_000 &+ Int64(dice.roll(1_000_000_000))
      },
      words(.timespan, n, nulls: 10) { dice, _ in (Int64(dice.roll(4_000)) - 1_000) &* 7_777_777 },
      bools(n),
      built(.guid, n, nulls: 8) { dice, into in into.append(guid: GUID(high: UInt64(dice.roll(5)), low: 7)) },
      built(.decimal, n, nulls: 8) { dice, into in into.append(decimal: Decimal128(Int64(dice.roll(50) - 25))) },
      built(.dynamic, n, nulls: 5) { dice, into in
        into.append(dynamic: JSONText.parseTree(dice.pick(Self.documents)) ?? .null)
      },
    ]
  }

  private static func text(_ dice: inout Dice) -> String {
    switch dice.roll(8) {
    case 0: return ""
    case 1: return String(repeating: dice.pick(["long ", "é", "ab", "日本語"]), count: 1 + dice.roll(400))
    case 2: return "error code=\(dice.roll(20)) host-\(dice.roll(5)).example"
    case 3: return "\(dice.roll(2_000) - 1_000)"
    default: return dice.pick(["alpha", "Beta", "beta", "gamma delta", "x", "it's", "\"q\"", "a,b", "tab\tbed", "line\nend", "ÀÉ"])
    }
  }

  // MARK: Columns

  private mutating func words(
    _ type: ScalarType, _ n: Int, nulls: Int, _ make: (inout Dice, Int) -> Int64
  ) -> Vector {
    let builder = VectorBuilder(type, capacity: n)
    for row in 0..<n {
      if nulls > 0, dice.flip(oneIn: nulls) { builder.appendNull() } else { builder.append(word: make(&dice, row)) }
    }
    return builder.finish()
  }

  private mutating func narrow(_ type: ScalarType, _ n: Int, nulls: Int) -> Vector {
    let lanes = Buffer(byteCount: max(n, 1) * 4)
    let mask = Buffer.zeros(byteCount: max(n, 1))
    for row in 0..<n {
      lanes.values(Int32.self)[row] = Int32(dice.roll(14) - 4)
      if nulls > 0, dice.flip(oneIn: nulls) { mask.values(UInt8.self)[row] = 1 }
    }
    return .filledNarrow(type, count: n, lanes, nulls: nulls > 0 ? mask : nil)
  }

  private mutating func codes(_ n: Int, _ labels: StringDictionary) -> Vector {
    let lanes = Buffer(byteCount: max(n, 1))
    for row in 0..<n { lanes.values(UInt8.self)[row] = UInt8(dice.roll(labels.count)) }
    return .filledCodes(labels, .codes8, count: n, lanes)
  }

  private mutating func texts(_ n: Int, _ make: (inout Dice) -> String) -> Vector {
    let builder = VectorBuilder(.string, capacity: n)
    for _ in 0..<n { builder.append(string: make(&dice)) }
    return builder.finish()
  }

  private mutating func reals(_ n: Int, nulls: Int, _ make: (inout Dice) -> Double) -> Vector {
    built(.real, n, nulls: nulls) { dice, builder in builder.append(real: make(&dice)) }
  }

  private mutating func bools(_ n: Int) -> Vector {
    built(.bool, n, nulls: 5) { dice, builder in builder.append(bool: dice.flip(oneIn: 2)) }
  }

  private mutating func built(
    _ type: ScalarType, _ n: Int, nulls: Int, _ append: (inout Dice, VectorBuilder) -> Void
  ) -> Vector {
    let builder = VectorBuilder(type, capacity: n)
    for _ in 0..<n {
      if dice.flip(oneIn: nulls) { builder.appendNull() } else { append(&dice, builder) }
    }
    return builder.finish()
  }
}
