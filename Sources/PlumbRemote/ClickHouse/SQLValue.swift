import PlumbEngine

typealias Obstacle = RemoteObstacle

/// An expression in ClickHouse's SQL.
struct SQLValue: Sendable {
  var sql: String
  let type: ScalarType
  /// Whether it can be NULL. Texts never are.
  var isNullable: Bool
  var form: Form = .plain
  /// The value, if it is a literal.
  var constant: Value?

  /// How the value is represented there.
  enum Form: Sendable, Equatable {
    /// As here: times and spans as `Int64` ticks since the year 1, whole numbers as `Int64`, reals as `Float64`.
    case plain
    /// `Date`: days since 1970.
    case date
    /// `DateTime`: seconds since 1970.
    case seconds
    /// `DateTime64`: 10 to the power of minus `digits` seconds since 1970.
    case fractions(digits: Int)
    /// An array of plain values that are not null, for a dynamic column.
    case array(ScalarType)
    /// A map from texts to plain values that are not null, for a dynamic column.
    case map(ScalarType)
    /// A plain value that is an element of a dynamic one; null unless the condition `presence` is true.
    case element(ScalarType, presence: String?)
    /// A value of another type that travels as JSON.
    case json
  }

  init(_ sql: String, _ type: ScalarType, nullable: Bool, form: Form = .plain, constant: Value? = nil) {
    self.sql = sql
    self.type = type
    isNullable = nullable && type != .string
    self.form = form
    self.constant = constant
  }

  /// Ticks from the year 1 to 1970.
  static let epoch: Int64 = 621_355_968_000_000_000
  static let second: Int64 = 10_000_000
  static let day: Int64 = 864_000_000_000

  /// The value in the form that expressions work on.
  var plain: SQLValue {
    var value = self
    value.form = .plain
    switch form {
    case .plain, .array, .map, .element, .json: return self
    case .date: value.sql = "(toInt64(\(sql)) * \(Self.day) + \(Self.epoch))"
    case .seconds: value.sql = "(toInt64(toUnixTimestamp(\(sql))) * \(Self.second) + \(Self.epoch))"
    case .fractions(let digits):
      let number = "reinterpretAsInt64(\(isNullable ? "assumeNotNull(\(sql))" : sql))"
      let unit = digits > 7 ? "toInt64(\(Self.power(digits - 7)))" : ""
      let ticks = digits <= 7
        ? "(\(number) * \(Self.power(7 - digits)) + \(Self.epoch))"
        : "(intDiv(\(number) - (\(number) % \(unit) + \(unit)) % \(unit), \(unit)) + \(Self.epoch))"
      value.sql = isNullable ? "if(isNull(\(sql)), NULL, \(ticks))" : ticks
    }
    return value
  }

  /// The condition's negation.
  ///
  /// Old versions write `not(x) = 0` for their shards as `NOT x = 0`, and leave out a second negation in one place only.
  func negation(_ dialect: Dialect) -> SQLValue {
    var value = self
    value.sql = dialect.has(.negations) ? "(NOT \(sql))" : "(\(sql) = 0)"
    value.constant = nil
    return value
  }

  /// The value as a subquery returns it, from whose column `read` makes it again.
  var carried: SQLValue {
    guard case .element(_, let presence?) = form else { return self }
    var value = self
    value.sql = "if(\(presence), \(sql), NULL)"
    return value
  }

  /// The value in a `SELECT` over a subquery that returns it under a name, which is quoted.
  func read(from name: String) -> SQLValue {
    guard case .element(let element, _?) = form else { return SQLValue(name, type, nullable: isNullable, form: form) }
    return SQLValue("assumeNotNull(\(name))", type, nullable: false, form: .element(element, presence: "isNotNull(\(name))"))
  }

  private static func power(_ digits: Int) -> Int64 { (0..<digits).reduce(1) { power, _ in power * 10 } }

  /// The value as the outermost `SELECT` returns it.
  func wire(_ dialect: Dialect) throws -> String {
    let value = plain
    switch value.form {
    case .array(let element):
      if dialect.has(.json), element == .long || element == .string { return "toJSONString(\(value.sql))" }
      // JSON has whole numbers and texts; other elements have a notation that only this program knows.
      guard element == .long else { throw Obstacle("an array of `\(element.name)` cannot be sent") }
      return "toString(\(value.sql))"
    case .element(let type, let presence):
      if type != .long { try dialect.require(.json) }
      let json = type == .long ? "toString(\(value.sql))" : "toJSONString(\(value.sql))"
      return presence.map { "if(\($0), \(json), 'null')" } ?? json
    case .map, .json: return "toJSONString(\(value.sql))"
    case .plain, .date, .seconds, .fractions: break
    }
    let name = NativeColumn(name: "", type: type, isNullable: isNullable).wireType
    return "CAST(\(value.sql) AS \(name))"
  }

  /// A name in SQL.
  static func name(_ text: String) -> String {
    "`" + text.reduce(into: "") { result, character in
      if character == "`" || character == "\\" { result.append("\\") }
      result.append(character)
    } + "`"
  }

  /// A text in SQL, as ClickHouse of all versions reads it.
  static func text(_ text: String) -> String {
    var result = "'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'": result += "\\'"
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\0": result += "\\0"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "'"
  }

  /// A constant.
  ///
  /// - Throws: an obstacle for a value that ClickHouse cannot represent.
  static func literal(_ value: Value) throws -> SQLValue {
    let sql: String
    switch value {
    case .null(.string): return SQLValue("''", .string, nullable: false, constant: .string(""))
    case .null(let type):
      guard type != .dynamic, type != .decimal, type != .guid else { throw Obstacle("a null of type \(type.name)") }
      // Without a type, old versions cannot send it from shard to shard, and no version collects it into an array.
      let wireType = NativeColumn(name: "", type: type, isNullable: true).wireType
      return SQLValue("CAST(NULL AS \(wireType))", type, nullable: true, constant: value)
    case .bool(let flag): sql = flag ? "1" : "0"
    case .int(let number): sql = "\(number)"
    // A large literal is unsigned there, and has no type in common with a signed column in old versions.
    case .long(let number), .datetime(let number), .timespan(let number): sql = number > Int32.max ? "toInt64(\(number))" : "\(number)"
    case .real(let number):
      guard number == 0 || number.magnitude > 1e-300 || number.isNaN else { throw Obstacle("the number \(number) cannot be sent") }
      sql = number.isNaN ? "nan" : number.isInfinite ? (number < 0 ? "-inf" : "inf") : "\(number)"
    case .string(let string): sql = text(string)
    case .guid, .decimal, .dynamic: throw Obstacle("a constant of type \(value.type.name) cannot be sent")
    }
    return SQLValue(sql.hasPrefix("-") ? "(\(sql))" : sql, value.type, nullable: false, constant: value)
  }
}
