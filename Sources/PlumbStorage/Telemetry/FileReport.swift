import PlumbEngine

/// The result of reading one file of telemetry.
package struct FileReport: Sendable {
  package let path: String
  /// The kind of file, such as `dbt run results v4`; nil if it could not be determined.
  package internal(set) var kind: String?
  /// How many of `unit` were read, and how many of them added nothing new.
  package internal(set) var read = 0
  package internal(set) var folded = 0
  package internal(set) var unit = "value"
  /// How many were about something that the tables do not contain, such as log lines about connections.
  package internal(set) var unused = 0
  /// What they were merged into.
  var foldsInto = "runs"
  package internal(set) var rejected = 0
  /// Why the first few were rejected, each with its line.
  package internal(set) var reasons: [String] = []
  package internal(set) var notes: [String] = []

  init(path: String) { self.path = path }

  /// Whether there is more to say than that everything was read.
  package var isRemarkable: Bool { rejected > 0 || !notes.isEmpty || kind == nil }

  /// The report in one line, without the path.
  package var line: String {
    var parts = [kind ?? "not read"]
    if read > 0 || rejected == 0 && kind != nil {
      var text = counted(read, unit) + " read"
      if unused > 0 { text += ", \(unused) not about a run" }
      if folded > 0 { text += ", \(folded) merged into known \(foldsInto)" }
      parts.append(text)
    }
    if rejected > 0 {
      let more = rejected - reasons.count
      parts.append(
        "\(rejected) rejected: " + reasons.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : ""))
    }
    return (parts + notes).joined(separator: "; ")
  }

  private static let shownReasons = 3

  mutating func reject(_ reason: String, line: Int?) {
    rejected += 1
    guard reasons.count < Self.shownReasons else { return }
    reasons.append(line.map { "line \($0): \(reason)" } ?? reason)
  }

  mutating func note(_ text: String) { if !notes.contains(text) && notes.count < 20 { notes.append(text) } }
}

/// A piece of input that was rejected, for the file that `--rejects` names.
package struct RejectedInput: Sendable {
  package let path: String
  package let line: Int?
  package let reason: String
  /// The input as it was found.
  package let text: [UInt8]

  /// One line of JSON.
  package var json: String {
    var out = ByteBuffer()
    out.append("{\"file\":" as StaticString)
    path.withUTF8Bytes { JSONText.printString($0, to: &out) }
    out.append(",\"line\":" as StaticString)
    if let line { out.append(decimal: Int64(line)) } else { out.append("null" as StaticString) }
    out.append(",\"reason\":" as StaticString)
    reason.withUTF8Bytes { JSONText.printString($0, to: &out) }
    out.append(",\"input\":" as StaticString)
    String(decoding: text, as: UTF8.self).withUTF8Bytes { JSONText.printString($0, to: &out) }
    out.append("}" as StaticString)
    return out.string
  }
}
