/// The words that start an operator after a `|`.
package enum OperatorKeyword: String, CaseIterable, Sendable {
  case `as`
  case assertSchema = "assert-schema"
  case blast
  case consume
  case count
  case distinct
  case evaluate
  case extend
  case facet
  case filter
  case fork
  case getSchema = "getschema"
  case graphMarkComponents = "graph-mark-components"
  case graphMatch = "graph-match"
  case graphShortestPaths = "graph-shortest-paths"
  case graphToTable = "graph-to-table"
  case invoke
  case join
  case limit
  case lineage
  case lookup
  case makeGraph = "make-graph"
  case makeSeries = "make-series"
  case mvApply = "mv-apply"
  case mvExpand = "mv-expand"
  case order
  case parse
  case parseKV = "parse-kv"
  case parseWhere = "parse-where"
  case partition
  case predict
  case project
  case projectAway = "project-away"
  case projectByNames = "project-by-names"
  case projectKeep = "project-keep"
  case projectRename = "project-rename"
  case projectReorder = "project-reorder"
  case reduce
  case render
  case sample
  case sampleDistinct = "sample-distinct"
  case scan
  case search
  case serialize
  case slow
  case sort
  case stale
  case summarize
  case take
  case top
  case topHitters = "top-hitters"
  case topNested = "top-nested"
  case union
  case volume
  case `where`
  case why

  /// Other spellings that Kusto accepts.
  static let aliases: [String: OperatorKeyword] = [
    "mvexpand": .mvExpand, "mvapply": .mvApply, "makeseries": .makeSeries,
  ]

  /// Whether this is a word of the pipeline vocabulary, whose tables and sources may be called the same.
  var isPipelineWord: Bool {
    switch self {
    case .blast, .lineage, .predict, .slow, .stale, .volume, .why: true
    default: false
    }
  }

  /// Operators of Kusto's that are known by name only.
  static let unsupported: Set<String> = [
    "execute-and-cache", "execute_and_cache", "graph-where-edges", "graph-where-nodes", "macro-expand",
    "nearest", "project-smart",
  ]

  /// Whether a word with dashes is an operator or the beginning of one, cut at a dash.
  static func isPrefix(_ word: String) -> Bool { prefixes.contains(word) }

  private static let prefixes: Set<String> = {
    var prefixes: Set<String> = []
    for name in allCases.map(\.rawValue) + unsupported + ["order-by", "group-by"] {
      let parts = name.split(separator: "-")
      for length in 1...max(1, parts.count) { prefixes.insert(parts.prefix(length).joined(separator: "-")) }
    }
    return prefixes
  }()
}
