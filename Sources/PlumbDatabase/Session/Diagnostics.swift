import PlumbDiagnostics

/// Everything that is wrong with a text, in the order it was found.
public struct Diagnostics: Error, Sendable {
  public let list: [Diagnostic]

  public init(_ list: [Diagnostic]) { self.list = list }
}
