import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage
import PlumbTelemetry

/// What queries run in: a catalog, and sessions over it with the user's limits.
struct Workspace {
  let catalog = Catalog()
  private(set) var loading: Loading
  /// Learns models and keeps them.
  let predictor = Predictor()
  var sessionOptions: SessionOptions
  /// The workspace file, if there is one.
  private(set) var store: FileStore?
  /// The simulated world in memory, if there is no file.
  private(set) var world: SimulatedWorld?
  /// Files whose rows are in tables in memory.
  let imported = Guarded<[String: MemoryImport.Known]>([:])
  /// What it was opened with; another one is opened alike.
  let options: DataOptions

  /// With nothing to load, the tables of the simulated world are there, each made when a query first reads it,
  /// and the clock stands at the end of its history.
  ///
  /// - Throws: a usage error of the options.
  init(_ options: DataOptions, file path: String? = nil, simulates: Bool = true) throws {
    self.options = options
    loading = try Loading(options, catalog: catalog)
    sessionOptions = SessionOptions(
      threads: options.threads ?? Machine.processors, memoryLimit: try options.memoryLimit())
    BufferRecycling.keep(upTo: min(sessionOptions.memoryLimit / 16, 512 << 20))
    let world = try path == nil && simulates && options.loads.isEmpty ? addSimulatedWorld() : nil
    if let path { try open(path, options) }
    catalog.addLineageFunctions()
    catalog.addJudgingFunctions()
    catalog.addLearningFunctions()
    catalog.addPredictionFunctions(predictor) { try world?.predictionTruth() }
    addModels()
    catalog.addOverview()
    if let now = try options.nowTicks() { sessionOptions.clock = { now } }
    for (name, value) in try options.assignments(options.parameters, option: "--param", allowsPathAlone: false) {
      sessionOptions.parameters[name ?? ""] = value
    }
    sessionOptions.readExternal = loading.readExternal
    sessionOptions.openForeign = { path, properties, context in
      try AttachedSQLite(path: Paths.expandingHome(path), properties: properties, context)
    }
  }

  /// Tables, functions and the clock of a workspace file.
  private mutating func open(_ path: String, _ options: DataOptions) throws {
    let file = try WorkspaceFile(path, fileOptions())
    for loss in file.losses { Console.say("note: `\(path)`: \(loss)") }
    let store = FileStore(file)
    try store.fill(catalog)
    store.attachRemembered(to: catalog)
    catalog.store = store
    self.store = store
    // A simulated world's clock stands still; imported data lives in our time.
    sessionOptions.clock = { file.setting("clock").flatMap { Int64($0) } ?? SessionOptions.systemClock() }
    let threads = sessionOptions.threads
    if file.setting("clock") != nil {
      catalog.advance = { [unowned catalog] ticks in
        try SimulatedWorld.checkUnchanged(SimulatedWorld.changedTables(in: file))
        guard let made = try SimulatedWorld(of: file, threads: threads) else { return SessionOptions.systemClock() }
        try made.world.advance(by: ticks)
        try made.save(in: file)
        try store.refresh(catalog)
        return made.world.clock
      }
    }
  }

  func fileOptions() -> WorkspaceFile.Options {
    var fileOptions = WorkspaceFile.Options()
    fileOptions.salvages = options.salvage
    fileOptions.cacheLimit = min(sessionOptions.memoryLimit / 4, 2 << 30)
    fileOptions.threads = sessionOptions.threads
    return fileOptions
  }

  /// Another workspace with the same limits and parameters: that of a file, or the one that is there without a file.
  ///
  /// - Throws: what is wrong with the file.
  func opening(_ path: String?, salvaging: Bool = false) throws -> Workspace {
    var options = options
    options.salvage = salvaging
    options.loads = []
    var other = try Workspace(options, file: path)
    other.sessionOptions.parameters = sessionOptions.parameters
    return other
  }

  /// Models are kept in the file; commands take them away.
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
  var changedWorldTables: [String] {
    world == nil ? [] : World.tableNames.filter { catalog.hasTable(named: $0) && !catalog.isLazy(tableNamed: $0) }
  }

  private mutating func addSimulatedWorld() throws -> World {
    let world = try World(WorldOptions(threads: sessionOptions.threads))
    let made = SimulatedWorld(world)
    made.fill(catalog)
    self.world = made
    catalog.advance = { [unowned catalog] ticks in
      try SimulatedWorld.checkUnchanged(
        World.tableNames.filter { catalog.hasTable(named: $0) && !catalog.isLazy(tableNamed: $0) })
      try world.advance(by: ticks)
      made.fill(catalog)
      return world.clock
    }
    sessionOptions.clock = { world.clock }
    return world
  }

  /// Loads what `--load` names, and attaches what `--attach` does.
  func load(_ options: DataOptions) throws {
    let context = ExecutionContext(now: Machine.now, threads: 1, memoryLimit: sessionOptions.memoryLimit)
    for (name, path) in try options.assignments(options.attachments, option: "--attach", allowsPathAlone: false) {
      catalog.attach(try AttachedSQLite(path: path, properties: [:], context), as: name ?? "")
    }
    var gathered = GatheredFiles()
    for (name, path) in try options.assignments(options.loads, option: "--load", allowsPathAlone: true) {
      try loading.load(name: name, path: path, together: &gathered)
    }
    try loading.finish()
  }

  /// A session of its own; what is random differs from that of every other.
  func session() -> Session {
    let session = Session(catalog: catalog, options: sessionOptions)
    session.options.seed = UInt64.random(in: .min ... .max)
    return session
  }
}

extension Workspace {
  /// From now on nothing beyond the workspace is touched.
  mutating func makeSafe() {
    sessionOptions.readExternal = nil
    sessionOptions.openForeign = { path, _, _ in throw Safety.refusal("attaches no files, so not `\(path)`") }
    for (name, _) in catalog.attached { catalog.detach(name) }
  }

  /// Threads of queries and of loading from now on.
  mutating func setThreads(_ count: Int) {
    sessionOptions.threads = min(max(count, 1), 1024)
    loading.threads = sessionOptions.threads
    if sessionOptions.readExternal != nil { sessionOptions.readExternal = loading.readExternal }
  }
}
