import Foundation
import Testing

/// The README's table of licences names every library that is linked, with the licence that its sources carry.
struct LicenceTests {
  /// The libraries of each row of the table, in lower case, by the licence.
  private static func table() throws -> [(licence: String, libraries: String)] {
    let text = try Repository.text("README.md")
    let start = try #require(text.range(of: "## Licence"))
    return text[start.upperBound...].split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().map { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      return (cells[0], cells[1].lowercased())
    }
  }

  private static func licence(of library: String, in table: [(licence: String, libraries: String)]) -> String? {
    table.first { row in
      row.libraries.range(of: "(^|[ (])\(NSRegularExpression.escapedPattern(for: library.lowercased()))($|[ ,)])", options: .regularExpression) != nil
    }?.licence
  }

  @Test func systemLibrariesAreNamed() throws {
    let text = try Repository.text("Package.swift")
    let pattern = try NSRegularExpression(pattern: #"systemLibrary\(name: "C(\w+)"|linkedLibrary\(":?(?:lib)?(\w+)"#)
    let names = pattern.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
      (1...2).compactMap { Range(match.range(at: $0), in: text) }.first.map { String(text[$0]) }
    }
    #expect(names.count > 10)
    let table = try Self.table()
    for name in names where name != "Readline" {
      #expect(Self.licence(of: name, in: table) != nil || Self.licence(of: "lib" + name, in: table) != nil, "\(name)")
    }
  }

  @Test func packagesAreNamedWithTheirLicence() throws {
    struct Resolved: Decodable {
      struct Pin: Decodable { let identity: String }
      let pins: [Pin]
    }
    let pins = try JSONDecoder().decode(Resolved.self, from: Data(Repository.text("Package.resolved").utf8)).pins
    #expect(pins.count > 20)
    let table = try Self.table()
    let folder = URL(filePath: Repository.products).deletingLastPathComponent().deletingLastPathComponent().appending(path: "checkouts")
    let checkouts = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for pin in pins {
      let stated = try #require(Self.licence(of: pin.identity, in: table), "\(pin.identity) is missing in the table of licences")
      let name = try #require(checkouts.first { $0.lowercased() == pin.identity })
      let sources = folder.appending(path: name)
      let file = try #require(try FileManager.default.contentsOfDirectory(atPath: sources.path).first { $0.hasPrefix("LICENSE") })
      let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
      #expect(text.contains("Apache License") == (stated == "Apache License 2.0"), "\(pin.identity)")
      if !text.contains("Apache License") { #expect(text.contains("Permission is hereby granted, free of charge"), "\(pin.identity)") }
    }
  }
}
