import PlumbEngine

/// Which jobs write and read which datasets; edges between jobs follow from this.
///
/// They are stored in the table `datasets`, so that what one import recorded meets what a later one reads.
extension TelemetryMerge {
  func note(_ job: Bytes, dataset: Bytes, isOutput: Bool) {
    let role: StaticString = isOutput ? "output" : "input"
    var key = NaturalKey()
    key.add(job)
    key.add(dataset)
    key.add(role)
    let row = datasets.row(of: key.value)
    guard datasets[row, DatasetColumn.pipeline] == nil else { return }
    datasets.put(row, DatasetColumn.pipeline, text: job, over: true)
    datasets.put(row, DatasetColumn.dataset, text: dataset, over: true)
    datasets.put(row, DatasetColumn.role, texts.number(of: String(describing: role)), over: true)
  }

  /// Adds an edge from each job that writes a dataset to each other job that reads it.
  ///
  /// - Parameter pairLimit: a larger number of pairs of jobs is not informative and would take too long.
  /// - Returns: false if some were left out because there are too many.
  func addDatasetEdges(pairLimit: Int, _ context: ExecutionContext) throws -> Bool {
    struct Use {
      let dataset, job: Int64
      let isOutput: Bool
    }
    let output = texts.number(of: "output")
    // In a fixed order, so that the same files give the same edges even if there are too many.
    let uses = (0..<datasets.count).map { row in
      Use(
        dataset: datasets[row, DatasetColumn.dataset] ?? 0, job: datasets[row, DatasetColumn.pipeline] ?? 0,
        isOutput: datasets[row, DatasetColumn.role] == output)
    }.sorted { ($0.dataset, $0.job) < ($1.dataset, $1.job) }
    var writers: [Int64: [Int64]] = [:]
    for use in uses where use.isOutput { writers[use.dataset, default: []].append(use.job) }
    struct Pair: Hashable { let writer, reader: Int64 }
    var pairs = Set<Pair>()
    var tried = 0
    for use in uses where !use.isOutput {
      for writer in writers[use.dataset] ?? [] where writer != use.job {
        tried += 1
        if tried > pairLimit { return false }
        if tried % 4096 == 0 { try checkpoint(context) }
        guard pairs.insert(Pair(writer: writer, reader: use.job)).inserted else { continue }
        let names = [writer, use.job].map { texts.string($0) }
        names[0].withUTF8Bytes { upper in
          names[1].withUTF8Bytes { _ = edge(from: upper, to: $0, kind: "dataset") }
        }
      }
    }
    return true
  }
}
