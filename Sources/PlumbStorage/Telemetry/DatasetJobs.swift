import PlumbEngine

/// Which jobs write and read which datasets, from which edges between jobs follow.
final class DatasetJobs {
  /// Datasets and jobs as numbers of texts.
  private struct Use: Hashable {
    let dataset: Int64
    let job: Int64
    let isOutput: Bool
  }

  private var uses = Set<Use>()
  /// More pairs of jobs than this say nothing any more, and would take for ever.
  var pairLimit = 20_000_000

  var byteCount: Int { uses.capacity * 40 }

  func note(_ job: Int64, _ dataset: Int64, isOutput: Bool) {
    uses.insert(Use(dataset: dataset, job: job, isOutput: isOutput))
  }

  /// Adds an edge from each job that writes a dataset to each other job that reads it.
  ///
  /// - Returns: false when some were left out because there are too many.
  func addEdges(to fold: TelemetryFold, context: ExecutionContext) throws -> Bool {
    // In one order, so that the same files give the same edges even when they are too many.
    let uses = self.uses.sorted { ($0.dataset, $0.job) < ($1.dataset, $1.job) }
    var writers: [Int64: [Int64]] = [:]
    for use in uses where use.isOutput { writers[use.dataset, default: []].append(use.job) }
    struct Pair: Hashable { let writer, reader: Int64 }
    var pairs = Set<Pair>()
    var tried = 0
    for use in uses where !use.isOutput {
      for writer in writers[use.dataset] ?? [] where writer != use.job {
        tried += 1
        if tried > pairLimit { return false }
        if tried % 4096 == 0 { try fold.checkpoint(context) }
        guard pairs.insert(Pair(writer: writer, reader: use.job)).inserted else { continue }
        let names = [writer, use.job].map { fold.texts.string($0) }
        names[0].withUTF8Bytes { upper in
          names[1].withUTF8Bytes { _ = fold.edge(from: upper, to: $0, kind: "dataset") }
        }
      }
    }
    return true
  }
}
