"""Rows from outside: files and addresses of `externaldata`, and rows and files that commands add to tables.

  test_externaldata.py PLUMB
"""
import gzip, http.server, json, os, subprocess, sys, tempfile, threading, unittest

PLUMB = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else ".build/release/plumb")


class Handler(http.server.BaseHTTPRequestHandler):
    """A server with a few files, and addresses that lead elsewhere."""
    pages = {
        "/data/rows.csv": b"1,one\n2,two\n", "/data/rows.csv.gz": gzip.compress(b"3,three\n"), "/data/list.txt": b"a;b\nc d\n",
        "/data/rows.json": b'{"a": 5, "b": {"c": "x"}}\n{"a": 6, "b": {"c": "y"}}\n', "/secret/rows.csv": b"9,no\n",
        "/database/rows.csv": b"9,no\n", "/data/large.csv": b"1,large\n" * (1 << 20),
    }
    moves = {"/data/moved": "/data/rows.csv", "/data/away": "/secret/rows.csv", "/data/round": "/data/round",
             "/data/local": "file:///etc/passwd", "/data/near": "rows.csv"}
    asked = []

    def do_GET(self):
        path = self.path.split("?")[0]
        Handler.asked.append(path)
        if path in self.moves:
            self.send_response(302)
            self.send_header("Location", self.moves[path])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif path in self.pages:
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.pages[path])))
            self.end_headers()
            try: self.wfile.write(self.pages[path])
            except (BrokenPipeError, ConnectionResetError): pass
        else:
            self.send_error(404)

    def log_message(self, *arguments): pass


class ExternalTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.site = f"http://127.0.0.1:{cls.server.server_address[1]}"

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        Handler.asked.clear()

    def file(self, name, data):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as file: file.write(data if isinstance(data, bytes) else data.encode())
        return path

    def run_plumb(self, text, *options):
        environment = dict(os.environ, TMPDIR=self.folder.name)
        return subprocess.run([PLUMB, "query", "--format", "csv", *options, "-c", text],
                              capture_output=True, text=True, timeout=120, env=environment, stdin=subprocess.DEVNULL)

    def rows(self, text, *options):
        run = self.run_plumb(text, *options)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.splitlines()[1:]

    def error(self, text, *options):
        run = self.run_plumb(text, *options)
        self.assertEqual(run.returncode, 1, run.stdout)
        return run.stderr

    def read(self, path, schema="a: long, b: string", properties='format="csv"'):
        return f'externaldata({schema})["{self.site}{path}"] with ({properties})'

    # Values that do not fit

    def test_values_and_columns_that_are_missing_are_null(self):
        path = self.file("three.csv", "1,2,3\n4\nx,5\n")
        run = self.run_plumb(f'externaldata(a: long, b: long, c: long, d: long)["{path}"]')
        self.assertEqual(run.stdout.splitlines()[1:], ["1,2,3,", "4,,,", ",5,,"], run.stderr)
        self.assertIn("did not fit", run.stderr)
        self.assertEqual(self.rows(f'externaldata(a: long)["{path}"]')[:2], ["1", "4"])
        # The rows can be left out instead; those that are too short are.
        self.assertEqual(self.rows(f'externaldata(a: long)["{path}"]', "--bad-rows", "skip"), ["1"])

    def test_the_newer_form(self):
        path = self.file("rows.csv", "n,t\n1,one\n2,two\n")
        form = f'inline_external_table(a: long, b: string) kind=storage dataformat=csv ("{path}") with (ignoreFirstRecord=true)'
        self.assertEqual(self.rows(form), ["1,one", "2,two"])
        self.assertEqual(self.rows(f"{form} | where a == 2 | project b"), ["two"])
        self.assertIn("not-permitted", self.error(
            f'inline_external_table(a: long) kind=storage dataformat=csv ("{self.site}/data/rows.csv")'))

    # Addresses

    def test_nothing_is_permitted_by_itself(self):
        message = self.error(self.read("/data/rows.csv"))
        self.assertIn("not-permitted", message)
        self.assertIn("--allow-url", message)
        self.assertEqual(Handler.asked, [])

    def test_prefix(self):
        allowed = ("--allow-url", self.site + "/data/")
        self.assertEqual(self.rows(self.read("/data/rows.csv"), *allowed), ["1,one", "2,two"])
        self.assertEqual(self.rows(self.read("/data/rows.csv.gz"), *allowed), ["3,three"])
        self.assertEqual(self.rows(self.read("/data/rows.csv?key=1"), *allowed), ["1,one", "2,two"])
        Handler.asked.clear()
        for path in ("/secret/rows.csv", "/data/../secret/rows.csv", "/data/%2e%2e/secret/rows.csv", "/data/..%2fsecret/rows.csv",
                     "/database/rows.csv", "/data"):
            self.assertRegex(self.error(self.read(path), *allowed), "not-permitted|invalid-url", path)
        self.assertEqual(Handler.asked, [])

    def test_prefix_ends_at_a_part(self):
        allowed = ("--allow-url", self.site + "/data")
        self.assertEqual(self.rows(self.read("/data/rows.csv"), *allowed), ["1,one", "2,two"])
        self.assertIn("not-permitted", self.error(self.read("/database/rows.csv"), *allowed))
        port = self.site.rsplit(":", 1)[1]
        for other in (f"http://127.0.0.1.example:{port}/data/rows.csv", f"http://user@127.0.0.1:{port}/data/rows.csv",
                      "http://127.0.0.1/data/rows.csv", f"https://127.0.0.1:{port}/data/rows.csv"):
            message = self.error(f'externaldata(a: long)["{other}"] with (format="csv")', *allowed)
            self.assertRegex(message, "not-permitted|invalid-url", other)

    def test_redirects(self):
        allowed = ("--allow-url", self.site + "/data/")
        self.assertEqual(self.rows(self.read("/data/moved"), *allowed), ["1,one", "2,two"])
        self.assertEqual(self.rows(self.read("/data/near"), *allowed), ["1,one", "2,two"])
        Handler.asked.clear()
        message = self.error(self.read("/data/away"), *allowed)
        self.assertIn("not-permitted", message)
        self.assertIn("redirects to", message)
        self.assertEqual(Handler.asked, ["/data/away"])
        self.assertRegex(self.error(self.read("/data/local"), *allowed), "not-permitted|invalid-url")
        self.assertIn("more than", self.error(self.read("/data/round"), *allowed))

    def test_limits_and_answers(self):
        allowed = ("--allow-url", self.site + "/data/")
        self.assertIn("too-large", self.error(self.read("/data/large.csv"), "--memory", "4MB", *allowed))
        self.assertIn("404", self.error(self.read("/data/none.csv"), *allowed))
        self.assertEqual([name for name in os.listdir(self.folder.name) if name.startswith("plumb-data")], [])

    def test_safe(self):
        message = self.error(self.read("/data/rows.csv"), "--safe", "--allow-url", self.site + "/data/")
        self.assertIn("safe mode cannot read files", message)
        self.assertEqual(Handler.asked, [])

    def test_bad_prefix(self):
        self.assertIn("invalid-url", self.run_plumb("print 1", "--allow-url", "example.com").stderr)

    # Formats and properties

    def test_texts(self):
        path = self.file("list.txt", "a;b\nc d\n")
        self.assertEqual(self.rows(f'externaldata(line: string)["{path}"] with (format="txt")'), ["a;b", "c d"])
        self.assertEqual(self.rows(f'externaldata(all: string)["{path}"] with (format="raw") | project strlen(all)'), ["8"])
        self.assertIn("bad-schema", self.error(f'externaldata(a: string, b: string)["{path}"] with (format="txt")'))

    def test_file_address(self):
        path = self.file("a b.csv", "1,x\n")
        self.assertEqual(self.rows(f'externaldata(n: long, s: string)["file://{path.replace(" ", "%20")}"]'), ["1,x"])

    def test_properties(self):
        path = self.file("t.csv", "n,s\n1,x\n")
        self.assertEqual(self.rows(f'externaldata(n: long, s: string)["{path}"] with (format="csv", ignoreFirstRecord=true)'), ["1,x"])
        self.assertIn("unknown-option", self.error(f'externaldata(n: long)["{path}"] with (nosuch=5)'))

    def test_mapping_of_paths(self):
        path = self.file("t.json", '{"a": 5, "b": {"c": "x", "d": [7, 8]}, "t": 1772807400}\n{"a": 6}\n')
        mapping = json.dumps([
            {"Column": "n", "Properties": {"Path": "$.a"}}, {"Column": "c", "Properties": {"Path": "$.b.c"}},
            {"column": "d", "path": "$['b']['d'][1]"}, {"Column": "k", "Properties": {"ConstValue": "7"}},
            {"Column": "at", "Properties": {"Path": "$.t", "Transform": "DateTimeFromUnixSeconds"}}])
        text = (f'externaldata(n: long, c: string, d: real, k: int, at: datetime, none: guid)["{path}"] '
                f"with (format='multijson', ingestionMapping='{mapping.replace(chr(39), chr(92) + chr(39))}')")
        self.assertEqual(self.rows(text), ["5,x,8,7,2026-03-06T14:30:00.0000000Z,", "6,,,7,,"])

    def test_mapping_of_ordinals(self):
        path = self.file("t.csv", "x,1,2026-03-06\ny,2,\n")
        text = (f'externaldata(day: datetime, name: string)["{path}"] with (format="csv", '
                """ingestionMapping='[{"Name": "name", "Ordinal": 0}, {"Name": "day", "Ordinal": "2"}]')""")
        self.assertEqual(self.rows(text), ["2026-03-06T00:00:00.0000000Z,x", ",y"])

    def test_bad_mappings(self):
        path = self.file("t.json", '{"a": 5}\n')
        for mapping in ("[", "{}", "[{}]", '[{"Column": "a"}]', '[{"Column": "zz", "Properties": {"Path": "$.a"}}]',
                        '[{"Column": "a", "Properties": {"Path": "a"}}]', '[{"Column": "a", "Properties": {"Path": "$.a", "Transform": "Bytes"}}]'):
            message = self.error(f"""externaldata(a: long)["{path}"] with (format="json", ingestionMapping='{mapping}')""")
            self.assertRegex(message, "bad-mapping|unknown-column|unsupported-option", mapping)
            self.assertIn("-->", message, mapping)

    # Commands

    def test_ingested_rows_last(self):
        path = self.file("more.csv", "n,s\n3,three\n")
        script = self.file("script.kql", f"""
.create table T (n: long, s: string) with (docstring = "numbers", folder = "f")

.ingest inline into table T <|
1,one
2,"two, and more"

.ingest into table T ('{path}') with (format = "csv", ignoreFirstRecord = true)

.alter table T column-docstrings (s: "the word")

.create table U (n: long)

.rename tables T = U, U = T
""")
        workspace = os.path.join(self.folder.name, "w.plumb")
        run = subprocess.run([PLUMB, "run", workspace, script], capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.rows("U | sort by n asc", workspace), ["1,one", '2,"two, and more"', "3,three"])
        self.assertEqual(self.rows(".show tables details | project TableName, Folder, DocString, TotalRowCount", workspace),
                         ["T,,,0", "U,f,numbers,3"])
        self.assertIn("the word", self.run_plumb(".show schema as json", workspace).stdout)

    def test_rows_that_do_not_fit(self):
        message = self.error('.create table T (n: long);\n.ingest inline into table T <|\nseven')
        self.assertIn("the data", message)
        self.assertNotIn("plumb-data", message)
        run = self.run_plumb('.create table T (n: long);\n.ingest inline into table T <|\n1\n2;\nT | count', "--safe")
        self.assertEqual(run.stdout.split()[-1], "2", run.stderr)
        self.assertIn("cannot read files", self.run_plumb('.create table T (n: long);\n.ingest into table T ("/etc/passwd")', "--safe").stderr)


if __name__ == "__main__":
    unittest.main()
