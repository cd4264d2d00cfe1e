import PlumbDiagnostics
import PlumbEngine

/// A tool whose telemetry Plumb reads. To add one, write a conformer, and add it to `TelemetryKind.sources`.
protocol TelemetrySource: Sendable {
  /// Its name in `--kind`, in lower case.
  var name: String { get }

  /// The form of file that begins with a value; nil if the tool does not write such values.
  ///
  /// - Parameter isStated: whether `--kind` names the tool, so that a page without entries belongs to it too.
  func form(of value: DynamicCursor, isStated: Bool) -> TelemetryForm?

  /// The form of a file whose first value is incomplete: huge, cut off or not JSON. Field names identify it.
  func form(byWordsIn text: Bytes, fileName: String) -> TelemetryForm?

  /// File names that identify the tool by themselves, even for an empty file.
  var artifacts: [String] { get }
}

extension TelemetrySource {
  var artifacts: [String] { [] }
}

/// A form of telemetry file: its name in messages, and how each of its values is read.
struct TelemetryForm: Sendable {
  let title: String
  /// The name of one item in it, in the singular.
  let unit: String
  /// Whether each line is a separate value, whatever the first one looks like.
  var isAlwaysLines = false
  /// Whether placeholders of a template in its values are counted.
  var countsPlaceholders = false
  /// Passes on the facts of an object; throws a `TelemetryFault` if it cannot be used.
  let read: @Sendable (FileReading, DynamicCursor) throws -> Void
}

/// Which tool a file of telemetry is from, as `--kind` names it.
package struct TelemetryKind: Hashable, Sendable, CaseIterable {
  /// Every source. The first that recognises a value reads it.
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

  /// The form of a file by its contents; nil if unknown.
  ///
  /// - Parameters:
  ///   - front: the beginning of the file, at least its first value if that is not huge.
  ///   - stated: the only kind that is allowed.
  static func form(front: Bytes, fileName: String, stated: TelemetryKind?) -> TelemetryForm? {
    let text = JSONFront.withoutNoise(front.part(from: utf8MarkLength(front)))
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
