#!/usr/bin/env python3
"""The dot commands, the safe shell, and the file read at the start.

  test_commands.py [path of plumb]
"""
import os, signal, time, unittest
from terminal import PROMPT, SLOW, ShellCase

RUNS = "pipeline,status,n\nload,failed,10\nclean,succeeded,20\nload,succeeded,35\n"


class CommandTests(ShellCase):
    def setUp(self):
        self.path = self.file("runs.csv", RUNS)
        self.folder = os.path.dirname(self.path)

    def open(self, *arguments, **options):
        return self.start("--load", f"runs={self.path}", *arguments, folder=self.folder, **options)

    def read(self, name):
        with open(os.path.join(self.folder, name)) as file:
            return file.read()

    def test_help(self):
        shell = self.open()
        shown = shell.answer(".help")
        for name in [".column", ".watch", ".report", "summarize"]:
            self.assertIn(name, shown)
        for line in self.open(columns=80).answer(".help").split("\n"):
            self.assertLessEqual(len(line), 81, line)
        self.assertIn("Counts the rows", shell.answer(".help countif"))
        self.assertIn(".watch 5s", shell.answer(".help .watch"))
        self.assertIn("render treemap", shell.answer(".help treemap"))
        self.assertIn("did you mean `summarize`", shell.answer(".help summarise"))
        self.assertNotIn(".cause", shown)
        # Help describes what begins a query, what follows a pipe, tables and stored functions.
        shown = shell.answer(".help union")
        self.assertIn("\n  Returns the rows of several tables", shown)
        self.assertIn("| union", shown)
        self.assertIn("pipeline: string", shell.answer(".help runs"))
        shell.answer(".create function twice(x: long) { x * 2 }")
        self.assertIn("stored function", shell.answer(".help twice"))
        self.assertIn("decision_tree(", shell.answer(".help decision_tree"))

    def test_help_goes_through_the_pager(self):
        shell = self.open(PAGER="tail -1")
        shown = shell.answer(".help")
        self.assertIn("mermaid", shown)
        self.assertNotIn(".column", shown)

    def test_tables_and_columns(self):
        shell = self.open()
        self.assertIn("runs", shell.answer(".tables"))
        self.assertIn("status", shell.answer(".schema runs"))
        self.assertIn("did you mean `runs`", shell.answer(".schema rnus"))
        shown = shell.answer(".column runs.status")
        self.assertIn("succeeded", shown)
        self.assertIn("different", shown)
        self.assertIn("largest", shell.answer(".column runs.n"))
        self.assertIn("did you mean `status`", shell.answer(".column runs.statos"))
        shell.answer(".set ['odd table'] <| range n from 1 to 40 step 1 | extend ['odd column'] = strcat('v', n)")
        self.assertIn("odd column", shell.answer(".schema ['odd table']"))
        self.assertIn("odd column", shell.answer(".schema odd table"))
        shown = shell.answer(".column ['odd table'].['odd column']")
        self.assertIn("v10", shown)
        self.assertIn("the 15 most frequent of about 40", shown)

    def test_modes(self):
        shell = self.open()
        shell.answer(".mode json")
        self.assertIn('{"Count":3}', shell.answer("runs | count"))
        self.assertIn("did you mean `line`", shell.answer(".mode lne"))

    def test_output_and_once(self):
        shell = self.open()
        shell.answer(".once first.csv")
        shell.answer("runs | project n")
        self.assertEqual(self.read("first.csv"), "n\n10\n20\n35\n")
        self.assertIn("45", shell.answer("print 45"))
        shell.answer(".once |wc -l > counted")
        shell.answer("runs")
        self.assertEqual(self.read("counted").strip(), "4")
        shell.answer(".output all.md")
        shell.answer("runs | count")
        shell.answer(".output")
        self.assertIn("| Count |", self.read("all.md"))
        self.assertIn("3", shell.answer("runs | count"))
        shell.answer(".output many.csv")
        shell.answer("runs | count")
        shell.answer("print n = 7")
        shell.answer(".output")
        self.assertEqual(self.read("many.csv"), "Count\n3\n\nn\n7\n")
        # Quotes around a path do not belong to it.
        shell.answer('.once "with space.csv"')
        shell.answer("print n = 8")
        self.assertEqual(self.read("with space.csv"), "n\n8\n")

    def test_an_interrupted_import_leaves_the_shell_and_what_was_read(self):
        with open(os.path.join(self.folder, "big.csv"), "w") as file:
            file.write("id,name\n")
            for part in range(20):
                file.write("".join(f"{n},name {n % 1000}\n" for n in range(part * 100_000, part * 100_000 + 100_000)))
        memory = self.open()
        in_file = self.start("big.plumb", folder=self.folder)
        for shell in [memory, in_file]:
            shell.type(".import big.csv BATCH\r".replace("BATCH", "--batch 1MB" if shell is in_file else ""))
            shell.expect("\n")
            time.sleep(1)
            shell.type("\x03")
            said = shell.expect(PROMPT)
            time.sleep(0.3)
            shell.ask("print a = 6 * 7", "42")
        # A table that is there in part is listed, and the same command completes it.
        self.assertEqual("no rows of" not in said, "big" in in_file.answer(".tables"), said)
        in_file.answer(".import big.csv")
        self.assertIn("2000000", in_file.answer("big | count"))

    def test_ctrl_c_with_nothing_to_interrupt(self):
        shell = self.open(EDITOR="sleep 30; true")
        shell.answer("print 1")
        shell.type(".edit\r")
        shell.expect("\n")
        time.sleep(0.5)
        shell.type("\x03")
        shell.expect(PROMPT)
        shell.ask("print a = 6 * 7", "42")

    def test_a_pipe_that_nobody_writes_to_can_be_left(self):
        shell = self.open()
        path = os.path.join(self.folder, "later.csv")
        os.mkfifo(path)
        for command, said in [(".load later=later.csv", "cancelled"), (".load later.csv", "cancelled"), (".import later.csv", "stopped")]:
            shell.type(command + "\r")
            shell.expect("\n")
            time.sleep(0.5)
            shell.type("\x03")
            shell.expect(said)
            shell.expect(PROMPT)
        shell.type(".load later.csv\r")
        shell.expect("\n")
        with open(path, "w") as file:
            file.write("a,b\n1,2\n")
        shell.expect("1 row")
        shell.expect(PROMPT)
        self.assertIn("2", shell.answer("later | project b"))

    def test_read(self):
        with open(os.path.join(self.folder, "steps.kql"), "w") as file:
            file.write(".timer off\nruns\n| where n > 15\n| count;\nlet k = 7;\nprint k * 3;\nprint last = 99\n")
        shown = self.open().answer(".read steps.kql")
        for text in ["2", "21", "99"]:
            self.assertIn(text, shown)
        self.assertIn("cannot open", self.open().answer(".read nothing.kql"))
        with open(os.path.join(self.folder, "loop.kql"), "w") as file:
            file.write(".read loop.kql\n")
        with open(os.path.join(self.folder, "my steps.kql"), "w") as file:
            file.write("// A comment\n.timer off\n\n// Another\nprint a = 41;\n\nruns\n| wher n > 3\n\n.mode nonsense\n// The end\n")
        shown = self.open().answer('.read "my steps.kql"')
        self.assertIn("41", shown)
        # Mistakes are reported with their location in the file.
        self.assertIn("my steps.kql:8:3", shown)
        self.assertIn("my steps.kql:10:1", shown)
        self.assertEqual(shown.count("error["), 2)
        self.assertIn("too deeply", self.open().answer(".read loop.kql"))

    def test_the_prompt_begins_a_line(self):
        shell = self.open(columns=80)
        shell.answer(".once |printf abc")
        shell.type("print 1\r")
        shell.expect("abc")
        # Blanks for a whole line end on the next one, where something stood on this.
        self.assertIn(" " * 80 + "\r", shell.expect(PROMPT))
        shell.type(".watch 100ms print a = 1\r")
        shell.expect("Ctrl-C ends")
        shell.type("\x03")
        self.assertIn("\n", shell.expect(PROMPT).split("^C")[-1])
        # A screen is watched without a pager, and what does not fit is marked.
        shell = self.open(columns=80, rows=20, PAGER="cat; echo paged")
        shell.type(".watch 100ms range n from 1 to 100 step 1\r")
        shell.expect("12 of 100 rows")
        shell.type("\x03")
        self.assertNotIn("paged", shell.expect(PROMPT))

    def test_edit(self):
        shell = self.open(EDITOR="sed -i s/15/5000/")
        shell.answer("print n = 15")
        self.assertIn("5000", shell.answer(".edit"))
        # The arrow key brings back what was edited.
        shell.type("\x1b[A\r")
        self.assertIn("5000", shell.expect(PROMPT))

    def test_format_explain_profile(self):
        shell = self.open()
        self.assertIn("| where n > 15\n| count", shell.answer(".format runs|where n>15|count"))
        self.assertIn("Scan: runs", shell.answer(".explain runs | where n > 15"))
        self.assertIn("operator", shell.answer(".profile runs | where n > 15"))
        self.assertIn("error[", shell.answer(".explain runs | wher"))
        self.assertIn(".mode json", shell.answer(".format json"))

    def test_plans_run_no_commands(self):
        shell = self.open()
        shell.answer(".set few <| runs | take 1")
        for line in [".explain", ".profile"]:
            self.assertIn("no query yet", shell.answer(line))
        for line in [".explain .drop table few", ".profile .drop table few; runs"]:
            self.assertIn("error[no-query]", shell.answer(line), line)
        self.assertIn("1", shell.answer("few | count"))

    def test_wrong_words(self):
        shell = self.open(columns=80)
        for line in [".tables x", ".schema runs x", ".schema", ".column", ".column runs", ".mode line x", ".timer maybe",
                     ".rows x", ".history 0", ".quit now", ".edit x", ".overview x", ".safe x", ".once", ".read", ".load",
                     ".report", ".note", ".watch", ".save", ".import", ".train x", ".train tree y", ".train within"]:
            shown = shell.answer(line)
            self.assertRegex(shown, r"error\[(usage|unexpected-\w+|missing-operand)\]", line)
            self.assertIn("= help: ", shown, line)
        self.assertIn("`.drop` expects one of", shell.answer(".drop"))
        self.assertIn("did you mean `table`", shell.answer(".drop tabel runs"))
        self.assertIn("`.show` expects one of", shell.answer(".show"))
        self.assertIn("`.help` lists", shell.answer(".help qqqqqqqq"))
        self.assertIn("runs", shell.answer(".tables"))

    def test_parameters(self):
        shell = self.open()
        self.assertIn("no parameter", shell.answer(".param"))
        shell.answer('.param word="two words"')
        self.assertIn("9", shell.answer('declare query_parameters(word: string = ""); print strlen(word)'))
        shell.answer(".param limit=17")
        self.assertIn("limit=17", shell.answer(".param"))
        self.assertIn("2", shell.answer("declare query_parameters(limit: long); runs | where n > limit | count"))

    def test_watch(self):
        shell = self.open()
        shown = shell.answer(".watch 100ms runs | count until Count == 3")
        self.assertIn("the condition is met", shown)
        shell.type(".watch 100ms print x = rand()\r")
        shell.expect("cells changed")
        shell.expect("cells changed")
        shell.type("\x03")
        shell.expect(PROMPT)
        self.assertIn("where a timespan should be", shell.answer(".watch never runs"))

    def test_report(self):
        shell = self.open()
        shell.answer(".note The first look.")
        shell.answer("runs | summarize sum(n) by status | render piechart with (title=\"Shares\")")
        shell.answer("runs | wher n > 1")
        shell.answer(".report page.html")
        self.assertNotIn("unknown operator", self.read("page.html"))
        shell.answer(".report page.html all")
        page = self.read("page.html")
        for text in ["The first look.", "<svg", "Shares", "unknown operator", "<table>"]:
            self.assertIn(text, page)
        shell.answer(".report page.md all")
        page = self.read("page.md")
        for text in ["The first look.", "```kql", "Shares", "**error:**"]:
            self.assertIn(text, page)
        self.assertIn(".html or .md", shell.answer(".report page.doc"))

    def test_unknown_commands(self):
        shell = self.open()
        self.assertIn("did you mean `.tables`", shell.answer(".tabels"))
        self.assertIn("`.help` lists", shell.answer(".zzzzzz"))

    def test_safe_shell(self):
        for shell in (self.open("--safe"), self.open()):
            shell.answer(".safe")
            for line in [".read steps.kql", ".once file", ".output file", ".edit", ".report x.html", ".load x=y", ".pager on"]:
                self.assertIn("error[safe-mode]", shell.answer(line), line)
            self.assertIn("error[", shell.answer(f'externaldata(a: string)["{self.path}"]'))
            self.assertIn("3", shell.answer("runs | count"))
        self.assertEqual(os.listdir(self.folder), ["runs.csv"])

    def test_an_interrupt_ends_the_file_that_is_read(self):
        with open(os.path.join(self.folder, "inner.kql"), "w") as file:
            file.write(f"print a = 1\n\n{SLOW}\n\n.mode json\nprint b = 2\n")
        with open(os.path.join(self.folder, "outer.kql"), "w") as file:
            file.write(".read inner.kql\n.mode csv\nprint c = 3\n")
        shell = self.open()
        shell.type(".read outer.kql\r")
        shell.expect("1")
        time.sleep(1)
        shell.type("\x03")
        shown = shell.expect(PROMPT)
        self.assertIn("stopped in line 3 of inner.kql", shown)
        self.assertIn("stopped in line 1 of outer.kql", shown)
        self.assertIn("d\n", shell.answer("print d = 4").replace("─", ""))

    def test_words_that_other_shells_know(self):
        shell = self.open()
        self.assertIn("Operators:", shell.answer("help"))
        shell.answer(".set help <| print a = 5")
        self.assertIn("5", shell.answer("help"))
        shell.type("quit;\r")
        self.assertEqual(shell.status(), 0)

    def test_results_that_cannot_go_where_they_should(self):
        shell = self.open()
        for command in [".output", ".once"]:
            self.assertIn("error[write-failed]: cannot write to `nowhere/x.csv`", shell.answer(command + " nowhere/x.csv"))
        self.assertIn("45", shell.answer("print 45"))
        shell = self.open(PAGER="no-such-program -x", rows=10)
        shown = shell.answer("range x from 1 to 30 step 1 | extend y = x * x")
        self.assertIn("900", shown)
        self.assertIn("`no-such-program -x` in `PAGER` does not exist", shown)

    def test_stopping_and_going_on(self):
        shell = self.open()
        shell.type("print 40 +")
        shell.expect("40 +")
        # Nothing stops here, for there is no shell that would go on with it; the line is drawn again all the same.
        os.kill(shell.pid, signal.SIGTSTP)
        shell.expect("plumb> print 40 +")
        shell.ask(" 2", "42")

    def test_start_file_warns_and_goes_on(self):
        path = self.file("rc", "// mine\n.mode line\n.nonsense\nruns\n.quit\n.timer off\n")
        home = os.path.dirname(path)
        os.makedirs(os.path.join(home, ".config/plumb"))
        os.rename(path, os.path.join(home, ".config/plumb/rc"))
        from terminal import Terminal
        shell = Terminal("--load", f"runs={self.path}", home=home)
        self.addCleanup(shell.close)
        shown = shell.expect(PROMPT)
        self.assertIn("rc:3: unknown command `.nonsense`", shown)
        self.assertIn("rc:4: only commands of the shell", shown)
        self.assertIn("Count: 3", shell.answer("runs | count"))
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)

    def test_overview_fits_80_by_24(self):
        shell = self.start(columns=80, rows=24)
        shown = shell.answer(".overview")
        lines = shown.rstrip("\n").split("\n")
        for name in ["STATUS", "SOURCE", "LAST 24 HOURS", "RECENT FAILURES", "records out", "freshness breaches"]:
            self.assertIn(name, shown)
        self.assertLessEqual(len(lines), 23)
        for line in lines:
            self.assertLessEqual(len(line), 80, line)
        shown = shell.answer("overview")
        self.assertIn("RECENT FAILURES", shown)
        self.assertLessEqual(len(shown.rstrip("\n").split("\n")), 23)
        for line in shown.split("\n"):
            self.assertLessEqual(len(line), 80, line)
        self.assertIn("7", shell.answer("overview(7) | where section == 'recent failures' | count"))

    def test_overview_of_many_sources_fits_too(self):
        shell = self.start(columns=80, rows=24)
        statuses = 'dynamic(["failed", "running", "skipped", "queued", "succeeded", "cancelled"])[i % 6]'
        shell.answer(".set-or-replace pipelines <| range i from 0 to 599 step 1 | project name = strcat('p', i), "
                     f"source = strcat('source ', i % 30), status = tostring({statuses}), success_rate = 0.5, "
                     "freshness = 30m, sla = 1h")
        shown = shell.answer("overview")
        self.assertLessEqual(len(shown.rstrip("\n").split("\n")), 23)
        self.assertIn("\n  600\n", shell.answer("overview | where section == 'source' | summarize Total = sum(value)"))
        self.assertRegex(shown, r"other sources +520 +80 failed, 50 %")


if __name__ == "__main__":
    unittest.main(verbosity=1)
