import PlumbDiagnostics

/// The errors found in one text, in the order in which they were found; each is reported once.
final class Mistakes {
  private(set) var found: [Diagnostic] = []
  let texts: SourceTexts

  init(_ texts: SourceTexts) { self.texts = texts }

  /// Adds an error, unless the same one at the same position is known.
  func report(_ diagnostic: Diagnostic) {
    let diagnostic = texts.located(diagnostic)
    if !found.contains(diagnostic) { found.append(diagnostic) }
  }

  /// Returns the value, or nil after an error, which is recorded.
  @discardableResult
  func attempt<T>(_ body: () throws -> T) -> T? {
    do {
      return try body()
    } catch let diagnostic as Diagnostic {
      report(diagnostic)
    } catch is AlreadyReported {
    } catch let several as Diagnostics {
      several.list.forEach(report)
    } catch {
      report(Diagnostic("failed", "\(error)"))
    }
    return nil
  }
}

/// Ends binding if the error has been reported, or if only running the text would tell what is right.
struct AlreadyReported: Error {}
