import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbTelemetry

/// Asks `why` where the trouble of pipelines began.
enum OriginRead {
  /// The origins by pipeline; without those that have no trouble, and empty if `runs` does not have what `why` needs.
  static func origins(of pipelines: [String], _ origins: WhyOrigins, _ catalog: Catalog, _ session: Session) throws -> [String: String] {
    guard !pipelines.isEmpty, let runs = catalog.schema(ofTable: "runs"), runs.contains(ColumnInfo("pipeline", .string)),
      runs.contains(ColumnInfo("started", .datetime))
    else { return [:] }
    catalog.add(origins.function(pipelines))
    var found: [String: String] = [:]
    for chunk in try session.run("why_origins()").last?.chunks ?? [] where chunk.count > 0 {
      let columns = chunk.vectors()
      for row in 0..<chunk.count { found[columns[0].value(at: row).string] = columns[1].value(at: row).string }
    }
    return found
  }
}
