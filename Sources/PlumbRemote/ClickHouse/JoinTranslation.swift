import PlumbEngine

/// Says joins in ClickHouse's SQL: each side as a subquery, with copies of the keys under common names for `USING`.
struct JoinTranslation {
  let expressions: SQLExpressions

  func joined(_ join: JoinPlan, _ left: Relation, _ right: Relation) throws -> Relation {
    switch join.kind {
    case .leftSemi: return try filtered(left, join.keys.map(\.left), by: right, join.keys.map(\.right), inside: true)
    case .leftAnti: return try filtered(left, join.keys.map(\.left), by: right, join.keys.map(\.right), inside: false)
    case .rightSemi: return try filtered(right, join.keys.map(\.right), by: left, join.keys.map(\.left), inside: true)
    case .rightAnti: return try filtered(right, join.keys.map(\.right), by: left, join.keys.map(\.left), inside: false)
    case .rightOuter where !expressions.dialect.has(.optionalLeftSides):
      // Old versions calculate with what happens to be in memory where the left row is missing. There it is the left join of the other side.
      var turned = try paired(.leftOuter, right, join.keys.map(\.right), left, join.keys.map(\.left))
      turned.columns = Array(turned.columns[right.columns.count...] + turned.columns[..<right.columns.count])
      turned.names = join.names
      return turned
    case .innerUnique, .inner, .leftOuter, .rightOuter, .fullOuter:
      if join.kind == .fullOuter { try expressions.dialect.require(.optionalLeftSides) }
      var relation = try paired(join.kind, left, join.keys.map(\.left), right, join.keys.map(\.right))
      relation.names = join.names
      return relation
    }
  }

  /// The rows of both sides side by side: the left columns, then the right ones, under names of the two subqueries.
  private func paired(
    _ kind: JoinKind, _ left: Relation, _ leftKeys: [BoundExpression], _ right: Relation, _ rightKeys: [BoundExpression]
  ) throws -> Relation {
    guard !leftKeys.isEmpty else { throw Obstacle("it has no keys") }
    var lhs = try side(left, leftKeys), rhs = try side(right, rightKeys)
    if kind != .inner, kind != .innerUnique, (lhs.keys + rhs.keys).contains(where: \.isNullable) {
      try expressions.dialect.require(.outerJoinsOfNulls)
    }
    if kind == .innerUnique {
      lhs.relation.limitBy = (1, lhs.keys.map(\.sql))
    }
    let keyNames = Self.keyNames(leftKeys.count, notIn: left.scope.union(right.scope).union(left.names).union(right.names))
    let (leftText, leftNames) = try text(lhs, keyNames, avoiding: Set(keyNames))
    let (rightText, rightNames) = try text(rhs, keyNames, avoiding: Set(keyNames).union(leftNames))
    let word: String
    switch kind {
    case .leftOuter: word = "ALL LEFT JOIN"
    case .rightOuter: word = "ALL RIGHT JOIN"
    case .fullOuter: word = "ALL FULL JOIN"
    default: word = "ALL INNER JOIN"
    }
    let names = leftNames + rightNames
    let isLeftOptional = kind == .rightOuter || kind == .fullOuter
    let isRightOptional = kind == .leftOuter || kind == .fullOuter
    var columns: [SQLValue] = []
    for (place, column) in (lhs.relation.columns + rhs.relation.columns).enumerated() {
      let name = SQLValue.name(names[place])
      let isOptional = place < leftNames.count ? isLeftOptional : isRightOptional
      guard !isOptional || column.form != .json && column.type != .dynamic else { throw Obstacle("dynamic columns are joined here") }
      if column.type == .string, isOptional {
        columns.append(SQLValue("ifNull(\(name), '')", .string, nullable: false))
      } else {
        columns.append(SQLValue(name, column.type, nullable: column.isNullable || isOptional, form: column.form))
      }
    }
    let quoted = keyNames.map(SQLValue.name).joined(separator: ", ")
    let from = "(\(leftText)) AS `l` \(word) (\(rightText)) AS `r` USING (\(quoted))"
    return Relation(columns: columns, names: names, from: from, scope: Set(names).union(keyNames))
  }

  /// Names that no column has.
  private static func keyNames(_ count: Int, notIn taken: Set<String>) -> [String] {
    var prefix = "join_key"
    while taken.contains(where: { $0.hasPrefix(prefix + "_") }) { prefix += "_" }
    return (1...count).map { "\(prefix)_\($0)" }
  }

  private func side(_ input: Relation, _ keys: [BoundExpression]) throws -> (relation: Relation, keys: [SQLValue]) {
    var input = input.isFilterable ? input : try input.nested()
    input.order = []
    let values = try keys.map { try expressions.value($0, input.columns).plain }
    for value in values where value.type == .dynamic || value.type == .real || value.type == .decimal || value.form != .plain {
      throw Obstacle("values of type \(value.type.name) are joined here")
    }
    return (input, values)
  }

  /// The side's columns under names of its own, then the keys.
  private func text(
    _ side: (relation: Relation, keys: [SQLValue]), _ keyNames: [String], avoiding avoided: Set<String>
  ) throws -> (String, [String]) {
    var relation = side.relation
    let width = relation.columns.count
    for case .element(_, _?) in relation.columns.map(\.form) { throw Obstacle("members of dynamic values are joined here") }
    relation.columns += side.keys.map { key in
      // A name of its own even if the key is a column.
      var key = key
      switch key.type.lane {
      case .word: key.sql = "toInt64(\(key.sql))"
      case .byte: key.sql = "toUInt8(\(key.sql))"
      case .float, .bytes, .wide: key.sql = "toString(\(key.sql))"
      }
      return key
    }
    relation.names += keyNames
    let (text, names) = try relation.text(avoiding: avoided.subtracting(keyNames))
    guard Array(names.suffix(keyNames.count)) == keyNames else { throw Obstacle("its keys cannot be named") }
    return (text, Array(names.prefix(width)))
  }

  /// The rows that have a partner, or those that have none. Null keys have none.
  private func filtered(
    _ rows: Relation, _ keys: [BoundExpression], by other: Relation, _ otherKeys: [BoundExpression], inside: Bool
  ) throws -> Relation {
    let other = try side(other, otherKeys)
    var selected = other.relation
    for key in other.keys where key.isNullable { selected.conditions.append("isNotNull(\(key.sql))") }
    selected.columns = other.keys.map { key in
      SQLValue(key.isNullable ? "assumeNotNull(\(key.sql))" : key.sql, key.type, nullable: false)
    }
    selected.names = other.keys.indices.map { "k\($0 + 1)" }
    let subquery = try selected.text().text
    let rows = rows.isFilterable ? rows : try rows.nestedInOrder()
    let values = try keys.map { try expressions.value($0, rows.columns).plain }
    guard values.allSatisfy({ $0.form == .plain && $0.type != .dynamic && $0.type != .real }) else {
      throw Obstacle("values of these types are joined here")
    }
    let known = values.map { $0.isNullable ? "assumeNotNull(\($0.sql))" : $0.sql }
    let tuple = known.count == 1 ? known[0] : "(\(known.joined(separator: ", ")))"
    let isKnown = values.filter(\.isNullable).map { "isNotNull(\($0.sql)) AND " }.joined()
    let test = SQLValue("(\(isKnown)\(tuple) IN (\(subquery)))", .bool, nullable: false)
    return try rows.filtered((inside ? test : test.negation(expressions.dialect)).sql)
  }
}
