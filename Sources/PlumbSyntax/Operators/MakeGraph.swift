import PlumbDiagnostics

/// `make-graph a --> b with Nodes on id`: a graph out of a table of edges.
public struct MakeGraphSyntax: Sendable {
  public struct NodeTable: Sendable {
    public var table: SourceSyntax
    public var key: NameSyntax
  }
  public var parameters: [ParameterSyntax]
  public var source: NameSyntax
  public var target: NameSyntax
  /// None, one or two.
  public var nodeTables: [NodeTable]
  /// `with_node_id=name`
  public var nodeID: NameSyntax?
  public var span: SourceSpan
}
