import PlumbEngine

/// Folds alerts with the same cause into messages.
///
/// The cause of an alert is the origin to which `why` led when it began. Where `why` knows nothing, it is the pipeline farthest upstream
/// that is reached from its own through pipelines that have alerts too. An alert joins the message of its cause while an alert of that
/// message fires, or for an hour after.
package struct CauseFolding: Sendable {
  let upstream: [String: [String]]
  /// The origins that `why` gave for pipelines at moments.
  var origins: [Int64: [String: String]] = [:]

  /// The pipeline to which an alert leads.
  ///
  /// - Parameter isUnwell: whether a pipeline has alerts now.
  func cause(of pipeline: String, _ isUnwell: (String) -> Bool) -> String {
    var seen: Set<String> = [pipeline]
    var current = pipeline
    while let next = (upstream[current] ?? []).sorted().first(where: { isUnwell($0) && !seen.contains($0) }) {
      seen.insert(next)
      current = next
    }
    return current
  }

  /// The messages as lists of positions in `episodes`, which are ordered by their beginnings.
  func messages(_ episodes: [Episode], grouping rules: Set<String>) -> [[Int]] {
    var messages: [[Int]] = []
    var open: [String: (message: Int, until: Int64)] = [:]
    var unwell: [String: Int64] = [:]
    var from = 0
    while from < episodes.count {
      var to = from
      while to < episodes.count, episodes[to].began == episodes[from].began { to += 1 }
      let moment = episodes[from].began
      for index in from..<to {
        unwell[episodes[index].pipeline] = Swift.max(unwell[episodes[index].pipeline] ?? 0, episodes[index].ended ?? .max)
      }
      for index in from..<to {
        let episode = episodes[index]
        guard rules.contains(episode.rule), !episode.pipeline.isEmpty else {
          messages.append([index])
          continue
        }
        let cause = origins[moment]?[episode.pipeline] ?? cause(of: episode.pipeline) { (unwell[$0] ?? 0) > moment }
        let over = episode.ended.map { $0 + TimeSpan.hour } ?? .max
        if let known = open[cause], known.until >= moment {
          messages[known.message].append(index)
          open[cause] = (known.message, Swift.max(known.until, over))
        } else {
          open[cause] = (messages.count, over)
          messages.append([index])
        }
      }
      from = to
    }
    return messages
  }
}
