#!/usr/bin/env python3
"""What Plumb promises whatever it is given: every input ends, memory stays bounded, data does not steer the terminal, safe mode
holds, and files of others are refused or reported. The page "What Plumb promises" of the manual names these tests.

  test_promises.py [path of plumb]
"""
import base64, gzip, json, os, resource, signal, sqlite3, subprocess, tempfile, threading, time, unittest
from terminal import PLUMB, PROMPT, ShellCase

# The limit of every command here, and what the process may hold at most: the limit and a tenth of it.
LIMIT, PEAK = "200MB", 220 << 20


class Run:
    """A process that has ended: its status, what it wrote, and the most memory it held."""

    def __init__(self, *arguments, given=b"", folder=None, seconds=120, limits=(), stdin=None):
        def prepare():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
            for name, size in limits:
                resource.setrlimit(name, (size, size))

        process = subprocess.Popen(
            [PLUMB, *arguments], stdin=stdin or subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder,
            preexec_fn=prepare)
        kill = threading.Timer(seconds, process.kill)
        kill.start()
        if not stdin:
            threading.Thread(target=self.feed, args=(process.stdin, given), daemon=True).start()
        self.output = process.stdout.read().decode("utf-8", "replace")
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        kill.cancel()
        process.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.peak = usage.ru_maxrss << 10

    @staticmethod
    def feed(pipe, given):
        try:
            pipe.write(given)
            pipe.close()
        except BrokenPipeError:
            pass


class Case(ShellCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.folder = self.place.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb" if isinstance(content, bytes) else "w") as file:
            file.write(content)
        return self.path(name)

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def query(self, text, *arguments, **options):
        """Runs a text from a file, which can be longer than an argument."""
        return Run("query", *arguments, "-f", self.write("query.kql", text), folder=self.folder, **options)

    def assertEnds(self, run, what):
        self.assertIn(run.status, (0, 1, 2), f"{what}: {run.output[:300]}")

    def assertBounded(self, run, what):
        self.assertEnds(run, what)
        self.assertLessEqual(run.peak, PEAK, f"{what}: {run.peak >> 20} MB, {run.output[:300]}")


class MemoryTests(Case):
    """Memory is asked for before it is used."""

    def test_functions_that_multiply_their_input(self):
        text, array = "strrep(strrep('%', 1000), 1000)", "range(1, 100000)"
        for what in [
            f"array_length(repeat({array}, 1000000))", f"array_length(repeat({array}, 1000))",
            f"strlen(strcat_array(range(1, 1000000), {text}))", f"strlen(strrep({text}, 1000, {text}))",
            f"strlen(replace_string({text}, '%', {text}))", f"strlen(replace_string({text}, '%', strrep('ab', 1000)))",
            f"strlen(replace_strings({text}, dynamic(['%']), pack_array({text})))",
            f"strlen(replace_regex({text}, '', strrep('ab', 1000)))", f"strlen(replace_regex({text}, '(%)', strrep(@'\\1\\1', 1000)))",
            f"strlen(strcat_delim({text}, {', '.join(['1'] * 100)}))", f"strlen(strcat({', '.join([text] * 100)}))",
            f"array_length(array_concat({', '.join([array] * 100)}))", f"strlen(tostring(pack_array({', '.join([text] * 100)})))",
            f"array_length(zip({', '.join([array] * 60)}))", f"strlen(url_encode(url_encode(url_encode(strrep({text}, 20)))))",
            f"strlen(base64_encode_tostring(base64_encode_tostring(strrep({text}, 40))))",
            f"array_length(split(strrep({text}, 30), ''))", f"array_length(extract_all('(%)', strrep({text}, 20)))",
        ]:
            self.assertBounded(self.query(f"print {what}", "--memory", LIMIT), what)
            column = what.replace(text, "t").replace(array, "a")
            source = f"range i from 1 to 3 step 1 | extend t = strcat({text}, i), a = array_concat({array}, pack_array(i))"
            self.assertBounded(self.query(f"{source} | project {column}", "--memory", LIMIT), f"over columns: {column}")

    def test_values_that_double(self):
        for start, step in [("'x'", "strcat({0}, {0})"), ("dynamic([1])", "array_concat({0}, {0})"), ("dynamic([1])", "pack_array({0}, {0})")]:
            lets = "".join(f"let s{i} = {step.format(f's{i - 1}')};\n" for i in range(1, 40))
            self.assertBounded(self.query(f"let s0 = {start};\n{lets}print strlen(tostring(s39))", "--memory", LIMIT), step)
            columns = "".join(f"| extend s = {step.format('s')}\n" for _ in range(40))
            self.assertBounded(
                self.query(f"range i from 1 to 10 step 1 | extend s = {start}\n{columns}| count", "--memory", LIMIT), f"columns: {step}")

    def test_rows_that_numbers_ask_for(self):
        """Three rows in, four billion out."""
        events = 'datatable(user: string, day: long)["a", 1, "b", 1, "a", 2]'
        for what in [
            "sliding_window_counts(user, day, 1, 4294967296, 4294967296, 1)", "activity_engagement(user, day, 1, 4294967296, 1, 4294967296)",
            "new_activity_metrics(user, day, 1, 4294967296, 1)", "activity_metrics(user, day, 1, 4294967296, 1)",
            "active_users_count(user, day, 1, 4294967296, 4294967296, 1, 1, 1)", "session_count(user, day, 1, 4294967296, 1, 4294967296)",
            "activity_counts_metrics(user, day, 1, 4294967296, 1)", "rolling_percentile(day, 50, day, 1, 4294967296)",
        ]:
            self.assertBounded(self.query(f"{events} | evaluate {what} | count", "--memory", LIMIT), what)

    def test_many_small_objects(self):
        """What is not in columns counts as well: sketches, states of a scan, patterns, graphs, members of bags."""
        rows = "range x from 1 to 2000000 step 1"
        for what in [
            "summarize h = hll(x) by x | summarize m = hll_merge(h) by x | where isnotnull(m) | count",
            "summarize t = tdigest(x) by x | summarize m = tdigest_merge(t) by x | where isnotnull(m) | count",
            "extend z = x % 10 | make-series n = count() on z from 1 to 9 step 1 by y = x | where isnotnull(n) | count",
            "extend s = strcat('word', x * 7919, ' is ', x) | reduce by s | count",
            "extend a = x % 1000, b = x % 977 | evaluate rows_near(x > 3, 1) | where a != b | count",
            "extend d = x % 3 | evaluate activity_counts_metrics(x, d, 1, 100, 1) | count",
            "partition hint.strategy=native by x (take 1) | count",
            "project s = strcat('a', x) | lookup (range y from 1 to 1000000 step 1 | project s = strcat('a', y), y) on s | where isnotempty(y) | count",
        ]:
            self.assertBounded(self.query(f"{rows} | {what}", "--memory", LIMIT), what)

    def test_bombs_in_text(self):
        bomb = base64.b64encode(gzip.compress(b"a" * 400_000_000, 1)).decode()
        self.assertBounded(self.query(f"print strlen(gzip_decompress_from_base64_string('{bomb}'))", "--memory", LIMIT), "gzip")

    def test_requests_without_an_end(self):
        run = Run("pipe", "--memory", LIMIT, given=b"\0" * 200_000_000 + b"\n" + b'{"query": "print 1"}\n')
        self.assertBounded(run, "pipe")
        self.assertIn("longer than 64 MB", run.output)
        self.assertIn('"data":[[1]]', run.output)
        for command in [["query", "-"], ["run", "/dev/stdin"], ["shell"]]:
            self.assertBounded(Run(*command, "--memory", LIMIT, given=b"x" * 100_000_000), command)

    def test_attached_values(self):
        for name, value in [("blob", "zeroblob(900000000)"), ("text", "replace(hex(zeroblob(200000000)), '00', 'ab')")]:
            file = sqlite3.connect(self.path(f"{name}.sqlite"))
            file.execute(f"CREATE VIEW v AS SELECT {value} AS z")
            file.commit()
            file.close()
            for text in [f".attach {name}.sqlite as s", f".attach {name}.sqlite as s\n\ns.v | project strlen(z)"]:
                self.assertBounded(self.query(text, "--memory", LIMIT), text)
            run = Run("import", "--memory", LIMIT, f"{name}.sqlite", "--into", f"{name}.plumb", folder=self.folder)
            self.assertBounded(run, name)
            self.assertIn("value-too-large", run.output)


class ForeignFileTests(Case):
    """Files of others are refused when they are not what they say."""

    def workspace(self, name="w.plumb"):
        self.assertEqual(self.query(".set T <| range k from 1 to 10 step 1", name).status, 0)
        return self.path(name)

    def forge(self, path, *statements):
        file = sqlite3.connect(path)
        for statement in statements:
            file.execute(statement)
        file.commit()
        file.close()

    def test_views_in_place_of_tables(self):
        for number, table in enumerate(["state", "settings", "tables", "columns", "groups", "segments", "texts", "functions", "models", "history"]):
            path = self.workspace(f"{table}.plumb")
            file = sqlite3.connect(path)
            columns = [row[1] for row in file.execute(f"PRAGMA table_info(plumb_{table})")]
            file.execute(f"ALTER TABLE plumb_{table} RENAME TO other")
            file.execute(
                f"CREATE VIEW plumb_{table}({', '.join(columns)}) AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) "
                f"SELECT {', '.join('i' for _ in columns)} FROM r")
            file.commit()
            file.close()
            for salvage in [[], ["--salvage"]]:
                run = self.query("print 1", path, *salvage, "--memory", LIMIT, seconds=20)
                self.assertEqual(run.status, 1, f"{table}: {run.output}")
                self.assertIn("which Plumb did not make", run.output)
                self.assertBounded(run, table)

    def test_triggers_indexes_and_other_declarations(self):
        for forgery in [
            ["CREATE TRIGGER t AFTER INSERT ON plumb_tables BEGIN DELETE FROM plumb_groups; END"],
            ["CREATE INDEX i ON plumb_tables (zeroblob(id))"], ["ALTER TABLE plumb_tables ADD COLUMN x AS (zeroblob(900000000))"],
            ["ALTER TABLE plumb_settings RENAME TO x", "CREATE TABLE PLUMB_SETTINGS (name, value, seal)"],
        ]:
            path = self.workspace(f"forged{hash(forgery[0])}.plumb")
            self.forge(path, *forgery)
            run = self.query("T | count", path, seconds=20)
            self.assertEqual(run.status, 1, forgery)
            self.assertIn("which Plumb did not make", run.output)

    def test_tables_of_others_are_left_alone(self):
        path = self.workspace()
        self.forge(path, "CREATE TABLE notes (x)", "CREATE INDEX by_x ON notes (x)", "ANALYZE")
        self.assertIn("10", self.query("T | count", path).output)

    def test_a_file_that_goes_away_is_noticed(self):
        for replaced in [False, True]:
            path = self.workspace(f"gone{replaced}.plumb")
            other = self.workspace(f"other{replaced}.plumb")
            shell = self.start(path)
            self.assertIn("10", shell.answer("T | count"))
            if replaced:
                os.replace(other, path)
            else:
                os.unlink(path)
            shown = shell.answer(".set U <| print 1")
            self.assertIn("error[file-gone]", shown)
            self.assertRegex(shown, "was (replaced|deleted)")
            shell.type("\x04")
            self.assertEqual(shell.status(), 0)
            if replaced:
                self.assertIn("10", self.query("T | count", path).output)

    def test_a_limit_on_the_size_of_files(self):
        limit = [(resource.RLIMIT_FSIZE, 64 << 10)]
        rows = "range i from 1 to 300000 step 1 | extend s = tostring(rand())"
        for arguments in [["query", "a.plumb", "-c", f".set t <| {rows}"], ["query", "-o", "out.csv", "-c", rows], ["simulate", "--into", "b.plumb"]]:
            run = Run(*arguments, folder=self.folder, limits=limit)
            self.assertEqual(run.status, 1, f"{arguments}: {run.output}")
            self.assertIn("error[", run.output)
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".part") or name.startswith("out")], [])


class SafeTests(Case):
    """`--safe` reads and writes nothing that the command line does not name."""
    TEXTS = [
        "externaldata(a:string)['secret.txt']", "externaldata(a:string)['http://localhost:1/x.csv']", ".attach secret.sqlite as s",
        "print x = 1, y = 2 | render linechart with (file = 'e.svg')", ".load secret.csv", ".import secret.csv", ".read secret.kql",
        ".open secret.plumb", ".save copy.plumb", ".output out.csv", ".once out.csv", ".once |cat", ".report r.html",
    ]

    def setUp(self):
        super().setUp()
        self.write("secret.txt", "secret\n")
        self.write("secret.csv", "a\nsecret\n")
        self.write("secret.kql", "print 'secret'")
        sqlite3.connect(self.path("secret.sqlite")).execute("CREATE TABLE t AS SELECT 'secret' AS x").connection.commit()
        self.assertEqual(self.query(".set T <| print 'secret'", "secret.plumb").status, 0)

    def assertRefused(self, run, before, what):
        self.assertNotEqual(run.status, 0, f"{what}: {run.output}")
        self.assertEqual([], [line for line in run.output.splitlines() if line.strip() == "secret"], f"{what}: {run.output}")
        self.assertEqual(before, sorted(os.listdir(self.folder)), what)

    def test_nothing_else_is_touched(self):
        self.write("script.kql", "")
        self.write("query.kql", "")
        before = sorted(os.listdir(self.folder))
        for text in self.TEXTS:
            for arguments in [["query", "--safe", "-c", text], ["query", "--safe", "-"], ["shell", "--safe"], ["--safe"], ["run", "--safe", "script.kql"]]:
                self.write("script.kql", text)
                self.assertRefused(Run(*arguments, given=text.encode(), folder=self.folder), before, f"{arguments}: {text}")
        for request in ['{"load": {"t": "secret.csv"}}', '{"query": "externaldata(a:string)[\'secret.txt\']"}', '{"query": ".attach secret.sqlite as s"}']:
            run = Run("pipe", "--safe", given=request.encode() + b"\n", folder=self.folder)
            self.assertIn('{"error"', run.output)
            self.assertNotIn('"secret"', run.output)

    def test_what_the_command_line_names_is_read(self):
        run = Run("query", "--safe", "--attach", "s=secret.sqlite", "--load", "c=secret.csv", "-c", "s.t | union c | count", folder=self.folder)
        self.assertIn("2", run.output)
        self.assertEqual(run.status, 0)

    def test_a_terminal_and_a_pipe_are_alike(self):
        shell = self.start("--safe", folder=self.folder)
        for text in self.TEXTS:
            self.assertIn("error[", shell.answer(text), text)

    def test_mappings_are_safe_too(self):
        self.write("map.kql", "runs = externaldata(run_id:string)['secret.txt']")
        run = Run("import", "--safe", "secret.csv", "--map", "map.kql", "--into", "m.plumb", folder=self.folder)
        self.assertNotEqual(run.status, 0, run.output)


class OverwriteTests(Case):
    """Charts and results of scripts replace no file and follow no link unless the command line says so."""
    CHART = "print x = 1, y = 2 | render linechart with (file = '{}')"

    def test_links_are_not_followed(self):
        for name in ["link.svg", "link.csv"]:
            self.write("target.txt", "kept")
            os.symlink("target.txt", self.path(name))
            text = self.CHART.format(name) if name.endswith("svg") else f".once {name}\n\nprint 1"
            for extra in [[], ["--overwrite"]]:
                self.assertIn("error[symbolic-link]", self.query(text, *extra).output)
            self.assertEqual(self.read("target.txt"), "kept")
        self.assertEqual(self.query("print 1", "-o", self.path("link.csv")).status, 0)
        self.assertEqual(self.read("target.txt"), "print_0\n1\n")

    def test_scripts_replace_nothing_unless_allowed(self):
        for name, text in [("chart.svg", self.CHART.format("chart.svg")), ("rows.csv", ".once rows.csv\n\nprint 1")]:
            self.write(name, "kept")
            self.assertIn("error[file-exists]", self.query(text).output)
            self.assertEqual(self.read(name), "kept")
            self.assertEqual(self.query(text, "--overwrite").status, 0)
            self.assertNotEqual(self.read(name), "kept")


class TerminalTests(Case):
    """Data never steers the terminal."""
    STEER = ["\x1b]52;c;ZXZpbHM\x07", "\x9b31m", "\u202e", "\u200b", "\r\x1b[2K", "\x08\x08"]

    def assertClean(self, shown, what):
        for code in ["\x1b]52", "\x9b", "\u202e", "\u2066", "\u200b", "\x08\x08"]:
            self.assertNotIn(code, shown, f"{what}: {shown!r}")

    def test_names_and_values(self):
        for code in self.STEER:
            name = f"x{code}y"
            self.write("h.csv", f'"{name}",b\n1,"v{code}w"\n')
            loads = ["--load", f"h={self.path('h.csv')}"]
            # These two cannot be in the name of a table.
            if "\r" not in code and "\x08" not in code:
                loads += ["--load", f"{name}={self.path('h.csv')}"]
            shell = self.start(*loads)
            for typed in ["h", ".schema", ".show tables", "h | project nosuch", f"h | where b == 'v{code}w'".replace("\r", "").replace("\x08", "")]:
                shell.answer(typed)
            for typed in ["h | where ", "h | project b, ", ""]:
                shell.type(typed + "\t\t")
                time.sleep(0.3)
                shell.type("\x03")
                shell.expect("^C")
                shell.expect(PROMPT)
            self.assertClean(shell.raw, repr(code))

    def test_messages(self):
        for code in self.STEER:
            event = {"eventType": "START", "eventTime": code, "run": {"runId": "r"}, "job": {"namespace": "n" + code, "name": "j" + code}}
            self.write("events.ndjson", json.dumps(event, ensure_ascii=False) + "\n")
            name = f"e{code}v.csv".replace("/", "")
            self.write(name, "a,b\n1\n")
            for arguments in [
                ["query", "--load", self.path("events.ndjson"), "--kind", "openlineage", "-c", "runs | count"],
                ["import", self.path(name), "--into", self.path("x.plumb")], ["query", "-c", f"T{code}"], [f"no{code}such"], ["query", f"--no{code}"],
                ["query", "--load", f"t={self.path('no' + name)}", "-c", "t"], ["query", "-o", self.path("no/" + name), "-c", "print 1"],
            ]:
                self.assertClean(Run(*arguments, folder=self.folder).output, f"{arguments}")

    def test_history(self):
        for number, code in enumerate(["\x1b]52;c;ZXZpbHM\x07", "\x9b31m", "\u202e", "\u200b"]):
            home = os.path.join(self.folder, f"home{number}")
            os.makedirs(home)
            shell = self.start(home=home)
            shell.answer("print 1")
            shell.type("\x04")
            shell.status()
            for name in os.listdir(home):
                path = os.path.join(home, name)
                if os.path.isfile(path):
                    with open(path, "a") as file:
                        file.write(f"print '{code}'\n")
            shell = self.start(home=home)
            shell.type("\x1b[A\x1b[A\x1b[A")
            time.sleep(0.3)
            shell.type("\x03")
            shell.expect(PROMPT)
            self.assertClean(shell.raw, repr(code))

    def test_any_size_of_terminal(self):
        shell = self.start("--load", f"t={self.write('t.csv', 'a,b' + chr(10) + '1,2' + chr(10))}")
        for rows, columns in [(1, 1), (1, 2), (2, 1), (1, 3), (3, 2), (1, 300), (300, 1), (24, 80)]:
            shell.resize(rows, columns)
            time.sleep(0.1)
            shell.type("t | take 3 | where a == 1 and b == 2\x01\x05\x1b[D\x1b[D\t\t\x12t\x07\x03")
            time.sleep(0.2)
        shell.resize(24, 80)
        shell.type("\x03")
        shell.text = ""
        shell.type("print size = 6 * 7\r")
        shell.expect("42")


if __name__ == "__main__":
    unittest.main()
