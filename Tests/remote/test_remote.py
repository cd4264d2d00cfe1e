"""Queries on other engines: the same answers as here, and errors that say what happened.

test_remote.py PLUMB [--table]: with --table, prints for each question which part of it each engine runs."""
import http.server
import json
import os
import re
import signal
import subprocess
import ssl
import sys
import tempfile
import threading
import time
import unittest

import engines
from questions import LINEAGE, ODD, ODD_CURRENT, ODD_OLD, TELEMETRY, TRAPS
from remote_workspace import Remote

PLUMB = os.path.abspath(sys.argv[1])
MANUAL = os.path.join(engines.HERE, "..", "Golden", "remote.md")


def plumb(*arguments, environment=None, seconds=120):
    return subprocess.run(
        [PLUMB, *arguments], capture_output=True, text=True, timeout=seconds, env=dict(os.environ, **(environment or {})))


def rows(kql, *arguments):
    """The answer's rows; an error is its code."""
    done = plumb("query", *arguments, "--format", "json", "-c", kql)
    if done.returncode != 0:
        return re.match(r"(?:note: .*\n)*error\[([\w-]+)\]", done.stderr).group(1)
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

    def test_a_node_that_fails_during_a_query_is_named(self):
        two = self.remote.two
        two.create("many", "u UInt64, s String", "tuple()")
        two.first.ask("INSERT INTO many SELECT number, concat('row ', toString(number)) FROM numbers(4000000)", insert_distributed_sync=1)
        running = "SELECT count() FROM system.processes WHERE query_id LIKE 'plumb-%'"
        # Rows that arrive, groups that are computed, and rows of a join.
        for kql in ("many | where u > 5",
                    "many | summarize count_distinct(s), max(s) by k = u % 100000 | summarize sum(count_distinct_s)",
                    "many | join kind=inner (many | project u2 = u, s) on s | summarize count() by u % 10"):
            with self.subTest(kql=kql):
                with tempfile.NamedTemporaryFile() as output:
                    process = subprocess.Popen([PLUMB, "query", "--on", two.first.address(), "-c", kql], stdout=output, stderr=subprocess.PIPE, text=True)
                    for _ in range(400):
                        if int(two.first.ask(running)) > 0 or process.poll() is not None:
                            break
                        time.sleep(0.02)
                    # Stopped, it cannot have received all rows before the node fails.
                    process.send_signal(signal.SIGSTOP)
                    self.assertIsNone(process.poll(), "it ended before the node did")
                    time.sleep(0.2)
                    two.stop(1)
                    process.send_signal(signal.SIGCONT)
                    try:
                        _, error = process.communicate(timeout=60)
                    finally:
                        two.start(1)
                    self.assertEqual(process.returncode, 1)
                    self.assertEqual(os.path.getsize(output.name), 0)
                    self.assertIn("error[remote-shard]", error)
                    self.assertIn(f"127.0.0.1:{two.tcp[1]}", error)
        for name in ("many", "many_local"):
            for node in two.nodes:
                if name == "many_local" or node is two.first:
                    node.ask(f"DROP TABLE {name}")

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

    def test_types_of_other_programs(self):
        for (name, engine), statements in zip(self.remote.engines.items(), (ODD_OLD, ODD_CURRENT)):
            for statement in statements:
                engine.ask(statement)
            # Names that need quotes, and texts that are not UTF-8.
            engine.ask("CREATE TABLE `odd ``name\\\\ 日本` (`a b` Int32, `select` String, `x.y` Int64, `quo'te` String) ENGINE = MergeTree PARTITION BY tuple() ORDER BY tuple()")
            engine.ask("INSERT INTO `odd ``name\\\\ 日本` VALUES (1, unhex('FF00FE41'), 2, 'q')")
            kql = "['odd `name\\\\ 日本'] | where ['a b'] == 1 and strlen(select) == 4 | project ['x.y'], ['quo\\'te']"
            self.assertEqual(rows(kql, "--on", engine.address()), [{"x.y": 2, "quo'te": "q"}])
            with tempfile.TemporaryDirectory() as folder:
                file = os.path.join(folder, "odd.plumb")
                made = plumb("query", file, "--attach", f"ch={engine.address()}", "-c", ".set odd <| ch.odd")
                self.assertEqual(made.returncode, 0, made.stderr)
                asked = 0
                for kql in ODD:
                    with self.subTest(engine=name, kql=kql):
                        here = canonical(rows(kql, file), kql)
                        self.assertEqual(canonical(rows(kql, "--on", engine.address()), kql), here)
                        asked += not isinstance(here, str)
                self.assertGreater(asked, 20)
            if name == "current":
                for kql in ("odd | where ms.s == 'v' | project id", "odd | mv-expand al to typeof(long) | summarize sum(al) by id",
                            "odd | summarize count() by tostring(ms.s), tolong(m.k)"):
                    self.assertIsNone(reach(kql, "--on", engine.address()), kql)

    def test_lineage_asks_hop_by_hop(self):
        for kql in LINEAGE:
            here = canonical(rows(kql, self.remote.file), kql)
            for name, engine in self.remote.engines.items():
                with self.subTest(engine=name, kql=kql):
                    # All edges are more rows than it may fetch; a name that does not exist is looked for among all.
                    limit = "1000000" if "99999" in kql else "2000"
                    there = rows(kql, "--on", engine.address(), "--fetch-rows", limit)
                    self.assertEqual(canonical(there, kql), here)

    def test_equal_rows_stand_beside_their_neighbours(self):
        kql = "t | union t, t | sort by w asc | extend p = prev(i), n = next(i), place = row_number() | extend again = prev(i), first = prev(i, 2)"
        for name, engine in self.remote.engines.items():
            with self.subTest(engine=name):
                answer = rows(kql + " | project i, p, n, place, again, first", "--on", engine.address())
                values = [None, None] + [row["i"] for row in answer] + [None]
                self.assertEqual(len(answer), 1800)
                for at, row in enumerate(answer):
                    self.assertEqual(
                        (row["p"], row["n"], row["place"], row["again"], row["first"]), (values[at + 1], values[at + 3], at + 1, values[at + 1], values[at]))

    def test_rows_with_equal_keys_keep_their_order(self):
        kql = "t | sort by i asc | extend place = row_number() | sort by w desc | extend before = prev(place) | project w, place, before"
        for name, engine in self.remote.engines.items():
            with self.subTest(engine=name):
                answer = rows(kql, "--on", engine.address())
                self.assertEqual([(row["w"], row["place"]) for row in answer], sorted(((row["w"], row["place"]) for row in answer), key=lambda row: (-row[0], row[1])))
                self.assertEqual([row["before"] for row in answer], [None] + [row["place"] for row in answer][:-1])

    def test_https(self):
        folder = tempfile.TemporaryDirectory()
        key, certificate = (os.path.join(folder.name, name) for name in ("key.pem", "certificate.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        first = self.remote.two.first

        class Front(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_POST(self):
                body = first.ask(self.rfile.read(int(self.headers["Content-Length"])).decode(), path=self.path)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        front = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        front.socket = context.wrap_socket(front.socket, server_side=True)
        threading.Thread(target=front.serve_forever, daemon=True).start()
        trusting = {"SSL_CERT_FILE": certificate}
        for address, environment, words in (
            (f"clickhouses://localhost:{front.server_port}/default", trusting, None),
            (f"clickhouse://localhost:{front.server_port}/default?secure=true", trusting, None),
            (f"clickhouse://localhost:{front.server_port}/default?secure=true", {}, "its certificate is not trusted"),
            (f"clickhouses://127.0.0.1:{front.server_port}/default", trusting, "cannot connect"),
            (f"clickhouses://localhost:{first.port}/default", trusting, "does not speak HTTPS"),
        ):
            done = plumb("query", "--on", address, "-c", "u | count", environment=environment)
            if words:
                self.assertEqual(done.returncode, 1)
                self.assertIn("error[cannot-connect]", done.stderr)
                self.assertIn(words, done.stderr)
            else:
                self.assertEqual((done.returncode, done.stdout), (0, "Count\n7\n"), done.stderr)
        front.shutdown()

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
        # Blocks that take about a second each: between them it can end.
        first.ask("CREATE TABLE slow (s String) ENGINE = MergeTree PARTITION BY tuple() ORDER BY tuple()")
        first.ask("INSERT INTO slow SELECT concat('row ', toString(number), ' of a table that is searched for long') FROM numbers(6000000)")
        slow = "slow | where " + " or ".join(f's contains "z{number}q"' for number in range(200)) + " | count"
        process = subprocess.Popen([PLUMB, "query", "--on", first.address(), "-c", slow], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        running = "SELECT count() FROM system.processes WHERE query_id LIKE 'plumb-%' AND elapsed > 0.2"
        for _ in range(200):
            if int(first.ask(running)) > 0:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        started = time.time()
        _, error = process.communicate(timeout=30)
        self.assertLess(time.time() - started, 10)
        self.assertNotEqual(process.returncode, 0, error)
        # It ends there too, long before it would by itself.
        for _ in range(200):
            if int(first.ask(running)) == 0:
                break
            time.sleep(0.05)
        self.assertEqual(int(first.ask(running)), 0)
        first.ask("DROP TABLE slow")

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
    REMOTE = Remote(PLUMB)
    if "--table" in sys.argv:
        print_table(REMOTE)
    else:
        unittest.main(argv=sys.argv[:1])
