/// What a version of ClickHouse can do: a row for each construct that some version lacks.
struct Dialect: Sendable {
  let version: (major: Int, minor: Int)

  /// - Parameter text: what `version()` returns, such as `26.9.2.1`.
  init(version text: String) {
    let parts = text.split(separator: ".").map { Int($0) ?? 0 }
    version = (parts.first ?? 0, parts.count > 1 ? parts[1] : 0)
  }

  /// Something that queries use and that began with some version.
  enum Construct: String, CaseIterable, Sendable {
    case windowFunctions = "window functions"
    case dateTime64 = "times finer than a second"
    case json = "JSON as text"
    case regexWithFlags = "regular expressions with a dot or with flags"
    case groupsOfExpressions = "groups of a regular expression"
    case throwIf = "conditions that end a query with a message"
    case outerJoinsOfNulls = "outer joins by keys that may be null"
    case optionalLeftSides = "joins in which the left row may be missing"
    case threeValuedLogic = "conditions that are null"
    case negations = "negations that shards read as they were meant"
    case stableVariance = "variances that shards can exchange"
    case statesOfNulls = "rows with nulls that shards can exchange"
    case nullsOfEnums = "names of values that may be null"
    case cancelOnClose = "queries that end with their connection"
    case arithmeticOutOfAggregates = "sums and extremes without the constant inside"

    /// The first version, as year and month, that has it.
    var since: (Int, Int) {
      switch self {
      case .windowFunctions: (21, 9)
      case .dateTime64: (20, 6)
      case .json: (21, 11)
      case .regexWithFlags: (20, 1)
      case .groupsOfExpressions: (20, 8)
      case .throwIf: (19, 1)
      case .outerJoinsOfNulls, .optionalLeftSides, .threeValuedLogic, .negations: (20, 1)
      case .stableVariance, .statesOfNulls, .nullsOfEnums: (20, 1)
      case .cancelOnClose: (20, 1)
      case .arithmeticOutOfAggregates: (20, 6)
      }
    }
  }

  func has(_ construct: Construct) -> Bool { version >= construct.since }

  /// - Throws: an obstacle if the version lacks the construct.
  func require(_ construct: Construct) throws {
    guard has(construct) else {
      throw Obstacle("ClickHouse \(version.major).\(version.minor) does not have \(construct.rawValue)")
    }
  }
}
