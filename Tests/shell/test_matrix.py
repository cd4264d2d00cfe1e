#!/usr/bin/env python3
"""Everything the shell shows, at 80 and 200 columns, in UTF-8 and ASCII, with and without colour.

  test_matrix.py [path of plumb]

In each of the eight terminals: no line is wider than the terminal, an ASCII one shows nothing but ASCII, and one
without colour no escape sequence that colours.
"""
import csv, os, re, subprocess, unicodedata, unittest
from terminal import MORE, PLUMB, PROMPT, ShellCase

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RISKS = ("datatable(pipeline: string, risk: real, low: real, high: real, lift: real, reasons: string, path: string)["
         "'load-orders-of-the-eastern-region', 0.94, 0.92, 0.96, 12.5, 'its last failure was 2 min ago; 8 runs are due; "
         "leaf: 119 of 125 failed', 'a <= 0.96 and b > 3', "
         "'clean', 0.21, 0.1, 0.4, 2.8, 'an upstream is late; leaf: 21 of 100 failed', 'a > 1', "
         "'send', 1.5, -1.0, 7.0, 99.0, 'what no model says', '']")
CAUSES = ("datatable(rank: long, cause: string, score: real, origin: string, since: datetime, evidence: string, query: string)["
          "1, 'expired-credentials', 0.936, 'load-orders', datetime(2026-03-31 18:25:15), '12 of the last 12 runs failed; "
          "they wait 48 s to start', 'runs | where pipeline == \"load-orders\" | project started, status, error']")
TREE = ("datatable(pipeline: string, depth: long, path: dynamic, via: string, status: string, tier: long)["
        "'clean', 1, dynamic(['load', 'clean']), 'load', 'failed', 1, "
        "'send', 2, dynamic(['load', 'clean', 'send']), 'clean', 'succeeded', 2]")
SERIES = "range n from 1 to 40 step 1 | extend at = datetime(2025-03-06) + n * 1h, kind = strcat('kind ', n % 9), size = n * n "
CHARTS = [f"{SERIES}| summarize size = sum(size) by bin(at, 4h), kind | render {kind}"
          for kind in ("timechart", "linechart", "areachart", "stackedareachart", "columnchart", "anomalychart")]
CHARTS += [f"{SERIES}| summarize size = sum(size) by kind | render {kind}" for kind in ("barchart", "piechart", "treemap")]
CHARTS += [f"{SERIES}| project n, size, kind | render scatterchart",
           "print share = 1e300, percent = 250.5, name = 'x' | render card",
           f"{SERIES}| project kind, at, ended = at + 3h | render ladderchart",
           f"{SERIES}| summarize size = sum(size) by n = n % 5, kind | render heatmap"]


def columns_of(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class MatrixTests(ShellCase):
    def each(self, body):
        for columns in (80, 200):
            for language in ("C.UTF-8", "C"):
                for color in ("always", "never"):
                    with self.subTest(columns=columns, language=language, color=color):
                        shell = self.start("--load", "runs=" + self.path, "--color", color, columns=columns, rows=40, LANG=language)
                        body(shell, columns, language == "C")
                        coloured = COLOUR.search(shell.raw)
                        self.assertEqual(coloured is not None, color == "always")

    def setUp(self):
        self.path = self.file("runs.csv", "pipeline,status,n\nload,failed,10\nclean,succeeded,20\nload,running,35\n")

    def fits(self, shown, columns, is_ascii, what):
        for line in shown.split("\n"):
            self.assertLessEqual(columns_of(line), columns, f"{what}: {line!r}")
        if is_ascii:
            self.assertTrue(shown.isascii(), f"{what}: {shown}")

    def test_tables_trees_cards_and_mistakes(self):
        queries = ["runs", "range n from 1 to 6 step 1 | extend long = strrep('abc ', 90), other = strrep('x', 70)", RISKS, RISKS + " | take 1",
                   "range n from 1 to 20 step 1 | extend pipeline = strcat('p', n), risk = n / 20.0, low = 0.0, high = 1.0, "
                   "reasons = 'because; leaf: 1 of 2 failed' | project-away n", CAUSES, TREE, "explain runs | where n > 5 | count",
                   "profile runs | summarize sum(n) by status", "history", ".help", ".tables", ".schema runs", ".column runs.n"]

        def body(shell, columns, is_ascii):
            for query in queries:
                self.fits(shell.answer(query), columns, is_ascii, query)
            shown = shell.answer("runs | where statos == 1")
            self.assertRegex(shown, r"\n\s*\| +\^{6}")
            self.assertIn("did you mean `status`", shown)
            self.fits(shown, columns, is_ascii, "a mistake")

        self.each(body)

    def test_every_chart(self):
        def body(shell, columns, is_ascii):
            for query in CHARTS:
                shown = shell.answer(query)
                self.assertNotIn("error[", shown)
                self.fits(shown, columns, is_ascii, query)

        self.each(body)

    def test_lines_of_several_rows_are_run_whole(self):
        def body(shell, columns, is_ascii):
            query = "print answer = " + " + ".join(str(n) for n in range(1, 120))
            self.assertGreater(len(query), columns)
            shell.ask(query, str(sum(range(1, 120))))
            shell.type("print pack_array(1,\r")
            shell.expect(MORE)
            shell.type("2, 98765)\r")
            shell.expect(MORE)
            shell.ask("", "98765]")
            shell.type("runs | where statu\t")
            shell.expect("status ")
            shell.type("\x03")
            shell.expect(PROMPT)

        self.each(body)

    def test_cards_say_what_the_table_says(self):
        """A table function's rows are cards because it declares so; the same columns made by hand are a table."""
        shell = self.start(columns=80)
        query = "predict risk | top 2"
        shown = " ".join(shell.answer(query).split())
        rows = self.rows(query)
        self.assertEqual(len(rows), 2)
        for row in rows:
            for wanted in (row["pipeline"], f"{float(row['risk']) * 100:.0f} %", f"{float(row['lift']):.1f} times the average risk"):
                self.assertIn(wanted, shown)
        shown = shell.answer("predict risk | top 5")
        for row in self.rows("predict risk | top 5"):
            self.assertIn(row["pipeline"], shown)
            self.assertIn(f"{float(row['lift']):.1f}x", shown)
        self.assertIn("2 columns not shown (path, flip)", " ".join(shown.split()))
        cause = self.rows("why github-audit-westeurope | take 1")[0]
        shown = " ".join(shell.answer("why github-audit-westeurope").split())
        for wanted in (f"1. {cause['cause']}", f"{float(cause['score']) * 100:.0f} %", cause["origin"]):
            self.assertIn(wanted, shown)
        self.assertRegex(shell.answer(RISKS), r"pipeline\s+risk\s+low")
        shell.answer(".mode table")
        self.assertRegex(shell.answer(query), r"pipeline\s+state\s+risk")
        # Off a terminal the rows go out.
        self.assertIn("risk", rows[0])

    def rows(self, query):
        """The rows as a program reads them."""
        shown = subprocess.run([PLUMB, "query", "--format", "csv", "-c", query], capture_output=True, check=True).stdout.decode()
        return list(csv.DictReader(shown.splitlines()))

    def test_judgements_are_sentences_where_their_table_does_not_fit(self):
        query = "slow | top 2"
        shown = " ".join(self.start(columns=80).answer(query).split())
        for row in self.rows(query):
            self.assertIn(f"{row['pipeline']} tier {row['tier']}, {row['owner']} takes ", shown)
            self.assertIn(f"{float(row['times']):g} times the usual, for {row['runs']} run", shown)
        self.assertIn("1 column not shown (history)", shown)
        for shown in [self.start(columns=200).answer(query), self.start("--format", "table", columns=80).answer(query)]:
            self.assertRegex(shown, r"pipeline\s+score\s+now\s+usual")
        shown = " ".join(self.start(columns=80).answer("stale | top 1").split())
        self.assertRegex(shown, r"no success for .*, usually every .*, [\d.]+ times the usual")
        shown = " ".join(self.start(columns=80).answer("volume | top 1").split())
        self.assertRegex(shown, r"records since .*, usually ")

    def test_five_cards_fit_80_by_24(self):
        shell = self.start(columns=80, rows=24)
        shown = shell.answer("predict risk | top 5")
        self.assertIn("█", shown)
        self.assertLessEqual(len(shown.rstrip("\n").split("\n")), 22, shown)


class ResizeTests(ShellCase):
    def test_while_a_query_runs_and_while_a_pager_shows(self):
        shell = self.start(columns=200, rows=30)
        shell.type("range x from 1 to 100000000000 step 1 | summarize sum(x % 7)\r")
        shell.expect("Ctrl-C stops")
        shell.resize(20, 60)
        shell.type("\x03")
        shell.expect("cancelled")
        shell.expect(PROMPT)
        self.assertIn("shortened", shell.answer("print text = strrep('abcdefghij', 15)"))
        paged = self.start(columns=200, rows=10, PAGER="cat; sleep 1")
        paged.type("range n from 1 to 50 step 1\r")
        paged.expect("49\r\n50")
        paged.resize(20, 60)
        paged.expect(PROMPT)
        self.assertIn("shortened", paged.answer("print text = strrep('abcdefghij', 15)"))


class PartialTests(ShellCase):
    SLOW = "range x from 1 to 100000000000 step 1 | where x % 1000003 == 5"

    def open(self):
        # With a table of its own no world is made meanwhile.
        return self.start("--load", "runs=" + self.file("runs.csv", "n\n1\n"))

    def stopped(self, shell, query):
        shell.type(query + "\r")
        shell.expect("Ctrl-C stops")
        shell.type("\x03")
        shown = shell.expect(PROMPT)
        return shown

    def test_rows_so_far_are_kept_and_marked(self):
        shell = self.open()
        shown = self.stopped(shell, self.SLOW)
        rows = re.search(r"partial: stopped after ([\d,]+) row", shown)
        self.assertIsNotNone(rows, shown)
        count = rows.group(1).replace(",", "")
        self.assertIn(count, shell.answer("_ | count"))
        self.assertIn("partial", shell.answer("history | take 1 | project error"))

    def test_where_there_are_no_rows_yet_it_says_so(self):
        shell = self.open()
        shown = self.stopped(shell, "range x from 1 to 100000000000 step 1 | summarize sum(x % 7)")
        self.assertIn("cancelled before it returned any rows", shown)
        shell.ask("print a = 5 + 6", "11")

    def test_results_before_the_one_that_was_stopped_stay(self):
        shell = self.open()
        shown = self.stopped(shell, "print first = 4711; range x from 1 to 100000000000 step 1 | summarize sum(x % 7)")
        self.assertIn("4711", shown)
        self.assertIn("partial: stopped after 1 result", shown)


class InputrcTests(ShellCase):
    def test_the_users_own_file_and_vi_mode(self):
        home = self.new_folder()
        with open(os.path.join(home, ".inputrc"), "w") as file:
            file.write('set editing-mode vi\n$if plumb\n"\\C-g": "print macro = 12 * 12"\n$endif\n')
        shell = self.start(home=home, INPUTRC=os.path.join(home, ".inputrc"))
        shell.type("print b = 1\x1b")
        shell.expect("b = 1")
        shell.type("0wcwanswer\x1b")
        shell.type("A + 41\r")
        shell.expect("42")
        shell.expect(PROMPT)
        shell.type("\x07\r")
        shell.expect("144")


if __name__ == "__main__":
    unittest.main(verbosity=1)
