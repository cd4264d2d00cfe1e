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
    loading = try Loading(options, catalog: catalog)
    sessionOptions = SessionOptions(
      threads: options.threads ?? Machine.processors, memoryLimit: try options.memoryLimit())
    if let now = try options.nowTicks() { sessionOptions.clock = { now } }
    for (name, value) in try options.assignments(options.parameters, option: "--param", allowsPathAlone: false) {
      sessionOptions.parameters[name ?? ""] = value
    }
    sessionOptions.readExternal = { [loading] locations, schema, properties in
      try loading.readExternal(locations, schema, properties)
    }
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
