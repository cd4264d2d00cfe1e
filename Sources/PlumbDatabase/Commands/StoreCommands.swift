import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension CommandAction {
  /// Commands about stored functions, models and the clock of a simulated world.
  static let storing: [CommandAction] = [
    CommandAction(".create function") { try createFunction($0, $1, replaces: false) },
    CommandAction(".create-or-alter function") { try createFunction($0, $1, replaces: true) },
    CommandAction(".alter function") { command, given in
      let name = try command.required("F")
      guard let known = given.catalog.storedFunction(named: name.text) else { throw given.unknownFunction(name) }
      let says = ["docstring", "folder"].filter(command.has)
      if says.isEmpty { return try createFunction(command, given, replaces: true) }
      let texts = command.places.flatMap { place -> [String] in
        if case .strings(let strings) = place.value { strings.map(\.text) } else { [] }
      }
      let said = Dictionary(zip(says, texts)) { $1 }
      let function = try CatalogFunction(
        name: known.name, parameters: known.parameters, body: known.body, folder: said["folder"] ?? known.folder,
        summary: said["docstring"] ?? known.summary)
      try given.make([.setFunction(function)])
      return try functions([function])
    },
    CommandAction(".drop function") { command, given in
      let name = try command.required("F")
      if given.catalog.storedFunction(named: name.text) != nil {
        try given.make([.dropFunction(name.text)])
      } else if !command.has("ifexists") {
        throw given.unknownFunction(name)
      }
      return try functions(given.catalog.storedFunctions)
    },
    CommandAction(".drop model") { command, given in
      let name = try command.required("NAME")
      let known = try given.catalog.models?.names() ?? []
      if known.contains(name.text) {
        try given.catalog.models?.drop(name.text)
      } else if !command.has("ifexists") {
        throw Diagnostic(
          "unknown-model", "unknown model `\(name.text)`", at: name.span,
          help: Suggestion.nearest(to: name.text, in: known) ?? "list them with `.show models`, or train one with `.train`")
      }
      return try Answer(
        [ColumnInfo("ModelName", .string)], rows: known.filter { $0 != name.text }.map { [.string($0)] })
    },
    CommandAction(".advance") { command, given in
      guard let advance = given.catalog.advance else {
        throw Diagnostic(
          "no-world", "the clock shows the real time, which cannot be moved", at: command.nameSpan,
          help: "only a simulated world has its own clock; create one with `plumb simulate --into FILE`")
      }
      guard let expression = command.expression("2h"), case .timespan(let ticks)? = try given.value(of: expression), ticks >= 0
      else {
        throw Diagnostic(
          "usage", "`.advance` needs a timespan of at least 0", at: command.span, help: "write `.advance 2h`")
      }
      return try Answer([ColumnInfo("Now", .datetime)], rows: [[.datetime(try advance(ticks))]])
    },
  ]

  private static func createFunction(
    _ command: CommandSyntax, _ given: CommandContext, replaces: Bool
  ) throws -> Answer? {
    let name = try command.required("F")
    guard case .function(let written)? = command.places.last?.value else { throw command.missing("a body") }
    if !replaces, given.catalog.storedFunction(named: name.text) != nil {
      if command.has("ifnotexists") { return nil }
      throw Diagnostic(
        "function-exists", "a function `\(name.text)` already exists", at: name.span,
        help: "use `.create-or-alter` to replace it")
    }
    let properties = command.properties
    do {
      let function = try CatalogFunction(
        name: name.text, parameters: written.parameters, body: written.body, folder: properties["folder"] ?? "",
        summary: properties["docstring"] ?? "")
      try given.make([.setFunction(function)])
      return try functions([function])
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = written.function.span }
      throw diagnostic
    }
  }
}
