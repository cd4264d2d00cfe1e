import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// What queries run in: a catalog, and sessions over it with the user's limits.
struct World {
  let catalog = Catalog()
  let loading: Loading
  var sessionOptions: SessionOptions

  /// - Throws: a usage error of the options.
  init(_ options: DataOptions) throws {
    sessionOptions = SessionOptions()
    sessionOptions.threads = options.threads ?? Machine.processors
    sessionOptions.memoryLimit = try options.memoryLimit()
    sessionOptions.now = try options.nowTicks()
    for (name, value) in try options.assignments(options.parameters, option: "--param", allowsPathAlone: false) {
      sessionOptions.parameters[name ?? ""] = value
    }
    loading = try Loading(options, catalog: catalog)
  }

  /// Loads what `--load` names.
  func load(_ options: DataOptions) throws {
    for (name, path) in try options.assignments(options.loads, option: "--load", allowsPathAlone: true) {
      try loading.load(name: name, path: path)
    }
  }

  func session() -> Session { Session(catalog: catalog, options: sessionOptions) }
}

extension World {
  mutating func setThreads(_ count: Int) { sessionOptions.threads = min(max(count, 1), 1024) }
}
