import ArgumentParser
import PlumbDiagnostics
import PlumbKit

/// `plumb manual`: the pages with examples that the tests run, and the reference made from the declarations.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual in Markdown: pages of examples, then the reference.",
    discussion: """
      `plumb manual index` lists the pages; `plumb manual where` prints one, `plumb manual operators` a chapter, \
      `plumb manual reference` the reference, `plumb manual names` which of KQL's names Plumb has. \
      `plumb manual github-actions` and the like print the maps that `--map` knows by name.
      """)

  @Argument(help: "A page, a chapter, `index`, `reference` or `names` (default: everything).")
  var topic: String?

  func run() throws {
    try Failure.guarding { Console.writeOut(try text()) }
  }

  private func text() throws -> String {
    switch topic {
    case nil: return try ManualPage.all.map(\.markdown).joined(separator: "\n") + "\n" + reference()
    case "reference": return try reference()
    case "names": return ManualReference.names
    case let name?:
      let pages = ManualPage.named(name)
      guard pages.isEmpty else { return pages.map(\.markdown).joined(separator: "\n") }
      if let map = ShippedMap.named(name) { return map.text }
      let names = ManualPage.all.map { String($0.title.split(separator: "/").last ?? "") } + ["reference", "names"] + ShippedMap.all.map(\.name)
      throw Diagnostic(
        "unknown-name", "the manual does not have a page `\(VisibleText.string(name))`",
        help: Suggestion.nearest(to: name, in: names) ?? "`plumb manual index` lists the pages")
    }
  }

  private func reference() throws -> String {
    ManualReference.text(functions: try DataOptions.parse([]).workspace(nil).catalog.functions)
  }
}
