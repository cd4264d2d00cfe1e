import PlumbDatabase
import PlumbEngine
import Testing

/// Expressions over columns with few values give what they give row by row, in their own type.
@Suite struct DictionaryLiftTests {
  private static let rows = 1024

  /// `g` and `h` in codes, and the texts of `g` plain in `p`; `n` and `b` have nulls, and `w` too many values to be lifted.
  private func session(disabling rules: Set<String> = []) -> Session {
    let texts = ["a b", "", "c", "a,b c"]
    let codes = Buffer(byteCount: Self.rows)
    let plain = VectorBuilder(.string)
    for row in 0..<Self.rows {
      codes.values(UInt8.self)[row] = UInt8(row % texts.count)
      plain.append(string: texts[row % texts.count])
    }
    let others = ["x", "", "yy"]
    let otherCodes = Buffer(byteCount: Self.rows)
    let numbers = VectorBuilder(.long)
    let truths = VectorBuilder(.bool)
    let wide = VectorBuilder(.long)
    for row in 0..<Self.rows {
      otherCodes.values(UInt8.self)[row] = UInt8(row / 3 % others.count)
      numbers.append(row % 7 == 0 ? .null(.long) : .long(Int64(row % 5) - 2))
      truths.append(row % 11 == 0 ? .null(.bool) : .bool(row % 4 < 2))
      wide.append(.long(Int64(row) * 1_000_000_007))
    }
    let columns: [Vector] = [
      .filledCodes(StringDictionary(texts), .codes8, count: Self.rows, codes), plain.finish(),
      .filledCodes(StringDictionary(others), .codes8, count: Self.rows, otherCodes), numbers.finish(), truths.finish(), wide.finish(),
    ]
    let catalog = Catalog()
    catalog.add(
      Table(
        name: "t", schema: [
          ColumnInfo("g", .string), ColumnInfo("p", .string), ColumnInfo("h", .string), ColumnInfo("n", .long), ColumnInfo("b", .bool),
          ColumnInfo("w", .long),
        ],
        groups: [RowGroup(columns, count: Self.rows)]))
    var options = SessionOptions(threads: 1)
    options.tuning.disabledRules = rules
    return Session(catalog: catalog, options: options)
  }

  @Test(arguments: [
    #"split(X, " ")"#, #"pack_array(X, 1)"#, #"split(X, " ")[0]"#, "strlen(X)", "isempty(X)", "toupper(X)", "tolong(X)",
    #"todynamic(X)"#, #"extract_all("([a-z])", X)"#,
  ])
  func sameAsRowByRow(expression: String) throws {
    func values(over column: String, _ session: Session) throws -> [Value] {
      let query = "t | project r = \(expression.replacing("X", with: column))"
      let answers = try session.run(query)
      return answers.flatMap(\.chunks).flatMap { chunk in (0..<chunk.count).map { chunk.column(0).value(at: $0) } }
    }
    let lifted = try values(over: "g", session())
    #expect(lifted.count == Self.rows)
    #expect(try lifted == values(over: "p", session()))
    #expect(try lifted == values(over: "g", session(disabling: ["DictionaryLift"])))
  }

  @Test(arguments: [
    #"strcat(X, "/", h)"#, #"strcat(X, "/", tostring(n))"#, #"iff(b, X, h)"#, #"strcat(tostring(b), X, h, tostring(n))"#, "tostring(n)",
    "tostring(b)", #"case(n > 0, X, n < 0, h, "zero or none")"#, #"strcat(X, h) == "cyy""#, #"bag_pack("a", n, "b", X, "c", b)"#,
    "pack_array(n, b)", #"toint(parse_json(strcat('{"v":', tostring(n), ',"t":"', h, '"}')).v)"#, "coalesce(tostring(n), X)",
    #"tolong(strcat("1", tostring(n)))"#, #"strlen(strcat(X, h)) + w"#, #"split(strcat(X, ",", h), ",")"#,
  ])
  func severalColumnsAsRowByRow(expression: String) throws {
    func values(over column: String, _ session: Session) throws -> (values: [Value], areCodes: Bool) {
      let answers = try session.run("t | project r = \(expression.replacing("X", with: column))")
      let columns = answers.flatMap(\.chunks).map { $0.column(0) }
      return (columns.flatMap { column in (0..<column.count).map { column.value(at: $0) } }, columns.allSatisfy(\.encoding.isCodes))
    }
    let lifted = try values(over: "g", session())
    let rowByRow = try values(over: "g", session(disabling: ["DictionaryLift"]))
    #expect(lifted.values.count == Self.rows)
    #expect(lifted.values == rowByRow.values)
    #expect(try lifted.values == values(over: "p", session()).values)
    if case .string = lifted.values[0] {
      #expect(lifted.areCodes && !rowByRow.areCodes)
    }
  }

  /// A step over what a step below computed per combination computes per combination as well.
  @Test(arguments: [
    #"parse X with a " " c | project r = c, s = a"#, #"parse X with a " " c | summarize n = count() by r = toupper(c), s = a"#,
    #"parse-where X with a "," c " " e | project r = strcat(c, e), s = e"#, #"parse X with a "b" n: long | project r = a, s = tostring(n)"#,
    #"extend u = toupper(X) | project r = strcat(u, "!"), s = reverse(u)"#,
    #"extend u = split(X, " ") | project r = tostring(u[0]), s = tostring(u[1])"#,
  ])
  func overLiftedColumns(steps: String) throws {
    func rows(over column: String, _ session: Session) throws -> (rows: [[Value]], areCodes: Bool) {
      let chunks = try session.run("t | \(steps.replacing("X", with: column))").flatMap(\.chunks)
      let rows = chunks.flatMap { chunk in
        (0..<chunk.count).map { row in (0..<chunk.columnCount).map { chunk.column($0).value(at: row) } }
      }
      return (rows, chunks.allSatisfy { $0.column(0).encoding.isCodes && $0.column(1).encoding.isCodes })
    }
    let lifted = try rows(over: "g", session())
    let rowByRow = try rows(over: "g", session(disabling: ["DictionaryLift"]))
    #expect(!lifted.rows.isEmpty)
    #expect(lifted.rows == rowByRow.rows)
    #expect(try lifted.rows == rows(over: "p", session()).rows)
    #expect(lifted.areCodes)
  }
}
