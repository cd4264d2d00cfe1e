/// The state of a pipeline between two attempts. Everything that outlives an attempt is here.
struct PipelineState {
  /// The key of the streams of its attempts, and the number of the next one.
  var key: UInt64
  var step = 0

  /// When the next attempt is due, and the scheduled time of its run.
  var planned: Int64
  var slot: Int64
  var attempt: UInt8 = 1
  /// A scheduled time that the running attempt has overrun, or -1.
  var overrun: Int64 = -1
  /// The number of consecutive runs whose last attempt failed.
  var failedRuns = 0

  var lastSuccess: Int64
  /// Records up to this time have arrived.
  var arrivedUntil: Int64
  /// Records that are waiting, and records that the source still holds back.
  var pending = 0.0
  var withheld = 0.0
  /// A slow wander of the volume around its usual.
  var swing = 0.0

  var schemaVersion: UInt16
  var nextSchemaChange = 0

  var monthDay: Int64 = -1
  var monthFactor = 1.0
  var isHoliday = false
  var season = 1.0

  /// What worlds that are not easy need besides: until when the last success is in time, all records put out so far,
  /// successes, and those of the triggering pipeline that were seen, and since when nothing runs.
  var due: Int64 = 0
  var delivered = 0.0
  var successes: Int32 = 0
  var successesSeen: Int32 = 0
  var idleFrom: Int64 = 0

  /// The time of a run that waits for another pipeline.
  static let waiting = Int64.max

  /// The attempts of the current slice.
  var staged = PlainList<RunRecord>()
  /// What downstreams see of it, from the point numbered `firstPoint`.
  var feed = PlainList<FeedPoint>()
  var firstPoint = 0

  /// - Parameter first: when the first run is due; `waiting` for one that another pipeline starts.
  init(_ model: PipelineModel, first: Int64, key: UInt64) {
    self.key = key
    slot = first == PipelineState.waiting ? 0 : first
    planned = first
    lastSuccess = slot &- model.interval
    arrivedUntil = slot &- model.interval
    due = slot &+ 2 &* Int64(model.schedule.meanInterval)
    schemaVersion = UInt16(truncatingIfNeeded: model.schemaVersion)
  }

  /// Forgets points that no downstream needs after `moment`.
  mutating func trimFeed(before moment: Int64) {
    var drop = 0
    while drop &+ 1 < feed.count && feed.values[drop &+ 1].ended <= moment { drop &+= 1 }
    feed.removeFirst(drop)
    firstPoint &+= drop
  }
}

/// The state of a pipeline, which one thread at a time writes and others read when that has ended.
final class PipelineCell: @unchecked Sendable {
  @exclusivity(unchecked) var state: PipelineState

  init(_ state: PipelineState) { self.state = state }
}

/// The state of an upstream from the end of an attempt on.
struct FeedPoint: BitwiseCopyable {
  var ended: Int64
  var lastSuccess: Int64
  /// The incident that keeps it from succeeding, or -1.
  var incident: Int32
  /// How many successes there were, until when the last one is in time, and all records put out.
  var successes: Int32
  var due: Int64
  var delivered: Double
}

/// A downstream's position along one edge: which points of the upstream and its backup it has passed.
struct EdgeCursor: BitwiseCopyable {
  var since: Int64
  var until: Int64
  var weight: Double
  var grace: Double
  /// The share of the downstream's records that comes along this edge.
  var share: Double
  var upstream: Int32
  var backup: Int32
  var interval: Int64
  var backupInterval: Int64
  var place = 0
  var backupPlace = 0
  /// What was taken of all that the upstream put out.
  var taken = 0.0
}
