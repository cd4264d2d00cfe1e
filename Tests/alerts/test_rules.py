"""Rules as files and commands: diagnostics, unit tests, import and export, suggestions and the audit."""
import os, unittest

from alerting import Folder

LATE = """// alert: late  severity: high  every: 5m  for: 10m  keep: 10m
// key: pipeline
// says: {pipeline} succeeded last {age} ago
runs | where status == "succeeded" | summarize last = max(ended) by pipeline | extend age = now() - last | where age > 30m
"""
TEST = """let runs = datatable(pipeline: string, started: datetime, ended: datetime, status: string) [
  "a", datetime(2026-01-01T10:00), datetime(2026-01-01T10:04), "succeeded",
  "a", datetime(2026-01-01T11:00), datetime(2026-01-01T11:01), "succeeded",
  "b", datetime(2026-01-01T10:00), datetime(2026-01-01T10:01), "succeeded",
];
// expect 2026-01-01T10:30: ok
// expect 2026-01-01T10:35: pending a, b
// expect 2026-01-01T10:45: firing a, b
// expect 2026-01-01T11:05: firing b; recovering a
// expect 2026-01-01T11:15: firing b
"""
SENTINEL = """id: 0f4d
name: Too many failures
severity: High
query: |
  runs
  | where ended > ago(1h) and status == "failed"
  | summarize n = count() by pipeline
queryFrequency: PT1H
triggerOperator: gt
triggerThreshold: 0
entityMappings:
  - entityType: Host
    fieldMappings:
      - identifier: FullName
        columnName: pipeline
alertDetailsOverride:
  alertDisplayNameFormat: "{{pipeline}} failed {{n}} times"
"""
PROMETHEUS = """groups:
- name: feeds
  interval: 1m
  rules:
  - alert: FeedLate
    expr: runs | summarize last = max(ended) by pipeline | where now() - last > 2h
    for: 10m
    labels: {severity: critical}
    annotations: {summary: "{{ $labels.pipeline }} is late", runbook_url: "https://wiki/late"}
"""


# Rules with what people put into them; for each, the notes that are expected, as line and words.
ODD = [
    ("""id: 12345678-aaaa-bbbb-cccc-1234567890ab
name: "Feed: much later / than usual (EU)"
description: |
  'Feeds that end late'
kind: Scheduled
status: Available
severity: Urgent
requiredDataConnectors:
  - connectorId: Pipelines
    dataTypes: [Runs]
tactics: [Impact]
relevantTechniques: [T1499]
version: 1.0.3
queryFrequency: P1D
queryPeriod: 14d
triggerOperator: gt
triggerThreshold: 0
suppressionDuration: 5h
eventGroupingSettings: {aggregationKind: AlertPerResult}
customDetails: {Late: late}
incidentConfiguration: {createIncident: true}
alertDetailsOverride:
  alertDisplayNameFormat: "{{pipeline}} is late"
  alertSeverityColumnName: severity
mysteryKey: 42
query: "runs | where ended > ago(1d) | summarize late = max(ended) by pipeline"
""", {"severity: Urgent": "`urgent` is unknown", "queryPeriod": "the query itself says", "suppressionDuration": "`repeat`", "eventGrouping": "`group: cause`",
      "customDetails": "customDetails", "incidentConfiguration": "incidentConfiguration", "alertSeverityColumnName": "`alertDetailsOverride` has",
      "mysteryKey": "`mysteryKey`, which was not imported"}),
    ("""- name: first
  kind: NRT
  severity: Low
  query: errors | project pipeline, code
- name: second
  query: |
    runs
    | where status == "failed"
  queryFrequency: 1h30m
""", {"kind: NRT": "every 5m"}),
    ("""apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: pipelines}
spec:
  groups:
  - name: g
    limit: 5
    rules:
    - record: job:rate
      expr: sum(rate(x[5m]))
    - alert: FailedRuns
      expr: runs | where status == "failed" | project pipeline
      for: 1h30m
      labels: {severity: page, team: data}
      annotations: {summary: "{{ $labels.pipeline }}", description: "see there", dashboard: "https://d"}
""", {"limit": "100,000 rows", "record:": "is not an alert", "labels:": "`team`", "annotations:": "`dashboard`"}),
]


class RuleTests(Folder):
    def test_headers_are_diagnosed(self):
        wrong = [("sevrity: high", "unknown-key", "did you mean `severity`"), ("severity: terrible", "bad-value", "critical"),
                 ("every: soon", "bad-value", "timespan"), ("for: 5m  of: 3/5", "key-clash", "for"), ("of: 6/5", "bad-value", "3/5"),
                 ("key: nothing", "unknown-column", "nothing"), ("says: {nothing}", "unknown-column", "nothing"),
                 ("to: pigeon", "unknown-target", "slack"), ("severity: low  severity: high", "repeated-key", "twice")]
        for header, code, words in wrong:
            self.write("rule.kql", f"// alert: x\n// {header}\nruns | project pipeline\n")
            result = self.plumb("alert", "check", "rule.kql")
            self.assertEqual(result.status, 1, header)
            self.assertIn(f"error[{code}]", result.messages, header)
            self.assertIn(words, result.messages, header)
        self.write("rule.kql", "runs | project pipeline\n")
        self.assertIn("no-header", self.plumb("alert", "check", "rule.kql").messages)
        self.write("rule.kql", "// alert: x\nruns | where nothing > 1\n")
        self.assertIn("rule.kql:2:14", self.plumb("alert", "check", "rule.kql").messages)
        self.assertEqual(self.plumb("alert", "check", "missing.kql").status, 1)

    def test_unit_tests(self):
        self.write("rules/late.kql", LATE)
        self.write("rules/late.test.kql", TEST)
        result = self.plumb("alert", "check", "rules")
        self.assertEqual((result.status, "1 test run" in result.messages), (0, True), result)
        # Every expectation matters.
        for line, other in [("10:30: ok", "10:30: firing a"), ("pending a, b", "pending a"), ("recovering a", "pending a"), ("11:15: firing b", "11:15: ok")]:
            self.write("rules/late.test.kql", TEST.replace(line, other))
            result = self.plumb("alert", "check", "rules/late.kql")
            self.assertEqual(result.status, 1, other)
            self.assertIn("unexpected-state", result.messages)
        self.write("rules/late.test.kql", "let runs = datatable(pipeline: string) [];\n")
        self.assertIn("no-expectation", self.plumb("alert", "check", "rules").messages)

    def test_commands(self):
        self.command("w.plumb", '.create table t (name: string, n: long)')
        self.command("w.plumb", '.create alert x with (severity = "high", every = 10m, for = 20m, key = "name", says = "{name}: {n}") <| t | where n > 1')
        rows = self.query("w.plumb", '.show alerts | where origin == "workspace"')
        self.assertEqual([(row["name"], row["severity"], row["when"]) for row in rows], [("x", "high", "for 20m")])
        self.command("w.plumb", '.alter alert x with (severity = "low") <| t | where n > 2')
        text = self.command("w.plumb", ".show alert x")
        self.assertIn("// severity: low", text)
        self.assertIn("t | where n > 2", text)
        self.assertIn("// for: 20m", text)
        self.assertEqual(self.plumb("query", "w.plumb", "-c", ".create alert x <| t").status, 1)
        self.command("w.plumb", ".drop alert x")
        self.assertEqual(self.query("w.plumb", '.show alerts | where origin == "workspace"'), [])

    def test_ten_rules_ship(self):
        self.command("w.plumb", ".set numbers <| print n = 1")
        shipped = self.query("w.plumb", '.show alerts | where origin == "shipped"')
        self.assertEqual(len(shipped), 10)
        for row in shipped:
            self.assertIn(f"// alert: {row['name']}", self.command("w.plumb", f".show alert {row['name']}"))

    def test_import_and_export(self):
        self.write("s.yaml", SENTINEL)
        self.write("p.yaml", PROMETHEUS)
        result = self.plumb("alert", "import", "s.yaml", "p.yaml", "--into", "rules")
        self.assertEqual(result.status, 0, result)
        self.assertEqual(self.plumb("alert", "check", "rules").status, 0)
        with open(self.path("rules/too-many-failures.kql")) as file:
            text = file.read()
        for line in ("// severity: high", "// every: 1h", "// key: pipeline", "// says: {pipeline} failed {n} times"):
            self.assertIn(line, text)
        with open(self.path("rules/feedlate.kql")) as file:
            text = file.read()
        for line in ("// severity: critical", "// every: 1m", "// for: 10m", "// runbook: https://wiki/late"):
            self.assertIn(line, text)
        # What is exported can be imported.
        yaml = self.plumb("alert", "export", "rules/too-many-failures.kql").out
        self.write("again.yaml", yaml)
        again = self.plumb("alert", "import", "again.yaml").out
        with open(self.path("rules/too-many-failures.kql")) as file:
            self.assertEqual(again.strip(), file.read().strip())
        self.assertEqual(self.plumb("alert", "import", "s.yaml", "w.plumb").status, 0)
        self.assertEqual(len(self.query("w.plumb", '.show alerts | where origin == "workspace"')), 1)
        for text, code in [("alert: x\nexpr: rate(errors[5m]) > 1\n", "not-kql"), ("a: [1\n", "bad-yaml"), ("a: 1\n", "no-rules"),
                           ("alert: x\n", "no-field"), (SENTINEL.replace("PT1H", "sometimes"), "bad-value")]:
            self.write("bad.yaml", text)
            result = self.plumb("alert", "import", "bad.yaml")
            self.assertEqual(result.status, 1, text)
            self.assertIn(f"error[{code}]", result.messages)

    def test_threshold_counts_rows(self):
        self.write("s.yaml", SENTINEL.replace("triggerThreshold: 0", "triggerThreshold: 5"))
        self.assertIn("| summarize rows = count()\n| where rows > 5", self.plumb("alert", "import", "s.yaml").out)

    def test_what_was_not_imported_is_noted(self):
        for number, (text, expected) in enumerate(ODD):
            self.write("odd.yaml", text)
            result = self.plumb("alert", "import", "odd.yaml", "--into", f"odd{number}")
            self.assertEqual(result.status, 0, result)
            lines = text.splitlines()
            notes = [line.split(":", 3)[2:] for line in result.messages.splitlines() if line.startswith("note: ")]
            for key, words in expected.items():
                found = [note for line, note in notes if key in lines[int(line) - 1] and words in note]
                self.assertEqual(len(found), 1, (key, result))
            self.assertGreaterEqual(len(notes), len(expected))
            # What was written is a rule, and an export of it comes back as the same.
            self.assertEqual(self.plumb("alert", "check", f"odd{number}").status, 0)
            for name in os.listdir(self.path(f"odd{number}")):
                exported = self.plumb("alert", "export", f"odd{number}/{name}")
                self.write("back.yaml", exported.out)
                back = self.plumb("alert", "import", "back.yaml", "--into", f"back{number}")
                self.assertEqual(back.status, 0, (exported, back))
                with open(self.path(f"odd{number}/{name}")) as first, open(self.path(f"back{number}/{name}")) as second:
                    kept = [[line for line in file if not line.startswith(("// for:", "// runbook:", "// severity:"))] for file in (first, second)]
                    self.assertEqual(kept[0], kept[1], exported)

    def test_what_an_incident_explains(self):
        """A healed run does not count, nor does an incident that affected nothing; a vendor's outage explains alerts of what it affected."""
        self.write("failing.kql", "// alert: failing  every: 5m  nodata: ok\nruns | where status == 'failed' and ended > ago(10m) | distinct pipeline\n")
        self.command("w.plumb", '.set pipelines <| datatable(name: string, source: string, region: string) ["a", "S", "north", "b", "S", "north", '
                     '"c", "S", "south", "d", "T", "north"]')
        self.command("w.plumb", '.set edges <| datatable(upstream: string, downstream: string) ["d", "a"]')

        def run(pipeline, started, minutes, status, attempt):
            return f'"{pipeline}", ago({started}m), ago({started - minutes}m), "{status}", {attempt}'

        def score(cause, affected, *failed, healed=False):
            rows = [run("a", at, 5, "succeeded", 1) for at in range(1000, 1400, 20)] + [run("a", 600, 5, "failed", 1), run("a", 590, 5, "failed", 2)]
            rows.append(run("a", 580, 5, "succeeded" if healed else "failed", 3))
            rows += [run(name, 560, 5, "failed", 1) for name in failed]
            self.command("w.plumb", ".set-or-replace runs <| datatable(pipeline: string, started: datetime, ended: datetime, status: string, attempt: long) "
                         f"[{', '.join(rows)}]")
            self.command("w.plumb", ".set-or-replace incidents <| print id = 'I', pipeline = 'a', cause = '" + cause
                         + f"', began = ago(605m), ended = ago(500m), affected = long({affected})")
            row = self.plumb("alert", "test", "failing.kql", "w.plumb", "--over", "1d", "--format", "json").json()[0]
            return row["incidents"], row["recall"], row["precision"]

        self.assertEqual(score("bad-deployment", 1), (1, 1.0, 1.0))
        self.assertEqual(score("bad-deployment", 1, healed=True)[0], 0)
        self.assertEqual(score("bad-deployment", 0)[0], 0)
        self.assertEqual(score("bad-deployment", "null")[0], 1)
        # Alone, each of these alerts has one message, and so has that of `a`.
        for cause, affected, name, precision in [
            ("vendor-outage", 2, "b", 1.0), ("vendor-outage", 1, "b", 0.5), ("vendor-outage", 2, "c", 0.5), ("expired-credentials", 2, "b", 1.0),
            ("bad-deployment", 2, "b", 0.5), ("downstream-backpressure", 2, "d", 1.0), ("downstream-backpressure", 1, "d", 0.5),
        ]:
            self.assertEqual(score(cause, affected, name), (1, 1.0, precision), (cause, affected, name))

    def test_suggestions_by_hour_of_the_week(self):
        """Where the hours of the week differ, each may have a threshold of its own, and a night's peak is one."""
        rule = "// alert: busy  every: 1h\n// key: name\nusage\n| where at > ago(1h)\n| summarize n = max(n) by name\n| where n > 5000\n"
        self.write("busy.kql", rule)
        usual = "iff(dayofweek(at) / 1d between (1 .. 5) and hourofday(at) between (8 .. 17), 1000, 100)"
        for usage, has_hours in ((usual, True), ("500", False)):
            self.command(
                "w.plumb", f".set-or-replace usage <| range at from datetime(2026-03-01) to datetime(2026-03-29) step 1h | extend name = 'api', "
                f"n = tolong(iff(at == datetime(2026-03-25 03:00), 600, {usage} + hash(at, 40)))")
            result = self.plumb("alert", "suggest", "busy.kql", "w.plumb", "--over", "26d", "--now", "2026-03-29", "--budget", "6 a week", "--format", "json")
            self.assertEqual(result.status, 0, result)
            rows = result.json()
            hourly = [row for row in rows if row["form"] == "per hour"]
            self.assertEqual(len(hourly) > 0, has_hours, rows)
            for row in hourly:
                low, high = [int(text) for text in row["threshold"].split(" to ")]
                self.assertGreater(high, low + 800, row)
            for row in rows:
                if row["suggested"]:
                    self.write("best.kql", rule[:rule.index("usage")] + row["kql"] + "\n")
                    tested = self.plumb("alert", "test", "best.kql", "w.plumb", "--over", "26d", "--now", "2026-03-29", "--format", "json").json()
                    self.assertEqual(tested[0]["alarms"], row["alarms"], (row, tested))
            if has_hours:
                best = [row for row in rows if row["suggested"]][0]
                self.assertEqual(best["form"], "per hour", rows)
                # It fires on the peak at night, which is far below what is usual by day.
                alarms = self.plumb("alert", "test", "best.kql", "w.plumb", "--over", "26d", "--now", "2026-03-29", "--instances", "--format", "json").json()
                self.assertTrue(any(alarm["began"].startswith("2026-03-25T0") for alarm in alarms), alarms)

    def test_suggest_and_audit(self):
        self.plumb("simulate", "--pipelines", "12", "--days", "3", "--into", "w.plumb")
        self.write("rules/late.kql", LATE)
        self.write("rules/again.kql", LATE.replace("alert: late", "alert: again"))
        self.write("rules/never.kql", "// alert: never  every: 1h\nruns | where duration > 300d | project pipeline\n")
        result = self.plumb("alert", "suggest", "rules/late.kql", "w.plumb", "--over", "1d", "--budget", "3 a day", "--format", "json")
        self.assertEqual(result.status, 0, result)
        rows = result.json()
        self.assertEqual(rows[0]["form"], "own")
        best = [row for row in rows if row["suggested"]]
        self.assertLessEqual(len(best), 1)
        for row in best:
            self.assertLessEqual(row["per_week"], 21)
            # The query that is shown is a rule that gives these alarms.
            self.write("best.kql", LATE[:LATE.index("runs |")] + row["kql"] + "\n")
            tested = self.plumb("alert", "test", "best.kql", "w.plumb", "--over", "1d", "--format", "json")
            self.assertEqual(tested.json()[0]["alarms"], row["alarms"], tested)
        self.assertEqual(self.plumb("alert", "suggest", "rules/late.kql", "--budget", "some").status, 2)
        self.write("plain.kql", "// alert: plain\nruns | project pipeline\n")
        self.assertIn("no-threshold", self.plumb("alert", "suggest", "plain.kql", "w.plumb").messages)
        found = self.plumb("alert", "audit", "rules", "w.plumb", "--over", "1d", "--format", "json").json()
        findings = {(row["finding"], row["rule"], row["other"]) for row in found}
        self.assertIn(("never fired", "never", ""), findings)
        self.assertIn(("fire together", "late", "again"), {(a, b, c) for a, b, c in findings} | {(a, c, b) for a, b, c in findings})


if __name__ == "__main__":
    unittest.main()
