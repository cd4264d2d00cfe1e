import PlumbCases
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage

/// Which of Plumb's own words an investigator may use.
package enum CaseDifficulty: String, CaseIterable, Sendable {
  /// All of them, or all but those that name causes, or none that judge.
  case easy, normal, hard

  /// Table functions that cannot be used while a case is open.
  package var closedWords: [String] {
    switch self {
    case .easy: []
    case .normal: ["why"]
    case .hard: ["why", "slow", "stale", "volume", "compare", "overview", "predict_risk", "predict_quality"]
    }
  }
}

/// A case in a workspace file: what was started, and what the investigator did.
///
/// The file contains the tables that everybody may read and the route. It does not contain what is wrong: that follows from the
/// case, the seed and, in an interview, the passphrase, from which the world is made again when it has to be judged or to go on.
package final class CaseFile: Sendable {
  package let file: WorkspaceFile
  package let about: Case
  package let seed: UInt64
  package let difficulty: CaseDifficulty
  package let isInterview: Bool
  private let threads: Int
  /// The digest of the passphrase; empty for a learner, nil while an interview's is not known.
  private let secret: Guarded<String?>

  private enum Key {
    static let id = "case.id", seed = "case.seed", difficulty = "case.difficulty", salt = "case.salt", check = "case.check"
    static let brief = "case.brief", closed = "case.closed", route = "case.route."
  }

  /// The case of a file; nil if it has none.
  package init?(_ file: WorkspaceFile, threads: Int) {
    guard let id = file.setting(Key.id), let about = Case.named(id), let seed = file.setting(Key.seed).flatMap({ UInt64($0) }),
      let difficulty = file.setting(Key.difficulty).flatMap({ CaseDifficulty(rawValue: $0) })
    else { return nil }
    self.file = file
    self.about = about
    self.seed = seed
    self.difficulty = difficulty
    self.threads = threads
    isInterview = file.setting(Key.salt) != nil
    secret = Guarded(file.setting(Key.salt) == nil ? "" : nil)
  }

  // MARK: Starting

  /// Writes a new case into a file that has none.
  ///
  /// - Parameter passphrase: of an interview; nil for a learner.
  /// - Throws: a diagnostic if the file has tables already.
  package static func start(
    _ about: Case, seed: UInt64, _ difficulty: CaseDifficulty, passphrase: String?, in file: WorkspaceFile, threads: Int, _ work: Work
  ) throws {
    guard file.tables.isEmpty, file.setting(Key.id) == nil else {
      throw Diagnostic("case-file", "`\(file.path)` contains tables already", help: "start the case in a new file with --into NEW.plumb")
    }
    var secret = ""
    var settings = [Key.id: about.id, Key.seed: String(seed), Key.difficulty: difficulty.rawValue]
    if let passphrase {
      let salt = String(UInt64.random(in: .min ... .max), radix: 16)
      secret = stretched(passphrase, salt)
      settings[Key.salt] = salt
      settings[Key.check] = digest("check \(secret)")
    }
    let stage = work.stage("simulating", unit: "runs")
    let made = try CaseWorld(about, seed: seed, passphrase: secret, threads: threads)
    settings[Key.brief] = "\(made.plan.sender):\n\n\(made.plan.brief)"
    let world = try made.world()
    try world.simulate { stage.show(share: $0, count: $1) }
    stage.end()
    try save(world, in: file, settings)
  }

  private static func save(_ world: World, in file: WorkspaceFile, _ settings: [String: String] = [:], withTruth: Bool = false) throws {
    let names = withTruth ? World.tableNames : CaseWorld.tableNames
    let tables = try names.map { try world.table(named: $0) }
    try file.write { writer in
      for table in tables { try writer.synchronize(table) }
      for (key, value) in settings { try writer.set(key, to: value) }
      try writer.set("clock", to: String(world.clock))
    }
    try file.snapshot().end()
  }

  /// Slow on purpose, so that passphrases cannot be tried quickly.
  private static func stretched(_ passphrase: String, _ salt: String) -> String {
    var text = "\(salt) \(passphrase)"
    for _ in 0..<20_000 { text = digest(text) }
    return text
  }

  private static func digest(_ text: String) -> String { text.withUTF8Bytes { Digest.sha256.text($0) } }

  // MARK: State

  package var isOpen: Bool { file.setting(Key.closed) == nil }

  /// The world's clock, in ticks.
  package var clock: Int64 { file.setting("clock").flatMap { Int64($0) } ?? 0 }

  /// What the investigator did, in order.
  package var route: [RouteEntry] {
    file.settings.filter { $0.key.hasPrefix(Key.route) }.sorted { $0.key < $1.key }.compactMap { RouteEntry(json: $0.value) }
  }

  package var hintCount: Int { route.count { $0.kind == .hint } }

  /// Whether what follows needs a passphrase that was not given.
  package var isLocked: Bool { secret.withLock { $0 == nil } }

  /// Takes the passphrase of an interview.
  ///
  /// - Throws: a diagnostic if it is wrong.
  package func unlock(_ passphrase: String) throws {
    guard isInterview, let salt = file.setting(Key.salt) else { return }
    let text = Self.stretched(passphrase, salt)
    guard Self.digest("check \(text)") == file.setting(Key.check) else {
      throw Diagnostic("wrong-passphrase", "the passphrase is not that of this interview")
    }
    secret.withLock { $0 = text }
  }

  /// What the case is about.
  ///
  /// - Throws: a diagnostic if the passphrase is missing.
  package func world() throws -> CaseWorld {
    guard let text = secret.withLock({ $0 }) else {
      throw Diagnostic(
        "case-locked", "this interview needs its passphrase",
        help: "set PLUMB_PASSPHRASE, or name a file with --passphrase-file")
    }
    return try CaseWorld(about, seed: seed, passphrase: text, threads: threads)
  }

  /// The text of the brief, which can be read without a passphrase.
  package var brief: String { file.setting(Key.brief) ?? "" }

  // MARK: The route

  /// Adds an entry to the route of an open case.
  package func add(_ kind: RouteEntry.Kind, _ text: String, rows: Int? = nil, error: String? = nil, via: String, isPasted: Bool = false) throws {
    try file.snapshot().end()
    guard isOpen else { return }
    var entry = RouteEntry(kind, text, at: Machine.now, clock: clock, rows: rows, error: error, via: via)
    entry.isPasted = isPasted
    let number = file.settings.keys.count { $0.hasPrefix(Key.route) } + 1
    let digits = String(number)
    let key = Key.route + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    try file.write { writer in try writer.set(key, to: entry.json) }
    try file.snapshot().end()
  }

  /// Moves the world's clock, with what was mitigated.
  ///
  /// - Returns: the new clock.
  package func advance(by ticks: Int64) throws -> Int64 {
    let world = try resumedWorld()
    try world.advance(by: ticks)
    try Self.save(world, in: file)
    return world.clock
  }

  /// The world as it is now: made again, with every failover at its time.
  private func resumedWorld() throws -> World {
    let world = try world().world()
    for entry in route where entry.kind == .mitigation {
      guard let (from, to) = Self.failover(entry.text), let one = try self.world().map.index(of: from), let other = try self.world().map.index(of: to)
      else { continue }
      if entry.clock > world.clock { try world.advance(by: entry.clock - world.clock) }
      try world.failOver(from: one, to: other)
    }
    if clock > world.clock { try world.advance(by: clock - world.clock) }
    return world
  }

  /// The pipelines of `failover X to Y`.
  package static func failover(_ text: String) -> (from: String, to: String)? {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count == 4, words[0] == "failover", words[2] == "to" else { return nil }
    return (words[1], words[3])
  }

  /// Lets the readers of a pipeline read from another, from now on.
  ///
  /// - Throws: a diagnostic if the text is not `failover X to Y` with two pipelines.
  package func mitigate(_ text: String, via: String) throws {
    guard isOpen else { throw Diagnostic("case-closed", "the case is closed") }
    guard let (from, to) = Self.failover(text) else {
      throw Diagnostic("usage", "`.mitigate` must be followed by `failover X to Y`, not `\(text)`", help: "such as `.mitigate failover feed-a to feed-b`")
    }
    let map = try world().map
    for name in [from, to] where map.index(of: name) == nil {
      throw Diagnostic(
        "unknown-pipeline", "no pipeline is called `\(name)`", help: Suggestion.nearest(to: name, in: map.pipelines.map(\.name)))
    }
    if from == to { throw Diagnostic("usage", "a pipeline cannot stand in for itself") }
    try add(.mitigation, text, via: via)
  }

  // MARK: Ending

  /// The verdict on the last answer; nil without one.
  package func verdict(_ session: Session) throws -> CaseVerdict? {
    guard let text = route.last(where: { $0.kind == .answer })?.text else { return nil }
    return try world().judge(CaseAnswer(stored: text), firstRun: CaseWorld.firstRun(session))
  }

  package func scoreSheet(_ session: Session) throws -> ScoreSheet { ScoreSheet(try world(), route, try verdict(session)) }

  /// Closes the case: from now on the truth can be read, as the table `incidents`.
  package func close() throws {
    guard isOpen else { return }
    try Self.save(try resumedWorld(), in: file, [Key.closed: String(Machine.now)], withTruth: true)
  }
}
