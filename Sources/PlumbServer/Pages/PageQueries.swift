import PlumbDatabase
import PlumbEngine
import PlumbKit

extension PageRun {
  /// The answers of all queries of a text.
  ///
  /// - Throws: `Problems` with positions in the text.
  func answers(_ text: String) throws -> [Answer] {
    do { return try ownSession().run(text) } catch { throw Problems(error, in: text) }
  }

  /// The text with plain KQL in place of Plumb's own words.
  func expanded(_ text: String) throws -> String {
    do { return try ownSession().expanded(text) } catch { throw Problems(error, in: text) }
  }
}

extension QueryService {
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
    return hasher.finalize()
  }
}
