
/// Everything that is wrong with a text, in the order it was found.
package struct Diagnostics: Error, Sendable {
  package let list: [Diagnostic]

  package init(_ list: [Diagnostic]) { self.list = list }
}
