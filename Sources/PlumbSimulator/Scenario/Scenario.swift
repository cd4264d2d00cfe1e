import PlumbModel

/// Faults that are planted into a world, in place of those that would happen by themselves.
///
/// Pipelines are indices into `WorldMap.pipelines`; times are milliseconds of the world.
package struct Scenario: Hashable, Sendable {
  /// What a fault does to runs.
  package struct Signs: Hashable, Sendable {
    package var duration = 1.0
    package var queue = 1.0
    package var cpu = 0.0
    package var memory = 1.0
    package var ioWait = 0.0
    /// The share of records that cannot be read.
    package var malformed = 0.0
    /// How late the source's data is, in intervals of the pipeline.
    package var lateness = 0.0
    /// What is left of the capacity to process records.
    package var capacity = 1.0
    /// What arrives, of the usual.
    package var arrivals = 1.0
    /// What is written, of the usual, without a word.
    package var written = 1.0
    /// The share of runs that fail.
    package var failures = 0.0

    package init() {}
  }

  /// What error messages say.
  package enum Messages: Hashable, Sendable {
    /// Those that only its cause writes, or those that other causes write as well.
    case own, shared
    /// Nothing but that the run failed.
    case mute
  }

  package struct Fault: Hashable, Sendable {
    package var pipeline: Int
    package var cause: Cause
    package var began: Int64
    /// When it reaches its full strength; equal to `began` for a fault that strikes at once.
    package var full: Int64
    package var ended: Int64
    package var signs: Signs
    /// What its messages say of the cause.
    package var messages: Messages

    package init(
      _ pipeline: Int, _ cause: Cause, began: Int64, full: Int64? = nil, ended: Int64 = .max / 4, messages: Messages = .own,
      _ change: (inout Signs) -> Void
    ) {
      self.pipeline = pipeline
      self.cause = cause
      self.began = began
      self.full = full ?? began
      self.ended = ended
      self.messages = messages
      signs = Signs()
      change(&signs)
    }
  }

  package struct Change: Hashable, Sendable {
    package var pipeline: Int
    package var at: Int64

    package init(_ pipeline: Int, at: Int64) {
      self.pipeline = pipeline
      self.at = at
    }
  }

  /// A dependency of one pipeline on another.
  package struct Link: Hashable, Sendable {
    package var upstream: Int
    package var downstream: Int

    package init(_ upstream: Int, _ downstream: Int) {
      self.upstream = upstream
      self.downstream = downstream
    }
  }

  /// An alert that the rules do not write.
  package struct MutedAlert: Hashable, Sendable {
    package var pipeline: Int
    package var rule: String

    package init(_ pipeline: Int, rule: String) {
      self.pipeline = pipeline
      self.rule = rule
    }
  }

  /// From when no fault happens by itself.
  package var quietFrom: Int64
  package var faults: [Fault] = []
  package var schemaChanges: [Change] = []
  package var builds: [Change] = []
  /// Warnings that a credential expires.
  package var credentialWarnings: [Change] = []
  package var mutedAlerts: [MutedAlert] = []
  /// Dependencies whose downstream fails soon after its upstream.
  package var tightEdges: [Link] = []
  /// Pipelines that nobody changes by themselves from `quietFrom` on.
  package var calm: Set<Int> = []

  package init(quietFrom: Int64) { self.quietFrom = quietFrom }
}

extension Signature {
  init(_ signs: Scenario.Signs) {
    self.init(early: 0...0, failing: 0...0, recovery: 0...0)
    (duration, queue, cpu, memory, ioWait) = (signs.duration, signs.queue, signs.cpu, signs.memory, signs.ioWait)
    (malformed, lateness, capacity) = (signs.malformed, signs.lateness, signs.capacity)
    (arrivals, written, peak) = (signs.arrivals, signs.written, signs.failures)
    (threshold, transient) = (0.3, 0)
  }
}

extension IncidentPlan {
  /// Adds what the scenario plants.
  mutating func plant(_ scenario: Scenario) {
    for (place, fault) in scenario.faults.enumerated() {
      var random = RandomStream(seed, .scenario, fault.pipeline, step: place)
      let model = topology.pipelines[fault.pipeline]
      let families = MessageFamily.positions(of: .cause(fault.cause), in: model, shared: fault.messages == .shared)
      let family = fault.messages == .mute ? MessageFamily.all.count - 1 : families[random.below(families.count)]
      incidents.append(
        Incident(
          pipeline: fault.pipeline, cause: fault.cause, began: fault.began, full: fault.full, waning: fault.ended, ended: fault.ended))
      effects[fault.pipeline].append(
        Effect(
          began: fault.began, full: fault.full, waning: fault.ended, ended: fault.ended, severity: 1,
          incident: Int32(truncatingIfNeeded: incidents.count - 1), cause: fault.cause.rawValue,
          kind: UInt8(truncatingIfNeeded: FaultKind.all.count + place), family: UInt8(truncatingIfNeeded: family),
          otherFamily: UInt8(truncatingIfNeeded: family)))
    }
    for (place, change) in scenario.schemaChanges.enumerated() {
      var random = RandomStream(seed, .scenario, change.pipeline, step: 1_000 + place)
      addSchemaChange(change.pipeline, at: change.at, &random)
    }
    for (place, build) in scenario.builds.enumerated() {
      var random = RandomStream(seed, .scenario, build.pipeline, step: 2_000 + place)
      notices.append(Notice(at: build.at, pipeline: build.pipeline, kind: .buildChanged, number: Int64(100 + random.below(900))))
    }
    for warning in scenario.credentialWarnings {
      notices.append(Notice(at: warning.at, pipeline: warning.pipeline, kind: .credentialExpiring, number: 24))
    }
  }
}
