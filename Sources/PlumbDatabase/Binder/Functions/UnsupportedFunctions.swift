import PlumbDiagnostics
import PlumbSyntax

/// A function or plugin that KQL has and Plumb does not, so that the message can say so and what to do instead.
enum UnsupportedName {
  /// Why the function of this name is missing; nil if KQL has no such function.
  static func function(_ name: String) -> String? { functions[name] ?? (geography.contains(name) ? Self.geography(name) : nil) }

  private static func geography(_ name: String) -> String { ["h3", "s2"].contains { name.contains($0) } ? cells : shapes }

  /// Why the plugin of this name is missing; nil if KQL has no such plugin.
  static func plugin(_ name: String) -> String? { plugins[name] }

  /// - Throws: `unsupported-function` if KQL has the function that is called and Plumb does not.
  static func refuse(_ call: CallSyntax) throws {
    guard let reason = function(call.name.text) else { return }
    throw Diagnostic(
      "unsupported-function", "the function `\(call.name.text)` is not supported", at: call.name.span, help: reason)
  }

  /// All functions and plugins of KQL that Plumb does not have, each with the reason.
  static var all: [(name: String, reason: String)] {
    (functions.map { ($0, $1) } + geography.map { ($0, geography($0)) } + plugins.map { ($0, $1) }).sorted { $0.0 < $1.0 }
  }

  private static let defender = "it asks the service of Microsoft Defender; load its answers as a table"
  private static let cluster = "it describes a Kusto cluster; leave it out"
  private static let combined = "how it combines hashes is not documented; hash a text of the values, as in `hash(strcat(a, \"|\", b))`"
  private static let ingestion = "it describes how a Kusto cluster stores rows; filter by a column of times instead"
  private static let shapes = "Plumb measures points, lines and polygons and supports geohashes, but does not create shapes"
  private static let cells = "Plumb has geohashes only; use `geo_point_to_geohash`, or compute the cells elsewhere and load them as a column"
  private static let request = "queries cannot read from other servers; save the rows to a file and load it with `--load` or `externaldata`"
  private static let program = "queries cannot run other programs; write the rows with `.export` or `--format ndjson`, and read the program's results with `externaldata`"
  private static let models = "queries cannot call language models; write the rows to a file for a program that does"

  private static let functions: [String: String] = [
    "current_cluster_endpoint": cluster, "current_principal": cluster,
    "current_principal_details": cluster, "current_principal_is_member_of": cluster,
    "cursor_after": ingestion, "cursor_before_or_at": ingestion, "cursor_current": ingestion, "extent_id": ingestion, "extent_tags": ingestion,
    "external_table": "Plumb does not have external tables; name a file in `externaldata`",
    "geo_info_from_ip_address": "it needs a database of addresses; load one, and use `evaluate ipv4_lookup`",
    "FileProfile": defender, "DeviceFromIP": defender, "AssignedIPAddresses": defender, "SeenBy": defender,
    "graph": "Plumb does not store graphs; use `make-graph`",
    "has_any_ipv4_range": "use `ipv4_is_in_any_range`",
    "hash_combine": combined, "hash_many": combined,
    "materialized_view": "Plumb does not have materialized views; write the query, or store its rows with `.set`",
    "stored_query_result": "Plumb does not have stored query results; store rows with `.set NAME <| query`",
  ]

  private static let geography: Set<String> = [
    "geo_from_wkt", "geo_h3cell_children", "geo_h3cell_level", "geo_h3cell_neighbors", "geo_h3cell_parent", "geo_h3cell_rings",
    "geo_h3cell_to_central_point", "geo_h3cell_to_polygon", "geo_intersection_2lines", "geo_intersection_2polygons",
    "geo_intersection_line_with_polygon", "geo_line_buffer", "geo_line_centroid", "geo_line_densify",
    "geo_line_interpolate_point", "geo_line_locate_point", "geo_line_simplify", "geo_line_to_s2cells", "geo_point_buffer",
    "geo_point_to_h3cell", "geo_point_to_s2cell", "geo_polygon_buffer", "geo_polygon_centroid", "geo_polygon_densify",
    "geo_polygon_simplify", "geo_polygon_to_h3cells", "geo_polygon_to_s2cells", "geo_s2cell_neighbors",
    "geo_s2cell_to_central_point", "geo_s2cell_to_polygon", "geo_simplify_polygons_array", "geo_union_lines_array",
    "geo_union_polygons_array",
  ]

  private static let plugins: [String: String] = [
    "ai_chat_completion": models, "ai_chat_completion_prompt": models, "ai_embeddings": models, "ai_embed_text": models,
    "diffpatterns_text": "use `reduce` on each side",
    "azure_digital_twins_query_request": request, "cosmosdb_sql_request": request, "http_request": request, "http_request_post": request,
    "mysql_request": request, "postgresql_request": request, "sql_request": request, "infer_storage_schema": request,
    "infer_storage_schema_with_suggestions": request,
    "geo_line_lookup": shapes, "geo_polygon_lookup": shapes, "python": program, "r": program,
  ]
}
