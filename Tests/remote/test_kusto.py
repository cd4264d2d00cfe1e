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
    protocol_version = "HTTP/1.1"
    answer, status, seen, hung_up = b"", 200, [], 0
    schema = (("a", "long"), ("s", "string"))

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).seen.append((body, self.headers.get("Authorization")))
        if "getschema" in body["csl"]:
            status, answer = 200, frames(list(type(self).schema), [("ColumnName", "string"), ("ColumnType", "string")])
        elif body["csl"].endswith("| count"):
            status, answer = 200, frames([[1]], [("Count", "long")])
        else:
            status, answer = type(self).status, type(self).answer
        self.send_response(status)
        if isinstance(answer, bytes):
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            return
        # Parts, each sent when the one before was.
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for part in answer():
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            type(self).hung_up += 1


def frames(rows, columns=(("a", "long"), ("s", "string")), completion=None, table=None):
    columns = [{"ColumnName": name, "ColumnType": kind} for name, kind in columns]
    return json.dumps([
        {"FrameType": "DataSetHeader", "IsProgressive": False, "Version": "v2.0"},
        {"FrameType": "DataTable", "TableId": 0, "TableKind": "QueryProperties", "TableName": "@ExtendedProperties",
         "Columns": [{"ColumnName": "Key", "ColumnType": "string"}], "Rows": [["Visualization"]]},
        *(table or [{"FrameType": "DataTable", "TableId": 1, "TableKind": "PrimaryResult", "TableName": "PrimaryResult", "Columns": columns, "Rows": rows}]),
        completion or {"FrameType": "DataSetCompletion", "HasErrors": False, "Cancelled": False}]).encode()


# Answers in the forms that Kusto's clients accept: a table as one frame, and in fragments.
RECORDED_COLUMNS = (("b", "bool"), ("i", "int"), ("l", "long"), ("r", "real"), ("d", "decimal"), ("s", "string"), ("t", "datetime"), ("ts", "timespan"),
                    ("g", "guid"), ("dy", "dynamic"))
RECORDED_DECLARED = ",".join('{"ColumnName":"%s","ColumnType":"%s"}' % column for column in RECORDED_COLUMNS)
RECORDED_CELLS = [
    r'[true,-1,9223372036854775807,1.0,"0.1","a\"Rows\":[]b\u00e9\\","2024-02-29T23:59:59.1234567Z","-1.02:03:04.5000000","74be27de-1e4e-49d9-b579-fe0b331d3642",{"a":[1,2.5,null],"b":"x]}"}]',
    r'[0,2,-9223372036854775808,"NaN","12345678901234567890.5","","0001-01-01T00:00:00Z","00:00:01","74be27de-1e4e-49d9-b579-fe0b331d3642","abc"]',
    r'[null,null,null,"Infinity",null,"x",null,null,null,null]',
    r'[1,7,0,-2.5e-3,"-1","[1,2]","9999-12-31T23:59:59.9999999Z","10675199.02:48:05.4775807","00000000-0000-0000-0000-000000000000","[1,{\"k\":2}]"]',
]
RECORDED_ROWS = [
    {"b": True, "i": -1, "l": 9223372036854775807, "r": 1.0, "d": "0.1", "s": 'a"Rows":[]bé\\', "t": "2024-02-29T23:59:59.1234567Z", "ts": "-1.02:03:04.5000000",
     "g": "74be27de-1e4e-49d9-b579-fe0b331d3642", "dy": {"a": [1, 2.5, None], "b": "x]}"}},
    {"b": False, "i": 2, "l": -9223372036854775808, "r": "NaN", "d": "12345678901234567890.5", "s": "", "t": "0001-01-01T00:00:00.0000000Z", "ts": "00:00:01",
     "g": "74be27de-1e4e-49d9-b579-fe0b331d3642", "dy": "abc"},
    {"b": None, "i": None, "l": None, "r": "Infinity", "d": None, "s": "x", "t": None, "ts": None, "g": None, "dy": None},
    {"b": True, "i": 7, "l": 0, "r": -0.0025, "d": "-1", "s": "[1,2]", "t": "9999-12-31T23:59:59.9999999Z", "ts": "10675199.02:48:05.4775807",
     "g": "00000000-0000-0000-0000-000000000000", "dy": [1, {"k": 2}]},
]
RECORDED_PROPERTIES = (
    ',{"FrameType":"DataTable","TableId":0,"TableKind":"QueryProperties","TableName":"@ExtendedProperties","Columns":[{"ColumnName":"TableId","ColumnType":"int"},'
    '{"ColumnName":"Key","ColumnType":"string"},{"ColumnName":"Value","ColumnType":"dynamic"}],"Rows":[[1,"Visualization","{\\"Visualization\\":null}"]]}\n')
RECORDED_COMPLETION = (
    ',{"FrameType":"DataTable","TableId":2,"TableKind":"QueryCompletionInformation","TableName":"QueryCompletionInformation","Columns":[{"ColumnName":"Level",'
    '"ColumnType":"int"},{"ColumnName":"Payload","ColumnType":"string"}],"Rows":[[4,"{\\"Count\\":1,\\"Text\\":\\"Query completed successfully\\"}"]]}\n'
    ',{"FrameType":"DataSetCompletion","HasErrors":false,"Cancelled":false}\n]\n')
RECORDED_TABLE = (
    '[{"FrameType":"DataSetHeader","IsProgressive":false,"Version":"v2.0","IsFragmented":false,"ErrorReportingPlacement":"InData"}\n' + RECORDED_PROPERTIES
    + ',{"FrameType":"DataTable","TableId":1,"TableKind":"PrimaryResult","TableName":"PrimaryResult","Columns":[' + RECORDED_DECLARED
    + '],"Rows":[' + ",".join(RECORDED_CELLS) + "]}\n" + RECORDED_COMPLETION)
RECORDED_FRAGMENTS = (
    '[{"FrameType":"DataSetHeader","IsProgressive":false,"Version":"v2.0","IsFragmented":true,"ErrorReportingPlacement":"EndOfTable"}\n' + RECORDED_PROPERTIES
    + ',{"FrameType":"TableHeader","TableId":1,"TableKind":"PrimaryResult","TableName":"PrimaryResult","Columns":[' + RECORDED_DECLARED + "]}\n"
    + "".join(',{"FrameType":"TableFragment","TableFragmentType":"DataAppend","TableId":1,"Rows":[' + row + "]}\n" for row in RECORDED_CELLS)
    + ',{"FrameType":"TableCompletion","TableId":1,"RowCount":4}\n' + RECORDED_COMPLETION)
RECORDED_TRUNCATION = RECORDED_TABLE.replace(RECORDED_CELLS[3], (
    '{"OneApiErrors":[{"error":{"code":"LimitsExceeded","message":"Request is invalid and cannot be executed.","@type":"Kusto.Data.Exceptions.KustoServicePartialQueryFailureLimitsExceededException",'
    '"@message":"Query execution has exceeded the allowed limits (80DA0003): E_QUERY_RESULT_SET_TOO_LARGE","@permanent":false}}]}'))
RECORDED_ERROR = (
    '{"error":{"code":"General_BadRequest","message":"Request is invalid and cannot be executed.","@type":"Kusto.Data.Exceptions.KustoBadRequestException",'
    '"@message":"Semantic error: SEM0100: \'where\' operator: Failed to resolve scalar expression named \'nope\'","@permanent":true}}')


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

    def recorded(self, answer, kql="", options=(), **environment):
        Answers.answer, Answers.status = answer, 200
        query = f'cluster("http://127.0.0.1:{self.fake.server_port}").database("db").T' + kql
        return plumb("query", *options, "--format", "jsonl", "-c", query, environment=environment)

    def test_recorded_answers(self):
        Answers.schema = RECORDED_COLUMNS
        try:
            for form, text in (("one table", RECORDED_TABLE), ("fragments", RECORDED_FRAGMENTS)):
                whole = text.encode()
                # However the bytes are divided on the way.
                divided = [whole, lambda: (whole[at:at + 1] for at in range(len(whole))), lambda: (whole[at:at + 7] for at in range(0, len(whole), 7))]
                for number, answer in enumerate(divided):
                    with self.subTest(form=form, division=number):
                        done = self.recorded(answer)
                        self.assertEqual(done.returncode, 0, done.stderr)
                        self.assertEqual([json.loads(line) for line in done.stdout.splitlines()], RECORDED_ROWS)
                # Ended anywhere, it is an error and not a shorter answer.
                for end in range(1, len(whole.rstrip().rstrip(b"]").rstrip()), 37):
                    done = self.recorded(whole[:end])
                    self.assertEqual((done.returncode, done.stdout), (1, ""), whole[:end])
                    self.assertIn("error[remote-error]", done.stderr)
            done = self.recorded(RECORDED_TRUNCATION.encode())
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("E_QUERY_RESULT_SET_TOO_LARGE", done.stderr)
        finally:
            Answers.schema = (("a", "long"), ("s", "string"))
        # The body of an error before the first row.
        for status in (400, 429, 504):
            self.fails("SEM0100: 'where' operator: Failed to resolve scalar expression named 'nope'", RECORDED_ERROR.encode(), status)

    def test_rows_are_read_as_they_arrive(self):
        head = json.dumps({"FrameType": "DataTable", "TableId": 1, "TableKind": "PrimaryResult", "TableName": "PrimaryResult",
                           "Columns": [{"ColumnName": "a", "ColumnType": "long"}, {"ColumnName": "s", "ColumnType": "string"}]})[:-1]
        block = ",".join('[%d,"%s"]' % (number, "x" * 90) for number in range(10000)).encode()

        def parts(count, last):
            yield b'[{"FrameType":"DataSetHeader","IsProgressive":false,"Version":"v2.0"}\n,' + head.encode() + b',"Rows":['
            for number in range(count):
                yield (b"," if number else b"") + block
            yield last

        end = b']}\n,{"FrameType":"DataSetCompletion","HasErrors":false,"Cancelled":false}\n]\n'
        # 57 MB of rows do not fit into 30 MB, and do not have to.
        small = ["--memory", "30MB"]
        steps = " | extend k = a % 7 | mv-expand x = range(1, 2) | summarize n = count(), m = max(a), l = max(strlen(s))"
        done = self.recorded(lambda: parts(60, end), steps, small)
        self.assertEqual((done.returncode, done.stdout), (0, '{"n":1200000,"m":9999,"l":90}\n'), done.stderr)
        late = b',{"OneApiErrors":[{"error":{"code":"LimitsExceeded","@message":"the limits were exceeded"}}]}'
        done = self.recorded(lambda: parts(85, late + end), steps, small)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("the limits were exceeded", done.stderr)
        # What is not needed any more is not sent any more.
        Answers.hung_up = 0
        done = self.recorded(lambda: parts(3000, end), " | mv-expand x = range(1, 2) | take 3")
        self.assertEqual(done.returncode, 0, done.stderr)
        for _ in range(200):
            if Answers.hung_up:
                break
            time.sleep(0.05)
        self.assertEqual(Answers.hung_up, 1)

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
