import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// A row of `alert_states`: a state of an instance, from its beginning to its end.
struct StateRow: Sendable {
  var rule: String
  var key: String
  var state: AlertState
  var since: Int64
  var until: Int64?
  var fired: Int64?
  var severity: String
  var pipeline: String
  var says: String
  var recent: String
  var evidence: Dynamic

  var values: [Value] {
    [
      .string(rule), .string(key), .string(state.rawValue), .datetime(since), .moment(until), .moment(fired), .string(severity),
      .string(pipeline), .string(says), .string(recent), .dynamic(evidence),
    ]
  }
}

extension StateRow {
  init(_ row: [Value]) {
    rule = row[0].string
    key = row[1].string
    state = AlertState(rawValue: row[2].string) ?? .ok
    since = row[3].number ?? 0
    until = row[4].number
    fired = row[5].number
    severity = row[6].string
    pipeline = row[7].string
    says = row[8].string
    recent = row[9].string
    if case .dynamic(let tree) = row[10] { evidence = tree } else { evidence = .null }
  }
}

/// What became of a message to a target.
enum DeliveryStatus: String, Sendable {
  /// It has not arrived yet.
  case waiting
  case sent
  /// It will not be sent again.
  case failed
  /// A silence applies.
  case silenced
  /// Another message of the same cause contains it.
  case folded
}

/// A row of `notifications`: an alert in a message to a target.
struct NotificationRow: Sendable {
  var id: String
  var at: Int64
  var rule: String
  var key: String
  var state: String
  var severity: String
  var target: String
  var status: DeliveryStatus
  var attempts: Int
  /// When to try again, by the machine's clock.
  var next: Int64?
  var problem: String
  var says: String
  /// The number of alerts in the message.
  var alerts: Int
  /// What is sent.
  var payload: String
  /// To what `why` led when it was sent; empty if the rule does not group by cause.
  var cause: String

  var values: [Value] {
    [
      .string(id), .datetime(at), .string(rule), .string(key), .string(state), .string(severity), .string(target),
      .string(status.rawValue), .long(Int64(attempts)), .moment(next), .string(problem), .string(says), .long(Int64(alerts)),
      .string(payload), .string(cause),
    ]
  }
}

extension NotificationRow {
  init(_ row: [Value]) {
    id = row[0].string
    at = row[1].number ?? 0
    rule = row[2].string
    key = row[3].string
    state = row[4].string
    severity = row[5].string
    target = row[6].string
    status = DeliveryStatus(rawValue: row[7].string) ?? .failed
    attempts = Int(row[8].number ?? 0)
    next = row[9].number
    problem = row[10].string
    says = row[11].string
    alerts = Int(row[12].number ?? 0)
    payload = row[13].string
    cause = row[14].string
  }
}

/// A silence: alerts of a rule that are not sent until a time.
package struct Silence: Sendable {
  package let id: Int64
  package let rule: String
  /// A condition over the rule's columns; empty for all rows.
  package let condition: String
  package let created: Int64
  package let until: Int64
  package let reason: String

  package static func all(in catalog: Catalog) throws -> [Silence] {
    try AlertTables.rows(AlertTables.silences, AlertTables.silencesSchema, in: catalog).map { row in
      Silence(
        id: row[0].number ?? 0, rule: row[1].string, condition: row[2].string, created: row[3].number ?? 0,
        until: row[4].number ?? 0, reason: row[5].string)
    }
  }

  static func table(_ silences: [Silence]) -> Table {
    Table(
      name: AlertTables.silences, schema: AlertTables.silencesSchema,
      rows: silences.map { silence in
        [
          .long(silence.id), .string(silence.rule), .string(silence.condition), .datetime(silence.created),
          .datetime(silence.until), .string(silence.reason),
        ]
      })
  }
}

/// States and notifications of a workspace, read from its tables and written back to them.
struct AlertStore {
  var states: [StateRow]
  var notifications: [NotificationRow]

  init(_ catalog: Catalog) throws {
    states = try AlertTables.rows(AlertTables.states, AlertTables.statesSchema, in: catalog).map { StateRow($0) }
    notifications = try AlertTables.rows(AlertTables.notifications, AlertTables.notificationsSchema, in: catalog)
      .map { NotificationRow($0) }
  }

  /// Forgets what ended more than 90 days ago.
  mutating func forget(before moment: Int64) {
    states.removeAll { $0.until.map { $0 < moment } ?? false }
    notifications.removeAll { $0.at < moment && $0.status != .waiting }
  }

  /// The changes that store everything; made in one transaction.
  var changes: [CatalogChange] {
    [
      .setTable(Table(name: AlertTables.states, schema: AlertTables.statesSchema, rows: states.map(\.values))),
      .setTable(
        Table(name: AlertTables.notifications, schema: AlertTables.notificationsSchema, rows: notifications.map(\.values))),
    ]
  }

  /// The instances of a rule that are not ok.
  func instances(of rule: String) -> [String: Instance] {
    var result: [String: Instance] = [:]
    for row in states where row.rule == rule && row.until == nil && row.state != .unknown {
      result[row.key] = Instance(state: row.state, since: row.since, firedAt: row.fired, recent: row.recent.map { $0 == "1" })
    }
    return result
  }
}
