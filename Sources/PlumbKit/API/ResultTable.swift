import PlumbEngine
import PlumbPresentation

/// The rows of a query's answer, or some of them.
public struct ResultTable: Sendable {
  package let answer: Answer
  public let columns: [Column]

  package init(_ answer: Answer) {
    self.answer = answer
    columns = answer.schema.map { Column($0) }
  }

  public var rowCount: Int { answer.rowCount }

  /// What the user should know about the answer, such as a hint that was ignored.
  public var remarks: [String] { answer.remarks }

  /// The kind of chart that `render` requested; nil without one.
  public var chart: String? { answer.visualization?.kind }

  /// Whether the query was cancelled before all rows had arrived.
  public var isPartial: Bool { answer.isPartial }

  /// The rows in order.
  public var rows: Rows { Rows(table: self) }

  /// The values of a column in row order; nil if the column does not exist.
  public subscript(column: String) -> [Cell]? {
    guard let place = columns.firstIndex(where: { $0.name == column }) else { return nil }
    return answer.chunks.flatMap { chunk in
      let vector = chunk.column(place)
      return (0..<chunk.count).map { Cell(vector, $0) }
    }
  }

  /// The table in a format such as `csv`, `json` or `markdown`.
  ///
  /// - Throws: `Problems` if the format does not exist, or cannot represent these rows.
  public func text(as format: String) throws -> String {
    do {
      guard let format = Formats.named(format) else { throw Formats.unknown(format) }
      var bytes: [UInt8] = []
      let writer = format.writer(to: ByteSink { bytes += $0 })
      _ = try writer.write(answer)
      try writer.finish()
      return String(decoding: bytes, as: UTF8.self)
    } catch {
      throw Problems(error)
    }
  }

  /// The rows of a table, in order.
  public struct Rows: Sequence, Sendable {
    fileprivate let table: ResultTable

    public func makeIterator() -> Iterator { Iterator(table) }

    public struct Iterator: IteratorProtocol {
      private let table: ResultTable
      private var chunk = 0
      private var row = 0
      private var vectors: [Vector] = []

      fileprivate init(_ table: ResultTable) { self.table = table }

      public mutating func next() -> Row? {
        while chunk < table.answer.chunks.count {
          let current = table.answer.chunks[chunk]
          if row < current.count {
            if row == 0 { vectors = current.vectors() }
            defer { row += 1 }
            return Row(columns: table.columns, vectors: vectors, row: row)
          }
          chunk += 1
          row = 0
        }
        return nil
      }
    }
  }
}

/// A row of a result.
public struct Row: Sendable {
  public let columns: [Column]
  fileprivate let vectors: [Vector]
  fileprivate let row: Int

  /// The cell of a column by its index, from 0.
  public subscript(place: Int) -> Cell { Cell(vectors[place], row) }

  /// The cell of a column by its name; null if the column does not exist.
  public subscript(name: String) -> Cell {
    columns.firstIndex { $0.name == name }.map { self[$0] } ?? .null
  }
}
