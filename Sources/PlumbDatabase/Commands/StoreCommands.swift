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
      if given.catalog.storedFunction(named: name.text) == nil { throw given.unknownFunction(name) }
      return try createFunction(command, given, replaces: true)
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
          "unknown-model", "there is no model `\(name.text)`", at: name.span,
          help: Suggestion.nearest(to: name.text, in: known) ?? "`.show models` lists them, `.train` makes one")
      }
      return try Answer(
        [ColumnInfo("ModelName", .string)], rows: known.filter { $0 != name.text }.map { [.string($0)] })
    },
    CommandAction(".advance") { command, given in
      guard let advance = given.catalog.advance else {
        throw Diagnostic(
          "no-world", "the clock is the real one, which moves by itself", at: command.nameSpan,
          help: "a simulated world has a clock of its own; `plumb simulate --into FILE` makes one")
      }
      guard let expression = command.expression("2h"), case .timespan(let ticks)? = try given.value(of: expression), ticks >= 0
      else {
        throw Diagnostic(
          "usage", "`.advance` needs a timespan from 0", at: command.span, help: "write `.advance 2h`")
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
        "function-exists", "there is already a function `\(name.text)`", at: name.span,
        help: "`.create-or-alter` replaces it")
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
