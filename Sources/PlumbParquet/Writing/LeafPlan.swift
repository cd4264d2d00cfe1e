import PlumbEngine

/// How a column of a table is stored in a file.
struct LeafPlan: Sendable {
  let info: ColumnInfo
  let target: LeafTarget
  /// Times or timespans that lose what is below a microsecond, since nanoseconds would not have the range.
  let isCut: Bool

  /// - Parameters:
  ///   - places: the maximum number of decimal places of a decimal column.
  ///   - isFine: whether times or timespans have parts below a microsecond.
  ///   - bounds: the minimum and maximum of them.
  init(_ info: ColumnInfo, places: Int, isFine: Bool, bounds: ClosedRange<Int64>?) {
    self.info = info
    var isCut = false
    switch info.type {
    case .bool: target = .bool
    case .int: target = .int32
    case .long: target = .int64
    case .real: target = .double
    case .datetime, .timespan:
      let offset = info.type == .datetime ? DateTime.unixEpoch : 0
      let reach = Int64.max / 100
      let fitsNanoseconds = bounds.map { $0.lowerBound - offset >= -reach && $0.upperBound - offset <= reach } ?? true
      target = isFine && fitsNanoseconds ? .nanoseconds : .microseconds
      isCut = isFine && !fitsNanoseconds
    case .decimal: target = .decimal(scale: places)
    case .string: target = .text
    case .guid: target = .guid
    case .dynamic: target = .json
    }
    self.isCut = isCut
  }

  /// The number of the physical type.
  var physicalType: Int64 {
    switch target {
    case .bool: 0
    case .int32: 1
    case .int64, .microseconds, .nanoseconds: 2
    case .double: 5
    case .text, .json: 6
    case .decimal, .guid: 7
    }
  }

  func writeSchema(_ out: inout ThriftWriter) {
    out.int32(1, physicalType)
    if physicalType == 7 { out.int32(2, 16) }
    out.int32(3, 1)
    out.text(4, info.name)
    out.int32(6, convertedType)
    if case .decimal(let scale) = target {
      out.int32(7, Int64(scale))
      out.int32(8, 38)
    }
    guard hasLogicalType else { return }
    out.structure(10) { out in
      switch target {
      case .text: out.structure(1) { _ in }
      case .decimal(let scale):
        out.structure(5) { out in
          out.int32(1, Int64(scale))
          out.int32(2, 38)
        }
      case .microseconds, .nanoseconds:
        out.structure(8) { out in
          out.flag(1, true)
          out.structure(2) { out in out.structure(target == .microseconds ? 2 : 3) { _ in } }
        }
      case .json: out.structure(12) { _ in }
      case .guid: out.structure(14) { _ in }
      case .bool, .int32, .int64, .double: break
      }
    }
  }

  /// A timespan is an integer whose unit the Arrow schema gives.
  private var hasLogicalType: Bool {
    switch target {
    case .text, .decimal, .json, .guid: true
    case .microseconds, .nanoseconds: info.type == .datetime
    case .bool, .int32, .int64, .double: false
    }
  }

  /// The annotation for readers of the first versions.
  private var convertedType: Int64? {
    switch target {
    case .text: 0
    case .decimal: 5
    case .microseconds: info.type == .datetime ? 10 : nil
    case .json: 19
    case .bool, .int32, .int64, .double, .nanoseconds, .guid: nil
    }
  }
}
