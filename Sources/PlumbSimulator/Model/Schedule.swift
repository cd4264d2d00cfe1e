/// When runs of a pipeline are due. Times are milliseconds of the world.
struct Schedule: BitwiseCopyable, Sendable {
  enum Kind: UInt8, Sendable {
    /// Around the clock, `interval` apart.
    case interval
    /// `interval` apart on working days from 8 to 18 local time.
    case officeHours
    /// Once a local day.
    case daily
    /// Once each working day of the region.
    case weekdays
    /// Whenever the pipeline that triggers it has succeeded.
    case event
  }

  var kind: Kind
  /// Between two runs where nothing pauses them; of an event, between two runs of what triggers it.
  var interval: Int64
  /// Of `interval`, from the world's moment 0; of the others, from the local midnight or the full hour.
  var offset: Int64
  var region: Int32
  var regionOffset: Int64

  private static let opening = 8 * WorkCalendar.hour
  private static let closing = 18 * WorkCalendar.hour

  /// The mean time between two runs over a week.
  var meanInterval: Double {
    switch kind {
    case .interval, .event: Double(interval)
    case .officeHours: Double(interval) * 168 / 50
    case .daily: Double(WorkCalendar.day)
    case .weekdays: Double(WorkCalendar.day) * 7 / 5
    }
  }

  /// The first time from the world's moment 0 on.
  func first(_ calendar: WorkCalendar) -> Int64 {
    switch kind {
    case .interval: return offset
    case .event: return 0
    case .officeHours, .daily, .weekdays: return next(after: -1, calendar)
    }
  }

  /// The first time after `slot`, which is one, or any moment before the first.
  func next(after slot: Int64, _ calendar: WorkCalendar) -> Int64 {
    switch kind {
    case .interval, .event: return slot &+ interval
    case .daily, .weekdays:
      var day = calendar.day(at: slot, offset: regionOffset)
      while true {
        let time = calendar.start(ofDay: day, offset: regionOffset) &+ offset
        if time > slot, kind == .daily || calendar.isWorkingDay(day, region: Int(region)) { return time }
        day += 1
      }
    case .officeHours:
      var day = calendar.day(at: slot, offset: regionOffset)
      while true {
        if calendar.isWorkingDay(day, region: Int(region)) {
          let midnight = calendar.start(ofDay: day, offset: regionOffset)
          let opening = midnight &+ Schedule.opening &+ offset
          if opening > slot { return opening }
          let time = opening &+ ((slot &- opening) / interval &+ 1) &* interval
          if time < midnight &+ Schedule.closing { return time }
        }
        day += 1
      }
    }
  }

  /// What users read in `pipelines.schedule`: an interval, a cron expression in UTC, or what triggers it.
  var text: String {
    let minutes = interval / 60_000
    switch kind {
    case .interval: return minutes % 60 == 0 ? "every \(minutes / 60)h" : "every \(minutes)m"
    case .event: return "on upstream"
    case .daily, .weekdays:
      // Local hours of a working day are one or two days of UTC: the day of the start is what counts for most.
      let local = offset / 60_000
      let utc = (local - regionOffset * 60 + 2_880) % 1_440
      let shift = (local - regionOffset * 60 < 0) ? -1 : (local - regionOffset * 60 >= 1_440) ? 1 : 0
      let days = kind == .daily ? "*" : shift == 0 ? "1-5" : shift < 0 ? "0-4" : "2-6"
      return "\(utc % 60) \(utc / 60) * * \(days)"
    case .officeHours:
      let first = (8 - regionOffset + 48) % 24, last = (17 - regionOffset + 48) % 24
      let hours = first <= last ? "\(first)-\(last)" : "\(first)-23,0-\(last)"
      let minute = offset / 60_000
      return minutes == 60 ? "\(minute) \(hours) * * 1-5" : "\(minute)-59/\(minutes) \(hours) * * 1-5"
    }
  }
}
