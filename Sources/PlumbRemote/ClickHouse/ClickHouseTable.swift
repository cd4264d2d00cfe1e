import PlumbEngine

/// The rows of one table or view of a ClickHouse database.
final class ClickHouseTable: ExternalRows {
  let database: ClickHouseDatabase
  private let name: String
  private let columns: [Column]
  let remarks: [String]
  let rowEstimate = 1_000_000

  private struct Column: Sendable {
    let name: String
    let value: SQLValue
    let note: String
  }

  /// - Parameters:
  ///   - columns: names, and types as ClickHouse writes them.
  ///   - declared: types that an export recorded.
  init(
    _ database: ClickHouseDatabase, _ name: String, _ columns: [(name: String, type: String)], _ declared: [String: ScalarType],
    _ dialect: Dialect
  ) {
    self.database = database
    self.name = name
    var made: [Column] = [], remarks: [String] = []
    for (column, type) in columns {
      let reading = ColumnType(type, dialect).reading(SQLValue.name(column), as: declared[column])
      guard let reading else {
        remarks.append("`\(column)` is left out: values of type \(type) cannot be read")
        continue
      }
      made.append(Column(name: column, value: reading, note: type))
    }
    self.columns = made
    self.remarks = remarks
  }

  var schema: Schema { columns.map { ColumnInfo($0.name, $0.value.type) } }
  var columnNotes: [String] { columns.map(\.note) }
  var engine: (any RemoteEngine)? { database }

  func help(with condition: BoundExpression) -> ExternalHelp { .nothing }
  func canSort(by column: Int) -> Bool { false }

  func relation() throws -> Relation {
    let from = "\(SQLValue.name(database.server.address.database)).\(SQLValue.name(name))"
    return Relation(
      columns: columns.map(\.value), names: columns.map(\.name), from: from, scope: Set(columns.map(\.name)))
  }

  /// The columns of the request, if nothing else became part of a query.
  private func query(_ request: ExternalRequest) throws -> ClickHouseQuery {
    var relation = try relation()
    relation.columns = request.columns.map { columns[$0].value }
    relation.names = request.columns.map { columns[$0].name }
    return ClickHouseQuery(database, relation, cut: RemoteCut(label: "Scan: \(name)", reason: "all rows of the table are needed here"))
  }

  func text(of request: ExternalRequest) -> String { (try? query(request).text) ?? "ClickHouse" }

  func open(_ request: ExternalRequest, _ context: ExecutionContext) throws -> any ExternalCursor {
    try query(request).open(context)
  }
}

/// A type of ClickHouse, and how its values are read.
struct ColumnType {
  private let text: String
  private let dialect: Dialect

  init(_ text: String, _ dialect: Dialect) {
    self.text = text
    self.dialect = dialect
  }

  /// What is inside `name(...)`; nil for other types.
  private func inside(_ name: String) -> String? {
    text.hasPrefix(name + "(") && text.hasSuffix(")") ? String(text.dropFirst(name.count + 1).dropLast()) : nil
  }

  /// The numbers and the names of an enumeration, such as `Enum8('a' = 1, 'b' = 2)`, as two arrays in SQL.
  private func enumNames() -> String? {
    var names: [String] = [], numbers: [String] = []
    var rest = text.drop { $0 != "'" }
    while rest.first == "'" {
      var end = rest.index(after: rest.startIndex)
      while end < rest.endIndex, rest[end] != "'" {
        if rest[end] == "\\" { end = rest.index(after: end) }
        guard end < rest.endIndex else { return nil }
        end = rest.index(after: end)
      }
      guard end < rest.endIndex else { return nil }
      names.append(String(rest[...end]))
      let number = rest[rest.index(after: end)...].drop { $0 == " " || $0 == "=" }.prefix { $0.isNumber || $0 == "-" }
      numbers.append("toInt64(\(number))")
      rest = rest[number.endIndex...].drop { $0 != "'" }
    }
    return names.isEmpty ? nil : "[\(numbers.joined(separator: ", "))], [\(names.joined(separator: ", "))]"
  }

  /// Types whose values are all longs.
  private static let wholeNumbers: Set = ["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32"]

  /// The column as an expression; nil if its values cannot be read.
  ///
  /// - Parameter declared: the type that an export recorded.
  func reading(_ name: String, as declared: ScalarType?) -> SQLValue? { reading(name, declared, nullable: false) }

  private func reading(_ name: String, _ declared: ScalarType?, nullable: Bool) -> SQLValue? {
    if let inner = inside("Nullable") { return ColumnType(inner, dialect).reading(name, declared, nullable: true) }
    if let inner = inside("LowCardinality") { return ColumnType(inner, dialect).reading(name, declared, nullable: nullable) }
    if let inner = inside("SimpleAggregateFunction"), let comma = inner.firstIndex(of: ",") {
      return ColumnType(String(inner[inner.index(after: comma)...].drop { $0 == " " }), dialect).reading(name, declared, nullable: nullable)
    }
    func value(_ sql: String, _ type: ScalarType, _ form: SQLValue.Form = .plain) -> SQLValue {
      SQLValue(sql, type, nullable: nullable, form: form)
    }
    func string(_ sql: String) -> SQLValue { value(nullable ? "ifNull(\(sql), '')" : sql, .string) }
    switch text {
    case "Int64":
      switch declared {
      case .datetime?, .timespan?, .int?: return value(name, declared ?? .long)
      default: return value(name, .long)
      }
    case "Int8", "Int16", "Int32", "UInt16", "UInt32": return value("toInt64(\(name))", declared == .int ? .int : .long)
    case "UInt8": return declared == .bool ? value(name, .bool) : value("toInt64(\(name))", .long)
    case "Bool": return value("toUInt8(\(name))", .bool)
    case "UInt64":
      // Numbers that a long cannot have end the query rather than wrap.
      let isTooLarge = "ifNull(\(name) > 9223372036854775807, 0)"
      let message = dialect.has(.throwIf) ? ", 'a UInt64 is too large for a long'" : ""
      return value("(toInt64(\(name)) + throwIf(\(isTooLarge)\(message)))", .long)
    case "Float64": return value(name, .real)
    case "Float32", "BFloat16": return value("toFloat64(\(name))", .real)
    case "Date": return value(name, .datetime, .date)
    case "Date32": return value("(toInt64(\(name)) * \(SQLValue.day) + \(SQLValue.epoch))", .datetime)
    case "String":
      switch declared {
      case .decimal?, .dynamic?: return SQLValue(name, declared ?? .string, nullable: nullable)
      default: return string(name)
      }
    case "UUID": return value(name, .guid)
    case "IPv4", "IPv6": return string("toString(\(name))")
    case "Int128", "Int256", "UInt128", "UInt256": return string("toString(\(name))")
    default: break
    }
    if text == "DateTime" || text.hasPrefix("DateTime(") { return value(name, .datetime, .seconds) }
    if let inner = inside("DateTime64"), let digits = Int(inner.prefix { $0.isNumber }) {
      return value(name, .datetime, .fractions(digits: digits))
    }
    if text.hasPrefix("FixedString(") { return string("toStringCutToZero(\(name))") }
    if text.hasPrefix("Enum") {
      guard nullable, !dialect.has(.nullsOfEnums) else { return string("toString(\(name))") }
      // There the name is also looked up for nulls, which have none.
      guard let names = enumNames() else { return nil }
      return SQLValue("if(isNull(\(name)), '', transform(toInt64(assumeNotNull(\(name))), \(names), ''))", .string, nullable: false)
    }
    if text.hasPrefix("Decimal") { return value("toString(\(name))", .decimal) }
    if let inner = inside("Array") {
      if Self.wholeNumbers.contains(inner) { return value(name, .dynamic, .array(.long)) }
      if inner == "String", dialect.has(.json) { return value(name, .dynamic, .array(.string)) }
    }
    if dialect.has(.json), let map = inside("Map") {
      let parts = map.split(separator: ", ", maxSplits: 1).map(String.init)
      let isText = ["String", "LowCardinality(String)"]
      if parts.count == 2, isText.contains(parts[0]) {
        if isText.contains(parts[1]) { return value(name, .dynamic, .map(.string)) }
        if Self.wholeNumbers.contains(parts[1]) { return value(name, .dynamic, .map(.long)) }
      }
    }
    let isComposite = ["Array(", "Map(", "Tuple(", "Nested(", "JSON", "Object(", "Variant(", "Dynamic"].contains { text.hasPrefix($0) }
    return isComposite && dialect.has(.json) ? SQLValue(name, .dynamic, nullable: false, form: .json) : nil
  }
}
