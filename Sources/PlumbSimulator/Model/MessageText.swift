import PlumbEngine

/// Writes the message of a failed attempt: the family's template with the pipeline's own names and drawn ids.
struct MessageText: Sendable {
  private enum Part: Sendable {
    case text([UInt8])
    case guid
    case hex(Int)
    case time
    case host, field, table, path, stream, vendor
    case number(Int, Int)
  }

  private let parts: [Part]

  init(_ template: String) {
    var parts: [Part] = []
    var text: [UInt8] = []
    var rest = Array(template.utf8)[...]
    while let byte = rest.first {
      if byte == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")),
        let part = MessageText.part(String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self))
      {
        if !text.isEmpty { parts.append(.text(text)) }
        text = []
        parts.append(part)
        rest = rest[(end + 1)...]
      } else {
        text.append(byte)
        rest = rest.dropFirst()
      }
    }
    if !text.isEmpty { parts.append(.text(text)) }
    self.parts = parts
  }

  /// Nil for braces that are part of the message.
  private static func part(_ name: String) -> Part? {
    switch name {
    case "guid": return .guid
    case "time": return .time
    case "host": return .host
    case "field": return .field
    case "table": return .table
    case "path": return .path
    case "stream": return .stream
    case "vendor": return .vendor
    default: break
    }
    let pair = name.split(separator: ":")
    guard pair.count == 2 else { return nil }
    if pair[0] == "hex", let count = Int(pair[1]) { return .hex(count) }
    let range = pair[1].split(separator: "-")
    guard pair[0] == "n", range.count == 2, let low = Int(range[0]), let high = Int(range[1]) else { return nil }
    return .number(low, high)
  }

  private static let fields = [
    "userPrincipalName", "ipAddress", "deviceId", "riskLevel", "location", "appDisplayName", "severity", "correlationId",
    "resultType", "clientApp", "actor", "targetResources", "threatType", "confidence", "firstSeen", "expiresAt", "hash", "url",
  ]

  /// - Parameters:
  ///   - at: when the attempt ended, in ticks.
  ///   - field: the field that changed, where one did.
  func write(_ pipeline: PipelineModel, at: Int64, field: String?, _ random: inout RandomStream, to out: inout ByteBuffer) {
    let source = SourceCatalogue.sources[pipeline.source]
    for part in parts {
      switch part {
      case .text(let bytes): for byte in bytes { out.append(byte) }
      case .guid:
        for count in [8, 4, 4, 4, 12] {
          if count != 8 { out.append(UInt8(ascii: "-")) }
          MessageText.appendHex(count, &random, &out)
        }
      case .hex(let count): MessageText.appendHex(count, &random, &out)
      case .time: DateTime.print(at / 10_000_000 * 10_000_000, to: &out)
      case .host:
        out.append("w-")
        out.append(SourceCatalogue.regions[pipeline.region].name)
        out.append("-")
        out.append(decimal: Int64(1 + random.below(40)))
      case .field: out.append(field ?? MessageText.fields[random.below(MessageText.fields.count)])
      case .table:
        out.append(pipeline.layer == .ingest ? "raw_" : "\(pipeline.layer.name)_")
        out.append(MessageText.underscored(source.prefix))
      case .path:
        out.append("abfss://")
        out.append(pipeline.layer.name)
        out.append("@lake/")
        out.append(source.prefix)
        out.append("/")
        out.append(SourceCatalogue.regions[pipeline.region].name)
        out.append("/part-")
        out.append(decimal: Int64(random.below(100_000)))
        out.append(".json")
      case .stream: out.append(MessageText.underscored(pipeline.name))
      case .vendor:
        out.append("api.")
        out.append(pipeline.source >= 6 ? "\(source.prefix).example" : source.vendor == "GitHub" ? "github.com" : "\(source.prefix).microsoft.com")
      case .number(let low, let high): out.append(decimal: Int64(low + random.below(high - low + 1)))
      }
    }
  }

  private static func underscored(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func appendHex(_ count: Int, _ random: inout RandomStream, _ out: inout ByteBuffer) {
    var bits = random.next()
    for place in 0..<count {
      if place % 16 == 15 { bits = random.next() }
      out.append(digits[Int(bits & 15)])
      bits >>= 4
    }
  }
}
