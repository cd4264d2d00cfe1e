import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import PlumbSyntax

extension ConsoleAction {
  /// Commands that show tables, columns, help and history.
  static let ofTexts: [ConsoleAction] = [
    ConsoleAction(".help") { command, conversation in
      let name = command.text("NAME")
      let isOnTour = conversation.host.shell?.tour != nil
      let text = name.isEmpty ? Help.overview(onTour: isOnTour, in: conversation.workspace) : try Help.text(for: name, in: conversation.workspace.catalog)
      try conversation.host.write(text, isLong: true)
    },
    ConsoleAction(".tables") { command, conversation in
      try conversation.show(Listing.tables(of: conversation.workspace.catalog), of: command)
    },
    ConsoleAction(".schema") { command, conversation in
      let name = command.text("TABLE")
      let catalog = conversation.workspace.catalog
      guard let path = catalog.hasTable(named: name) ? [name] : NamePath(name)?.parts else {
        throw usage(command, "`\(VisibleText.string(name))` is not the name of a table")
      }
      try conversation.show([Listing.columns(of: path, in: catalog)])
    },
    ConsoleAction(".column") { command, conversation in
      guard let path = NamePath(command.text("TABLE.COLUMN"))?.parts, path.count > 1, let column = path.last else {
        throw usage(command, "`.column` needs a table and a column")
      }
      try ColumnPicture(table: path.dropLast(), column: column).show(in: conversation)
    },
    ConsoleAction(".history") { command, conversation in
      let text = command.text("N or WORD")
      guard let shell = conversation.host.shell else { return }
      let number = text.isEmpty ? 20 : Int(text)
      if let number, number < 1 { throw usage(command, "`.history` needs a number above 0, or a word") }
      let all = try shell.log.numbered().filter { number != nil || $0.entry.query.lowercased().contains(text.lowercased()) }
      if all.isEmpty { return Console.say(number == nil ? "no query with `\(VisibleText.string(text))`" : "no query yet") }
      let lines = all.suffix(number ?? 50).map { HistoryLine(number: $0.number, entry: $0.entry, width: Console.columns ?? 100).text }
      try conversation.host.write(lines.joined(separator: "\n"), isLong: true)
    },
    ConsoleAction(".wide") { _, conversation in try conversation.host.shell?.showWide() },
    ConsoleAction(".overview") { _, conversation in try Overview.show(in: conversation) },
  ]
}

extension Conversation {
  /// Shows rows of a command, or what the steps after it make of them.
  fileprivate func show(_ rows: Answer, of command: CommandSyntax) throws {
    try show([try script.piping(rows, through: command)])
  }
}

/// The output of `.column`: counts, bounds, and a picture of the values.
struct ColumnPicture {
  /// The name of the table, preceded by its database if it has one.
  let table: [String]
  let column: String
  /// The number of values to list if they cannot be put into bins.
  private static let listed = 15

  func show(in conversation: Conversation) throws {
    let catalog = conversation.workspace.catalog
    let shown = VisibleText.string(table.joined(separator: "."))
    let schema = try Listing.schema(of: table, in: catalog)
    guard let info = schema.first(where: { $0.name == column }) else {
      throw Diagnostic(
        "unknown-column", "`\(shown)` has no column `\(VisibleText.string(column))`",
        help: Suggestion.nearest(to: column, in: schema.map(\.name)) ?? "list the columns with `.schema \(shown)`")
    }
    let name = KQLName.inQuery(column)
    let source = table.map(KQLName.inQuery).joined(separator: ".")
    let isText = info.type == .string || info.type == .dynamic
    let value = info.type == .dynamic ? "tostring(\(name))" : name
    let isEmpty = isText ? "isempty(\(value))" : "isnull(\(name))"
    let isOrdered = info.type.isNumeric || info.type == .datetime || info.type == .timespan
    let median = info.type == .decimal ? "" : ", median = percentile(\(name), 50)"
    let bounds = isOrdered ? ", smallest = min(\(name))\(median), largest = max(\(name))" : ""
    let mean = info.type.isNumeric || info.type == .timespan ? ", mean = avg(\(name))" : ""
    let counts = try conversation.answers(
      to: """
        \(source) | summarize rows = count(), empty = countif(\(isEmpty)), different = dcount(\(value))\
        \(bounds)\(mean)
        """)
    var all = counts.map { answer in
      var answer = answer
      answer.visualization = Visualization(kind: "card", properties: ["title": "\(shown).\(VisibleText.string(column)): \(info.type.name)"])
      return answer
    }
    guard isOrdered, info.type != .decimal else {
      all += try conversation.answers(to: mostFrequent(source, name))
      try conversation.show(all)
      if let different = counts.last?.texts(limit: 1).first?.dropFirst(2).first.flatMap({ Int($0) }), different > Self.listed {
        Console.say("note: the \(Self.listed) most frequent of about \(different) values")
      }
      return
    }
    let drawn = try conversation.answers(to: bins(source, name, info.type))
    try conversation.show(all + drawn.prefix(1))
    if drawn.last?.texts(limit: 1).first?.first == "true" {
      Console.say("note: the picture leaves out the lowest and the highest 1 % of the values, which are far away")
    }
  }

  private func mostFrequent(_ source: String, _ name: String) -> String {
    "\(source) | summarize rows = count() by value = tostring(\(name)) | top \(Self.listed) by rows, value asc | render barchart"
  }

  /// Values in twenty to forty bins, and whether they are only the middle 98 % of the values: if all values would leave
  /// most of the picture empty.
  private func bins(_ source: String, _ name: String, _ type: ScalarType) -> String {
    // Divided before subtracting, since the difference would overflow for distant bounds.
    func part(_ low: String, _ high: String, of parts: Int) -> String {
      type == .datetime ? "(\(high) - \(low)) / \(parts)" : "\(high) / \(parts) - \(low) / \(parts)"
    }
    let width = part("plumb_low", "plumb_high", of: 20)
    return """
      let plumb_bounds = materialize(\(source)
        | summarize low = min(\(name)), first = percentile(\(name), 1), last = percentile(\(name), 99), high = max(\(name))
        | extend is_cut = last > first and \(part("low", "high", of: 8)) > \(part("first", "last", of: 2))
        | project is_cut, low = iff(is_cut, first, low), high = iff(is_cut, last, high));
      let plumb_low = toscalar(plumb_bounds | project low);
      let plumb_high = toscalar(plumb_bounds | project high);
      let plumb_width = \(type == .int || type == .long ? "max_of(1, \(width))" : width);
      \(source) | where \(name) between (plumb_low .. plumb_high)
      | summarize rows = count() by value = iff(plumb_high > plumb_low, bin_at(\(name), plumb_width, plumb_low), \(name))
      | sort by value asc | render columnchart;
      plumb_bounds | project is_cut
      """
  }
}
