import PlumbDiagnostics

extension ScalarFunction {
  /// Functions between UTC and the local times of zones.
  static let timeZones: [ScalarFunction] = [
    ScalarFunction(
      "datetime_local_to_utc",
      "Converts `local` time of `zone`, such as `\"Europe/Paris\"`, to UTC.",
      "local, zone",
      examples: [
        .init("datetime_local_to_utc(datetime(2020-02-02 20:02:20), 'Europe/Paris')", is: "2020-02-02T19:02:20.0000000Z")
      ],
      overloads: [zoned { (zone: TimeZone, ticks: Int64) in zone.utc(fromLocal: ticks) }]),
    ScalarFunction(
      "datetime_utc_to_local",
      "Converts `date` from UTC to the time of `zone`, such as `\"US/Pacific\"`.",
      "date, zone",
      examples: [
        .init("datetime_utc_to_local(datetime(2024-07-01 12:00), 'US/Pacific')", is: "2024-07-01T05:00:00.0000000Z")
      ],
      overloads: [zoned { (zone: TimeZone, ticks: Int64) in zone.local(fromUTC: ticks) }]),
    ScalarFunction(
      "datetime_list_timezones", "Lists the known time zones, those of the system's tz database.", "",
      examples: [.init("datetime_list_timezones()[0]", is: "Africa/Abidjan")],
      overloads: [
        .columns([], to: .dynamic) { (arguments: Arguments) in
          .constant(.dynamic(.array(try TimeZones.names().map { .string($0) })), count: arguments.count)
        }
      ]),
  ]

  private static func zoned(_ convert: @escaping @Sendable (TimeZone, Int64) -> Int64?) -> Overload {
    .columns([.datetime, .string], to: .datetime) { (arguments: Arguments) in
      let dates = arguments.plain(0)
      if arguments[1].isConstant {
        let zone = try zone(arguments, arguments[1].bytes(at: 0))
        return dates.mapLanesOrNull(Int64.self, to: .datetime) { (ticks: Int64) in convert(zone, ticks) }
      }
      let zones = arguments.plain(1)
      let names = zones.lanes(Bytes.self), ticks = dates.lanes(Int64.self)
      let step = dates.isConstant ? 0 : 1
      let builder = VectorBuilder(.datetime, capacity: arguments.count, for: arguments.context)
      // The zones that these rows have named, the latest first.
      var known: [(name: Bytes, zone: TimeZone)] = []
      for row in 0..<arguments.count {
        if let place = known.firstIndex(where: { equalBytes($0.name, names[row]) }) {
          if place > 0 { known.swapAt(0, place) }
        } else {
          known.insert((names[row], try zone(arguments, names[row])), at: 0)
        }
        if !dates.isNull(row), let time = convert(known[0].zone, ticks[row &* step]) {
          builder.append(word: time)
        } else {
          builder.appendNull()
        }
      }
      return builder.finish()
    }
  }

  private static func zone(_ arguments: Arguments, _ name: Bytes) throws -> TimeZone {
    let text = String(name.trimmed)
    if let zone = try TimeZones.named(text) { return zone }
    throw Diagnostic(
      "unknown-time-zone", "`\(text)` is not a known time zone", at: arguments.span(of: 1),
      help: Suggestion.nearest(to: text, in: try TimeZones.names()) ?? "`print datetime_list_timezones()` lists them")
  }
}
