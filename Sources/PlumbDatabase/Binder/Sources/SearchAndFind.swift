import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension SearchSyntax: OperatorBinding {
  func bind(_ input: Relation, at place: BindingPlace) throws -> Relation { try relation(in: input, at: place) }

  /// `search`: the rows of many tables that contain a term anywhere, after a column with the table's name.
  func relation(in input: Relation? = nil, at place: BindingPlace) throws -> Relation {
    var isCaseSensitive = false
    for parameter in parameters where parameter.name.text == "kind" {
      switch try place.constants.text(of: parameter) {
      case "case_sensitive": isCaseSensitive = true
      case "default", "case_insensitive": isCaseSensitive = false
      case let other:
        throw Diagnostic("unknown-kind", "`search` has no kind `\(other)`", at: parameter.value.span)
      }
    }
    let condition = SearchCondition(syntax: predicate, isCaseSensitive: isCaseSensitive, operatorName: "search")
    if let input {
      let rows = try condition.filtering(input, among: [input], at: place).rows
      return try Relation(uniting: [rows], isInner: false, sourceColumn: "$table", at: span)
    }
    let tables = try place.searched(self.tables)
    guard !tables.isEmpty else {
      throw Diagnostic("unknown-table", "the database has no tables to search", at: span)
    }
    var legs: [Relation] = []
    var lastMistake: Diagnostic?
    for table in tables {
      // A table without a column that the condition names contributes no rows.
      do {
        legs.append(try condition.filtering(table, among: tables, at: place).rows)
      } catch let mistake as Diagnostic where mistake.code == "unknown-column" {
        lastMistake = mistake
      }
    }
    if legs.isEmpty, let lastMistake { throw lastMistake }
    return try Relation(uniting: legs, isInner: false, sourceColumn: "$table", at: span)
  }
}

extension FindSyntax {
  /// `find`: rows of several tables that fulfil a condition, with the columns that it names and those that all have.
  func relation(at place: BindingPlace) throws -> Relation {
    var sourceColumn = "source_"
    for parameter in parameters where parameter.name.text == "withsource" {
      sourceColumn = try place.constants.text(of: parameter)
    }
    let tables = try place.searched(self.tables)
    guard !tables.isEmpty else {
      throw Diagnostic("unknown-table", "the database has no tables to search", at: span)
    }
    let condition = SearchCondition(syntax: predicate, isCaseSensitive: false, operatorName: "find")
    var found: [(rows: Relation, named: Set<Int>)] = []
    var lastMistake: Diagnostic?
    for table in tables {
      do {
        found.append(try condition.filtering(table, among: tables, at: place))
      } catch let mistake as Diagnostic where mistake.code == "unknown-column" {
        lastMistake = mistake
      }
    }
    if found.isEmpty, let lastMistake { throw lastMistake }
    let all = found.map(\.rows)
    let legs = try found.map { leg in
      try projected(leg.rows, named: leg.named, among: all, place.calls)
    }
    return try Relation(uniting: legs, isInner: false, sourceColumn: sourceColumn, at: span)
  }

  /// The types that a column of this name has in the tables, each once.
  private func types(of name: String, in tables: [Relation]) -> [ScalarType] {
    tables.reduce(into: []) { types, table in
      if let index = table.index(of: name), !types.contains(table.schema[index].type) {
        types.append(table.schema[index].type)
      }
    }
  }

  /// - Parameters:
  ///   - named: the columns that the condition names.
  ///   - tables: all that are searched: a column that `table` lacks has the type it has there.
  private func projected(
    _ table: Relation, named: Set<Int>, among tables: [Relation], _ calls: CallBinding
  ) throws -> Relation {
    func column(_ index: Int) -> NamedExpression {
      NamedExpression(table.schema[index].name, .column(index, table.schema[index].type, span))
    }
    func packed(_ indices: [Int]) throws -> NamedExpression {
      let members = indices.map { (table.schema[$0].name, column($0).expression) }
      return NamedExpression("pack_", try calls.packing(members, ignoresNulls: true, at: span))
    }
    var outputs: [NamedExpression] = []
    switch projection {
    case .smart:
      let kept = table.schema.indices.filter { index in
        named.contains(index) || tables.allSatisfy { $0.schema.contains(table.schema[index]) }
      }
      outputs = kept.map(column)
      let rest = table.schema.indices.filter { !kept.contains($0) }
      if !rest.isEmpty { outputs.append(try packed(rest)) }
    case .columns(let wanted):
      for item in wanted {
        switch item {
        case .column(let name, let type):
          let wantedType = type.map { ScalarType($0.type) }
          let found = table.index(of: name.text).map { column($0).expression }
            ?? .literal(.null(wantedType ?? types(of: name.text, in: tables).first ?? .string), name.span)
          outputs.append(NamedExpression(name.text, found.converted(to: wantedType ?? found.type)))
        case .pack:
          let names = Set(outputs.map(\.name))
          outputs.append(try packed(table.schema.indices.filter { !names.contains(table.schema[$0].name) }))
        }
      }
    case .away(let patterns):
      let kept = table.schema.indices.filter { index in
        !patterns.contains { matches(table.schema[index].name, pattern: $0.text) }
      }
      outputs = kept.map(column)
    }
    return table.with(.project(table.plan, outputs))
  }
}

extension BindingPlace {
  /// The tables to search: those named, or all.
  fileprivate func searched(_ sources: [SourceSyntax]) throws -> [Relation] {
    if sources.isEmpty { return try tables(matching: "*") }
    return try sources.flatMap { source -> [Relation] in
      if case .pattern(let pattern) = source { return try tables(matching: pattern.text) }
      if case .path(let path) = source, let found = try path.tables(at: self) { return found }
      return [try relation(source)]
    }
  }
}

/// The condition of `search` or `find`, in which a bare string matches rows that contain it in any column.
private struct SearchCondition {
  let syntax: ExpressionSyntax
  let isCaseSensitive: Bool
  let operatorName: String

  /// The rows that meet the condition, and the columns that the condition names.
  ///
  /// A table that has one of the named columns may lack others that another table has: they are null in it.
  func filtering(
    _ table: Relation, among tables: [Relation], at place: BindingPlace
  ) throws -> (rows: Relation, named: Set<Int>) {
    let names = syntax.namesRead
    let named = Set(names.compactMap { table.index(of: $0) })
    let missing = named.isEmpty ? [] : lacking(names, table, tables)
    if missing.isEmpty {
      let bound = try term(syntax, place.columns(of: table, for: "`\(operatorName)`"))
      return (table.keepingColumns(.filter(table.plan, bound)), named)
    }
    let own = table.schema.enumerated().map { index, column in
      NamedExpression(column.name, .column(index, column.type, .none))
    }
    let nulls = missing.map { NamedExpression($0.name, .literal(.null($0.type), .none)) }
    let widened = table.with(.project(table.plan, own + nulls))
    let bound = try term(syntax, place.columns(of: widened, for: "`\(operatorName)`"))
    let rows = widened.keepingColumns(.filter(widened.plan, bound))
    return (rows.picking(table.schema.enumerated().map { ($0, $1.name) }), named)
  }

  /// The columns of these names that other tables have and `table` does not.
  private func lacking(_ names: [String], _ table: Relation, _ tables: [Relation]) -> [ColumnInfo] {
    var seen = Set<String>()
    return names.compactMap { name in
      guard table.index(of: name) == nil, seen.insert(name).inserted else { return nil }
      return tables.lazy.compactMap { other in other.index(of: name).map { other.schema[$0] } }.first
    }
  }

  /// A condition in which a bare string matches rows that contain it in any column.
  private func term(_ expression: ExpressionSyntax, _ columns: ColumnExpressions) throws -> BoundExpression {
    let calls = columns.binder.calls
    switch expression.withoutParentheses {
    case .star(let span): return .literal(.bool(true), span)
    case .literal(let literal):
      guard case .string(let text, _) = literal.value else { break }
      if text == "*" || text.isEmpty { return .literal(.bool(true), literal.span) }
      let (name, needle) = termTest(text)
      let tests = try columns.rows.schema.enumerated().map { index, column in
        let cell = BoundExpression.column(index, column.type, literal.span).converted(to: .string)
        return try calls.calling(name, [cell, .literal(.string(needle), literal.span)], at: literal.span)
      }
      if tests.isEmpty { return .literal(.bool(false), literal.span) }
      return tests.count == 1 ? tests[0] : try calls.calling("or", tests, at: literal.span)
    case .logical(let logical):
      let operands = try logical.operands.map { try term($0, columns) }
      return try calls.calling(logical.operator.rawValue, operands, at: logical.span)
    case .call(let call) where call.arguments.count == 1:
      guard let not = ScalarFunction.named(call.name.text), not.traits.meaning == .negation else { break }
      return try calls.calling(not, [try term(call.arguments[0].value, columns)], at: call.span)
    default: break
    }
    return try columns.condition(expression)
  }

  /// The operator for a search term: whole terms, or parts of them if it has stars.
  private func termTest(_ text: String) -> (name: String, needle: String) {
    let suffix = isCaseSensitive ? "_cs" : ""
    let starts = text.hasPrefix("*"), ends = text.hasSuffix("*") && text.count > 1
    let inner = String(text.dropFirst(starts ? 1 : 0).dropLast(ends ? 1 : 0))
    if inner.contains("*") {
      let pieces = inner.split(separator: "*").map { regexQuoted(String($0)) }
      let flags = isCaseSensitive ? "(?s)" : "(?is)"
      let start = starts ? "" : wordEdge(inner.unicodeScalars.first)
      let end = ends ? "" : wordEdge(inner.unicodeScalars.last)
      return ("matches regex", flags + start + pieces.joined(separator: ".*") + end)
    }
    switch (starts, ends) {
    case (true, true): return ("contains" + suffix, inner)
    case (true, false): return ("hassuffix" + suffix, inner)
    case (false, true): return ("hasprefix" + suffix, inner)
    case (false, false): return ("has" + suffix, inner)
    }
  }

  /// The pattern for a word boundary, if a term ends in a letter or digit; `\b` alone knows only ASCII.
  private func wordEdge(_ scalar: Unicode.Scalar?) -> String {
    guard let scalar else { return "" }
    let isOfWord = scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    return !isOfWord ? "" : scalar.isASCII ? #"\b"# : #"(?:^|$|[^\pL\pN_])"#
  }
}

extension ExpressionSyntax {
  /// The names in the expression that may be columns.
  fileprivate var namesRead: [String] {
    switch self {
    case .name(let name): [name.text]
    case .literal, .star, .path, .query: []
    case .parenthesized(let node): node.expression.namesRead
    case .unary(let unary): unary.operand.namesRead
    case .binary(let binary): binary.lhs.namesRead + binary.rhs.namesRead
    case .logical(let logical): logical.operands.flatMap(\.namesRead)
    case .between(let between): between.operand.namesRead + between.lower.namesRead + between.upper.namesRead
    case .membership(let membership): membership.operand.namesRead + membership.list.flatMap(\.namesRead)
    case .call(let call): call.arguments.flatMap { $0.value.namesRead }
    case .member(let member): member.base.namesRead
    case .element(let element): element.base.namesRead + element.index.namesRead
    }
  }
}

/// A text as a regular expression that matches exactly that text.
func regexQuoted(_ text: String) -> String {
  var quoted = ""
  for scalar in text.unicodeScalars {
    if #"\.+*?()|[]{}^$"#.unicodeScalars.contains(scalar) { quoted += "\\" }
    quoted.unicodeScalars.append(scalar)
  }
  return quoted
}
