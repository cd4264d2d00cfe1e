#!/usr/bin/env python3
"""Workspaces inside the running shell: .open, .save, .import, models, and the history that stays.

  test_workspace.py [path of plumb]
"""
import fcntl, os, signal, sqlite3, time, unittest
from terminal import MORE, PROMPT, ShellCase, Terminal

RUNS = "pipeline,status,n\nload,failed,10\nclean,succeeded,20\nload,succeeded,35\n"


class WorkspaceTests(ShellCase):
    def setUp(self):
        self.path = self.file("runs.csv", RUNS)
        self.folder = os.path.dirname(self.path)

    def open(self, *arguments, **options):
        return self.start(*arguments, folder=self.folder, **options)

    def in_file(self, name):
        return os.path.join(self.folder, name)

    def test_open_makes_and_switches(self):
        shell = self.open("--load", f"first={self.path}")
        self.assertIn("in memory", shell.answer(".open"))
        self.assertIn("made a.plumb: no tables yet", shell.answer(".open a.plumb"))
        self.assertIn("error[unknown-table]", shell.answer("first | count"))
        shell.answer(".set numbers <| range n from 1 to 7 step 1")
        self.assertIn("made b b.plumb", shell.answer('.open "b b.plumb"'))
        self.assertIn("a.plumb: 1 table with 7 rows", shell.answer(".open a.plumb"))
        self.assertIn("7", shell.answer("numbers | count"))
        self.assertIn("already open", shell.answer(".open ./a.plumb"))
        # The last result and what was in memory are still there.
        self.assertIn("7", shell.answer("_"))
        self.assertIn("in memory", shell.answer(".open :memory:"))
        self.assertIn("3", shell.answer("first | count"))

    def test_what_cannot_be_opened_changes_nothing(self):
        shell = self.open("a.plumb")
        shell.answer(".set numbers <| range n from 1 to 7 step 1")
        for name, text, wanted in [
            ("data.csv", RUNS, "is not a Plumb workspace"), ("empty.plumb", "SQLite format 3\0garbage", "damaged"),
        ]:
            with open(self.in_file(name), "w") as file:
                file.write(text)
            shown = shell.answer(f".open {name}")
            self.assertIn("error[", shown)
            self.assertIn(wanted, shown)
        newer = sqlite3.connect(self.in_file("newer.plumb"))
        newer.execute(f"PRAGMA application_id = {0x506C6D62}")
        newer.execute("PRAGMA user_version = 99")
        newer.execute("CREATE TABLE t (x)")
        newer.commit()
        newer.close()
        self.assertIn("error[newer-file]", shell.answer(".open newer.plumb"))
        self.assertIn("error[", shell.answer(".open no/such/folder/x.plumb"))
        self.assertIn("error[usage]", shell.answer(".open --nonsense"))
        self.assertIn("7", shell.answer("numbers | count"))
        self.assertIn("a.plumb: 1 table", shell.answer(".open"))

    def test_a_damaged_file_is_salvaged(self):
        shell = self.open("a.plumb")
        shell.answer(".set numbers <| range n from 1 to 7 step 1")
        shell.answer(".set others <| print x = 1")
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)
        file = sqlite3.connect(self.in_file("a.plumb"))
        file.execute("UPDATE plumb_tables SET row_count = 8 WHERE name = 'others'")
        file.commit()
        file.close()
        shell = self.open()
        self.assertIn("use `.open --salvage a.plumb", shell.answer(".open a.plumb"))
        shown = shell.answer(".open --salvage a.plumb")
        self.assertIn("the table `others` is omitted", shown)
        self.assertIn("7", shell.answer("numbers | count"))
        self.assertIn("Plumb will not write to it", shell.answer(".set more <| print 1"))
        self.assertIn("saved as whole.plumb", shell.answer(".save whole.plumb"))
        shell.answer(".set more <| print 1")
        self.assertIn("whole.plumb: 2 tables", shell.answer(".open"))

    def test_two_shells_on_one_file(self):
        one = self.open("a.plumb")
        one.answer(".set numbers <| range n from 1 to 7 step 1")
        other = self.open("a.plumb")
        self.assertIn("7", other.answer("numbers | count"))
        other.answer(".append numbers <| range n from 8 to 9 step 1")
        self.assertIn("9", one.answer("numbers | count"))

    def test_save_writes_everything(self):
        shell = self.open("--load", f"runs={self.path}")
        self.assertIn("error[usage]", shell.answer(".save"))
        shell.answer(".create function late(least: long) { runs | where n > least }")
        shell.answer(".set few <| runs | take 2")
        shown = shell.answer(".save a.plumb")
        self.assertIn("saved as a.plumb: 2 tables with 5 rows, 1 function", shown)
        self.assertIn("2", shell.answer("late(15) | count"))
        shell.answer(".append few <| runs | take 1")
        self.assertIn("already exists", shell.answer(".save a.plumb"))
        self.assertIn("everything is already saved", shell.answer(".save"))
        self.assertIn("more: 3 rows", shell.answer(".import runs.csv --as more"))
        self.assertIn("saved as copy.plumb: 3 tables with 9 rows, 1 function", shell.answer(".save copy.plumb"))
        # What is known of imports is saved with it.
        self.assertIn("have already been imported", shell.answer(".import runs.csv --as more"))
        self.assertIn("few: 3 rows", shell.answer(".import runs.csv --as few"))
        self.assertIn("error[", shell.answer(".save /nonexistent/x.plumb"))
        self.assertEqual(sorted(name for name in os.listdir(self.folder) if not name.endswith(("-wal", "-shm"))),
                         ["a.plumb", "copy.plumb", "runs.csv"])
        shell = self.open("a.plumb")
        self.assertIn("3", shell.answer("few | count"))

    def test_save_from_memory_knows_what_was_imported(self):
        shell = self.open()
        self.assertIn("more: 3 rows", shell.answer(".import runs.csv --as more"))
        with open(self.in_file("changed.csv"), "w") as file:
            file.write("n\n1\n")
        self.assertIn("changed: 1 row", shell.answer(".import changed.csv"))
        with open(self.in_file("changed.csv"), "w") as file:
            file.write("n\n2\n")
        self.assertIn("saved as a.plumb", shell.answer(".save a.plumb"))
        self.assertIn("all 3 rows of runs.csv have already been imported", shell.answer(".import runs.csv --as more"))
        # What has become another since is not known.
        self.assertIn("changed: 1 row", shell.answer(".import changed.csv"))
        self.assertIn("3", shell.answer("more | count"))

    def test_save_keeps_the_world_and_its_models(self):
        shell = self.open()
        shell.answer(".set-or-replace mine <| pipelines | take 3")
        before = shell.answer("runs | summarize count(), sum(records_out), max(started) by status | sort by status asc")
        self.assertIn("in use", shell.answer(".train"))
        risks = shell.answer("predict risk | project pipeline, risk | top 3 by risk")
        self.assertIn("1 model", shell.answer(".save world.plumb"))
        again = self.open("world.plumb")
        self.assertIn("1 model; the clock is at", again.answer(".open"))
        strip = lambda shown: [line for line in shown.split("\n") if "│" in line or "|" in line or "failed" in line]
        self.assertEqual(strip(again.answer(
            "runs | summarize count(), sum(records_out), max(started) by status | sort by status asc")), strip(before))
        shown = again.answer("predict risk | project pipeline, risk | top 3 by risk")
        self.assertIn("the saved model `boosting_2h`, version 1", shown)
        self.assertEqual(strip(shown), strip(risks))
        self.assertIn("boosting_2h", again.answer(".show models"))
        again.answer(".drop model boosting_2h")
        self.assertNotIn("1 model", again.answer(".open"))
        self.assertIn("error[unknown-model]", again.answer(".drop model boosting_2h"))
        again.answer(".advance 2h")
        again.answer(".append runs <| runs | take 1")
        self.assertIn("error[world-changed]", again.answer(".advance 2h"))
        again.answer(".drop table runs")
        self.assertNotIn("error", again.answer(".advance 2h"))

    def test_import_into_memory_and_into_a_file(self):
        mapping = self.in_file("jobs.kql")
        with open(mapping, "w") as file:
            file.write("let runs = input | project run_id = n, pipeline, status, started = datetime(2024-05-01);\n")
        for shell in (self.open("--load", f"first={self.path}"), self.open("a.plumb")):
            self.assertIn("runs: 3 rows from runs.csv", shell.answer(".import runs.csv"))
            self.assertIn("have already been imported", shell.answer(".import runs.csv"))
            self.assertIn("3", shell.answer("runs | count"))
            self.assertIn("runs: 3 rows from runs.csv", shell.answer(".import runs.csv --replace"))
            self.assertIn("3", shell.answer("runs | count"))
            shell.answer(".import runs.csv --as other --types 'pipeline:string,status:string,n:long'")
            self.assertIn("75", shell.answer("other | summarize sum(n) by x = 1 | project abs(sum_n + 10)"))
            shell.answer(".drop table runs")
            self.assertIn("load", shell.answer(".import runs.csv --map jobs.kql --preview"))
            self.assertIn("3 of them new", shell.answer(".import runs.csv --map jobs.kql"))
            self.assertIn("0 of them new", shell.answer(".import runs.csv --map jobs.kql"))
            self.assertIn("3", shell.answer("runs | count"))
            self.assertIn("error[no-", shell.answer(".import nothing.csv"))
            self.assertIn("error[usage]", shell.answer(".import runs.csv --nonsense"))
            self.assertIn("error[usage]", shell.answer(".import runs.csv --into x.plumb"))
            self.assertIn("--map", shell.answer(".import --help"))
            self.assertIn("error[open-quote]", shell.answer(".import 'runs.csv"))
        self.open("a.plumb").complete(".column other.", "other.n")

    def test_safe_shell_refuses(self):
        shell = self.open("--safe")
        for line in [".open a.plumb", ".save a.plumb", ".import runs.csv", ".open :memory:"]:
            self.assertIn("error[safe-mode]", shell.answer(line), line)
        self.assertEqual(os.listdir(self.folder), ["runs.csv"])

    def test_names_of_files_are_completed(self):
        shell = self.open("--load", f"runs={self.path}")
        shell.answer(".save inci.plumb")
        shell.complete(".open in", "inci.plumb")
        shell.type("\r")
        self.assertIn("already open", shell.expect(PROMPT))
        shell.complete(".import ru", "runs.csv")


class HistoryTests(ShellCase):
    def setUp(self):
        self.folder = os.path.dirname(self.file("x", ""))
        self.home = os.path.dirname(self.file("x", ""))

    def open(self, *arguments, **options):
        shell = Terminal(*arguments, folder=self.folder, home=self.home, **options)
        self.addCleanup(shell.close)
        shell.expect(PROMPT)
        return shell

    def leave(self, shell):
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)

    def check_sessions(self, *arguments):
        shell = self.open(*arguments)
        shell.answer("print a = 1")
        shell.type("print b = 2\r")
        shell.expect(PROMPT)
        shell.type("print c = 3 |\r")
        shell.expect(MORE)
        shell.type("extend d = c\r")
        shell.expect(MORE)
        shell.type("\r")
        shell.expect(PROMPT)
        shell.answer("print nothing")
        shell.answer(".mode line")
        self.leave(shell)
        shell = self.open(*arguments)
        shown = shell.answer("history | project query, rows, failed = isnotempty(error)")
        for text in ["print a = 1", "print c = 3 |", "print nothing", "true"]:
            self.assertIn(text, shown)
        self.assertNotIn(".mode", shown)
        self.assertIn("print b = 2", shell.answer(".history 9"))
        # Up three times: the two just asked, then the command; once more: the query in error.
        shell.type("\x1b[A" * 3)
        shell.expect(".mode line")
        shell.type("\x1b[A" * 2)
        shell.expect("extend d = c")
        shell.type("\x15\x03")
        shell.expect(PROMPT)
        return shell

    def test_history_stays_in_the_file(self):
        self.check_sessions("a.plumb")
        self.assertFalse(os.path.exists(os.path.join(self.home, ".local/state/plumb/queries.jsonl")))
        file = sqlite3.connect(os.path.join(self.folder, "a.plumb"))
        self.assertIn(("print a = 1", 1), file.execute("SELECT text, row_count FROM plumb_history").fetchall())
        file.close()

    def test_history_stays_in_the_state_folder(self):
        self.check_sessions("--load", f"x={self.file('x.csv', RUNS)}")
        path = os.path.join(self.home, ".local/state/plumb/queries.jsonl")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_a_reader_keeps_its_history_in_the_state_folder(self):
        shell = self.open("a.plumb")
        shell.answer(".set numbers <| print n = 1")
        self.leave(shell)
        with open(os.path.join(self.folder, "a.plumb")) as file:
            # As another process does while it writes.
            fcntl.flock(file, fcntl.LOCK_EX)
            shell = self.open("a.plumb")
            self.assertIn("1", shell.answer("numbers | count"))
            self.leave(shell)
            fcntl.flock(file, fcntl.LOCK_UN)
        with open(os.path.join(self.home, ".local/state/plumb/queries.jsonl")) as file:
            self.assertIn("numbers | count", file.read())

    def test_a_shell_that_is_killed_loses_no_query_that_ended(self):
        shell = self.open("a.plumb")
        for number in range(5):
            shell.answer(f"print k = {number}")
        time.sleep(0.5)
        os.kill(shell.pid, signal.SIGKILL)
        os.waitpid(shell.pid, 0)
        shell.pid = None
        shown = self.open("a.plumb").answer("history | project query")
        for number in range(5):
            self.assertIn(f"print k = {number}", shown)


if __name__ == "__main__":
    unittest.main()
