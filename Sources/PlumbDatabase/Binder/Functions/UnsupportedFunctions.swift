/// Whether KQL has a function of this name that Plumb does not support, so that the message can say so.
func isUnsupportedFunction(_ name: String) -> Bool { name.hasPrefix("geo_") || unsupportedFunctions.contains(name) }

private let unsupportedFunctions: Set<String> = [
  "current_cluster_endpoint", "current_database", "current_principal", "current_principal_details",
  "current_principal_is_member_of", "cursor_after", "cursor_before_or_at", "cursor_current", "extent_id",
  "extent_tags", "external_table", "graph", "has_any_ipv4_range", "hash_combine", "hash_many", "labels",
  "materialized_view", "parse_user_agent", "percentrank_tdigest", "series_decompose",
  "series_decompose_anomalies", "series_decompose_forecast", "series_fft", "series_fit_poly", "series_ifft",
  "stored_query_result",
]
