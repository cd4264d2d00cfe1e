"""Queries on other engines: the same answers as here, and errors that say what happened.

test_remote.py PLUMB [--table]: with --table, prints for each question which part of it each engine runs."""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import engines
from questions import MAKE, TELEMETRY, TRAPS

PLUMB = os.path.abspath(sys.argv[1])
MANUAL = os.path.join(engines.HERE, "..", "Golden", "remote.md")


def plumb(*arguments, environment=None, seconds=120):
    return subprocess.run(
        [PLUMB, *arguments], capture_output=True, text=True, timeout=seconds, env=dict(os.environ, **(environment or {})))


def rows(kql, *arguments):
    """The answer's rows; an error is its code."""
    done = plumb("query", *arguments, "--format", "json", "-c", kql)
    if done.returncode != 0:
        return re.match(r"error\[([\w-]+)\]", done.stderr).group(1)
    return json.loads(done.stdout or "[]")


def canonical(answer, kql):
    def cell(value):
        if isinstance(value, float):
            return float(f"{value:.9g}")
        return [cell(each) for each in value] if isinstance(value, list) else value

    if isinstance(answer, str):
        return answer
    texts = [json.dumps({name: cell(value) for name, value in row.items()}, sort_keys=True) for row in answer]
    isSorted = "sort by" in kql and "summarize" not in kql
    return texts if isSorted else sorted(texts)


def reach(kql, *arguments):
    """None if all of the query runs remotely; else what does not, and why."""
    plan = plumb("query", *arguments, "--format", "tsv", "-c", "explain " + kql).stdout
    physical = plan[plan.find("Physical:"):].splitlines()
    if len(physical) == 2 and physical[1].strip().startswith("ClickHouse: "):
        return None
    cuts = [line.split("Remote:")[1].strip() for line in plan.splitlines() if "Remote:" in line and ";" in line]
    return cuts[-1].split("; ", 1)[1] if cuts else "it is computed before"


class Remote:
    """The engines, and the workspace that was exported to them."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.file = os.path.join(self.folder.name, "w.plumb")
        made = plumb("query", self.file, "-c", MAKE)
        assert made.returncode == 0, made.stderr
        self.two, self.current = engines.TwoNodes(), engines.Current()
        self.distribute()
        moved = plumb("export", self.file, "--to", self.current.address())
        assert moved.returncode == 0, moved.stderr
        self.engines = {"two nodes, 18.16": self.two.first, "current": self.current}

    def distribute(self):
        """The tables on both nodes: declared as an export declares them, then filled by an export."""
        first = self.two.first
        first.ask("CREATE DATABASE seed")
        moved = plumb("export", self.file, "--to", first.address("seed"))
        assert moved.returncode == 0, moved.stderr
        columns = {}
        for line in first.ask("SELECT table, name, type FROM system.columns WHERE database = 'seed'").decode().splitlines():
            table, name, kind = line.split("\t")
            columns.setdefault(table, []).append(f"`{name}` {kind}")
        for table, declared in columns.items():
            if table != "plumb_columns":
                self.two.create(table, ", ".join(declared), "tuple()")
        moved = plumb("export", self.file, "--to", first.address())
        assert moved.returncode == 0, moved.stderr


class RemoteTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.remote = REMOTE

    def test_answers_are_the_same(self):
        pushed = {}
        for kql in TELEMETRY + TRAPS:
            here = canonical(rows(kql, self.remote.file), kql)
            for name, engine in self.remote.engines.items():
                with self.subTest(engine=name, kql=kql):
                    there = canonical(rows(kql, "--on", engine.address()), kql)
                    self.assertEqual(there, here)
        for kql in TELEMETRY:
            for name, engine in self.remote.engines.items():
                pushed[name] = pushed.get(name, 0) + (reach(kql, "--on", engine.address()) is None)
        self.assertGreaterEqual(pushed["two nodes, 18.16"], 16)
        self.assertGreaterEqual(pushed["current"], 24)

    def test_both_nodes_hold_rows(self):
        halves = [int(node.ask("SELECT count() FROM runs_local")) for node in self.remote.two.nodes]
        self.assertTrue(all(half > 1000 for half in halves), halves)
        self.assertEqual(rows("runs | count", "--on", self.remote.two.first.address()), [{"Count": sum(halves)}])

    def test_a_node_that_fails_is_named(self):
        two = self.remote.two
        two.stop(1)
        try:
            for kql in ("runs | count", "runs | where duration_ms > 5 | project run_id", "runs | summarize count() by source"):
                done = plumb("query", "--on", two.first.address(), "-c", kql)
                self.assertEqual(done.returncode, 1)
                self.assertEqual(done.stdout, "")
                self.assertIn("error[remote-shard]", done.stderr)
                self.assertIn(f"127.0.0.1:{two.tcp[1]}", done.stderr)
        finally:
            two.start(1)
        for _ in range(100):
            answer = rows("runs | count", "--on", two.first.address())
            if answer == [{"Count": 30000}]:
                break
            time.sleep(0.1)
        self.assertEqual(answer, [{"Count": 30000}])

    def test_an_error_after_many_rows_is_an_error(self):
        for name, engine in self.remote.engines.items():
            with self.subTest(engine=name):
                engine.ask("CREATE TABLE late (u UInt64) ENGINE = MergeTree PARTITION BY tuple() ORDER BY tuple()")
                engine.ask("INSERT INTO late SELECT number FROM numbers(900000)")
                engine.ask("INSERT INTO late SELECT 18446744073709551615 - number FROM numbers(1)")
                for kql in ("late", "late | where u % 2 == 0", "late | summarize max(u)"):
                    done = plumb("query", "--on", engine.address(), "-c", kql, "-o", os.devnull)
                    self.assertEqual(done.returncode, 1, kql)
                    self.assertRegex(done.stderr, "too large for a long|throwIf")

    def test_fetching_too_many_rows_is_an_error(self):
        for engine in self.remote.engines.values():
            kql = "runs | extend x = strcat_delim('-', source, region) | summarize count() by x"
            done = plumb("query", "--on", engine.address(), "--fetch-rows", "29999", "-c", kql)
            self.assertEqual(done.returncode, 1)
            self.assertIn("error[fetch-limit]", done.stderr)
            self.assertIn("`Project`", done.stderr)
            self.assertIn("--fetch-rows", done.stderr)
            self.assertEqual(plumb("query", "--on", engine.address(), "--fetch-rows", "30000", "-c", kql).returncode, 0)
            # What is sent back as the answer is not fetched for an operator here.
            self.assertEqual(plumb("query", "--on", engine.address(), "--fetch-rows", "5", "-c", "runs | project run_id").returncode, 0)

    def test_passwords(self):
        address = f"clickhouse://guarded@127.0.0.1:{self.remote.two.first.port}/default"
        secret = {"PLUMB_CLICKHOUSE_PASSWORD": "se&cret/1"}
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("se&cret/1\n")
            file.flush()
            good = [(address, secret), (address + "?password_file=" + file.name, {})]
            for given, environment in good:
                done = plumb("query", "--attach", f"ch={given}", "-c", "ch.u | count", environment=environment)
                self.assertEqual((done.returncode, done.stdout), (0, "Count\n7\n"), done.stderr)
        done = plumb("query", "--attach", f"ch={address}", "-c", "ch.u | count", environment={"PLUMB_CLICKHOUSE_PASSWORD": "wrong"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("error[remote-sign-in]", done.stderr)
        for kql in ("explain ch.u | count", ".show attached", ".show attached ch"):
            done = plumb("query", "--attach", f"ch={address}", "-c", kql, environment=secret)
            self.assertEqual(done.returncode, 0)
            self.assertNotIn("cret", done.stdout + done.stderr)
        done = plumb("query", "--attach", f"ch={address.replace('guarded@', 'guarded:open@')}", "-c", "ch.u | count")
        self.assertIn("error[password-in-address]", done.stderr)
        self.assertNotIn("open", done.stderr)

    def test_errors_say_what_is_wrong(self):
        port = engines.free_ports(1)[0]
        for address, code, words in (
            (f"clickhouse://127.0.0.1:{port}/x", "cannot-connect", "refused"),
            ("clickhouse://", "invalid-address", "host"),
            ("clickhouse://localhost:port/x", "invalid-address", "port"),
            ("clickhouse://localhost?x=1", "invalid-address", "password_file"),
        ):
            done = plumb("query", "--attach", f"ch={address}", "-c", "print 1")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(f"[{code}]", done.stderr)
            self.assertIn(words, done.stderr)

    def test_ctrl_c_ends_the_query_there(self):
        first = self.remote.two.first
        kql = "range a from 1 to 900 step 1 | count"
        slow = "t | join kind=inner (runs | project k = 1, x = run_id) on $left.w == $right.k | join kind=inner (runs | project k = 1, y = run_id) on $left.w == $right.k | summarize sum(x * y)"
        process = subprocess.Popen([PLUMB, "query", "--on", first.address(), "-c", slow], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        running = "SELECT count() FROM system.processes WHERE query_id LIKE 'plumb-%'"
        for _ in range(200):
            if int(first.ask(running)) > 0:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        started = time.time()
        _, error = process.communicate(timeout=30)
        self.assertLess(time.time() - started, 10)
        self.assertNotEqual(process.returncode, 0, kql + str(error))

    def test_the_manual_moves_a_workspace(self):
        with open(MANUAL) as page:
            commands = re.findall(r"^\$ (.*)$", page.read(), re.M)
        self.assertEqual(len(commands), 6)
        with tempfile.TemporaryDirectory() as folder:
            for number, engine in enumerate(self.remote.engines.values()):
                engine.ask(f"CREATE DATABASE moved{number}")
                os.symlink(PLUMB, os.path.join(folder, "plumb")) if number == 0 else None
                path = dict(os.environ, PATH=folder + ":" + os.environ["PATH"])
                for command in commands:
                    command = command.replace("clickhouse://me@cluster:8123/telemetry", engine.address(f"moved{number}"))
                    done = subprocess.run(command, shell=True, cwd=folder, env=path, capture_output=True, text=True, timeout=300)
                    self.assertEqual(done.returncode, 0, command + "\n" + done.stderr)
                os.remove(os.path.join(folder, "grown.plumb"))


def print_table(remote):
    print("Question | " + " | ".join(remote.engines))
    counts = {name: 0 for name in remote.engines}
    for kql in TELEMETRY:
        cells = []
        for name, engine in remote.engines.items():
            cut = reach(kql, "--on", engine.address())
            counts[name] += cut is None
            cells.append(cut or "all")
        print(kql + " | " + " | ".join(cells))
    print(f"{len(TELEMETRY)} questions, sent whole | " + " | ".join(map(str, counts.values())))


if __name__ == "__main__":
    missing = [each.missing() for each in (engines.TwoNodes, engines.Current) if each.missing()]
    if missing:
        print("skipped: " + "; ".join(missing))
        sys.exit(3)
    REMOTE = Remote()
    if "--table" in sys.argv:
        print_table(REMOTE)
    else:
        unittest.main(argv=sys.argv[:1])
