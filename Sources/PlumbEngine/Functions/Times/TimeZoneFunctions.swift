import PlumbDiagnostics

extension ScalarFunction {
  /// Functions between UTC and the local times of zones.
  static let timeZones: [ScalarFunction] = [
    ScalarFunction(
      "datetime_local_to_utc",
      "Converts `local` time of `zone`, such as `\"Europe/Paris\"`, to UTC; null before the zone's rules are known.",
      "local, zone",
      examples: [
        .init("datetime_local_to_utc(datetime(2020-02-02 20:02:20), 'Europe/Paris')", is: "2020-02-02T19:02:20.0000000Z")
      ],
      overloads: [zoned { (zone: TimeZone, ticks: Int64) in zone.utc(fromLocal: ticks) }]),
    ScalarFunction(
      "datetime_utc_to_local",
      "Converts `date` from UTC to the time of `zone`, such as `\"US/Pacific\"`; null before the zone's rules are known.",
      "date, zone",
      examples: [
        .init("datetime_utc_to_local(datetime(2024-07-01 12:00), 'US/Pacific')", is: "2024-07-01T05:00:00.0000000Z")
      ],
      overloads: [zoned { (zone: TimeZone, ticks: Int64) in zone.local(fromUTC: ticks) }]),
    ScalarFunction(
      "datetime_list_timezones", "Lists the zones that the other functions know.", "",
      examples: [.init("datetime_list_timezones()[0]", is: "UTC")],
      overloads: [
        .columns([], to: .dynamic) { (arguments: Arguments) in
          .constant(.dynamic(.array(TimeZone.all.map { .string("\($0.name)") })), count: arguments.count)
        }
      ]),
  ]

  private static func zoned(_ convert: @escaping @Sendable (TimeZone, Int64) -> Int64?) -> Overload {
    .columns([.datetime, .string], to: .datetime) { (arguments: Arguments) in
      let dates = arguments.plain(0)
      if arguments[1].isConstant {
        let zone = try zone(arguments, arguments[1].bytes(at: 0))
        let result = dates.mapLanesOrNull(Int64.self, to: .datetime) { (ticks: Int64) in convert(zone, ticks) }
        arguments.remarkOnLostTimes(dates, result)
        return result
      }
      let zones = arguments.plain(1)
      let names = zones.lanes(Bytes.self), ticks = dates.lanes(Int64.self)
      let step = dates.isConstant ? 0 : 1
      let builder = VectorBuilder(.datetime, capacity: arguments.count, for: arguments.context)
      var known: (name: Bytes, zone: TimeZone)?
      for row in 0..<arguments.count {
        if known.map({ !equalBytes($0.name, names[row]) }) ?? true {
          known = (names[row], try zone(arguments, names[row]))
        }
        if !dates.isNull(row), let zone = known?.zone, let time = convert(zone, ticks[row &* step]) {
          builder.append(word: time)
        } else {
          builder.appendNull()
        }
      }
      let result = builder.finish()
      arguments.remarkOnLostTimes(dates, result)
      return result
    }
  }

  private static func zone(_ arguments: Arguments, _ name: Bytes) throws -> TimeZone {
    if let zone = TimeZone.named(name) { return zone }
    throw Diagnostic(
      "unknown-time-zone", "`\(String(name))` is not a time zone that Plumb knows", at: arguments.span(of: 1),
      help: "`print datetime_list_timezones()` lists them")
  }
}

extension Arguments {
  /// Says beside the result that some times had no answer in their zone.
  fileprivate func remarkOnLostTimes(_ before: Vector, _ after: Vector) {
    guard after.nulls != nil else { return }
    for row in 0..<count where after.isNull(row) && !before.isNull(row) {
      context.remark("some times lie before the years for which the rules of their zone are known; they are null")
      return
    }
  }
}
