import PlumbDiagnostics

/// `graph-match (a)-[e]->(b) where x project y`; also `graph-shortest-paths`.
public struct GraphMatchSyntax: Sendable {
  public var isShortestPaths: Bool
  public var parameters: [ParameterSyntax]
  public var patterns: [GraphPatternSyntax]
  public var predicate: ExpressionSyntax?
  public var projection: [NamedExpressionSyntax]
  public var span: SourceSpan
}

/// A path: one node more than edges.
public struct GraphPatternSyntax: Sendable {
  public struct Node: Sendable {
    public var name: NameSyntax?
    public var span: SourceSpan
  }
  public enum Direction: String, Hashable, Sendable {
    case forward, backward, either
  }
  public struct Edge: Sendable {
    public var name: NameSyntax?
    public var direction: Direction
    /// `*1..3`; nil for a single edge.
    public var lengths: (lower: ExpressionSyntax, upper: ExpressionSyntax)?
    public var span: SourceSpan
  }
  public var nodes: [Node]
  public var edges: [Edge]
  public var span: SourceSpan
}
