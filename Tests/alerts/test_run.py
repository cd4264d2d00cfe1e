"""`plumb alert run`: states over several runs, exit statuses, targets, silences."""
import http.server, json, os, stat, threading, unittest

from alerting import Folder

RULE = """// alert: big  severity: high  every: 5m  keep: 0s
// key: name
// says: {name} has {n}
numbers | where n > 10
"""


class Receiver:
    """A server that records what is posted, and answers with the given statuses in turn, then with 200.

    The answer to the post number `hold_at` waits for `go_on`.
    """

    def __init__(self, *statuses, hold_at=0):
        self.bodies, self.headers, self.statuses = [], [], list(statuses)
        self.reached, self.go_on = threading.Event(), threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.bodies.append(json.loads(body))
                receiver.headers.append(dict(self.headers))
                if len(receiver.bodies) == hold_at:
                    receiver.reached.set()
                    receiver.go_on.wait(30)
                    return
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", self.path + "moved")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class RunTests(Folder):
    def setUp(self):
        super().setUp()
        self.write("rules/big.kql", RULE)
        self.command("w.plumb", ".create table numbers (name: string, n: long)")

    def numbers(self, **values):
        rows = ", ".join(f'"{name}", {n}' for name, n in values.items())
        self.command("w.plumb", f".set-or-replace numbers <| datatable(name: string, n: long) [{rows}]")

    def run_once(self, *arguments, **environment):
        return self.plumb("alert", "run", "--once", "rules", "w.plumb", *arguments, **environment)

    def test_exit_statuses(self):
        self.numbers(a=1)
        self.assertEqual(self.run_once().status, 0)
        self.numbers(a=11, b=12)
        first = self.run_once()
        self.assertEqual((first.status, sorted(first.out.splitlines())), (3, ["FIRING high big: a has 11", "FIRING high big: b has 12"]), first)
        again = self.run_once()
        self.assertEqual((again.status, again.out), (3, ""), again)
        self.assertEqual(self.run_once("--fail-on", "critical").status, 0)
        self.assertEqual(self.run_once("--fail-on", "terrible").status, 2)
        self.assertEqual(self.run_once("--to", "pigeon").status, 2)
        self.assertEqual(self.run_once("--to", "webhook").status, 2)
        self.numbers(a=1, b=12)
        over = self.run_once()
        self.assertEqual((over.status, over.out), (3, "RESOLVED high big: a has 11\n"), over)
        self.command("w.plumb", ".drop table numbers")
        broken = self.run_once()
        self.assertEqual(broken.status, 1, broken)
        self.assertIn("TROUBLE", broken.out)
        self.assertIn("numbers", broken.messages)
        # It is reported once, and what fired still fires.
        self.assertEqual(self.run_once().out, "")
        rows = self.query("w.plumb", 'alert_states | where isnull(until) | project key, state | sort by key asc')
        self.assertEqual([(row["key"], row["state"]) for row in rows], [("", "unknown"), ("b", "firing")])

    def test_a_workspace_that_does_not_exist(self):
        for words in (["run", "--once"], ["run"], ["check"], ["test", "--all"], ["audit"]):
            refused = self.plumb("alert", *words, "rules", "wrok.plumb")
            self.assertEqual((refused.status, refused.out), (1, ""), (words, refused))
            self.assertIn("cannot open `wrok.plumb`", refused.messages)
            self.assertFalse(os.path.exists(self.path("wrok.plumb")), words)

    def test_killed_while_it_delivers(self):
        """What was not delivered comes again, and what was delivered does not come forever."""
        for held in (1, 2, 3):
            # A folder of its own.
            self.tearDown()
            self.setUp()
            self.numbers(a=11, b=12, c=13)
            receiver = Receiver(hold_at=held)
            try:
                process = self.start("alert", "run", "--once", "rules", "w.plumb", "--to", "webhook", PLUMB_ALERT_WEBHOOK=receiver.url)
                self.assertTrue(receiver.reached.wait(30))
                process.kill()
                process.wait()
                receiver.go_on.set()
                again = self.run_once("--to", "webhook", PLUMB_ALERT_WEBHOOK=receiver.url)
                self.assertEqual(again.status, 3, again)
                seen = [alert["labels"]["name"] for body in receiver.bodies for alert in body["alerts"]]
                self.assertEqual(set(seen), {"a", "b", "c"}, held)
                # At most what the first process had sent comes again.
                self.assertLessEqual(len(seen), 3 + held, held)
                count = len(receiver.bodies)
                self.assertEqual(self.run_once("--to", "webhook", PLUMB_ALERT_WEBHOOK=receiver.url).status, 3)
                self.assertEqual(len(receiver.bodies), count, held)
                self.assertEqual([row["status"] for row in self.query("w.plumb", "notifications")], ["sent"] * 3, held)
            finally:
                receiver.go_on.set()
                receiver.close()

    def test_names_in_a_file_and_in_the_workspace(self):
        self.numbers(a=1)
        self.command("w.plumb", ".create alert big <| numbers | where n > 10")
        result = self.run_once()
        self.assertEqual(result.status, 1, result)
        self.assertIn("repeated-rule", result.messages)

    def test_states_and_notifications_are_tables(self):
        self.numbers(a=11)
        self.run_once()
        states = self.query("w.plumb", "alert_states")
        self.assertEqual([(row["rule"], row["key"], row["state"], row["evidence"]) for row in states],
                         [("big", "a", "firing", {"name": "a", "n": 11})])
        self.assertEqual([row["status"] for row in self.query("w.plumb", "notifications")], ["sent"])
        self.assertEqual([(row["origin"], row["rule"], row["pipeline"]) for row in self.query("w.plumb", "alerts")], [("rule", "big", "a")])

    def test_file_and_command(self):
        self.numbers(a=11)
        script = self.write("receive.sh", "#!/bin/sh\ncat > got.json; echo $PLUMB_ALERT_ID > got.id\n")
        os.chmod(script, stat.S_IRWXU)
        result = self.run_once("--to", "file:log", "--to", "command:mail", PLUMB_ALERT_FILE_LOG="out.jsonl", PLUMB_ALERT_MAIL="./receive.sh")
        self.assertEqual(result.status, 3, result)
        with open(self.path("out.jsonl")) as file:
            line = json.loads(file.read())
        with open(self.path("got.json")) as file:
            received = json.load(file)
        self.assertEqual(received, line)
        self.assertEqual((line["version"], line["status"], line["alerts"][0]["labels"]["name"]), ("4", "firing", "a"))
        with open(self.path("got.id")) as file:
            self.assertEqual(file.read().strip(), line["eventId"])

    def test_webhook_is_tried_again(self):
        self.numbers(a=11)
        receiver = Receiver(503, 429)
        try:
            result = self.run_once("--to", "webhook", PLUMB_ALERT_WEBHOOK=receiver.url, PLUMB_ALERT_WEBHOOK_TOKEN="s3cret")
            self.assertEqual(result.status, 3, result)
            self.assertEqual(len(receiver.bodies), 3)
            self.assertEqual(len({body["eventId"] for body in receiver.bodies}), 1)
            self.assertEqual(receiver.headers[0]["Authorization"], "Bearer s3cret")
            self.assertNotIn("s3cret", json.dumps(self.query("w.plumb", "notifications")))
        finally:
            receiver.close()

    def test_what_has_not_arrived_waits(self):
        self.numbers(a=11)
        receiver = Receiver()
        address = receiver.url
        receiver.close()
        result = self.run_once("--to", "webhook", PLUMB_ALERT_WEBHOOK=address)
        self.assertEqual(result.status, 1, result)
        waiting = self.query("w.plumb", "notifications")
        self.assertEqual([row["status"] for row in waiting], ["waiting"])
        # The wait ends by the machine's clock, so the row is made due.
        self.command("w.plumb", ".set-or-replace notifications <| notifications | extend next = datetime(null)")
        receiver = Receiver()
        try:
            result = self.run_once("--to", "webhook", PLUMB_ALERT_WEBHOOK=receiver.url)
            self.assertEqual([body["eventId"] for body in receiver.bodies], [waiting[0]["id"]], result)
        finally:
            receiver.close()
        self.assertEqual([row["status"] for row in self.query("w.plumb", "notifications")], ["sent"])

    def test_redirects_are_not_followed(self):
        self.numbers(a=11)
        receiver = Receiver(302)
        try:
            result = self.run_once("--to", "slack", PLUMB_ALERT_SLACK=receiver.url)
            self.assertEqual(result.status, 1, result)
            self.assertEqual(len(receiver.bodies), 1)
            self.assertEqual(receiver.bodies[0]["text"], "FIRING high big: a has 11")
            self.assertIn("redirects", result.messages)
        finally:
            receiver.close()

    def test_silences(self):
        self.numbers(a=11, b=12)
        self.command("w.plumb", '.create-or-alter alert other <| numbers | where n > 10')
        os.remove(self.path("rules/big.kql"))
        self.write("rules/none.kql", RULE.replace("big", "never").replace("> 10", "> 1000"))
        self.command("w.plumb", '.silence other where name == "a" until now() + 1h because "known"')
        result = self.run_once()
        self.assertEqual(result.out, "FIRING medium other: other: b\n", result)
        self.assertEqual(sorted(row["status"] for row in self.query("w.plumb", "notifications")), ["sent", "silenced"])
        self.command("w.plumb", ".drop silence 1")
        self.assertEqual(self.run_once().out, "FIRING medium other: other: a\n")
        # A rule in a folder is known by its states.
        self.write("rules/none.kql", RULE.replace("big", "never"))
        self.run_once()
        self.command("w.plumb", '.silence never where name == "a" until now() + 1h because "known"')
        for text in ('.silence other until now() + 1h', '.silence other because "x"', '.silence other until ago(1h) because "x"',
                     '.silence other until now() + 1h because " "', '.silence nothing until now() + 1h because "x"',
                     '.silence other where nam == "a" until now() + 1h because "x"'):
            self.assertEqual(self.plumb("query", "w.plumb", "-c", text).status, 1, text)

    def test_messages_by_cause(self):
        """Alerts that `why` leads to the same origin are one message, and what follows while it is reported is quiet."""
        def runs(pipeline, minutes, status, error=""):
            return ", ".join(
                f'"{pipeline}-{at}", "{pipeline}", ago({at}m), ago({at - 2}m), "{status}", 1, 2m, "{"" if status == "succeeded" else "dependency" if error else "auth"}", '
                f'"{error or ("" if status == "succeeded" else "HTTP 401: token expired")}"' for at in minutes)

        # The lineage has one more pipeline, whose alerts have another cause.
        well = range(130, 1500, 20)
        late = "Upstream data is older than allowed"
        rows = [runs(name, well, "succeeded") for name in "abcd"]
        rows += [runs("a", range(10, 130, 20), "failed"), runs("b", range(8, 60, 20), "failed", late), runs("d", range(9, 60, 20), "failed")]
        self.command("w.plumb", ".set runs <| datatable(run_id: string, pipeline: string, started: datetime, ended: datetime, status: string, "
                     f"attempt: long, duration: timespan, error_category: string, error: string) [{', '.join(rows)}]")
        self.command("w.plumb", '.set edges <| datatable(upstream: string, downstream: string) ["a", "b", "a", "c", "d", "c"]')
        self.write("rules/big.kql", '// alert: failing  every: 5m  group: cause  nodata: ok\nruns | summarize arg_max(ended, status) by pipeline '
                   '| where status == "failed" | project pipeline\n')
        first = self.run_once()
        self.assertEqual(first.status, 3, first)
        self.assertEqual(sorted(first.out.splitlines()),
                         ["FIRING medium failing: a: 1 cause, 2 pipelines: failing: a", "FIRING medium failing: failing: d"], first)
        for name in "ab":
            self.assertEqual(self.query("w.plumb", f'why "{name}" | take 1')[0]["origin"], "a")
        # What fails now for want of the same data is quiet, and its row says why.
        self.command("w.plumb", f".append runs <| print run_id = 'c', pipeline = 'c', started = ago(5m), ended = ago(3m), status = 'failed', attempt = 1, "
                     f"duration = 2m, error_category = 'dependency', error = '{late}'")
        second = self.run_once()
        self.assertEqual((second.status, second.out), (3, ""), second)
        told = {row["key"]: (row["status"], row["cause"]) for row in self.query("w.plumb", "notifications")}
        self.assertEqual({key: told[key] for key in "abd"}, {"a": ("sent", "a"), "b": ("folded", "a"), "d": ("sent", "d")})
        self.assertEqual(told["c"][0], "folded")
        self.assertIn(told["c"][1], ("a", "d"))

    def test_baselines_are_stored_with_their_age(self):
        self.assertEqual(self.plumb("simulate", "--pipelines", "12", "--days", "3", "--seed", "4", "--into", "s.plumb").status, 0)
        arguments = ["alert", "run", "--once", "--timing", "s.plumb"]
        self.assertIn("; the baselines are 00:00:00 old", self.plumb(*arguments).messages)
        self.command("s.plumb", ".advance 30m")
        self.assertIn("; the baselines are 00:30:00 old", self.plumb(*arguments).messages)
        ages = {row["name"]: row["baselines"] for row in self.query("s.plumb", ".show alerts")}
        self.assertEqual((ages["late-feed"], ages["failure-burst"]), ("00:30:00", None))
        stored = self.query("s.plumb", "alert_baselines | summarize pipelines = count(), made = max(made), computed = max(computed)")[0]
        self.assertEqual(stored["pipelines"], 12)
        self.assertTrue(stored["made"].endswith("T00:00:00.0000000Z"), stored)
        # A day later there are others.
        self.command("s.plumb", ".advance 24h")
        self.assertIn("; the baselines are 00:00:00 old", self.plumb(*arguments).messages)

    def test_notifications_of_an_earlier_version(self):
        self.numbers(a=11)
        self.run_once()
        self.command("w.plumb", ".set-or-replace notifications <| notifications | project-away cause")
        self.numbers(a=11, b=12)
        self.assertEqual(self.run_once().out, "FIRING high big: b has 12\n")

    def test_for_and_of_over_runs(self):
        self.write("rules/big.kql", RULE.replace("keep: 0s", "of: 2/3"))
        states = []
        for n in (11, 1, 11, 11, 1, 1):
            self.numbers(a=n)
            self.run_once()
            rows = self.query("w.plumb", 'alert_states | where isnull(until) and state != "ok"')
            states.append(rows[0]["state"] if rows else "ok")
        self.assertEqual(states, ["pending", "ok", "firing", "firing", "firing", "ok"])

    def test_old_tables_are_unknown(self):
        self.write("rules/big.kql", "// alert: late  every: 1m  nodata: 1h\n// key: name\nevents | where n > 10\n")
        self.command("w.plumb", '.set events <| print at = ago(2h), name = "a", n = 11')
        result = self.run_once()
        self.assertEqual(result.status, 0, result)
        self.assertIn("the newest row of `events`", result.out)
        self.write("rules/big.kql", "// alert: late  every: 1m  nodata: ok\n// key: name\nevents | where n > 10\n")
        self.assertEqual(self.run_once().status, 3)


if __name__ == "__main__":
    unittest.main()
