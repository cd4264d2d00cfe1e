import PlumbDiagnostics

/// The source of compiled time zones: the engine reads no files itself.
package protocol TimeZoneSource: Sendable {
  /// The names of all zones in alphabetical order.
  ///
  /// - Throws: a diagnostic if no zones are available.
  func names() throws -> [String]

  /// The zone's file, TZif of RFC 9636; nil if the zone does not exist.
  func file(ofZone name: String) throws -> [UInt8]?
}

/// The zones that queries know; each is read once for all threads.
package enum TimeZones {
  private static let state = LockedValue(State())

  fileprivate struct State {
    var source: (any TimeZoneSource)?
    /// By name in lower case.
    var zones: [String: TimeZone] = [:]
    /// The spelling of each name in lower case.
    var spellings: [String: String] = [:]
    var names: [String] = []
  }

  /// Sets the source of zones; forgets zones read from another source.
  package static func use(_ source: any TimeZoneSource) {
    state.withLock { $0 = State(source: source) }
  }

  /// Sets the source of zones unless one is set.
  package static func useFirst(_ source: @autoclosure () -> any TimeZoneSource) {
    state.withLock { state in if state.source == nil { state.source = source() } }
  }

  /// Names of zones in Kusto's documentation that the tz database does not have.
  fileprivate static let documented = [
    "asia/ho_chi_minh_city": "Asia/Ho_Chi_Minh", "asia/macao special administrative region": "Asia/Macau",
    "asia/yangon (rangoon)": "Asia/Yangon", "canada/newfoundland and labrador": "Canada/Newfoundland",
    "türkiye": "Turkey",
  ]

  /// All names in alphabetical order.
  ///
  /// - Throws: a diagnostic if zones cannot be read.
  package static func names() throws -> [String] {
    try state.withLock { state in
      try state.fill()
      return state.names
    }
  }

  /// The zone of a name in any case; nil if it does not exist.
  ///
  /// - Throws: a diagnostic if zones cannot be read, or this one is damaged.
  package static func named(_ name: String) throws -> TimeZone? {
    let key = name.lowercased()
    return try state.withLock { state in
      if let zone = state.zones[key] { return zone }
      guard let zone = try state.read(key) else { return nil }
      state.zones[key] = zone
      return zone
    }
  }
}

extension TimeZones.State {
  mutating func fill() throws {
    guard names.isEmpty else { return }
    guard let source else { throw Diagnostic("no-time-zones", "time zones are not available here") }
    names = try source.names()
    for name in names { spellings[name.lowercased()] = name }
  }

  mutating func read(_ key: String) throws -> TimeZone? {
    if ["utc", "etc/utc", "gmt"].contains(key) { return TimeZone(name: key.uppercased(), offset: 0) }
    try fill()
    guard let name = spellings[key] ?? TimeZones.documented[key], let bytes = try source?.file(ofZone: name) else { return nil }
    guard let zone = TimeZoneFile.zone(named: name, in: bytes) else {
      throw Diagnostic("damaged-time-zone", "the rules of the time zone `\(name)` are damaged", help: "reinstall `tzdata`")
    }
    return zone
  }
}
