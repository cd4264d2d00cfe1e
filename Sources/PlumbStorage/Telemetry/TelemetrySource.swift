import PlumbDiagnostics
import PlumbEngine

/// A tool whose telemetry Plumb reads. To add one, write a conformer, and put it into `TelemetryKind.sources`.
protocol TelemetrySource: Sendable {
  /// What `--kind` calls it, in lower case.
  var name: String { get }

  /// The form of file that begins with a value; nil when the tool writes no such value.
  ///
  /// - Parameter isStated: whether `--kind` names the tool, so that a page without entries is of it too.
  func form(of value: DynamicCursor, isStated: Bool) -> TelemetryForm?

  /// The form of a file whose first value is not whole: it is huge, cut off or no JSON. Names of fields tell.
  func form(byWordsIn text: Bytes, fileName: String) -> TelemetryForm?

  /// Names of files that tell by themselves, even of an empty one, that the tool wrote it.
  var artifacts: [String] { get }
}

extension TelemetrySource {
  var artifacts: [String] { [] }
}

/// A form of file that telemetry comes in: what messages call it, and how each of its values is read.
struct TelemetryForm: Sendable {
  let title: String
  /// What one of the things in it is called, in the singular.
  let unit: String
  /// Whether each line is a value of its own, whatever the first one looks like.
  var isAlwaysLines = false
  /// Whether placeholders of a template in its values are counted.
  var countsPlaceholders = false
  /// Hands the facts of an object on; throws a `TelemetryFault` when it cannot be used.
  let read: @Sendable (FileReading, DynamicCursor) throws -> Void
}

/// Which tool a file of telemetry is from, as `--kind` names it.
package struct TelemetryKind: Hashable, Sendable, CaseIterable {
  /// Every source. The first that knows a value reads it.
  static let sources: [any TelemetrySource] = [DbtSource(), OpenLineageSource(), AirflowSource(), DataFactorySource()]

  package let rawValue: String

  private init(_ source: any TelemetrySource) { rawValue = source.name }

  package init?(rawValue: String) {
    guard let source = Self.sources.first(where: { $0.name == rawValue }) else { return nil }
    self.init(source)
  }

  package static let allCases = sources.map { TelemetryKind($0) }

  /// The names in a sentence: `dbt, openlineage, airflow or adf`.
  package static let names: String = {
    let all = allCases.map(\.rawValue)
    return all.dropLast().joined(separator: ", ") + " or " + (all.last ?? "")
  }()

  /// The form of a file by what is in it; nil when it is none of these.
  ///
  /// - Parameters:
  ///   - front: the beginning of the file, at least its first value if that is not huge.
  ///   - stated: the only kind that it may be.
  static func form(front: Bytes, fileName: String, stated: TelemetryKind?) -> TelemetryForm? {
    let text = front.part(from: utf8MarkLength(front))
    guard let first = text.first(where: { $0 > 0x20 }), first == .openBrace || first == .openBracket else { return nil }
    let value = JSONFront.firstValue(text)?.value
    for source in sources {
      let form = value.map { value in
        value.withBytes { source.form(of: DynamicCursor($0), isStated: stated?.rawValue == source.name) }
      } ?? source.form(byWordsIn: text, fileName: fileName)
      if let form { return stated == nil || stated?.rawValue == source.name ? form : nil }
    }
    return nil
  }
}
