"""Alertmanager shows exactly what fires, through a simulated day and restarts of either side."""
import json, os, shutil, socket, subprocess, time, unittest, urllib.request

from alerting import PLUMB, Folder

MANAGER = shutil.which("prometheus-alertmanager")
RULE = """// alert: failing  severity: high  every: 15m  keep: 30m
// key: pipeline
runs | where ended > ago(1h) and status == "failed" | summarize n = count() by pipeline | where n >= 2
"""


@unittest.skipUnless(MANAGER, "Debian's prometheus-alertmanager is not installed")
class AlertmanagerTests(Folder):
    def setUp(self):
        super().setUp()
        self.write("am.yml", "route:\n  receiver: none\nreceivers:\n- name: none\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start_manager()

    def tearDown(self):
        self.stop_manager()
        super().tearDown()

    def start_manager(self):
        self.manager = subprocess.Popen(
            [MANAGER, "--config.file", self.path("am.yml"), "--storage.path", self.path("am"), "--web.listen-address", f"127.0.0.1:{self.port}",
             "--cluster.listen-address", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5).read()
                return
            except OSError:
                self.assertLess(time.monotonic(), end)
                time.sleep(0.1)

    def stop_manager(self):
        self.manager.kill()
        self.manager.wait()

    def shown(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v2/alerts", timeout=30) as reply:
            return {(alert["labels"]["alertname"], alert["labels"]["pipeline"]) for alert in json.load(reply)}

    def firing(self):
        # The first round makes the table.
        tables = {row["TableName"] for row in self.query("w.plumb", ".show tables")}
        if "alert_states" not in tables:
            return set()
        rows = self.query("w.plumb", 'alert_states | where isnull(until) and state in ("firing", "recovering") | project rule, key')
        return {(row["rule"], row["key"]) for row in rows}

    def test_a_simulated_day(self):
        self.assertEqual(self.plumb("simulate", "--pipelines", "40", "--days", "2", "--seed", "5", "--into", "w.plumb").status, 0)
        self.write("rules/failing.kql", RULE)
        seen = set()
        steps = 24 if os.environ.get("PLUMB_FULL") else 8
        for step in range(steps):
            self.command("w.plumb", f".advance {24 // steps}h")
            if step % 3 == 1:
                # What was shown before must be shown again.
                self.stop_manager()
                self.start_manager()
            result = self.plumb("alert", "run", "--once", "--to", "alertmanager", "rules", "w.plumb",
                                PLUMB_ALERT_ALERTMANAGER=f"http://127.0.0.1:{self.port}")
            self.assertIn(result.status, (0, 3), result)
            firing = self.firing()
            seen |= firing
            end = time.monotonic() + 10
            while self.shown() != firing and time.monotonic() < end:
                time.sleep(0.2)
            self.assertEqual(self.shown(), firing, step)
        self.assertGreater(len(seen), 1)

    def test_either_side_is_killed(self):
        """Rules are evaluated continuously while a day passes; either side is killed and started again."""
        self.assertEqual(self.plumb("simulate", "--pipelines", "40", "--days", "2", "--seed", "6", "--into", "w.plumb").status, 0)
        self.write("rules/failing.kql", RULE.replace("15m  keep: 30m", "1s"))
        query = RULE.splitlines()[-1] + " | project pipeline"

        def begin():
            return self.start("alert", "run", "--quiet", "--to", "alertmanager", "--to", "file", "rules", "w.plumb", PLUMB_ALERT_FILE=self.path("log"),
                              PLUMB_ALERT_ALERTMANAGER=f"http://127.0.0.1:{self.port}")

        process, kills, seen = begin(), 0, set()
        try:
            for step in range(6):
                self.command("w.plumb", ".advance 4h")
                if step in (1, 4):
                    self.stop_manager()
                    self.start_manager()
                if step in (2, 3):
                    process.kill()
                    process.wait()
                    kills += 1
                    process = begin()
                expected = {("failing", row["pipeline"]) for row in self.query("w.plumb", query)}
                seen |= {(step, key) for _, key in expected}
                end = time.monotonic() + 60
                while (self.shown(), self.firing()) != (expected, expected) and time.monotonic() < end:
                    time.sleep(0.2)
                self.assertEqual((self.shown(), self.firing()), (expected, expected), step)
        finally:
            process.kill()
            process.wait()
        self.assertGreater(len(seen), 3)
        # Another target heard of each time that an alert fired, and again at most after each kill.
        fired = {(row["key"], row["since"]) for row in self.query("w.plumb", 'alert_states | where state == "firing"')}
        with open(self.path("log")) as file:
            told = [alert["labels"]["pipeline"] for line in file for message in [json.loads(line)] if message["status"] == "firing" for alert in message["alerts"]]
        self.assertGreaterEqual(len(told), len(fired))
        self.assertLessEqual(len(told), len(fired) + kills * max(1, len(fired)))
        self.assertEqual(set(told), {key for key, _ in fired})
        before = os.path.getsize(self.path("log"))
        self.plumb("alert", "run", "--once", "--to", "file", "rules", "w.plumb", PLUMB_ALERT_FILE=self.path("log"))
        self.assertEqual(os.path.getsize(self.path("log")), before)

    def test_what_a_manager_missed_is_shown_later(self):
        self.command("w.plumb", '.set numbers <| print pipeline = "a"')
        self.write("rules/some.kql", "// alert: some  every: 5m\nnumbers | project pipeline\n")
        arguments = ["alert", "run", "--once", "--to", "alertmanager", "rules", "w.plumb"]
        address = f"http://127.0.0.1:{self.port}"
        self.stop_manager()
        self.assertEqual(self.plumb(*arguments, PLUMB_ALERT_ALERTMANAGER=address).status, 1)
        self.start_manager()
        self.assertEqual(self.plumb(*arguments, PLUMB_ALERT_ALERTMANAGER=address).status, 3)
        self.assertEqual(self.shown(), {("some", "a")})


if __name__ == "__main__":
    unittest.main()
