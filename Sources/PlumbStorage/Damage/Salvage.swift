import class GRDB.Database
import PlumbDiagnostics
import PlumbEngine

/// The undamaged parts of a damaged file: every segment is read and verified. A column that is damaged in some rows is null
/// there (a string is empty); rows without any undamaged values are omitted.
struct Salvage {
  private(set) var catalogue: StoredCatalogue
  private(set) var losses: [String] = []

  /// - Throws: a diagnostic if nothing can be read at all.
  init(from file: Database) throws {
    let state = try? StateRow(from: file)
    catalogue = StoredCatalogue(empty: state ?? StateRow(generation: 0, nextID: 1, isOpen: false, checksums: 0))
    if state == nil { losses.append("the state of the file is damaged") }
    if let sum = try? StateRow.checksums(in: file), let state, sum != state.checksums {
      losses.append("the list of tables and functions is damaged")
    }
    do { catalogue.settings = try StoredCatalogue.settings(file) } catch { losses.append("the settings are damaged") }
    do { catalogue.functions = try StoredCatalogue.functions(file) } catch { losses.append("functions are damaged") }
    do {
      for model in try StoredModel.all(in: file) {
        do { _ = try model.data(in: file) } catch { losses.append("the model `\(model.name)`, version \(model.version), is damaged") }
      }
    } catch {
      losses.append("models are damaged")
    }
    let names = names(file)
    if (try? StoredCatalogue.indexed(file)) != names { losses.append("the index of tables is damaged") }
    for name in names {
      guard let row = try? StoredCatalogue.tables(file, named: name).first else {
        losses.append("the table `\(name)` is omitted: its description is damaged")
        continue
      }
      add(row, file)
    }
  }

  private mutating func names(_ file: Database) -> [String] {
    var names: [String] = []
    do {
      try file.rows("SELECT name FROM plumb_tables NOT INDEXED ORDER BY name") { names.append($0.text(0)) }
    } catch {
      losses.append("the list of tables is damaged")
    }
    return names
  }

  private mutating func add(_ table: TableRow, _ file: Database) {
    var groups: [GroupRow] = []
    var damaged = 0
    do {
      try file.rows(
        "SELECT id, place, row_count, bounds, seal FROM plumb_groups WHERE table_id = ? ORDER BY place",
        .integer(table.id)
      ) { row in
        if let group = StoredCatalogue.group(row, of: table) { groups.append(group) } else { damaged += 1 }
      }
    } catch {
      damaged += 1
    }
    var dictionaries: [Int: StringDictionary] = [:]
    for column in table.columns.indices where table.columns[column].textCount > 0 {
      let row = table.columns[column]
      guard let pieces = try? file.textPieces(table.id, row.place, count: row.textCount),
        let whole = StringDictionary.joining(pieces)
      else {
        losses.append("the texts of column `\(row.name)` of `\(table.name)` are damaged")
        continue
      }
      dictionaries[column] = whole
    }
    for i in groups.indices {
      for column in table.columns.indices where !isSound(groups[i], column, table, dictionaries[column], file) {
        groups[i].lose(column, table.columns[column].type)
      }
    }
    let sound = groups.filter { $0.lost.count < table.columns.count || table.columns.isEmpty }
    let rows = sound.reduce(0) { $0 + $1.rowCount }
    if rows < Int(table.rowCount) || damaged > 0 || sound.count < groups.count {
      losses.append("`\(table.name)` has \(rows) undamaged rows of \(table.rowCount)")
    }
    for column in table.columns.indices {
      let lost = sound.reduce(0) { $0 + ($1.lost.contains(column) ? $1.rowCount : 0) }
      if lost > 0 {
        losses.append("column `\(table.columns[column].name)` of `\(table.name)` is damaged and left empty in \(lost) of \(rows) rows")
      }
    }
    catalogue.tables.append((table, sound))
  }

  private func isSound(
    _ group: GroupRow, _ column: Int, _ table: TableRow, _ dictionary: StringDictionary?, _ file: Database
  ) -> Bool {
    let id = GroupRow.segmentID(group.id, column)
    let bounds = group.bounds[column]
    guard let stored = try? file.segment(id),
      checksum(Bytes(start: stored.buffer.values(UInt8.self), count: stored.count), of: id) == bounds.segmentChecksum
    else { return false }
    return decodeSegment(
      stored.buffer, byteCount: stored.count, type: table.columns[column].type, rows: group.rowCount,
      narrow: bounds.fitsNarrow, dictionary: dictionary) != nil
  }
}

extension StoredCatalogue {
  fileprivate init(empty state: StateRow) { self.state = state }
}
