import PlumbDatabase
import PlumbEngine
import PlumbKit

extension PageRun {
  /// The answers of all queries of a text.
  ///
  /// - Throws: `Problems` with positions in the text.
  func answers(_ text: String) throws -> [Answer] {
    do {
      let answers = try ownSession().run(text)
      service.note(query: text, rows: answers.reduce(0) { $0 + $1.rowCount }, error: nil)
      return answers
    } catch {
      let problems = Problems(error, in: text)
      service.note(query: text, rows: nil, error: problems.list.first?.message ?? "failed")
      throw problems
    }
  }

  /// The text with plain KQL in place of Plumb's own words.
  func expanded(_ text: String) throws -> String {
    do { return try ownSession().expanded(text) } catch { throw Problems(error, in: text) }
  }
}

extension QueryService {
  /// Adds a query to the route of an open case.
  func note(query text: String, rows: Int?, error: String?) {
    // A route that cannot be written to does not keep the server from answering.
    try? workspace.openCase?.add(.query, text, rows: rows, error: error, via: "server")
  }

  /// Differs when a table or a function has been changed.
  var tablesMark: Int {
    guard let reading = try? workspace.catalog.reading() else { return 0 }
    defer { reading.end() }
    var hasher = Hasher()
    for name in reading.catalog.tableNames {
      hasher.combine(name)
      guard reading.catalog.isMade(tableNamed: name), let table = try? reading.catalog.table(named: name) else { continue }
      hasher.combine(table.rowCount)
    }
    for function in reading.catalog.storedFunctions { hasher.combine(function.body) }
    if let current = workspace.openCase {
      try? current.refresh()
      hasher.combine(current.route.count)
      hasher.combine(current.isOpen)
    }
    return hasher.finalize()
  }
}
