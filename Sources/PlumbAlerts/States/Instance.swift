import PlumbEngine

/// The state of an instance of a rule.
package enum AlertState: String, Sendable, CaseIterable {
  case ok, pending, firing, recovering
  /// Of a rule whose query failed or whose tables are too old; its instances keep their states.
  case unknown
}

/// A change of state.
package struct Transition: Hashable, Sendable {
  package let key: String
  package let from: AlertState
  package let to: AlertState
  /// When it happened, in ticks.
  package let at: Int64
}

/// One key of a rule that is not ok, and what its state depends on.
package struct Instance: Hashable, Sendable {
  package internal(set) var state: AlertState
  /// Since when it is in this state.
  package internal(set) var since: Int64
  /// When it began to fire; nil before.
  package internal(set) var firedAt: Int64?
  /// Presence in the last evaluations, the latest last; used by `of`.
  var recent: [Bool] = []

  package init(state: AlertState, since: Int64, firedAt: Int64? = nil, recent: [Bool] = []) {
    self.state = state
    self.since = since
    self.firedAt = firedAt
    self.recent = recent
  }

  package var recentText: String { String(recent.map { $0 ? "1" : "0" }) }
}

/// The states of all instances of one rule, which evaluations advance.
///
/// ok → pending → firing → recovering → ok. A row that is present is pending until the rule's persistence is reached; a
/// pending row that is absent is ok again. A firing row that is absent recovers until `keep` has passed.
package struct StateMachine: Sendable {
  package let persistence: Persistence
  package let keep: Int64
  /// Instances that are not ok, by key.
  package private(set) var instances: [String: Instance]

  package init(_ rule: AlertRule, instances: [String: Instance] = [:]) {
    persistence = rule.persistence
    keep = rule.keep
    self.instances = instances
  }

  /// Advances all instances by an evaluation.
  ///
  /// - Parameters:
  ///   - present: the keys of the evaluation's rows.
  ///   - time: when it happened, later than the one before.
  /// - Returns: what changed, in the order of the keys.
  package mutating func advance(_ present: Set<String>, at time: Int64) -> [Transition] {
    var changes: [Transition] = []
    for key in present.union(instances.keys).sorted() {
      let isPresent = present.contains(key)
      var instance = instances[key] ?? Instance(state: .ok, since: time)
      let before = instance.state
      step(&instance, isPresent, time)
      if instance.state != before {
        changes.append(Transition(key: key, from: before, to: instance.state, at: time))
        instance.since = time
        switch (before, instance.state) {
        case (.recovering, .firing): break
        case (_, .firing): instance.firedAt = time
        default: break
        }
      }
      instances[key] = instance.state == .ok && !instance.recent.contains(true) ? nil : instance
    }
    return changes
  }

  private func step(_ instance: inout Instance, _ isPresent: Bool, _ time: Int64) {
    let reaches: Bool
    switch persistence {
    case .lasting(let ticks):
      let since = instance.state == .pending ? instance.since : time
      reaches = isPresent && time - since >= ticks
    case .share(let count, let total):
      instance.recent.append(isPresent)
      if instance.recent.count > total { instance.recent.removeFirst() }
      reaches = instance.recent.count(where: { $0 }) >= count
    }
    switch instance.state {
    case .ok, .pending:
      if reaches { instance.state = .firing } else { instance.state = isPresent ? .pending : .ok }
    case .firing:
      let isOver = if case .share = persistence { !reaches } else { !isPresent }
      if isOver { instance.state = keep > 0 ? .recovering : .ok }
    case .recovering:
      let isBack = if case .share = persistence { reaches } else { isPresent }
      if isBack { instance.state = .firing } else if time - instance.since >= keep { instance.state = .ok }
    case .unknown: instance.state = isPresent ? .pending : .ok
    }
  }
}
