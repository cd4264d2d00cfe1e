import PlumbEngine

/// An alert in a message.
struct MessageAlert: Sendable {
  let rule: String
  let key: String
  let severity: Severity
  let pipeline: String
  let says: String
  let runbook: String
  /// Names and values of the key's columns.
  let labels: [(name: String, value: String)]
  let began: Int64
  /// Nil while it fires.
  let ended: Int64?
  /// The row as a JSON object.
  let evidence: String
}

/// What is sent to a target.
struct AlertMessage: Sendable {
  enum State: String, Sendable {
    case firing, resolved
    /// A rule could not be evaluated.
    case trouble
  }

  let state: State
  let alerts: [MessageAlert]
  /// To what `why` leads from the alerts; nil for a message about one alert of the pipeline itself.
  let cause: String?
  /// The lowest tier among their pipelines; nil if unknown.
  let tier: Int64?

  /// The same for the same alerts since the same moments, so that a receiver can drop repetitions.
  func id(_ at: Int64) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    let text = alerts.map { "\($0.rule)\u{1F}\($0.key)\u{1F}\($0.began)" }.joined(separator: "\u{1E}") + state.rawValue + "\(at)"
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  var severity: Severity { alerts.map(\.severity).max() ?? .info }

  /// One sentence.
  var title: String {
    guard let first = alerts.first else { return "" }
    guard alerts.count > 1 || cause != nil else { return first.says }
    let pipelines = Set(alerts.map(\.pipeline).filter { !$0.isEmpty }).count
    guard let cause else { return "\(first.says) (and \(counted(alerts.count - 1, "more alert")))" }
    return "\(cause): 1 cause, \(counted(max(pipelines, 1), "pipeline"))\(tier.map { ", tier \($0) hit" } ?? ""): \(first.says)"
  }

  /// `FIRING high late-feed: ...`
  var line: String {
    let rules = Set(alerts.map(\.rule)).sorted().joined(separator: ", ")
    return "\(state.rawValue.uppercased()) \(severity.rawValue) \(rules): \(title)"
  }

  // MARK: Payloads

  /// The payload of Alertmanager's webhooks, version 4, with `eventId`.
  func webhook(_ id: String) -> String {
    var json = OneLineJSON()
    json.object {
      $0.text("version", "4")
      $0.text("eventId", id)
      $0.text("groupKey", cause.map { "cause:\($0)" } ?? "rule:\(alerts.first?.rule ?? ""):\(alerts.first?.key ?? "")")
      $0.raw("truncatedAlerts", "0")
      $0.text("status", state == .resolved ? "resolved" : "firing")
      $0.text("receiver", "plumb")
      $0.object("groupLabels") { group in
        if let cause { group.text("cause", cause) } else { group.text("alertname", alerts.first?.rule ?? "") }
      }
      $0.object("commonLabels") { common in
        if Set(alerts.map(\.rule)).count == 1 { common.text("alertname", alerts.first?.rule ?? "") }
        common.text("severity", severity.rawValue)
      }
      $0.object("commonAnnotations") { $0.text("summary", title) }
      $0.text("externalURL", "")
      $0.array("alerts", alerts) { alert, json in
        json.object {
          $0.text("status", alert.ended == nil ? "firing" : "resolved")
          AlertMessage.parts(alert, state, &$0)
          $0.text("endsAt", alert.ended.map { DateTime.text($0) } ?? "0001-01-01T00:00:00Z")
          $0.text("fingerprint", AlertMessage(state: .firing, alerts: [alert], cause: nil, tier: nil).id(0))
          $0.raw("evidence", alert.evidence)
        }
      }
    }
    return json.text
  }

  /// The body of a webhook that Slack understands.
  func slack(_ id: String) -> String {
    var json = OneLineJSON()
    let lines = alerts.prefix(20).map { alert in
      "• \(AlertMessage.escaped(alert.says))\(alert.runbook.isEmpty ? "" : " (<\(alert.runbook)|runbook>)")"
    }
    let more = alerts.count > 20 ? ["… and \(counted(alerts.count - 20, "more alert"))"] : []
    json.object {
      $0.text("text", line)
      $0.array("blocks", [AlertMessage.escaped(line), (lines + more).joined(separator: "\n")]) { text, json in
        json.object {
          $0.text("type", "section")
          $0.object("text") { inner in
            inner.text("type", "mrkdwn")
            inner.text("text", String(text.prefix(2_900)))
          }
        }
      }
      $0.object("metadata") { meta in
        meta.text("event_type", "plumb_alert")
        meta.object("event_payload") { $0.text("id", id) }
      }
    }
    return json.text
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      default: out.append(character)
      }
    }
    return out
  }

  /// The body for Alertmanager's `POST /api/v2/alerts`.
  ///
  /// - Parameter expires: when what still fires is over unless it is sent again.
  static func alertmanager(_ alerts: [MessageAlert], expires: Int64) -> String {
    var json = OneLineJSON()
    json.array(alerts) { alert, json in
      json.object {
        parts(alert, .firing, &$0)
        $0.text("endsAt", DateTime.text(alert.ended ?? expires))
      }
    }
    return json.text
  }

  private static func parts(_ alert: MessageAlert, _ state: State, _ json: inout OneLineJSON.Object) {
    json.object("labels") { labels in
      labels.text("alertname", alert.rule)
      labels.text("severity", alert.severity.rawValue)
      if state == .trouble { labels.text("trouble", "true") }
      for (name, value) in alert.labels where !value.isEmpty { labels.text(labelName(name), value) }
    }
    json.object("annotations") { notes in
      notes.text("summary", alert.says)
      if !alert.runbook.isEmpty { notes.text("runbook_url", alert.runbook) }
    }
    json.text("startsAt", DateTime.text(alert.began))
    json.text("generatorURL", "")
  }

  /// A label's name as Prometheus allows it.
  private static func labelName(_ name: String) -> String {
    let text = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    return text.first?.isNumber ?? true ? "_\(text)" : ["alertname", "severity"].contains(text) ? "row_\(text)" : text
  }
}

/// JSON on one line.
struct OneLineJSON {
  private var out = ByteBuffer()

  var text: String { out.string }

  /// The members of an object that is being written.
  struct Object {
    fileprivate var line: OneLineJSON
    private var isFirst = true

    fileprivate init(_ line: OneLineJSON) { self.line = line }

    fileprivate mutating func name(_ name: String) {
      if !isFirst { line.out.append("," as StaticString) }
      isFirst = false
      name.withUTF8Bytes { JSONText.printString($0, to: &line.out) }
      line.out.append(":" as StaticString)
    }

    mutating func text(_ name: String, _ value: String) {
      self.name(name)
      value.withUTF8Bytes { JSONText.printString($0, to: &line.out) }
    }

    mutating func raw(_ name: String, _ value: String) {
      self.name(name)
      line.out.append(value.isEmpty ? "null" : value)
    }

    mutating func object(_ name: String, _ body: (inout Object) -> Void) {
      self.name(name)
      line.object(body)
    }

    mutating func array<Element>(_ name: String, _ elements: [Element], _ body: (Element, inout OneLineJSON) -> Void) {
      self.name(name)
      line.array(elements, body)
    }
  }

  mutating func object(_ body: (inout Object) -> Void) {
    out.append("{" as StaticString)
    var object = Object(self)
    body(&object)
    self = object.line
    out.append("}" as StaticString)
  }

  mutating func array<Element>(_ elements: [Element], _ body: (Element, inout OneLineJSON) -> Void) {
    out.append("[" as StaticString)
    for (index, element) in elements.enumerated() {
      if index > 0 { out.append("," as StaticString) }
      body(element, &self)
    }
    out.append("]" as StaticString)
  }
}
