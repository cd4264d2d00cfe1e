import PlumbEngine

/// Working days and hours of the regions, in milliseconds of the world.
struct WorkCalendar: Sendable {
  private let origin: Int64

  static let hour: Int64 = 3_600_000
  static let day: Int64 = 24 * hour

  /// - Parameter origin: the ticks of the moment 0.
  init(origin: Int64) { self.origin = origin }

  /// The local day of a moment, counted from 0001-01-01, which was a Monday.
  @inline(__always) func day(at moment: Int64, offset: Int64) -> Int64 {
    (origin &+ moment &* 10_000 &+ offset &* 36_000_000_000) / 864_000_000_000
  }

  /// The moment at which a local day begins.
  @inline(__always) func start(ofDay day: Int64, offset: Int64) -> Int64 {
    (day &* 864_000_000_000 &- offset &* 36_000_000_000 &- origin) / 10_000
  }

  func isWorkingDay(_ day: Int64, region: Int) -> Bool { day % 7 < 5 && !isHoliday(day, region: region) }

  /// The next moment from `moment` on that is in working hours, 9 to 17 local time.
  func workingTime(from moment: Int64, region: Int) -> Int64 {
    let offset = SourceCatalogue.regions[region].offset
    var day = self.day(at: moment, offset: offset)
    for _ in 0..<14 {
      if isWorkingDay(day, region: region) {
        let begin = start(ofDay: day, offset: offset) &+ 9 &* WorkCalendar.hour
        let end = begin &+ 8 &* WorkCalendar.hour
        if moment < end { return Swift.max(moment, begin) }
      }
      day += 1
    }
    return moment
  }

  /// Public holidays on which offices of a region are closed.
  func isHoliday(_ day: Int64, region: Int) -> Bool {
    let date = DateTime.date(day: Int(day))
    let (month, number) = (date.month, date.day)
    if month == 1 && number == 1 { return true }
    let easter = WorkCalendar.easter(date.year)
    let fromEaster = day &- Int64(DateTime.dayNumber(year: easter.year, month: easter.month, day: easter.day))
    switch SourceCatalogue.regions[region].name {
    case "eastus", "westus":
      let weekday = day % 7
      return month == 7 && number == 4 || month == 12 && number == 25 || month == 6 && number == 19
        || month == 11 && weekday == 3 && (22...28).contains(number)
        || month == 5 && weekday == 0 && number > 24 || month == 9 && weekday == 0 && number < 8
    case "uksouth":
      let weekday = day % 7
      return fromEaster == -2 || fromEaster == 1 || month == 12 && (25...26).contains(number)
        || month == 5 && weekday == 0 && (number < 8 || number > 24) || month == 8 && weekday == 0 && number > 24
    case "westeurope", "northeurope":
      return fromEaster == -2 || fromEaster == 1 || fromEaster == 39 || fromEaster == 50 || month == 5 && number == 1
        || month == 12 && (25...26).contains(number)
    case "japaneast":
      return month == 1 && number <= 3 || month == 2 && number == 11 || month == 3 && number == 20
        || month == 4 && number == 29 || month == 5 && (3...5).contains(number) || month == 11 && (number == 3 || number == 23)
    case "australiaeast":
      return fromEaster == -2 || fromEaster == 1 || month == 1 && number == 26 || month == 4 && number == 25
        || month == 12 && (25...26).contains(number)
    case "centralindia":
      return month == 1 && number == 26 || month == 8 && number == 15 || month == 10 && number == 2 || month == 12 && number == 25
    case "brazilsouth":
      return fromEaster == -2 || month == 4 && number == 21 || month == 5 && number == 1 || month == 9 && number == 7
        || month == 12 && number == 25
    case "southeastasia":
      return fromEaster == -2 || month == 5 && number == 1 || month == 8 && number == 9 || month == 12 && number == 25
    default: return false
    }
  }

  /// Easter Sunday of the Gregorian calendar.
  // The anonymous algorithm, Nature 13 (1876), as in Meeus, "Astronomical Algorithms", chapter 8.
  static func easter(_ year: Int) -> (year: Int, month: Int, day: Int) {
    let a = year % 19, b = year / 100, c = year % 100
    let d = b / 4, e = b % 4, f = (b + 8) / 25
    let g = (b - f + 1) / 3
    let h = (19 * a + b - d - g + 15) % 30
    let i = c / 4, k = c % 4
    let l = (32 + 2 * e + 2 * i - h - k) % 7
    let m = (a + 11 * h + 22 * l) / 451
    let n = h + l - 7 * m + 114
    return (year, n / 31, n % 31 + 1)
  }
}
