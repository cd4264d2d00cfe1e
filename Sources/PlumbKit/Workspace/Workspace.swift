import PlumbAlerts
import PlumbCases
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage
import PlumbTelemetry

/// A catalog of tables, functions and models, in memory or in a file, and sessions over it.
///
/// A workspace may be used from any thread.
public final class Workspace: Sendable {
  /// The source of a workspace's tables.
  public enum Source: Sendable, Hashable {
    /// An empty workspace.
    case empty
    /// The default simulated world, whose tables are made when a query first reads them.
    case simulated
    /// A workspace file, created if missing.
    case file(String)
  }

  package let catalog: Catalog
  /// The account for the tables and queries of this workspace.
  package let memory: MemoryAccount
  /// Learns models and stores them.
  package let predictor = Predictor()
  /// What is usual for pipelines, kept for rules of alerts.
  package let baselines = Baselines()
  /// The workspace file, if there is one.
  package let store: FileStore?
  /// The simulated world in memory, without a file.
  package let world: SimulatedWorld?
  /// The case of the workspace file, open or closed.
  package let openCase: CaseFile?
  /// Files whose rows are in tables in memory.
  package let imported = LockedValue<[String: ImportedFile]>([:])
  /// The options with which it was opened; another one is opened alike.
  package let options: WorkspaceOptions
  private let state: LockedValue<State>

  private struct State {
    var intake: Intake
    var sessionOptions: SessionOptions
    var isSafe = false
  }

  /// Opens a workspace; the clock of a simulated one is at the end of its history.
  ///
  /// - Throws: a diagnostic about the file, the mapping or the options.
  package init(_ source: Source, _ options: WorkspaceOptions, _ work: Work) throws {
    TimeZones.useFirst(SystemTimeZones())
    self.options = options
    memory = MemoryAccount(limit: options.memoryLimit)
    // The limit is for the process; the program's own pages count, those of code that it has not run yet as well, up to a share
    // that leaves a small limit useful.
    memory.charge(min(Machine.residentBytes + (12 << 20), options.memoryLimit / 4))
    catalog = Catalog(memory: memory)
    var sessionOptions = SessionOptions(threads: options.threads, memoryLimit: options.memoryLimit)
    sessionOptions.parameters = options.parameters
    sessionOptions.openForeign = options.openForeign
    let intake = try Intake(
      into: MemorySink(catalog: catalog), options.reading, threads: options.threads, memoryLimit: options.memoryLimit,
      in: memory)
    let external = try options.externalData(memory)
    sessionOptions.readExternal = external.read(_:_:_:_:)
    sessionOptions.readText = external.read(text:_:_:)
    BufferRecycling.keep(upTo: min(options.memoryLimit / 16, 512 << 20))
    switch source {
    case .empty:
      store = nil
      world = nil
      openCase = nil
    case .simulated:
      store = nil
      openCase = nil
      let made = SimulatedWorld(try World(WorldOptions(threads: options.threads)))
      made.attach(to: catalog)
      world = made
      sessionOptions.clock = { made.world.clock }
    case .file(let path):
      world = nil
      let store = try FileStore(WorkspaceFile(path, options.fileOptions(memory)))
      self.store = store
      for loss in store.file.losses { work.note("`\(path)`: \(loss)") }
      try store.attach(to: catalog, options)
      openCase = CaseFile(store.file, threads: options.threads)
      // A simulated world's clock does not move; imported data uses real time.
      sessionOptions.clock = { store.file.setting("clock").flatMap { Int64($0) } ?? SessionOptions.systemClock() }
    }
    if let now = options.now { sessionOptions.clock = { now.ticks } }
    state = LockedValue(State(intake: intake, sessionOptions: sessionOptions))
    reopenWords()
    if let openCase, let store {
      openCase.restrict(catalog)
      catalog.advance = { [unowned catalog] ticks in
        defer { try? store.refresh(catalog) }
        return try openCase.advance(by: ticks)
      }
    }
    catalog.add(CommandAction.prediction(predictor))
    catalog.add(baselines.function)
    let alertOrigin = catalog.advance == nil ? "imported" : "simulated"
    catalog.onReading = { AlertsView.show(in: $0, origin: alertOrigin) }
    catalog.add(CommandAction.alerts)
    addModels()
  }

  /// Adds the functions about telemetry to the catalog, in place of those that an open case had closed.
  package func reopenWords() {
    catalog.add(
      TableFunction.telemetry(predictor) { [world, store, options] in
        if let world { return try world.world.predictionTruth() }
        return try store.flatMap { try SimulatedWorld.truth(of: $0.file, threads: options.threads) }
      })
    if let store { try? store.refresh(catalog) }
  }

  /// Another workspace with the same limits and parameters: that of a file, or the one without a file.
  ///
  /// - Throws: what is wrong with the file.
  package func opening(_ path: String?, salvaging: Bool = false, _ work: Work) throws -> Workspace {
    var options = options
    options.salvages = salvaging
    options.parameters = sessionOptions.parameters
    return try Workspace(path.map { .file($0) } ?? .simulated, options, work)
  }

  /// Models are stored in the file; commands delete them.
  private func addModels() {
    let file = store?.file
    predictor.store = file.map { FileModels(file: $0) }
    catalog.models = CatalogModels(
      names: { [predictor] in try predictor.modelNames() },
      drop: { [predictor] name in
        if let file, try file.models().contains(where: { $0.name == name }) { try file.write { try $0.drop(modelNamed: name) } }
        predictor.forget(modelsNamed: name)
      })
  }

  /// The tables of the simulated world in memory that were changed by commands.
  var changedWorldTables: [String] { world == nil ? [] : SimulatedWorld.changedTables(in: catalog) }

  // MARK: Files of data

  /// Loads each path under its name; those without a name under the names of their files.
  ///
  /// - Throws: a diagnostic that names the file; tables loaded before it stay.
  @discardableResult
  package func load(_ files: [(name: String?, path: String)], _ work: Work) throws -> [LoadedFile] {
    try intake.take(files, work).files
  }

  /// Attaches SQLite files and databases of other engines, whose tables are read in place as `name.table`.
  package func attach(_ files: [(name: String, path: String)]) throws {
    for (name, path) in files { catalog.attach(try options.openForeign(path, name, [:], opening), as: name) }
  }

  /// Makes the tables of a database of another engine the workspace's tables.
  ///
  /// - Parameter address: such as `clickhouse://user@host:8123/database`.
  package func work(on address: String) throws {
    let database = try options.openForeign(address, "", [:], opening)
    for name in try database.tableNames {
      if let rows = try database.rows(ofTable: name, opening) { catalog.add(Table(name: name, external: rows)) }
    }
  }

  /// The context in which databases are opened.
  private var opening: ExecutionContext {
    ExecutionContext(now: Machine.now, threads: 1, memoryLimit: options.memoryLimit, in: memory)
  }

  var intake: Intake { state.withLock { $0.intake } }

  // MARK: Alerts

  /// The rules of the workspace and of files; the shipped ones if none exist.
  ///
  /// - Throws: a diagnostic if two rules have the same name.
  package func alertRules(_ files: [AlertRule]) throws -> [AlertRule] {
    let reading = try catalog.reading()
    defer { reading.end() }
    return try RuleBook.all(in: reading.catalog, files: files)
  }

  // MARK: Sessions

  /// The options for new sessions.
  package var sessionOptions: SessionOptions {
    get { state.withLock { $0.sessionOptions } }
    set { state.withLock { $0.sessionOptions = newValue } }
  }

  /// A new session; its random numbers differ from those of every other.
  package func session() -> Session {
    let session = Session(catalog: catalog, options: sessionOptions)
    session.options.seed = UInt64.random(in: .min ... .max)
    return session
  }

  /// Prevents access to anything beyond the workspace from now on.
  package func makeSafe() {
    state.withLock {
      $0.isSafe = true
      $0.sessionOptions.readExternal = { _, _, _, _ in throw Safety.refusal("cannot read files or addresses") }
      $0.sessionOptions.openForeign = { path, _, _, _ in throw Safety.refusal("cannot attach files such as `\(path)`") }
    }
    for (name, _) in catalog.attached { catalog.detach(name) }
  }

  package var isSafe: Bool { state.withLock { $0.isSafe } }

  /// Sets the threads of queries and of loading from now on.
  package func setThreads(_ count: Int) {
    state.withLock {
      $0.sessionOptions.threads = min(max(count, 1), 1024)
      $0.intake = $0.intake.with(threads: $0.sessionOptions.threads)
      guard !$0.isSafe, $0.sessionOptions.readExternal != nil else { return }
      guard var external = try? options.externalData(memory) else { return }
      external.threads = $0.sessionOptions.threads
      $0.sessionOptions.readExternal = external.read(_:_:_:_:)
    }
  }
}

extension WorkspaceOptions {
  /// - Throws: a diagnostic for a permitted prefix that is not an address.
  func externalData(_ memory: MemoryAccount) throws -> ExternalData {
    try ExternalData(
      badRows: reading.badRowPolicy, threads: threads, memoryLimit: memoryLimit, memory: memory, permits: URLPermits(allowedURLs))
  }

  func fileOptions(_ memory: MemoryAccount) -> WorkspaceFile.Options {
    var fileOptions = WorkspaceFile.Options()
    fileOptions.memory = memory
    fileOptions.salvages = salvages
    fileOptions.cacheLimit = min(memoryLimit / 4, 2 << 30)
    fileOptions.threads = threads
    return fileOptions
  }
}

/// What `--safe` forbids: access to files or programs beyond the workspace.
package enum Safety {
  package static func refusal(_ what: String) -> Diagnostic {
    Diagnostic("safe-mode", "safe mode \(what)", help: "run `plumb` without --safe to allow it")
  }
}
