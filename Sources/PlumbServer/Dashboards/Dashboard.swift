import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A dashboard in the JSON format of Azure Data Explorer and Fabric: pages of tiles, each a query and how to draw it.
///
/// The JSON tree is the dashboard, so members that are not shown here are kept when it is saved. Queries are read as schema 20
/// has them, in the tiles, and as later schemas do, in a list of their own.
struct Dashboard: Sendable {
  private(set) var tree: Dynamic

  struct Page: Sendable {
    let id: String
    let name: String
  }

  /// A rectangle of the grid, which has `Dashboard.columns` columns.
  struct Layout: Sendable, Equatable {
    var x, y, width, height: Int
  }

  struct Tile: Sendable {
    let id: String
    let title: String
    let page: String
    /// The query; empty for a tile of text.
    let query: String
    let visual: String
    let layout: Layout
    let options: Dynamic
    /// The text of a tile that has one in place of a query.
    let markdown: String?
  }

  static let columns = 24
  private static let schema = "https://dataexplorer.azure.com/static/d/schema/20/dashboard.json"

  /// An empty dashboard with one page and a range of time.
  init(title: String, database: String) {
    tree = .object([
      ("$schema", .string(Self.schema)), ("id", .string(GUID.random().text)), ("title", .string(title)), ("tiles", .array([])),
      ("dataSources", .array([.object([
        ("id", .string(GUID.random().text)), ("name", .string(database)), ("clusterUri", .string("http://localhost:8080")), ("database", .string(database)),
        ("kind", .string("manual-kusto")), ("scopeId", .string("kusto")),
      ])])),
      ("autoRefresh", .object([("enabled", .bool(true)), ("defaultInterval", .string("5m")), ("minInterval", .string("30s"))])),
      ("parameters", .array([.object([
        ("kind", .string("duration")), ("id", .string(GUID.random().text)), ("displayName", .string("Time range")), ("description", .string("")),
        ("beginVariableName", .string("_startTime")), ("endVariableName", .string("_endTime")),
        ("defaultValue", .object([("kind", .string("dynamic")), ("count", .long(24)), ("unit", .string("hours"))])),
        ("showOnPages", .object([("kind", .string("all"))])),
      ])])),
      ("pages", .array([.object([("name", .string("Page 1")), ("id", .string(GUID.random().text))])])),
      ("schema_version", .string("20")),
    ])
  }

  /// - Throws: a diagnostic if the text is not a dashboard.
  init(json text: String, name: String) throws {
    guard let tree = JSONText.parseTree(text), case .object = tree else {
      throw Diagnostic("not-a-dashboard", "`\(name)` is not JSON", help: "a dashboard is the file that Azure Data Explorer's `Download dashboard to file` writes")
    }
    guard case .array? = tree["tiles"] else {
      throw Diagnostic("not-a-dashboard", "`\(name)` has no list of `tiles`", help: "a dashboard is the file that Azure Data Explorer's `Download dashboard to file` writes")
    }
    self.tree = tree
    var seen: Set<String> = []
    for tile in tiles where !seen.insert(tile.id).inserted {
      throw Diagnostic("not-a-dashboard", "`\(name)` has two tiles with the id `\(tile.id)`")
    }
  }

  var title: String { tree["title"].text ?? "Dashboard" }

  var pages: [Page] {
    let pages = tree["pages"].elements.enumerated().map { place, page in Page(id: page["id"].text ?? "\(place)", name: page["name"].text ?? "Page \(place + 1)") }
    return pages.isEmpty ? [Page(id: "", name: "Page 1")] : pages
  }

  var tiles: [Tile] {
    let first = pages[0].id
    return tree["tiles"].elements.enumerated().map { place, tile in
      let layout = tile["layout"]
      func unit(_ name: String, _ other: Int, _ range: ClosedRange<Int>) -> Int {
        min(max(layout?[name].number ?? other, range.lowerBound), range.upperBound)
      }
      let x = unit("x", 0, 0...Self.columns - 1)
      return Tile(
        id: tile["id"].text ?? "\(place)", title: tile["title"].text ?? "", page: tile["pageId"].text ?? first, query: query(of: tile),
        visual: tile["visualType"].text ?? "table",
        layout: Layout(
          x: x, y: unit("y", place * 8, 0...10_000), width: unit("width", 12, 1...Self.columns - x), height: unit("height", 8, 1...200)),
        options: tile["visualOptions"] ?? .object([]), markdown: tile["markdownText"].text)
    }
  }

  func tile(_ id: String) -> Tile? { tiles.first { $0.id == id } }

  /// Names of data sources, which are not asked: every query runs on this server's tables.
  var dataSources: [String] {
    tree["dataSources"].elements.compactMap { source in
      guard let database = source["database"].text else { return nil }
      return source["name"].text.map { $0 == database ? $0 : "\($0) (\(database))" } ?? database
    }
  }

  // MARK: Queries

  /// The text of the query that a tile, or the source of a parameter's values, refers to.
  func query(of owner: Dynamic) -> String {
    if let text = owner["query"].text ?? owner["query"]?["text"].text { return text }
    let reference = owner["queryRef"]
    if let id = reference?["queryId"].text { return storedQuery(id) }
    if let id = reference?["baseQueryId"].text, let base = tree["baseQueries"].elements.first(where: { $0["id"].text == id }) {
      return storedQuery(base["queryId"].text ?? "")
    }
    return ""
  }

  private func storedQuery(_ id: String) -> String {
    tree["queries"].elements.first { $0["id"].text == id }?["text"].text ?? ""
  }

  /// Queries under names that other queries use as tables.
  var baseQueries: [(name: String, text: String)] {
    tree["baseQueries"].elements.compactMap { base in base["variableName"].text.map { ($0, query(of: .object([("queryRef", base)]))) } }
  }

  var parameters: [DashboardParameter] { tree["parameters"].elements.compactMap { DashboardParameter($0, in: self) } }

  // MARK: Changes

  /// Whether its queries are in a list of their own, as in schemas after 20.
  var hasQueryList: Bool { if case .array? = tree["queries"] { true } else { false } }

  /// Adds a tile below the others of a page.
  ///
  /// - Parameter page: its id; nil for the first.
  mutating func add(title: String, query: String, visual: TileVisual, page: String?) {
    let page = page.flatMap { id in pages.first { $0.id == id } } ?? pages[0]
    let below = tiles.filter { $0.page == page.id }.map { $0.layout.y + $0.layout.height }.max() ?? 0
    var tile: [(key: String, value: Dynamic)] = [
      ("id", .string(GUID.random().text)), ("title", .string(title)),
      ("layout", .object([("x", .long(0)), ("y", .long(Int64(below))), ("width", .long(12)), ("height", .long(8))])),
      ("pageId", .string(page.id)), ("visualType", .string(visual.type)), ("visualOptions", visual.options),
    ]
    tile += place(query)
    tree = tree.setting("tiles", .array(tree["tiles"].elements + [.object(tile)]))
  }

  /// Replaces the title and the query of a tile, and how it is drawn if the new query says so.
  mutating func change(_ id: String, title: String, query: String, visual: TileVisual?) {
    let tiles = tree["tiles"].elements.enumerated().map { place, tile -> Dynamic in
      guard (tile["id"].text ?? "\(place)") == id else { return tile }
      var changed = tile.setting("title", .string(title)).removing("query").removing("queryRef").removing("usedParamVariables")
      if let visual { changed = changed.setting("visualType", .string(visual.type)).setting("visualOptions", visual.options) }
      for (name, value) in self.place(query) { changed = changed.setting(name, value) }
      return changed
    }
    tree = tree.setting("tiles", .array(tiles))
    dropUnusedQueries()
  }

  mutating func remove(_ id: String) {
    tree = tree.setting("tiles", .array(tree["tiles"].elements.enumerated().filter { place, tile in (tile["id"].text ?? "\(place)") != id }.map(\.element)))
    dropUnusedQueries()
  }

  /// The members of a tile that hold its query: the text itself, or a reference if this dashboard keeps queries in a list.
  private mutating func place(_ text: String) -> [(key: String, value: Dynamic)] {
    let used = Dynamic.array(parameters.flatMap(\.variables).filter { DashboardText.uses($0, text) }.map { .string($0) })
    let source = tree["dataSources"].elements.first?["id"] ?? .string("")
    guard case .array(let queries)? = tree["queries"] else {
      return [("query", .string(text)), ("dataSourceId", source), ("usedParamVariables", used)]
    }
    let id = GUID.random().text
    let query = Dynamic.object([
      ("id", .string(id)), ("dataSource", .object([("kind", .string("inline")), ("dataSourceId", source)])), ("text", .string(text)), ("usedVariables", used),
    ])
    tree = tree.setting("queries", .array(queries + [query]))
    return [("queryRef", .object([("kind", .string("query")), ("queryId", .string(id))]))]
  }

  /// Removes queries of the list that nothing refers to after a tile was changed or removed.
  private mutating func dropUnusedQueries() {
    guard case .array(let queries)? = tree["queries"] else { return }
    var used: Set<String> = []
    for owner in tree["tiles"].elements + tree["parameters"].elements.compactMap({ $0["dataSource"] }) { used.formUnion([owner["queryRef"]?["queryId"].text].compactMap { $0 }) }
    used.formUnion(tree["baseQueries"].elements.compactMap { $0["queryId"].text })
    tree = tree.setting("queries", .array(queries.filter { $0["id"].text.map(used.contains) ?? true }))
  }
}

// MARK: Reading JSON

extension Dynamic {
  /// A bag with one slot replaced in its place, or added at the end.
  func setting(_ key: String, _ value: Dynamic) -> Dynamic {
    guard case .object(var members) = self else { return self }
    if let place = members.firstIndex(where: { $0.key == key }) { members[place].value = value } else { members.append((key, value)) }
    return .object(members)
  }

  func removing(_ key: String) -> Dynamic {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.key != key })
  }
}

extension Dynamic? {
  var text: String? { if case .string(let text)? = self { text } else { nil } }

  var number: Int? {
    switch self {
    case .long(let number)?: Int(clamping: number)
    case .real(let number)? where abs(number) < 1e9: Int(number.rounded())
    default: nil
    }
  }

  var flag: Bool? { if case .bool(let flag)? = self { flag } else { nil } }

  var elements: [Dynamic] { if case .array(let elements)? = self { elements } else { [] } }
}
