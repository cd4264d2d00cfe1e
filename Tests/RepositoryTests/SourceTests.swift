import Testing

/// What DESIGN.md and STYLE.md say is nowhere in the sources.
struct SourceTests {
  /// The rows of "Who imports whom" in the code map, from the bottom up: a module, and what it uses that is not ours.
  private static let map: [(module: String, outside: Set<String>)] = {
    guard let text = try? Repository.text("Sources/README.md"),
      let start = text.range(of: "## Who imports whom")
    else { return [] }
    return text[start.upperBound...].split(separator: "\n").prefix { !$0.hasPrefix("## ") }.compactMap { line in
      let cells = line.split(separator: "|").map { $0.split(separator: "`").enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) } }
      guard line.hasPrefix("| `Plumb"), let module = cells.first?.first else { return nil }
      return (module, Set(cells.last ?? []))
    }
  }()
  private static let modules = map.map(\.module)

  @Test func theMapListsEveryModule() throws {
    let folders = Set(Repository.files(in: "Sources", ending: ".swift").compactMap { $0.split(separator: "/").dropFirst().first.map(String.init) })
    #expect(folders == Set(Self.modules))
  }

  @Test(arguments: modules)
  func importsOnlyWhatTheMapListsAbove(module: String) throws {
    let row = try #require(Self.map.firstIndex { $0.module == module })
    let allowed = Self.map[row].outside.union(Self.modules[..<row])
    let sources = try SwiftSource.module(module)
    #expect(!sources.isEmpty)
    for source in sources {
      let strangers = source.imports.subtracting(allowed)
      #expect(strangers.isEmpty, "\(source.path) imports \(strangers.sorted().joined(separator: ", "))")
    }
  }

  /// A trap that a user's text could reach ends the process; diagnostics are for that.
  @Test(arguments: modules)
  func nothingTrapsByDesign(module: String) throws {
    let pattern = try Pattern(#"\bfatalError\(|\btry!|\bas! |\bpreconditionFailure\(|\bassertionFailure\("#)
    let places = try SwiftSource.module(module).flatMap { $0.places(of: pattern) }
    #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
  }

  /// The thread sanitizer sees our lock, and takes what the standard library's guards for races.
  @Test(arguments: modules)
  func locksAreOurs(module: String) throws {
    let pattern = try Pattern(#"\bMutex[<(]"#)
    let places = try SwiftSource.module(module).flatMap { $0.places(of: pattern) }
    #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
  }

  /// Below the library `public` only lets loops of other modules inline what they call, which Swift does for nothing else.
  @Test(arguments: modules)
  func publicIsTheLibrarysOrInlined(module: String) throws {
    let isPublic = try Pattern(#"\bpublic\b"#), isInlined = try Pattern("@inlinable|@frozen|@inline")
    let inVain = try Pattern("@(inlinable|frozen) (package|static package)")
    for source in try SwiftSource.module(module) {
      if !["PlumbKit", "PlumbCLI"].contains(module), !source.places(of: isPublic).isEmpty {
        #expect(!source.places(of: isInlined).isEmpty, "\(source.path) is public and nothing in it is inlined")
      }
      #expect(source.places(of: inVain).isEmpty, "\(source.path)")
    }
  }

  /// What a planner needs to know of a function is declared with it: a list of names elsewhere is soon incomplete.
  @Test(arguments: modules)
  func noFunctionIsKnownByName(module: String) throws {
    let pattern = try Pattern(
      #"switch (call|aggregate|function|bound)\.name\b(?!\.)|\b(call|aggregate|bound)\.name [=!]= "|\.contains\((call|aggregate|bound|\$0\.aggregate)\.name\)"#)
    let places = try SwiftSource.module(module).flatMap { $0.places(of: pattern) }
    #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
  }

  /// What would tie an answer to more than the query, its tables and its context.
  /// A call of one of `names`, not of a method or a declaration of that name.
  private static func call(_ names: String) -> String { #"(^|[^.\w'"`])(?:"# + names + #")\("# }

  private static let worldly: [(what: String, pattern: String)] = [
    ("prints", call("debugPrint|dump|puts|putchar|printf|fputs|fprintf|fwrite|perror")),
    ("prints", #"\b(stdout|stderr|FileHandle|TextOutputStream|STDOUT_FILENO|STDERR_FILENO)\b"#),
    ("reads files", call("fopen|openat|creat|opendir|readdir|mmap|popen|system|unlink|fread") + #"|\bO_(RDONLY|CREAT|RDWR)\b"#),
    ("reads a clock", call("gettimeofday|localtime|localtime_r|gmtime|gmtime_r") + #"|\bCLOCK_REALTIME\b"#),
    ("reads a clock", #"\b(ContinuousClock|SuspendingClock)\b|(?<!\.)\btime\((nil|&)|\bDate\(\)"#),
    ("draws lots without a seed", #"\bSystemRandomNumberGenerator\b|\.random\(|\.randomElement\(\)|\.shuffled\(\)|\barc4random"#),
    ("asks the environment", call("getenv|setlocale") + #"|\bProcessInfo\b|\bCommandLine\b"#),
  ]

  @Test(arguments: ["PlumbDiagnostics", "PlumbSyntax", "PlumbEngine"])
  func knowsNothingOfTheWorld(module: String) throws {
    let sources = try SwiftSource.module(module)
    for (what, pattern) in Self.worldly {
      let regex = try Pattern(pattern)
      let places = sources.flatMap { $0.places(of: regex) }
      #expect(places.isEmpty, "\(module) \(what):\n\(places.joined(separator: "\n"))")
    }
    // `print` with a place to print to is ours; Swift's own writes to standard output.
    let printing = try Pattern(Self.call("print"))
    let places = sources.flatMap { $0.places(of: printing) }.filter { line in
      !["func print(", "case print(", "to: &", "&out", "to:"].contains { line.contains($0) }
    }
    #expect(places.isEmpty, "\(module) prints:\n\(places.joined(separator: "\n"))")
    // The stopwatch of `profile` is the one clock, and it tells no time of day.
    let stopwatch = try Pattern(#"clock_gettime\("#)
    let clocks = sources.flatMap { $0.places(of: stopwatch) }
    #expect(clocks.allSatisfy { $0.contains("CLOCK_MONOTONIC") }, "\(clocks.joined(separator: "\n"))")
  }

  /// Past 400 lines a file has a second idea in it, unless it is a list of declarations.
  @Test func filesStayShort() throws {
    for path in Repository.files(in: "Sources", ending: ".swift") {
      let text = try Repository.text(path)
      let count = text.split(separator: "\n", omittingEmptySubsequences: false).count
      let isListOfDeclarations = text.contains(": [ScalarFunction] = [") || text.contains(": [AggregateFunction] = [")
      #expect(count <= 400 || isListOfDeclarations, "\(path) has \(count) lines")
    }
  }

  /// A module, or a folder of the engine, that grows past this knows two things.
  @Test func modulesAndFoldersStaySmall() throws {
    func lines(in folder: String) throws -> Int {
      try Repository.files(in: folder, ending: ".swift").reduce(0) { try $0 + Repository.text($1).count { $0 == "\n" } }
    }
    for module in Self.modules where module != "PlumbEngine" {
      #expect(try lines(in: "Sources/\(module)") <= 15_000, "\(module)")
    }
    let files = Repository.files(in: "Sources/PlumbEngine", ending: ".swift")
    let folders = Set(files.map { String($0.split(separator: "/")[2]) })
    #expect(folders.allSatisfy { !$0.hasSuffix(".swift") }, "each file of the engine is in a folder of a layer")
    for folder in folders { #expect(try lines(in: "Sources/PlumbEngine/\(folder)") <= 6_000, "\(folder)") }
  }

  @Test func noUnfinishedWords() throws {
    let pattern = try Pattern(#"\b(TODO|FIXME|XXX)\b"#)
    for folder in ["Sources", "Tests", "Samples", "Grammar"] {
      for path in Repository.files(in: folder, ending: ".swift") where !path.hasSuffix("SourceTests.swift") {
        #expect(!pattern.isFound(in: try Repository.text(path)), "\(path)")
      }
    }
  }
}
