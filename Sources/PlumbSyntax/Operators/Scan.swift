import PlumbDiagnostics

/// `scan with (step a: x > 1 => b = 2; ...)`: finds sequences of rows.
public struct ScanSyntax: Sendable {
  /// `with_match_id`, `with_step_name`
  public var parameters: [ParameterSyntax]
  public var orderBy: [OrderedExpressionSyntax]
  public var partitionBy: [NamedExpressionSyntax]
  public var declarations: [FunctionParameterSyntax]
  public var steps: [ScanStepSyntax]
  public var span: SourceSpan
}

public struct ScanStepSyntax: Sendable {
  public enum Output: String, Hashable, Sendable, CaseIterable {
    case all, last, none
  }
  public var name: NameSyntax
  public var isOptional: Bool
  public var output: Output?
  public var condition: ExpressionSyntax
  public var assignments: [ScanAssignmentSyntax]
  public var span: SourceSpan
}

public struct ScanAssignmentSyntax: Sendable {
  public var name: NameSyntax
  public var value: ExpressionSyntax
}
