import PlumbEngine

/// Answers of Airflow's REST API and of its command line.
struct AirflowSource: TelemetrySource {
  let name = "airflow"

  static let answer = TelemetryForm(title: "Airflow", unit: "record") { try $0.readAirflow($1) }

  func form(of value: DynamicCursor, isStated: Bool) -> TelemetryForm? {
    AirflowRecord.isAnswer(value) ? Self.answer : nil
  }

  func form(byWordsIn text: Bytes, fileName: String) -> TelemetryForm? {
    let isAnswer = text.holds("\"task_instances\"") || text.holds("\"dag_runs\"")
      || text.holds("\"dag_id\"") && text.holds("\"state\"")
    return isAnswer ? Self.answer : nil
  }
}
