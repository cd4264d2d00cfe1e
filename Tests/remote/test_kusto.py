"""KQL sent to another Plumb that serves it, and to a server that fails in the ways of Kusto: test_kusto.py PLUMB."""
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PLUMB = os.path.abspath(sys.argv[1])

MAKE = """.set runs <| range i from 1 to 500 step 1 | extend status = iff(i % 7 == 0, "failed", "ok"), started = datetime(2026-01-01) + i * 1m + 1tick,
 took = i * 90s, share = i / 8.0, tags = pack("k", i % 3), id = toguid(strcat("00000000-0000-0000-0000-0000000", tostring(10000 + i))), none = iff(i % 5 == 0, long(null), i)"""

QUESTIONS = """runs | count
runs | take 0
runs | where status == "failed" | summarize n = count(), m = max(started), s = sum(took) by bin(started, 1h)
runs | top 3 by i desc | project i, status, started, took, share, tags, id, none
runs | where share > 2.0 and share / 2.0 < 3 | project i, x = share / 2
runs | where isnull(none) | sort by i asc | take 4
runs | extend x = strcat(status, "'\\"\\\\") | distinct x
runs | where tags.k == 1 | summarize count() by tostring(tags.k)
runs | summarize arg_max(started, status) by i % 4
runs | join kind=inner (runs | where i < 10 | project i, other = status) on i | project i, other
runs | sort by i asc | extend p = prev(i) | where i < 5
runs | summarize percentiles(i, 50, 90) by status
runs | where id == guid(00000000-0000-0000-0000-000000010003) | project i
runs | where nothing == 1
runs | mv-expand t = range(1, 2) | summarize count()""".split("\n")


def plumb(*arguments, environment=None):
    return subprocess.run([PLUMB, *arguments], capture_output=True, text=True, timeout=60, env=dict(os.environ, **(environment or {})))


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers every query alike, and remembers what was sent."""
    answer, status, seen = b"", 200, []

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).seen.append((body, self.headers.get("Authorization")))
        if "getschema" in body["csl"]:
            status, answer = 200, frames([[name, kind] for name, kind in (("a", "long"), ("s", "string"))], [("ColumnName", "string"), ("ColumnType", "string")])
        else:
            status, answer = type(self).status, type(self).answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def frames(rows, columns=(("a", "long"), ("s", "string")), completion=None, table=None):
    columns = [{"ColumnName": name, "ColumnType": kind} for name, kind in columns]
    return json.dumps([
        {"FrameType": "DataSetHeader", "IsProgressive": False, "Version": "v2.0"},
        {"FrameType": "DataTable", "TableId": 0, "TableKind": "QueryProperties", "TableName": "@ExtendedProperties",
         "Columns": [{"ColumnName": "Key", "ColumnType": "string"}], "Rows": [["Visualization"]]},
        *(table or [{"FrameType": "DataTable", "TableId": 1, "TableKind": "PrimaryResult", "TableName": "PrimaryResult", "Columns": columns, "Rows": rows}]),
        completion or {"FrameType": "DataSetCompletion", "HasErrors": False, "Cancelled": False}]).encode()


class KustoTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.file = os.path.join(cls.folder.name, "w.plumb")
        assert plumb("query", cls.file, "-c", MAKE.replace("\n", "")).returncode == 0
        cls.log = tempfile.TemporaryFile()
        cls.process = subprocess.Popen([PLUMB, "serve", cls.file, "--port", "0"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=cls.log)
        for _ in range(500):
            cls.log.seek(0)
            found = re.search(rb"Serving .*:(\d+) ", cls.log.read())
            if found:
                break
            time.sleep(0.02)
        cls.port = int(found[1])
        Answers.seen = []
        cls.fake = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=cls.fake.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.process.send_signal(signal.SIGTERM)
        cls.process.wait(20)
        cls.fake.shutdown()

    def test_the_same_answers(self):
        for kql in QUESTIONS:
            here = plumb("query", self.file, "--format", "json", "-c", kql)
            forms = [
                plumb("query", "--on", f"kusto://localhost:{self.port}/w", "--format", "json", "-c", kql),
                plumb("query", "--format", "json", "-c", kql.replace("runs", f'cluster("http://127.0.0.1:{self.port}").database("w").runs')),
            ]
            for there in forms:
                with self.subTest(kql=kql):
                    self.assertEqual(there.returncode, here.returncode, there.stderr)
                    if here.returncode == 0:
                        order = (lambda rows: rows) if "sort" in kql or "top" in kql else lambda rows: sorted(map(json.dumps, rows))
                        self.assertEqual(order(json.loads(there.stdout or "[]")), order(json.loads(here.stdout or "[]")))

    def test_attach_and_explain(self):
        done = plumb("query", "--attach", f"other=kusto://localhost:{self.port}/w", "-c", "other.runs | where i < 4 | summarize count() by status")
        self.assertEqual(done.stdout, "status,count_\nok,3\n", done.stderr)
        plan = plumb("query", "--on", f"kusto://localhost:{self.port}/w", "--format", "tsv", "-c",
                     "explain runs | where i < 4 | summarize n = count() by status | mv-expand x = range(1, 2)").stdout
        self.assertIn("Kusto: ['runs'] | where (['i'] < long(4))", plan)
        self.assertIn("`Expand` runs here because", plan)

    def fails(self, words, answer, status=200):
        Answers.answer, Answers.status = answer, status
        done = plumb("query", "-c", f'cluster("http://127.0.0.1:{self.fake.server_port}").database("db").T | where a > 1')
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual(done.stdout, "")
        self.assertIn(words, done.stderr)

    def test_errors_in_every_place(self):
        late = {"error": {"code": "LimitsExceeded", "@message": "Query execution has exceeded the limits"}}
        self.fails("exceeded the limits", frames([[1, "x"], {"OneApiErrors": [late]}]))
        self.fails("exceeded the limits", frames([[1, "x"]], completion={"FrameType": "DataSetCompletion", "HasErrors": True, "OneApiErrors": [late]}))
        table = [{"FrameType": "TableHeader", "TableId": 1, "TableKind": "PrimaryResult", "Columns": [{"ColumnName": "a", "ColumnType": "long"}, {"ColumnName": "s", "ColumnType": "string"}]},
                 {"FrameType": "TableFragment", "TableId": 1, "TableFragmentType": "DataAppend", "Rows": [[1, "x"]]},
                 {"FrameType": "TableCompletion", "TableId": 1, "RowCount": 1, "OneApiErrors": [late]}]
        self.fails("exceeded the limits", frames([], table=table))
        self.fails("ends early", frames([[1, "x"]], completion={"FrameType": "TableProgress"}))
        self.fails("Semantic error: nope", json.dumps({"error": {"code": "General_BadRequest", "@message": "Semantic error: nope"}}).encode(), 400)
        self.fails("rejects the sign-in", b"", 401)
        self.fails("status 502", b"<html>bad gateway</html>", 502)

    def test_fragments_are_joined(self):
        table = [{"FrameType": "TableHeader", "TableId": 1, "TableKind": "PrimaryResult", "Columns": [{"ColumnName": "a", "ColumnType": "long"}, {"ColumnName": "s", "ColumnType": "string"}]},
                 {"FrameType": "TableFragment", "TableId": 1, "TableFragmentType": "DataAppend", "Rows": [[1, "x"]]},
                 {"FrameType": "TableFragment", "TableId": 1, "TableFragmentType": "DataAppend", "Rows": [[2, "y"]]},
                 {"FrameType": "TableCompletion", "TableId": 1, "RowCount": 2}]
        Answers.answer, Answers.status = frames([], table=table), 200
        done = plumb("query", "-c", f'cluster("http://127.0.0.1:{self.fake.server_port}").database("db").T')
        self.assertEqual(done.stdout, "a,s\n1,x\n2,y\n", done.stderr)

    def test_tokens(self):
        Answers.answer, Answers.status = frames([[1, "x"]]), 200
        query = ["-c", f'cluster("http://127.0.0.1:{self.fake.server_port}").database("db").T']
        for options, environment, sent in (([], {"PLUMB_KUSTO_TOKEN": "abc"}, "Bearer abc"),
                                           (["--token-command", "printf 'to''ken'"], {}, "Bearer token"),
                                           (["--token-command", """printf '{"accessToken": "x.y"}'"""], {}, "Bearer x.y"),
                                           ([], {}, None)):
            del Answers.seen[:]
            done = plumb("query", *options, *query, environment=environment)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual({given for _, given in Answers.seen}, {sent})
        self.assertIn("token-command", plumb("query", "--token-command", "false", *query).stderr)


unittest.main(argv=sys.argv[:1])
