import PlumbEngine

/// A variable of a dashboard's queries that readers choose: a range of time, one value or several, from a list, a query, or free.
struct DashboardParameter: Sendable {
  enum Form: Sendable {
    /// `begin` and `end` in KQL, unless a reader chooses hours.
    case range(begin: String, end: String, shown: String)
    case one
    case several
    case free
  }

  /// Its names in queries: two for a range.
  let variables: [String]
  let title: String
  let form: Form
  /// The name of the type of its values.
  private let kind: String
  private let initial: Dynamic?
  private let offersAll: Bool
  /// Whether queries see null if all values are chosen, rather than the list of all.
  private let allIsNull: Bool
  /// Values with what readers see, or the query that has them.
  let listed: [(value: String, text: String)]
  let source: (query: String, value: String, text: String)?
  private let shownOn: Set<String>?

  /// - Parameter tree: an element of `parameters`; nil is returned for kinds that queries of one database cannot use.
  init?(_ tree: Dynamic, in dashboard: Dashboard) {
    kind = tree["kind"].text ?? "string"
    initial = tree["defaultValue"]
    offersAll = tree["includeAllOption"].flag ?? false
    allIsNull = tree["allIsNull"].flag ?? true
    let pages = tree["showOnPages"]
    shownOn = pages?["kind"].text == "all" || pages == nil ? nil : Set(pages?["pageIds"].elements.compactMap { Optional($0).text } ?? [])
    let values = tree["dataSource"]
    listed = values?["values"].elements.compactMap { element in
      let value = Self.text(element["value"]) ?? Self.text(element)
      return value.map { ($0, element["displayText"].text ?? $0) }
    } ?? []
    if values?["kind"].text == "query", let values {
      let column = values["columns"]?["value"].text ?? ""
      source = (dashboard.query(of: values), column, values["columns"]?["label"].text ?? column)
    } else { source = nil }
    if kind == "duration" {
      guard let begin = tree["beginVariableName"].text, let end = tree["endVariableName"].text else { return nil }
      variables = [begin, end]
      title = tree["displayName"].text ?? "Time range"
      if initial?["kind"].text == "fixed", let start = initial?["start"].text, let stop = initial?["end"].text {
        form = .range(begin: "todatetime(\(KQLText.string(start)))", end: "todatetime(\(KQLText.string(stop)))", shown: "\(start) to \(stop)")
      } else {
        let count = min(max(initial?["count"].number ?? 1, 1), 1_000_000), unit = initial?["unit"].text ?? "hours"
        form = .range(begin: "now() - \(Self.span(count, unit))", end: "now()", shown: count == 1 ? "last \(unit.hasSuffix("s") ? String(unit.dropLast()) : unit)" : "last \(count) \(unit)")
      }
      return
    }
    guard let name = tree["variableName"].text, Self.makers[kind] != nil else { return nil }
    variables = [name]
    title = tree["displayName"].text ?? name
    form = switch tree["selectionType"].text {
    case "array": .several
    case "freetext": .free
    default: values == nil ? .free : .one
    }
  }

  /// Functions that make values of the types that parameters have.
  private static let makers = [
    "string": "tostring", "int": "toint", "long": "tolong", "real": "toreal", "double": "toreal", "decimal": "todecimal", "bool": "tobool",
    "datetime": "todatetime", "timespan": "totimespan", "guid": "toguid",
  ]

  private static func span(_ count: Int, _ unit: String) -> String {
    switch unit {
    case "seconds": "\(count)s"
    case "minutes": "\(count)m"
    case "days": "\(count)d"
    case "weeks": "\(count * 7)d"
    case "months": "\(count * 30)d"
    case "years": "\(count * 365)d"
    default: "\(count)h"
    }
  }

  private static func text(_ value: Dynamic?) -> String? {
    switch value {
    case nil, .null?, .object?, .array?: nil
    case .string(let text)?: text
    case .some(let other): other.json
    }
  }

  func isShown(on page: String) -> Bool { shownOn?.contains(page) ?? true }

  // MARK: What a reader chose

  /// The name of its control; several values have a control each.
  var control: String { "v.\(variables[0])" }

  /// Means all values in a control of one value.
  static let all = "*"

  var hasAll: Bool { offersAll }

  /// The chosen values: nil for all of them.
  func chosen(_ chosen: [String: String]) -> [String]? {
    if case .several = form {
      let picked = chosen.filter { $0.key.hasPrefix(control + ".") }.sorted { $0.key < $1.key }.map(\.value)
      if picked.contains(Self.all) { return nil }
      if !picked.isEmpty { return picked }
    } else if let value = chosen[control] {
      if value == Self.all, offersAll { return nil }
      return [value]
    }
    switch initial?["kind"].text {
    case "all": return nil
    case "value": return Self.text(initial?["value"]).map { [$0] } ?? []
    case "values": return initial?["values"].elements.compactMap { Self.text($0) } ?? []
    default: return offersAll ? nil : Array(listed.prefix(1).map(\.value))
    }
  }

  /// The variables with their values in KQL.
  func values(_ chosen: [String: String]) -> [(name: String, value: String)] {
    if case .range(let begin, let end, _) = form {
      guard let hours = chosen["hours"].flatMap({ Int($0) }), (1...24 * 366).contains(hours) else { return [(variables[0], begin), (variables[1], end)] }
      return [(variables[0], "now() - \(hours)h"), (variables[1], "now()")]
    }
    let picked = self.chosen(chosen)
    let maker = Self.makers[kind] ?? "tostring"
    let value: String
    switch (form, picked) {
    case (.several, nil): value = allIsNull ? "dynamic(null)" : list(listed.map(\.value), maker)
    case (.several, let picked?): value = list(picked, maker)
    case (_, let picked?) where !picked.isEmpty: value = "\(maker)(\(KQLText.string(picked[0])))"
    default: value = "\(maker)(\(kind == "string" ? "\"\"" : "dynamic(null)"))"
    }
    return [(variables[0], value)]
  }

  private func list(_ values: [String], _ maker: String) -> String {
    maker == "tostring"
      ? "dynamic(\(Dynamic.array(values.map { .string($0) }).json))" : "pack_array(\(values.map { "\(maker)(\(KQLText.string($0)))" }.joined(separator: ", ")))"
  }
}
