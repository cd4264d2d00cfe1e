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

  /// Whether a table function cannot be used while a case is open.
  package func closes(_ function: TableFunction) -> Bool {
    switch (self, function.insight) {
    case (.easy, _), (_, .facts), (.normal, .judgement): false
    case (.normal, .cause), (.hard, .judgement), (.hard, .cause): true
    }
  }
}

/// How a case is held.
package struct CaseSettings: Sendable {
  package var difficulty = CaseDifficulty.normal
  /// The passphrase of an interview; nil for a learner.
  package var passphrase: String?
  /// How long the investigation may take, in ticks; nil for as long as it takes.
  package var limit: Int64?
  /// When interjections come, in ticks after the start.
  package var moments: [Int64] = []
  /// Whether an assistant may be asked through `plumb mcp`, and what was asked and verified counts.
  package var isAssisted = false

  package init() {}
}

/// A case in a workspace file: what was started, and what the investigator did.
///
/// The file contains the tables that everybody may read and the route. It does not contain what is wrong, except sealed with the
/// passphrase of an interview: the world is made again from the case, the seed and that passphrase when it has to be judged or to go on.
package final class CaseFile: Sendable {
  package let file: WorkspaceFile
  package let about: Case
  package let seed: UInt64
  package let settings: CaseSettings
  package let isInterview: Bool
  private let threads: Int
  /// What the passphrase of an interview opens; nil while it is not known, and for a learner.
  private let vault = LockedValue<Vault?>(nil)
  /// Held while interjections are delivered, so that none comes twice.
  private let delivering = Lock()

  private enum Key {
    static let id = "case.id", seed = "case.seed", difficulty = "case.difficulty", salt = "case.salt", sheet = "case.sheet"
    static let brief = "case.brief", closed = "case.closed", route = "case.route.", sealed = "case.sealed."
    static let began = "case.began", limit = "case.limit", moments = "case.moments", assistant = "case.assistant"
  }

  /// The case of a file; nil if it has none.
  package init?(_ file: WorkspaceFile, threads: Int) {
    guard let id = file.setting(Key.id), let about = Case.named(id), let seed = file.setting(Key.seed).flatMap({ UInt64($0) }),
      let difficulty = file.setting(Key.difficulty).flatMap({ CaseDifficulty(rawValue: $0) })
    else { return nil }
    self.file = file
    self.about = about
    self.seed = seed
    self.threads = threads
    var settings = CaseSettings()
    settings.difficulty = difficulty
    settings.limit = file.setting(Key.limit).flatMap { Int64($0) }
    settings.moments = file.setting(Key.moments)?.split(separator: ",").compactMap { Int64($0) } ?? []
    settings.isAssisted = file.setting(Key.assistant) != nil
    self.settings = settings
    isInterview = file.setting(Key.salt) != nil
  }

  // MARK: Starting

  /// Writes a new case into a file that has none.
  ///
  /// - Throws: a diagnostic if the file has tables already.
  package static func start(_ about: Case, seed: UInt64, _ settings: CaseSettings, in file: WorkspaceFile, threads: Int, _ work: Work) throws {
    guard file.tables.isEmpty, file.setting(Key.id) == nil else {
      throw Diagnostic("case-file", "`\(file.path)` contains tables already", help: "start the case in a new file with --into NEW.plumb")
    }
    var stored = [Key.id: about.id, Key.seed: String(seed), Key.difficulty: settings.difficulty.rawValue]
    if let limit = settings.limit { stored[Key.limit] = String(limit) }
    if !settings.moments.isEmpty { stored[Key.moments] = settings.moments.map(String.init).joined(separator: ",") }
    if settings.isAssisted { stored[Key.assistant] = "allowed" }
    var vault: Vault?
    if let passphrase = settings.passphrase {
      let salt = String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
      vault = try Vault(passphrase, salt: salt)
      stored[Key.salt] = salt
    }
    let stage = work.stage("simulating", unit: "runs")
    let made = try CaseWorld(about, seed: seed, passphrase: vault?.worldSecret ?? "", threads: threads)
    if let vault { stored[Key.sheet] = try vault.seal(made.answerSheet) }
    stored[Key.brief] = "\(made.plan.sender):\n\n\(made.plan.brief)"
    let world = try made.world()
    try world.simulate { stage.show(share: $0, count: $1) }
    stage.end()
    // The time begins when the world is there.
    stored[Key.began] = String(Machine.now)
    try save(world, in: file, stored)
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

  // MARK: State

  package var isOpen: Bool { file.setting(Key.closed) == nil }

  /// The world's clock, in ticks.
  package var clock: Int64 { file.setting("clock").flatMap { Int64($0) } ?? 0 }

  /// When the time is over, in ticks of the machine's clock; nil without a timer.
  package var deadline: Int64? {
    guard let limit = settings.limit, let began else { return nil }
    return began + limit
  }

  private var began: Int64? { file.setting(Key.began).flatMap { Int64($0) } }

  /// Reads what other processes have written meanwhile.
  package func refresh() throws { try file.snapshot().end() }

  /// What the investigator did, in order.
  package var route: [RouteEntry] { entries(Key.route) { RouteEntry(json: $0) } }

  private func entries(_ prefix: String, _ read: (String) -> RouteEntry?) -> [RouteEntry] {
    file.settings.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.compactMap { read($0.value) }
  }

  package var hintCount: Int { route.count { $0.kind == .hint } }

  /// Whether what follows needs a passphrase that was not given.
  package var isLocked: Bool { isInterview && vault.withLock { $0 == nil } }

  /// Takes the passphrase of an interview.
  ///
  /// - Throws: a diagnostic if it is wrong.
  package func unlock(_ passphrase: String) throws {
    guard isInterview, let salt = file.setting(Key.salt) else { return }
    let opened = try Vault(passphrase, salt: salt)
    guard let sheet = file.setting(Key.sheet), opened.open(sheet) != nil else {
      throw Diagnostic("wrong-passphrase", "the passphrase is not that of this interview")
    }
    vault.withLock { $0 = opened }
  }

  /// What the passphrase opens.
  ///
  /// - Throws: a diagnostic if it is missing.
  private func opened() throws -> Vault {
    guard let vault = vault.withLock({ $0 }) else {
      throw Diagnostic("case-locked", "this interview needs its passphrase", help: "set PLUMB_PASSPHRASE, or name a file with --passphrase-file")
    }
    return vault
  }

  /// What the case is about.
  ///
  /// - Throws: a diagnostic if the passphrase is missing.
  package func world() throws -> CaseWorld {
    try CaseWorld(about, seed: seed, passphrase: isInterview ? try opened().worldSecret : "", threads: threads)
  }

  /// The text of the brief, which can be read without a passphrase.
  package var brief: String { file.setting(Key.brief) ?? "" }

  /// The answer sheet, of which the file of an interview has a sealed copy.
  ///
  /// - Throws: a diagnostic if the passphrase is missing or the copy was changed, and for a learner while the case is open.
  package func answerSheet() throws -> String {
    guard isInterview else {
      if isOpen { throw Diagnostic("case-open", "the answer sheet of a case without --interview is shown after its report") }
      return try world().answerSheet
    }
    guard let sheet = file.setting(Key.sheet), let text = try opened().open(sheet) else {
      throw Diagnostic("wrong-passphrase", "the answer sheet in the file is damaged")
    }
    return text
  }

  // MARK: The route

  /// Adds an entry to the route of an open case.
  package func add(_ kind: RouteEntry.Kind, _ text: String, rows: Int? = nil, error: String? = nil, via: String, pasted: Int = 0, tool: String? = nil) throws {
    try refresh()
    guard isOpen else { return }
    var entry = RouteEntry(kind, text, at: Machine.now, clock: clock, rows: rows, error: error, via: via)
    entry.pasted = pasted
    entry.tool = tool
    try store(entry.json, Key.route, at: entry.at)
  }

  /// Stores a text under a key that sorts by time and that no other process chooses.
  private func store(_ text: String, _ prefix: String, at ticks: Int64) throws {
    let digits = String(ticks)
    let key = prefix + String(repeating: "0", count: max(0, 20 - digits.count)) + digits + "-" + String(UInt32.random(in: .min ... .max), radix: 16)
    try file.write { writer in try writer.set(key, to: text) }
    try refresh()
  }

  /// Keeps a remark of the interviewer, sealed.
  ///
  /// - Throws: a diagnostic if the passphrase is missing.
  package func addSealedNote(_ text: String) throws {
    let entry = RouteEntry(.note, text, at: Machine.now, clock: clock, via: "interviewer")
    try store(try opened().seal(entry.json), Key.sealed, at: entry.at)
  }

  /// The remarks of the interviewer; none without the passphrase.
  package var sealedNotes: [RouteEntry] {
    guard let vault = vault.withLock({ $0 }) else { return [] }
    return entries(Key.sealed) { vault.open($0).flatMap { RouteEntry(json: $0) } }
  }

  // MARK: Interjections

  /// Interrupts the investigator with a text; one of the case's own that plants a fault also moves the clock, so that it shows.
  ///
  /// - Throws: a diagnostic if the passphrase is missing.
  package func interject(_ text: String, via: String) throws {
    guard isOpen else { throw Diagnostic("case-closed", "the case is closed") }
    try add(.event, text, via: via)
    if !isLocked, try world().interjection(withText: text)?.kind == .fault { _ = try advance(by: Interjection.timeToShow) }
  }

  /// Interrupts with one of the case's own interjections.
  package func interject(_ kind: Interjection.Kind, via: String) throws {
    let text = try world().interjection(kind).text
    if route.contains(where: { $0.kind == .event && $0.text == text }) {
      throw Diagnostic("usage", "the interjection `\(kind.rawValue)` came already", help: "write a text of your own: plumb case interject TEXT")
    }
    try interject(text, via: via)
  }

  /// Delivers the interjections whose moment has come, in the order of their kinds.
  ///
  /// - Returns: whether there was one.
  package func interjectWhatIsDue() throws -> Bool {
    try delivering.locked { try deliver() }
  }

  private func deliver() throws -> Bool {
    guard isOpen, !isLocked, let began, !settings.moments.isEmpty else { return false }
    let came = route.filter { $0.kind == .event && $0.via == "timer" }.count
    guard came < min(settings.moments.count, Interjection.Kind.allCases.count), began + settings.moments[came] <= Machine.now else { return false }
    let before = Set(route.filter { $0.kind == .event }.map(\.text))
    let world = try world()
    guard let kind = Interjection.Kind.allCases.first(where: { !before.contains(world.interjection($0).text) }) else { return false }
    try interject(kind, via: "timer")
    return true
  }

  // MARK: Time

  /// Moves the world's clock, with what was mitigated.
  ///
  /// - Returns: the new clock.
  package func advance(by ticks: Int64) throws -> Int64 {
    let world = try resumedWorld()
    try world.advance(by: ticks)
    try Self.save(world, in: file)
    return world.clock
  }

  /// The world as it is now: made again, with every failover and every later fault at its time.
  private func resumedWorld() throws -> World {
    let made = try world()
    let route = route
    let faults = route.compactMap { entry in
      entry.kind == .event && made.interjection(withText: entry.text)?.kind == .fault ? made.secondFault(from: entry.clock) : nil
    }
    let world = try made.world(adding: faults)
    for entry in route where entry.kind == .mitigation {
      guard let (from, to) = Self.failover(entry.text), let one = made.map.index(of: from), let other = made.map.index(of: to) else { continue }
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

  /// The verdict on the last answer; nil without one. Who names the second fault as well is not wrong.
  package func verdict(_ session: Session) throws -> CaseVerdict? {
    let route = route
    guard let text = route.last(where: { $0.kind == .answer })?.text else { return nil }
    let world = try world()
    let later = route.compactMap { $0.kind == .event ? world.interjection(withText: $0.text) : nil }.filter { $0.kind == .fault }.compactMap(\.pipeline)
    return try world.judge(CaseAnswer(stored: text).without(Set(later)), firstRun: CaseWorld.firstRun(session))
  }

  package func scoreSheet(_ session: Session) throws -> ScoreSheet {
    ScoreSheet(try world(), route, try verdict(session), isAssisted: settings.isAssisted)
  }

  /// The report on the route so far.
  ///
  /// - Throws: a diagnostic if the passphrase is missing.
  package func report(_ session: Session) throws -> (page: CaseReport, sheet: ScoreSheet) {
    let sheet = try scoreSheet(session)
    return (CaseReport(try world(), route, sheet, notes: sealedNotes, deadline: deadline), sheet)
  }

  /// Closes the case: from now on the truth can be read, as the table `incidents`.
  package func close() throws {
    guard isOpen else { return }
    try Self.save(try resumedWorld(), in: file, [Key.closed: String(Machine.now)], withTruth: true)
  }
}
