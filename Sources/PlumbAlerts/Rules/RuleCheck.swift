import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// Finds what is wrong with a rule without running its query.
package enum RuleCheck {
  /// - Returns: diagnostics with places in the rule's query, or without a place if they are about its header.
  package static func problems(_ rule: AlertRule, in catalog: Catalog, _ options: SessionOptions) -> [Diagnostic] {
    let session = Session(catalog: catalog, options: options)
    let found = session.check(rule.query).filter { $0.severity == .error }
    if !found.isEmpty { return found }
    if parse(rule.query).script.statements.contains(where: { if case .command = $0 { true } else { false } }) {
      return [Diagnostic("not-a-query", "a rule is a query; commands cannot be part of it", help: "keep only the query whose rows are what is wrong")]
    }
    guard let schema = session.schema(of: rule.query), !schema.isEmpty else {
      return [Diagnostic("no-query", "the rule `\(rule.name)` has no query", help: "write a query whose rows are what is wrong")]
    }
    do { _ = try Evaluation.keyColumns(of: rule, in: schema) } catch let problems as Diagnostics { return problems.list } catch {}
    for name in columns(namedIn: rule.says) where !schema.contains(where: { $0.name == name }) {
      return [
        Diagnostic(
          "unknown-column", "`says` of `\(rule.name)` names `\(name)`, which the query does not return",
          help: Suggestion.nearest(to: name, in: schema.map(\.name))
            ?? "the query returns \(schema.map { "`\($0.name)`" }.joined(separator: ", "))")
      ]
    }
    for target in rule.targets {
      let kind = target.split(separator: ":", maxSplits: 1).first.map { $0.lowercased() } ?? ""
      if Target.Kind(rawValue: kind) == nil {
        return [
          Diagnostic(
            "unknown-target", "`\(target)` is not a target",
            help: "targets begin with \(Target.Kind.allCases.map(\.rawValue).joined(separator: ", ")), as slack:oncall")
        ]
      }
    }
    return []
  }

  /// The columns in braces.
  private static func columns(namedIn says: String) -> [String] {
    says.split(separator: "{").dropFirst(says.hasPrefix("{") ? 0 : 1).compactMap { part in
      part.firstIndex(of: "}").map { String(part[..<$0]) }
    }
  }
}
