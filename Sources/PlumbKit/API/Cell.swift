import PlumbEngine

/// One value of a result.
public enum Cell: Hashable, Sendable {
  case null
  case bool(Bool)
  /// An `int` or a `long`.
  case long(Int64)
  case real(Double)
  /// A decimal as text, so that no digit is lost.
  case decimal(String)
  case datetime(Moment)
  case timespan(Duration)
  case string(String)
  case guid(String)
  /// A value of any shape as JSON.
  case dynamic(json: String)

  /// The number, of any numeric type; nil for other values.
  public var number: Double? {
    switch self {
    case .long(let number): Double(number)
    case .real(let number): number
    case .decimal(let text): Double(text)
    case .null, .bool, .datetime, .timespan, .string, .guid, .dynamic: nil
    }
  }

  /// The whole number; nil for other values.
  public var integer: Int? {
    if case .long(let number) = self { Int(exactly: number) } else { nil }
  }

  /// The text of a string; nil for other types.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  public var isNull: Bool { self == .null }

  init(_ vector: Vector, _ row: Int) {
    func text(_ print: (inout ByteBuffer) -> Void) -> String {
      var buffer = ByteBuffer()
      print(&buffer)
      return buffer.string
    }
    if vector.type != .string, vector.isEmptyCell(at: row) {
      self = .null
      return
    }
    switch vector.value(at: row) {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .long(Int64(number))
    case .long(let number): self = .long(number)
    case .real(let number): self = .real(number)
    case .datetime(let ticks): self = .datetime(Moment(ticks: ticks))
    case .timespan(let ticks): self = .timespan(Moment.duration(ticks))
    case .string(let string): self = .string(string)
    case .decimal: self = .decimal(text { vector.printText(at: row, to: &$0) })
    case .guid: self = .guid(text { vector.printText(at: row, to: &$0) })
    case .dynamic: self = .dynamic(json: text { vector.printJSON(at: row, to: &$0) })
    }
  }
}

/// The value as people read it; empty for null.
extension Cell: CustomStringConvertible {
  public var description: String {
    switch self {
    case .null: ""
    case .bool(let flag): flag ? "true" : "false"
    case .long(let number): String(number)
    case .real(let number): NumberText.text(number)
    case .datetime(let moment): moment.description
    case .timespan(let duration): TimeSpan.text(Moment.ticks(duration))
    case .decimal(let text), .string(let text), .guid(let text), .dynamic(let text): text
    }
  }
}

/// A point in time, exact to 100 ns.
public struct Moment: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Ticks of 100 ns since 0001-01-01.
  package let ticks: Int64

  package init(ticks: Int64) { self.ticks = ticks }

  public init(secondsSince1970 seconds: Double) {
    let ticks = (seconds * 10_000_000).rounded()
    self.ticks = abs(ticks) < 9e18 ? DateTime.unixEpoch &+ Int64(ticks) : ticks < 0 ? 0 : DateTime.max
  }

  /// Parses a moment such as `2026-04-01T12:00:00Z`; nil for other text.
  public init?(_ text: String) {
    guard let ticks = DateTime.parse(text) else { return nil }
    self.ticks = ticks
  }

  public var secondsSince1970: Double { Double(ticks &- DateTime.unixEpoch) / 10_000_000 }

  /// As `2026-04-01T12:00:00.0000000Z`.
  public var description: String { DateTime.text(ticks) }

  public static func < (one: Moment, other: Moment) -> Bool { one.ticks < other.ticks }

  static func duration(_ ticks: Int64) -> Duration {
    Duration(secondsComponent: ticks / 10_000_000, attosecondsComponent: ticks % 10_000_000 * 100_000_000_000)
  }

  /// The ticks of a duration, as far as they fit.
  static func ticks(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 10_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : whole &+ attoseconds / 100_000_000_000
  }
}
