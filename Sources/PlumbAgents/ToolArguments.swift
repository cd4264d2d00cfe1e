import PlumbDiagnostics
import PlumbEngine

/// The arguments of one call of a tool.
package struct ToolArguments {
  private let members: [(key: String, value: Dynamic)]

  /// - Throws: a diagnostic if an argument is unknown or a required one is missing.
  init(_ members: [(key: String, value: Dynamic)], of tool: AgentTool) throws {
    for (key, _) in members where !tool.parameters.contains(where: { $0.name == key }) {
      let known = tool.parameters.map { "`\($0.name)`" }.joined(separator: ", ")
      throw Diagnostic("unknown-argument", "`\(tool.name)` has no argument `\(key)`", help: "its arguments are \(known)")
    }
    // Clients send null for what they leave out.
    self.members = members.filter { if case .null = $0.value { false } else { true } }
    for parameter in tool.parameters where parameter.isRequired && !self.members.contains(where: { $0.key == parameter.name }) {
      throw Diagnostic("missing-argument", "`\(tool.name)` needs the argument `\(parameter.name)`", help: parameter.summary)
    }
  }

  private func value(_ name: String) -> Dynamic? { members.last { $0.key == name }?.value }

  /// The text of an argument; nil if it is missing or empty.
  ///
  /// - Throws: a diagnostic if it is not a string.
  func text(_ name: String) throws -> String? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value else {
      throw Diagnostic("argument-type", "`\(name)` must be a string, not `\(value.json)`")
    }
    return text.isEmpty ? nil : text
  }

  /// The text of an argument that the tool requires.
  func requiredText(_ name: String) throws -> String {
    guard let text = try text(name) else { throw Diagnostic("argument-type", "`\(name)` must not be empty") }
    return text
  }

  /// A whole number of at least 1; nil if it is missing.
  ///
  /// - Throws: a diagnostic for any other value.
  func count(_ name: String) throws -> Int? {
    guard let value = value(name) else { return nil }
    switch value {
    case .long(let number) where number >= 1: return Int(clamping: number)
    case .real(let number) where number >= 1 && number < 1e15 && number.rounded() == number: return Int(number)
    case .string(let text):
      if let number = Int(text), number >= 1 { return number }
    case .null, .bool, .long, .real, .datetime, .timespan, .guid, .decimal, .array, .object: break
    }
    throw Diagnostic("argument-type", "`\(name)` must be a whole number of at least 1, not `\(value.json)`")
  }

  /// One of some words; nil if it is missing.
  func choice(_ name: String, of words: [String]) throws -> String? {
    guard let text = try text(name) else { return nil }
    guard words.contains(text) else {
      throw Diagnostic(
        "argument-type", "`\(name)` must be one of \(words.map { "`\($0)`" }.joined(separator: ", ")), not `\(text)`",
        help: Suggestion.nearest(to: text, in: words))
    }
    return text
  }

  /// Texts of an argument that is a list, or one text with commas; empty if it is missing.
  func texts(_ name: String) throws -> [String] {
    switch value(name) {
    case nil: return []
    case .string(let text)?: return text.split(separator: ",").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
    case .array(let elements)?:
      return try elements.map { element in
        guard case .string(let text) = element else {
          throw Diagnostic("argument-type", "`\(name)` must be a list of strings, but contains `\(element.json)`")
        }
        return text
      }
    case let other?: throw Diagnostic("argument-type", "`\(name)` must be a list of strings, not `\(other.json)`")
    }
  }
}
