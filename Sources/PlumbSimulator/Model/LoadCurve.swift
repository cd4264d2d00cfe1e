import PlumbEngine

/// How busy the world is: business hours of each region, quiet weekends, and busy ends of months.
///
/// The weekly mean of the curve is 1.
struct LoadCurve: Sendable {
  /// The load at each hour of the week, local time, from Monday 00:00.
  private let hours: [Double]
  private let origin: Int64
  private static let hour: Int64 = 36_000_000_000

  private static let weekday: [Double] = [
    0.35, 0.30, 0.28, 0.28, 0.32, 0.45, 0.70, 1.10, 1.65, 2.00, 2.10, 2.00,
    1.70, 1.90, 2.00, 1.90, 1.70, 1.35, 1.00, 0.80, 0.70, 0.60, 0.50, 0.40,
  ]

  /// - Parameter origin: the ticks of the moment 0.
  init(origin: Int64) {
    self.origin = origin
    var hours: [Double] = []
    for day in 0..<7 {
      for hour in 0..<24 {
        let busy = LoadCurve.weekday[hour]
        // Fridays end early; weekends keep a third.
        hours.append(day < 4 ? busy : day == 4 ? busy * 0.9 : 0.18 + busy * 0.25)
      }
    }
    var total = 0.0
    for hour in hours { total += hour }
    self.hours = hours.map { $0 * 168 / total }
  }

  /// Returns the load at a time (milliseconds), for people `offset` hours from UTC.
  @inline(__always) func load(at moment: Int64, offset: Int64) -> Double {
    let local = origin &+ moment &* 10_000 &+ offset &* LoadCurve.hour
    let hour = local / LoadCurve.hour
    let part = Double(local &- hour &* LoadCurve.hour) / Double(LoadCurve.hour)
    let place = Int(hour % 168)
    let here = hours[place]
    let next = hours[place == 167 ? 0 : place &+ 1]
    return here + (next - here) * part
  }

  /// The curve where a holiday is as quiet as a Sunday.
  @inline(__always) func load(at moment: Int64, offset: Int64, isHoliday: Bool) -> Double {
    guard isHoliday else { return load(at: moment, offset: offset) }
    let local = origin &+ moment &* 10_000 &+ offset &* LoadCurve.hour
    return hours[144 + Int(local / LoadCurve.hour % 24)]
  }

  /// How much more fails in a season: the weeks before the year ends are the worst, August is quiet.
  static func season(day: Int64) -> Double {
    [1, 1, 1.02, 1, 1, 0.97, 0.93, 0.9, 1, 1.04, 1.12, 1.08][DateTime.date(day: Int(day)).month - 1]
  }

  /// Returns the local day of a time, counted from 0001-01-01.
  @inline(__always) func day(at moment: Int64, offset: Int64) -> Int64 {
    (origin &+ moment &* 10_000 &+ offset &* LoadCurve.hour) / (24 &* LoadCurve.hour)
  }

  /// Returns the factor for the end of a month: its last two days and the next one's first carry more.
  func monthEndFactor(day: Int64) -> Double {
    let date = DateTime.date(day: Int(day))
    let last = DateTime.days(inMonth: date.month, of: date.year)
    if date.day == last { return 1.4 }
    if date.day == last - 1 { return 1.25 }
    return date.day == 1 ? 1.2 : 1
  }
}
