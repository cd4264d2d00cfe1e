import PlumbEngine

/// The messages of failed attempts, each written from its family's template when a table is made.
final class RunMessages: Sendable {
  private let topology: Topology
  private let texts: [MessageText]
  private let key: UInt64

  init(_ topology: Topology, seed: UInt64) {
    self.topology = topology
    texts = MessageFamily.all.map { MessageText($0.template) }
    key = RandomStream.key(seed, .texts, 0)
  }

  /// Appends the message of a failed row; the same for the same run, whichever table shows it.
  ///
  /// - Parameter changes: the changes of schema by pipeline, of which the last one before the run is named.
  func write(
    _ segment: RunSegment, _ row: Int, pipeline: Int, origin: Int64, changes: [[SchemaChange]], to out: inout ByteBuffer
  ) {
    let place = Int(segment.error.view(UInt8.self)[row]) - 1
    guard texts.indices.contains(place) else { return }
    var random = RandomStream(key: key, step: Int(segment.runID.view(Int32.self)[row]))
    let moment = (segment.started.view(Int64.self)[row] &- origin) / 10_000
    let field = changes[pipeline].last { $0.at <= moment }?.field
    texts[place].write(topology.pipelines[pipeline], at: segment.ended.view(Int64.self)[row], field: field, &random, to: &out)
  }
}
