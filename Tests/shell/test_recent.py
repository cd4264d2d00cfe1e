#!/usr/bin/env python3
"""Commands about the last results and the history, settings of tables, and what an empty prompt says.

  test_recent.py [path of plumb]
"""
import base64, os, re, subprocess, tempfile, unittest
from terminal import PLUMB, PROMPT, ShellCase

RUNS = "pipeline,status,n\nload,failed,1000\nclean,succeeded,2000000\nsend,failed,\n"


class RecentTests(ShellCase):
    def setUp(self):
        self.path = self.file("runs.csv", RUNS)
        self.home = self.new_folder()
        self.shell = self.start("--load", f"runs={self.path}", "--color", "never", home=self.home, folder=self.home)

    def test_history_has_numbers_that_run_again(self):
        self.shell.answer("print first = 40 + 2")
        self.shell.answer("print nothing = missing")
        shown = self.shell.answer(".history")
        number = re.search(r"(\d+) .*print first", shown).group(1)
        self.assertIn("failed", shown)
        self.assertIn("42", self.shell.answer(f"!{number}"))
        self.assertIn("42", self.shell.answer("!!"))
        self.assertIn("print first", self.shell.answer(".history FIRST"))
        self.assertNotIn("missing", self.shell.answer(".history first"))
        self.assertIn("is not an entry", self.shell.answer("!99999"))

    def test_differences_of_two_results(self):
        self.shell.answer("datatable(k: string, v: long)['a', 1, 'b', 2, 'c', 3]")
        self.shell.answer("datatable(k: string, v: long)['a', 1, 'b', 5, 'd', 4]")
        shown = self.shell.answer(".diff")
        self.assertRegex(shown, r"changed +b +2 -> 5")
        self.assertRegex(shown, r"added +d +4")
        self.assertRegex(shown, r"removed +c +3")
        self.assertIn("1 added, 1 removed, 1 changed", shown)
        self.shell.answer("print x = 1")
        self.assertIn("other columns", self.shell.answer(".diff"))
        self.shell.answer("print x = 1")
        self.assertIn("no difference", self.shell.answer(".diff"))

    def test_kept_queries_run_under_their_names(self):
        self.assertIn("no query is kept", self.shell.answer(".queries"))
        self.shell.answer('runs | where status == "failed" | count')
        self.assertIn("bad()", self.shell.answer(".keep bad"))
        self.assertIn("2", self.shell.answer("bad()"))
        self.shell.answer("declare query_parameters(wanted: string = 'failed'); runs | where status == wanted | count")
        self.shell.answer(".keep by_status")
        self.assertIn("1", self.shell.answer("by_status('succeeded')"))
        shown = self.shell.answer(".queries")
        self.assertIn("bad()", shown)
        self.assertIn("by_status(wanted", shown)

    def test_the_clipboard(self):
        self.shell.answer("runs | project pipeline, status | take 1")
        self.shell.answer(".copy")
        copied = re.search(r"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", self.shell.raw).group(1)
        self.assertEqual(base64.b64decode(copied).decode(), "pipeline\tstatus\nload\tfailed\n")

    def test_queries_of_an_answer(self):
        self.shell.answer("datatable(rank: long, query: string)[1, 'print one = 11 * 11', 2, 'print two = 12 * 12']")
        self.assertIn("144", self.shell.answer(".run 2"))
        self.assertIn("no queries", self.shell.answer(".run 1"))

    def test_tables_show_what_is_set(self):
        query = "runs | project pipeline, n, missing = tolong(n) * 2 | take 3"
        self.assertNotIn("NULL", self.shell.answer(query))
        for command in ".null NULL", ".types on", ".numbers grouped":
            self.shell.answer(command)
        shown = self.shell.answer(query)
        for wanted in "NULL", "string", "2,000,000", "4,000,000":
            self.assertIn(wanted, shown)
        self.shell.answer(".rows 4")
        self.shell.answer(".tail on")
        shown = self.shell.answer("range x from 1 to 100 step 1")
        for wanted in "2", "·", "99", "100":
            self.assertRegex(shown, rf"(?m)^ *{wanted}$")
        self.assertNotRegex(shown, r"(?m)^ *50$")
        shown = self.shell.answer(".settings")
        self.assertRegex(shown, r"\.null +NULL")
        self.assertRegex(shown, r"\.tail +on")

    def test_all_columns_of_a_wide_result(self):
        shell = self.start("--load", f"runs={self.path}", "--color", "never", columns=80, rows=24, PAGER="cat")
        wide = "runs | extend " + ", ".join(f"column_{n} = {n} * 1000" for n in range(20)) + ", z_last = 'end of it' | sort by z_last, pipeline asc"
        shown = shell.answer(wide + " | take 3")
        self.assertNotIn("column_15  ", shown)
        shown = shell.answer(".wide")
        self.assertIn("column_19", shown)
        self.assertIn("end of it", shown)
        # Columns that the query names come first where not all of them fit.
        shown = shell.answer(wide.replace("| sort", "| where column_17 > 5 | sort") + " | extend more = 1 | project-away n | union (print 1)")
        self.assertIn("column_17", shown.split("─")[0])

    def test_words_to_begin_with(self):
        world = self.start("--color", "never", columns=80)
        shown = world.raw
        for word in "overview", "why PIPELINE", "predict risk", "slow", "lineage":
            self.assertIn(word, shown)
        self.assertIn("`overview`", world.answer(""))
        self.assertIn("bin(value, step)", world.answer("? bin"))
        self.assertIn("bin(value, step)", world.answer("help bin"))
        shown = world.answer(".help week")
        self.assertIn("startofweek", shown)
        self.assertIn("week_of_year", shown)
        self.assertIn("countif", world.answer(".help aggregate"))
        for word, wanted in {"predict": "predict risk", "why": "why ", "why office": "names fit", "lineage": "lineage downstream of"}.items():
            self.assertIn(wanted, world.answer(word), word)

    def test_own_prompt_log_and_folder(self):
        self.shell.type(".prompt incident>\r")
        self.shell.expect("incident> ")
        self.shell.type(".prompt\r")
        self.shell.expect(PROMPT)
        self.shell.answer(".log session.kql")
        self.shell.answer("print logged = 1")
        self.shell.answer(".log")
        self.shell.answer("print silent = 1")
        with open(os.path.join(self.home, "session.kql")) as file:
            text = file.read()
        self.assertIn("print logged = 1", text)
        self.assertNotIn("silent", text)
        self.assertIn("from the shell", self.shell.answer(".shell echo from the shell"))
        os.mkdir(os.path.join(self.home, "inner"))
        self.shell.answer(".cd inner")
        self.assertIn("/inner", self.shell.answer(".cd"))
        self.assertIn("a heading", self.shell.answer(".print a heading"))


class ScriptTests(unittest.TestCase):
    def run_plumb(self, *arguments, text=None):
        done = subprocess.run([PLUMB, *arguments], input=text, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def test_one_grammar(self):
        text = "print a = 1\n\nprint b = 2\n\n.mode json\nprint c = 3\n"
        status, out, _ = self.run_plumb(text=text)
        self.assertEqual((status, "b\n2" in out, '{"c":3}' in out), (0, True, True))
        status, out, _ = self.run_plumb("query", "-c", "print a = 1", "-c", ".mode json", "-c", "print c = 3")
        self.assertEqual(status, 0)
        self.assertIn("a\n1", out)
        self.assertIn("c", out)

    def test_the_overview_of_a_short_history(self):
        """Too few failures to learn from: the risks are shares all the same, and the important failure comes first."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with open(folder.name + "/pipelines.csv", "w") as pipelines, open(folder.name + "/runs.csv", "w") as runs:
            pipelines.write("name,source,tier,status\n")
            runs.write("pipeline,started,ended,status\n")
            for i in range(14):
                status = "failed" if i % 4 == 1 else "succeeded"
                pipelines.write(f"p{i},Office,{3 - i % 3},{status}\n")
                for k in range(10):
                    runs.write(f"p{i},2026-11-29T{2 * k:02}:{i:02}:00Z,2026-11-29T{2 * k:02}:{i + 5:02}:00Z,{status if k == 9 else 'succeeded'}\n")
        data = ["--now", "2026-11-29T20:00:00Z", "--load", folder.name + "/pipelines.csv", "--load", folder.name + "/runs.csv"]
        status, out, err = self.run_plumb("query", *data, "-c", "predict risk | summarize low = min(risk), high = max(risk)")
        self.assertEqual(status, 0, err)
        low, high = map(float, out.split("\n")[1].split(","))
        self.assertTrue(0 <= low <= high <= 1, out)
        status, out, err = self.run_plumb("query", *data, "-c", 'overview | where section == "failing now" | project item, detail')
        self.assertEqual(out.split("\n")[1], "p5,tier 1", err)

    def test_options(self):
        status, _, err = self.run_plumb("query", "--limit", "2", "-c", "print 1")
        self.assertEqual(status, 2)
        self.assertIn("'--limit'", err)
        status, out, _ = self.run_plumb("query", "-o", "-", "-c", "print a = 1")
        self.assertEqual((status, out), (0, "a\n1\n"))
        status, _, err = self.run_plumb("query", "-o", "/tmp/plumb-test.docx", "-c", "print 1")
        self.assertEqual(status, 1)
        self.assertIn("`.docx`", err)
        status, _, err = self.run_plumb("query", "-c", "let x = 5")
        self.assertIn("nothing to run", err)


if __name__ == "__main__":
    unittest.main(verbosity=1)
