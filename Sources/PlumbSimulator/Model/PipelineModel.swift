/// A layer of the dependency graph; data flows from a lower to a higher one.
enum Layer: Int, CaseIterable, Sendable {
  case ingest, normalise, enrich, correlate, serve

  /// The name in `pipelines.kind`.
  var name: String {
    switch self {
    case .ingest: "ingest"
    case .normalise: "normalise"
    case .enrich: "enrich"
    case .correlate: "correlate"
    case .serve: "serve"
    }
  }
}

/// A pipeline of the world and how it behaves when nothing is wrong. Times are milliseconds.
struct PipelineModel: Sendable {
  var name: String
  var layer: Layer
  /// An index into the sources of `SourceCatalogue`.
  var source: Int
  var region: Int
  var owner: String
  var vendor: String
  var tier: Int
  /// The pipeline that replaces this one on failure, or -1.
  var backup = -1

  var interval: Int64
  var offset: Int64
  var sla: Int64
  var maxAttempts: Int

  /// Records per millisecond at a load of 1.
  var rate: Double
  var human: Double
  var recordBytes: Double
  /// The share of records that is written.
  var yield: Double

  var duration: Double
  var queue: Double
  var cpu: Double
  var memory: Double
  var ioWait: Double
  /// The probability that a run fails for no reason.
  var noise: Double
  /// The frequency of faults relative to other pipelines.
  var frailty: Double
  var schemaVersion: Int

  var schedule: Schedule
  /// The pipeline whose successes start runs, or -1.
  var trigger = -1
  /// The records that a run can take, in worlds that are not easy.
  var capacity = 0.0
}

/// A dependency of one pipeline on another.
struct Edge: Sendable {
  enum Kind: Int, Sendable {
    case data, lookup, trigger

    /// The name in `edges.kind`.
    var name: String {
      switch self {
      case .data: "data"
      case .lookup: "lookup"
      case .trigger: "trigger"
      }
    }
  }

  var upstream: Int
  var downstream: Int
  var kind: Kind
  /// The probability that a run of the downstream fails if the upstream's data is far too late.
  var weight: Double
  /// How late the data may be before runs begin to fail, in milliseconds.
  var grace: Double
  /// Milliseconds; `until` is `Int64.max` for a permanent edge.
  var since: Int64
  var until: Int64
  /// The part of the upstream's records that the downstream reads; nil in easy worlds, whose records do not flow.
  var share: Double?
}
