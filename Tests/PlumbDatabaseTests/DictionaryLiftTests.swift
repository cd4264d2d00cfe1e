import PlumbDatabase
import PlumbEngine
import Testing

/// Expressions over a dictionary column give what they give row by row, in their own type.
@Suite struct DictionaryLiftTests {
  private static let rows = 64

  /// `g` in codes, and the same texts plain in `p`.
  private func session(disabling rules: Set<String> = []) -> Session {
    let texts = ["a b", "", "c", "a,b c"]
    let codes = Buffer(byteCount: Self.rows)
    let plain = VectorBuilder(.string)
    for row in 0..<Self.rows {
      codes.values(UInt8.self)[row] = UInt8(row % texts.count)
      plain.append(string: texts[row % texts.count])
    }
    let columns: [Vector] = [
      .filledCodes(StringDictionary(texts), .codes8, count: Self.rows, codes), plain.finish(),
    ]
    let catalog = Catalog()
    catalog.add(
      Table(
        name: "t", schema: [ColumnInfo("g", .string), ColumnInfo("p", .string)],
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
}
