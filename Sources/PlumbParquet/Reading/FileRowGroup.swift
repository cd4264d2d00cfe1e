import PlumbDiagnostics
import PlumbEngine

/// A row group of a file, which becomes one or more row groups of a table.
final class FileRowGroup: Sendable {
  let file: ParquetFile
  let place: RowGroupPlace
  let cut: GroupParts
  private let firstRow: Int
  private let chunks = LockedValue<[Int: ColumnChunk]>([:])
  private let nested = LockedValue<[Int: SharedPart<NestedRows>]>([:])

  init(_ file: ParquetFile, _ place: RowGroupPlace, firstRow: Int) {
    self.file = file
    self.place = place
    self.firstRow = firstRow
    cut = GroupParts(rowCount: Int(place.rowCount))
  }

  /// Returns the bounds of the table's columns, which all parts share.
  func zones() -> [ZoneRange] {
    file.columns.map { column in
      guard case .flat(let type, let definition) = column.kind else {
        return ZoneRange(words: nil, floats: nil, hasNulls: true)
      }
      return ColumnZone(place.chunks[column.leaves.lowerBound], type, isOptional: definition > 0).zone
    }
  }

  /// Returns the chunk of a leaf column.
  func chunk(_ leaf: Int, _ type: LeafType, definition: Int, repetition: Int) throws -> ColumnChunk {
    try chunks.withLock { chunks in
      if let known = chunks[leaf] { return known }
      let place = place.chunks[leaf]
      let zone = ColumnZone(place, type, isOptional: definition > 0)
      let isFlat = repetition == 0 && definition <= 1
      let decoder = LeafDecoder(
        type, definitionLevel: definition, repetitionLevel: repetition, isNarrow: isFlat && zone.promise.fitsNarrow)
      let made = try ColumnChunk(place, decoder, isFlat ? zone.promise : .none, parts: cut, file.bytes, file.context)
      chunks[leaf] = made
      return made
    }
  }

  func column(_ index: Int, part: Int) throws -> Vector {
    let column = file.columns[index]
    do {
      switch column.kind {
      case .flat(let type, let definition):
        return try chunk(column.leaves.lowerBound, type, definition: definition, repetition: 0).vector(part: part)
      case .unsupported(let reason): throw ParquetFault(unsupported: reason)
      case .nested(let shape, let leaves):
        let shared = nested.withLock { nested in
          if let known = nested[index] { return known }
          let made = SharedPart<NestedRows>(users: cut.count)
          nested[index] = made
          return made
        }
        let rows = try shared.take(for: part) {
          let values = try zip(column.leaves, leaves).map { number, leaf in
            try chunk(number, leaf.type, definition: leaf.definition, repetition: leaf.repetition).leaf()
          }
          return try NestedRows(shape, values, rows: cut.rowCount, step: cut.step)
        }
        return try rows.vector(part: part, file.newContext())
      }
    } catch let fault as ParquetFault {
      throw diagnostic(fault, column.info.name)
    }
  }

  /// Returns the dictionary of the whole column if the rows of this group are codes of it.
  func dictionary(_ index: Int) -> StringDictionary? {
    chunks.withLock { $0[file.columns[index].leaves.lowerBound] }?.columnDictionary
  }

  func diagnostic(_ fault: ParquetFault, _ column: String) -> Diagnostic {
    let rows = "rows \(firstRow + 1) to \(firstRow + cut.rowCount)"
    return fault.isUnsupported
      ? Diagnostic(
        "unsupported-parquet", "column `\(column)` of `\(file.name)` \(fault.reason)",
        help: "exclude the column with `project-away \(column)`")
      : Diagnostic("bad-parquet", "`\(file.name)` is damaged: column `\(column)`, \(rows): \(fault.reason)")
  }
}
