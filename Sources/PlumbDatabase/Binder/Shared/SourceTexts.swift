import PlumbDiagnostics
import Synchronization

/// The texts that a query uses besides the user's own, and where the user's text calls each.
final class SourceTexts {
  /// A text that the user can be shown.
  struct Shown: Sendable {
    let name: String
    let text: String
    /// How many bytes come before it in what was parsed.
    let offset: Int
  }

  private struct Use {
    let shown: Shown?
    let call: SourceSpan
  }

  private var uses: [SourceText: Use] = [:]
  private var open: Set<SourceText> = []

  /// Begins to bind `text`, which `call` leads to.
  ///
  /// - Parameter shown: nil for a text that is not the user's; its errors are reported only at the call.
  /// - Returns: whether the text was not already open; then `close` ends it.
  func enter(_ text: SourceText, from call: SourceSpan, shown: Shown?) -> Bool {
    guard text != .script, text != call.text, open.insert(text).inserted else { return false }
    uses[text] = Use(shown: shown, call: call)
    return true
  }

  func close(_ text: SourceText) { open.remove(text) }

  /// The mistake at the call in the user's text that led to it, with its own place as its origin.
  func located(_ diagnostic: Diagnostic) -> Diagnostic {
    var result = diagnostic
    var function: String?
    while let span = result.span, span.text != .script {
      guard let use = uses[span.text], use.call.text != span.text else {
        result.span = nil
        break
      }
      if let shown = use.shown {
        function = shown.name
        if result.origin == nil {
          result.origin = Diagnostic.Origin(
            name: shown.name, text: shown.text,
            span: SourceSpan(max(0, span.lower - shown.offset), max(0, span.upper - shown.offset), in: span.text))
        }
      }
      result.span = use.call
    }
    if let function { result.message = "in the function `\(function)`: \(result.message)" }
    return result
  }
}

extension SourceText {
  private static let last = Atomic<UInt32>(0)

  /// A text unlike all others in this process.
  static func unique() -> SourceText {
    let number = last.wrappingAdd(1, ordering: .relaxed).newValue
    return number == 0 ? unique() : SourceText(number: number)
  }
}
