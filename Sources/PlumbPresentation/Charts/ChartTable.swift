import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The rows of an answer as a chart reads them: bounded, and with the arrays of `make-series` expanded to rows.
struct ChartTable {
  struct Column {
    let name: String
    let type: ScalarType
    var cells: [Value]

    var isNumber: Bool { type.isNumeric }
    var isContinuous: Bool { isNumber || type == .datetime || type == .timespan }
    var isText: Bool { type == .string || type == .bool || type == .guid || type == .dynamic }

    /// The cell as a number; ticks for times.
    func number(_ row: Int) -> Double? {
      switch cells[row] {
      case .bool(let flag): flag ? 1 : 0
      case .int(let number): Double(number)
      case .long(let number), .datetime(let number), .timespan(let number): Double(number)
      case .real(let number): number.isFinite ? number : nil
      case .decimal(let number): number.double.isFinite ? number.double : nil
      case .null, .string, .guid, .dynamic: nil
      }
    }

    /// Whether the cell is a number that cannot be placed on an axis: NaN or an infinity.
    func isNotFinite(_ row: Int) -> Bool {
      switch cells[row] {
      case .real(let number): !number.isFinite
      case .decimal(let number): !number.double.isFinite
      case .bool, .int, .long, .datetime, .timespan, .null, .string, .guid, .dynamic: false
      }
    }

    /// The cell as a name of a category or series.
    func text(_ row: Int) -> String {
      let text: String
      switch cells[row] {
      case .null: text = "(null)"
      case .string(let value): text = value.isEmpty ? "(empty)" : value
      case .datetime(let ticks): text = ChartNumber.time(Double(ticks))
      case .timespan(let ticks): text = TimeSpan.text(ticks)
      case .bool(let flag): text = flag ? "true" : "false"
      case .int(let number): text = String(number)
      case .long(let number): text = String(number)
      case .real(let number): text = NumberText.text(number)
      case .decimal(let number): text = ChartNumber.text(number.double)
      case .guid, .dynamic:
        var buffer = ByteBuffer()
        Vector.constant(cells[row]).printText(at: 0, to: &buffer)
        text = buffer.string
      }
      return VisibleText.string(String(text.prefix(ChartLimits.nameLength)))
    }
  }

  private(set) var columns: [Column]
  private(set) var rowCount: Int
  private(set) var remarks: [String] = []

  init(_ answer: Answer) {
    let width = min(answer.schema.count, ChartLimits.columns)
    columns = answer.schema.prefix(width).map { Column(name: KQLName.printable($0.name), type: $0.type, cells: []) }
    rowCount = 0
    if answer.schema.count > width {
      remarks.append("only the first \(width) columns are drawn")
    }
    var limit = ChartLimits.rows
    for chunk in answer.chunks where limit > 0 {
      let count = min(chunk.count, limit)
      for i in 0..<width {
        let vector = chunk.column(i)
        columns[i].cells.reserveCapacity(columns[i].cells.count + count)
        for row in 0..<count { columns[i].cells.append(Self.bounded(vector, row)) }
      }
      limit -= count
      rowCount += count
    }
    if rowCount < answer.rowCount {
      remarks.append("only the first \(ChartNumber.grouped(Double(rowCount))) rows are drawn")
    }
    expandArrays()
  }

  /// A cell; long texts are cut before they are copied.
  private static func bounded(_ vector: Vector, _ row: Int) -> Value {
    guard vector.type == .string else { return vector.value(at: row) }
    let bytes = vector.cellBytes(at: row)
    return .string(String(decoding: bytes.part(from: 0, to: ChartLimits.nameLength * 4), as: UTF8.self))
  }

  // MARK: Arrays

  /// Expands each element of array columns to a row of its own, as long as the longest array of a row.
  private mutating func expandArrays() {
    let arrays = columns.indices.filter { i in
      columns[i].type == .dynamic
        && columns[i].cells.contains { if case .dynamic(.array) = $0 { true } else { false } }
    }
    guard !arrays.isEmpty else { return }
    var expanded = columns.map { Column(name: $0.name, type: $0.type, cells: []) }
    var rows = 0
    for row in 0..<rowCount where rows < ChartLimits.rows {
      let elements = arrays.map { i -> [Dynamic] in
        if case .dynamic(.array(let list)) = columns[i].cells[row] { list } else { [] }
      }
      let length = min(elements.map(\.count).max() ?? 0, ChartLimits.rows - rows)
      for i in columns.indices {
        if let place = arrays.firstIndex(of: i) {
          expanded[i].cells += (0..<length).map { Self.value($0 < elements[place].count ? elements[place][$0] : .null) }
        } else {
          expanded[i].cells += repeatElement(columns[i].cells[row], count: length)
        }
      }
      rows += length
    }
    if rows == ChartLimits.rows { remarks.append("only the first \(ChartNumber.grouped(Double(rows))) points are drawn") }
    columns = expanded.enumerated().map { i, column in
      guard arrays.contains(i) else { return column }
      return Column(name: column.name, type: Self.type(of: column.cells), cells: column.cells)
    }
    rowCount = rows
  }

  private static func value(_ element: Dynamic) -> Value {
    switch element {
    case .null: .null(.real)
    case .bool(let flag): .bool(flag)
    case .long(let number): .real(Double(number))
    case .real(let number): .real(number)
    case .decimal(let number): .real(number.double)
    case .datetime(let ticks): .datetime(ticks)
    case .timespan(let ticks): .timespan(ticks)
    case .string(let text): DateTime.parse(text).map { .datetime($0) } ?? .string(text)
    case .guid(let guid): .guid(guid)
    case .array, .object: .null(.real)
    }
  }

  private static func type(of cells: [Value]) -> ScalarType {
    cells.first { !$0.isNull }?.type ?? .real
  }
}
