/// How much a world shows before and when it fails.
package enum Difficulty: String, CaseIterable, Sendable {
  /// The first version's world: every fault announces itself, and each cause has its own few messages.
  case easy
  /// Faults that strike at once beside those that announce themselves, transient failures, and messages that causes share.
  case normal
  /// As `normal`, but fewer faults announce themselves, fewer are watched, and more messages are shared or say nothing.
  case hard

  /// What tells `normal` from `hard`.
  struct Traits: Sendable {
    /// The share of those faults that announce themselves at all which do.
    var announced: Double
    /// The share of faults whose messages another cause might write as well.
    var shared: Double
    /// The share of failures whose message says nothing.
    var mute: Double
    /// The share of expiring secrets that somebody watches.
    var watched: Double
  }

  var traits: Traits {
    switch self {
    case .easy, .normal: Traits(announced: 1, shared: 0.2, mute: 0.03, watched: 0.6)
    case .hard: Traits(announced: 0.45, shared: 0.5, mute: 0.25, watched: 0.2)
    }
  }
}
