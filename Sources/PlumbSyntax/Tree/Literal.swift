import PlumbDiagnostics

/// A literal value in the text.
package struct LiteralSyntax: Sendable {
  package var value: LiteralValue
  package var span: SourceSpan

  var isNumber: Bool {
    switch value {
    case .long, .real, .timespan: true
    case .bool, .string, .typed, .dynamic, .typeOf, .schemaOf: false
    }
  }
}

/// The value of a literal. Texts in brackets are kept as written, for the engine's parsers.
package enum LiteralValue: Sendable {
  case bool(Bool)
  case long(Int64)
  case real(Double)
  /// Escapes are resolved and adjacent literals joined. Obfuscated ones (`h"..."`) are kept out of logs.
  case string(String, isHidden: Bool)
  /// `1.5d`, `2h`, `10ms`: the number, and the unit in its shortest spelling.
  case timespan(number: String, unit: TimespanUnit)
  /// `datetime(2024-01-01)`, `int(null)`, `real(+inf)`: the text in the brackets without
  /// surrounding white space and quotes, and its position.
  case typed(ScalarTypeSyntax, text: String, textSpan: SourceSpan)
  /// `dynamic(...)`
  case dynamic(DynamicSyntax)
  /// `typeof(long)`
  case typeOf(TypeSyntax)
  /// `typeof(*, a: long)`: the columns that a plugin returns.
  case schemaOf(SchemaSyntax)
}

/// The unit of a literal such as `2h`; the raw value is its canonical spelling.
package enum TimespanUnit: String, Hashable, Sendable {
  case day = "d"
  case hour = "h"
  case minute = "m"
  case second = "s"
  case millisecond = "ms"
  case microsecond = "microsecond"
  case nanosecond = "nanosecond"
  case tick = "tick"
}

/// KQL's ten types; the raw value is the canonical name.
package enum ScalarTypeSyntax: String, Hashable, Sendable, CaseIterable {
  case bool, int, long, real, decimal, datetime, timespan, string, guid, dynamic
}

/// The name of a type, as written and as meant (`double` means `real`).
package struct TypeSyntax: Sendable {
  package var type: ScalarTypeSyntax
  package var span: SourceSpan
}

/// The inside of `dynamic(...)`: JSON, with KQL's typed literals as values.
package indirect enum DynamicSyntax: Sendable {
  case null(SourceSpan)
  /// A string, number, bool, timespan or typed literal; never itself dynamic.
  case scalar(LiteralSyntax)
  case array([DynamicSyntax], SourceSpan)
  case object([DynamicPropertySyntax], SourceSpan)

  package var span: SourceSpan {
    switch self {
    case .null(let span): span
    case .scalar(let literal): literal.span
    case .array(_, let span): span
    case .object(_, let span): span
    }
  }
}

package struct DynamicPropertySyntax: Sendable {
  package var key: String
  package var keySpan: SourceSpan
  package var value: DynamicSyntax
}
