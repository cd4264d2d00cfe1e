import PlumbEngine

/// A `SELECT` in the making: its output columns are expressions over what it reads from, so that filters and projections
/// change it, and it only becomes a subquery where SQL's order of clauses demands it.
struct Relation: Sendable {
  /// The output columns, under the names that `explain` may use.
  var columns: [SQLValue]
  var names: [String]
  /// The text after `FROM`.
  var from: String
  /// The identifiers that `from` provides.
  var scope: Set<String>
  var conditions: [String] = []
  var order: [OrderKey] = []
  /// The first rows for each value of some expressions.
  var limitBy: (count: Int, keys: [String])?
  var limit: Int?
  /// The most rows there can be, if that is known without counting.
  var bound: Int?
  /// Whether an expression was computed by a window function, which no clause of the same `SELECT` may read.
  var hasWindows = false

  /// A key of `ORDER BY`.
  struct OrderKey: Sendable {
    var sql: String
    let isDescending: Bool
    var text: String { sql + (isDescending ? " DESC" : " ASC") }
  }

  /// The most characters of a query.
  static let longestText = 200_000
  /// The most characters of an expression that is written again wherever a column is read.
  private static let longestExpression = 600

  init(columns: [SQLValue], names: [String], from: String, scope: Set<String>) {
    self.columns = columns
    self.names = names
    self.from = from
    self.scope = scope
  }

  /// The text of the query, and the names of its columns, none of which is among `avoided`.
  func text(
    avoiding avoided: Set<String> = [], wire: ((SQLValue) throws -> String)? = nil
  ) throws -> (text: String, names: [String]) {
    var taken = scope.union(avoided)
    var used = Set<String>(), outputs: [String] = [], result: [String] = []
    let anchor = anchor
    for (column, name) in zip(columns, names) {
      var sql = try wire?(column) ?? column.sql
      if let anchor { sql = "if(ignore(\(anchor)) = 0, \(sql), \(sql))" }
      if scope.contains(where: { SQLValue.name($0) == sql }), let own = identifier(sql), !avoided.contains(own), used.insert(own).inserted {
        outputs.append(sql)
        result.append(own)
        continue
      }
      var alias = name.isEmpty ? "c" : name, number = 1
      while taken.contains(alias) {
        alias = "\(name.isEmpty ? "c" : name)_\(number)"
        number += 1
      }
      taken.insert(alias)
      outputs.append("\(sql) AS \(SQLValue.name(alias))")
      result.append(alias)
    }
    if outputs.isEmpty { outputs = [(anchor.map { "materialize(ignore(\($0)))" } ?? "materialize(1)") + " AS `one`"] }
    var text = "SELECT \(outputs.joined(separator: ", ")) FROM \(from)"
    if !conditions.isEmpty { text += " WHERE \(conditions.joined(separator: " AND "))" }
    if !order.isEmpty { text += " ORDER BY \(order.map(\.text).joined(separator: ", "))" }
    if let limitBy { text += " LIMIT \(limitBy.count) BY \(limitBy.keys.joined(separator: ", "))" }
    if let limit { text += " LIMIT \(limit)" }
    guard text.utf8.count < Self.longestText else { throw Obstacle("its SQL would be longer than ClickHouse reads") }
    return (text, result)
  }

  /// A column for outputs that are all constant, one that the conditions read if there is one: old versions lose the
  /// conditions' columns if no output reads a column, and the query fails.
  private var anchor: String? {
    guard !conditions.isEmpty, columns.allSatisfy({ $0.constant != nil }) else { return nil }
    let candidates = scope.sorted().map(SQLValue.name)
    return candidates.first { name in conditions.contains { $0.contains(name) } } ?? candidates.first
  }

  private func identifier(_ sql: String) -> String? { scope.first { SQLValue.name($0) == sql } }

  /// The same rows, read from this `SELECT` as a subquery. Their order is lost.
  func nested() throws -> Relation {
    var inner = self
    inner.columns = columns.map(\.carried)
    let (text, names) = try inner.text()
    let columns = zip(self.columns, names).map { column, name in column.read(from: SQLValue.name(name)) }
    var result = Relation(columns: columns, names: self.names, from: "(\(text))", scope: Set(names))
    result.bound = [bound, limit].compactMap { $0 }.min()
    return result
  }

  /// Whether conditions and an order can be added to this `SELECT`. Otherwise it becomes a subquery first, and what is added
  /// reads the subquery's columns.
  var isFilterable: Bool { limit == nil && limitBy == nil && !hasWindows }

  /// - Parameter condition: over this relation's columns; see `isFilterable`.
  func filtered(_ condition: String) throws -> Relation {
    precondition(isFilterable, "the caller makes a subquery of it first")
    var result = self
    if condition != "1" { result.conditions.append(condition) }
    return result
  }

  /// The same rows, read from this `SELECT` as a subquery, still in their order: the sort keys become columns.
  func nestedInOrder() throws -> Relation {
    if order.isEmpty { return try nested() }
    let keys = order.indices.map { "sort_key_\($0 + 1)" }
    var inner = self
    inner.columns += order.map { SQLValue($0.sql, .long, nullable: true) }
    inner.names += keys
    // Without a limit, the outer `SELECT` sorts anyway.
    if limit == nil, limitBy == nil { inner.order = [] }
    var result = try inner.nested()
    let names = result.columns.suffix(keys.count).map(\.sql)
    result.columns.removeLast(keys.count)
    result.names.removeLast(keys.count)
    result.order = zip(names, order).map { OrderKey(sql: $0, isDescending: $1.isDescending) }
    return result
  }

  /// - Parameter make: the new columns over those that it is given.
  func projected(_ names: [String], _ make: ([SQLValue]) throws -> [SQLValue]) throws -> Relation {
    var result = self
    result.columns = try make(columns)
    result.names = names
    let longest = result.columns.lazy.map(\.sql.utf8.count).max() ?? 0
    if longest > Self.longestExpression, columns.contains(where: { $0.sql.utf8.count > 40 }) {
      result = try nestedInOrder()
      result.columns = try make(result.columns)
      result.names = names
    }
    return result
  }

  /// - Parameter keys: over this relation's columns; see `isFilterable`.
  func sorted(_ keys: [OrderKey]) -> Relation {
    precondition(isFilterable, "the caller makes a subquery of it first")
    var result = self
    result.order = keys
    return result
  }

  func limited(_ count: Int) -> Relation {
    var result = self
    result.limit = min(limit ?? .max, count)
    result.bound = min(bound ?? .max, count)
    return result
  }
}
