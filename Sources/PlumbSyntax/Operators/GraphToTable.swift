import PlumbDiagnostics

/// `graph-to-table nodes as N, edges as E`: the tables of a graph.
public struct GraphToTableSyntax: Sendable {
  public enum Part: String, Hashable, Sendable {
    case nodes, edges
  }
  public struct Output: Sendable {
    public var part: Part
    public var name: NameSyntax?
    /// `with_node_id`, `with_source_id`, `with_target_id`
    public var parameters: [ParameterSyntax]
    public var span: SourceSpan
  }
  public var outputs: [Output]
  public var span: SourceSpan
}
