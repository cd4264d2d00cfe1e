#!/usr/bin/env python3
"""The answer: tables and charts at 80 and 200 columns, in UTF-8 and ASCII, with and without colour.

  test_answers.py [path of plumb]
"""
import os, subprocess, unicodedata, unittest
from terminal import PLUMB, PROMPT, ShellCase

STATUS = 'datatable(name: string, status: string)["load", "failed", "clean", "succeeded"]'
CHART = "range n from 1 to 12 step 1 | extend size = n * n | render columnchart"


def columns_of(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class AnswerTests(ShellCase):
    def test_no_line_is_wider_than_the_terminal(self):
        query = ("range n from 1 to 30 step 1 | extend long_text = strrep('abc ', n * 4), number = n * 1000000, "
                 "wide = strrep('東京', n), marks = strrep('e\\u0301', n)")
        for columns in (80, 200):
            for language in ("C.UTF-8", "C"):
                for extra in ([], ["--color", "always"], ["--color", "never"]):
                    shell = self.start(*extra, columns=columns, LANG=language)
                    shown = shell.answer(query)
                    self.assertIn("shortened", shown)
                    for line in shown.split("\n"):
                        self.assertLessEqual(columns_of(line), columns, line)
                    shown = shell.answer(CHART)
                    for line in shown.split("\n"):
                        self.assertLessEqual(columns_of(line), columns, line)
                    if language == "C":
                        self.assertTrue(shown.isascii(), shown)
                    else:
                        self.assertIn("█", shown)

    def test_ascii_when_asked(self):
        shell = self.start("--ascii")
        self.assertTrue(shell.answer(STATUS).isascii())
        self.assertTrue(shell.answer("print a = 1, b = 2 | render card").isascii())
        shell.answer(".mode box")
        self.assertIn("+--", shell.answer(STATUS))

    def test_status_words_are_coloured(self):
        red = "\x1b[31mfailed\x1b[0m"
        for extra, variables, coloured in [([], {}, True), ([], {"NO_COLOR": "1"}, False), (["--color", "never"], {}, False),
                                           (["--color", "always"], {"NO_COLOR": "1"}, True), ([], {"term": "dumb"}, False)]:
            shell = self.start(*extra, **variables)
            shell.answer(STATUS)
            self.assertEqual(red in shell.raw, coloured, (extra, variables))

    def test_numbers_stand_flush_right(self):
        shown = self.start().answer("datatable(n: long)[1, 20, 300]")
        self.assertIn("\n  1\n 20\n300\n", shown)

    def test_rows_too_wide_for_the_terminal(self):
        wide = "".join(f", c{i} = 'some longer value {i}'" for i in range(12)) + ", status = 'failed', d = 1500ms, t = datetime(2026-03-31 10:00:01.5)"
        shell = self.start(columns=80, rows=24)
        # One row becomes lines, with times as short as they are.
        shown = shell.answer("print name = 'x'" + wide)
        self.assertIn("status: failed\n", shown)
        self.assertIn("d: 00:00:01.5\n", shown)
        self.assertIn("t: 2026-03-31 10:00:01.5\n", shown)
        # Three rows do so only where they fit; in columns the name and the status come first.
        rows = "range n from 1 to 3 step 1 | extend name = 'x'" + wide
        self.assertRegex(shell.answer(rows), r"^name +status +n ")
        self.assertIn("status: failed\n", self.start(columns=80, rows=60).answer("range n from 1 to 2 step 1 | extend name = 'x'" + wide))

    def test_the_palette_suits_the_background(self):
        light, dark = "\x1b[38;5;28msucceeded", "\x1b[32msucceeded"
        for variables, expected in [({"COLORFGBG": "0;15"}, light), ({"COLORFGBG": "0;default;7"}, light), ({"COLORFGBG": "15;0"}, dark),
                                    ({"COLORFGBG": "7;8"}, dark), ({"COLORFGBG": "default;default"}, dark), ({}, dark)]:
            with self.subTest(variables):
                shell = self.start("--color", "always", **variables)
                shell.answer(STATUS)
                self.assertIn(expected, shell.raw)

    def test_the_palette_is_a_setting(self):
        shell = self.start("--color", "always", COLORFGBG="15;0")
        for word, shown, expected in [("light", "light", "\x1b[38;5;28m"), ("dark", "dark", "\x1b[32m"), ("on", "auto (dark)", "\x1b[32m"),
                                      ("off", "off", None), ("auto", "auto (dark)", "\x1b[32m"), ("light", "light", "\x1b[38;5;28m")]:
            shell.answer(f".colors {word}")
            shell.ask(".settings", f".colors   {shown} ")
            self.assertIn(f"colors: {shown}", shell.answer(".colors"))
            start = len(shell.raw)
            shell.answer(STATUS)
            # The line while it is typed and the result have the same palette.
            raw = shell.raw[start:]
            (self.assertIn(expected + "succeeded", raw) if expected else self.assertNotIn("\x1b[3", raw))
            start = len(shell.raw)
            shell.answer('print "typed text", 12')
            raw = shell.raw[start:]
            codes = {"light": ["38;5;28m", "38;5;130m"], "dark": ["[0;32m", "[0;33m"]}.get("light" if word == "light" else "dark", [])
            for code in codes if expected else []: self.assertIn(code, raw)

    def test_a_prediction_states_what_it_predicts_and_why(self):
        path = os.path.join(self.new_folder(), "small.plumb")
        subprocess.run([PLUMB, "simulate", "--pipelines", "12", "--days", "5", "--into", path], check=True, capture_output=True)
        shell = self.start(path, columns=80)
        shell.answer(".pager off")
        # The first prediction trains the model.
        shell.type("predict risk | count\r")
        shell.expect("(1 row", seconds=60)
        shell.expect(PROMPT)
        for query in ("predict risk | take 1", "predict risk | take 4", "predict risk"):
            shown = shell.answer(query)
            self.assertRegex(shown, r"the risk of a failure within 2 h from 20\d\d-\d\d-\d\d \d\d:\d\d", query)
            self.assertEqual(shown.count("within 2 h from"), 1, query)
        self.assertRegex(shell.answer("predict risk | take 4"), "still failing|newly at risk")

    def test_lineage_marks_its_root_and_its_end(self):
        shell = self.start(columns=80)
        root = "office-exchange-westeurope"
        shown = shell.answer(f"lineage downstream of {root}")
        self.assertRegex(shown, rf"(?m)^[^ ] {root}  .*tier \d$")
        self.assertNotIn("note:", shown)
        leaf = "hunting-store-eastus"
        self.assertIn(f"nothing depends on {leaf}\n", shell.answer(f"lineage downstream of {leaf}"))
        self.assertNotIn("00:", shell.answer(f"lineage critical path to {leaf}"))

    def test_cut_results_say_so(self):
        shell = self.start()
        shell.answer(".rows 10")
        self.assertIn("10 of 1,204 rows", shell.answer("range n from 1 to 1204 step 1"))

    def test_wide_rows_stand_upright(self):
        shell = self.start(columns=80)
        query = "print " + ", ".join(f"column_number_{n} = {n}" for n in range(30))
        shown = shell.answer(query)
        self.assertIn("column_number_29: 29", shown)
        shown = shell.answer(query.replace("print", "range x from 1 to 9 step 1 | extend"))
        self.assertIn("columns not shown", shown)

    def test_ten_thousand_columns_and_ten_megabytes(self):
        shell = self.start(columns=80, rows=100)
        header = ",".join(f"c{n}" for n in range(10000))
        values = ",".join(str(n) for n in range(10000))
        path = self.file("wide.csv", header + "\n" + (values + "\n") * 5)
        shell.ask(f".load wide={path}", "5 rows")
        shown = shell.answer("wide")
        self.assertIn("c0", shown)
        self.assertIn("columns not shown", shown)
        path = self.file("long.csv", "text,n\n" + "x" * 10_000_000 + ",1\nshort,2\nz,3\nz,4\n")
        shell.ask(f".load long={path}", "4 rows")
        shown = shell.answer("long")
        self.assertIn("1 cell shortened", shown)
        self.assertLess(len(shown), 2000)

    def test_data_cannot_steer_the_terminal(self):
        path = self.file("evil.csv", 'text\n"\x1b[2J\x1b]0;owned\x07red"\n"\u202Eright\x9b2J"\n')
        shell = self.start("--load", f"evil={path}")
        before = len(shell.raw)
        for query in ["evil", "evil | render card", "evil | summarize n = count() by text | render barchart",
                      "evil | summarize n = count() by text | render piechart", "evil | where text == 'x\\u001b[2J'"]:
            shell.answer(query)
        for mode in ["line", "box", "csv", "tsv", "markdown", "raw", "html"]:
            shell.answer(f".mode {mode}")
            shell.answer("evil")
        shown = shell.raw[before:]
        self.assertNotIn("\x1b[2J", shown)
        self.assertNotIn("\x1b]0;", shown)
        self.assertNotIn("\u202e", shown)
        self.assertNotIn("\x9b", shown)

    def test_less_opens_at_once(self):
        """Versions of less differ in their options; an unknown one makes it ask for a key first."""
        shell = self.start(columns=80, rows=20, PAGER="less", TERM="xterm")
        shell.type("range n from 1 to 200 step 1\r")
        shown = shell.expect("q leaves")
        self.assertNotIn("There is no", shown)
        shell.type("q")
        shell.expect(PROMPT)

    def test_long_answers_go_through_the_pager(self):
        shell = self.start(rows=20, PAGER="sed s/^/paged:/")
        self.assertIn("paged:", shell.answer("range n from 1 to 50 step 1"))
        self.assertNotIn("paged:", shell.answer("range n from 1 to 5 step 1"))
        shell.answer(".pager off")
        self.assertNotIn("paged:", shell.answer("range n from 1 to 50 step 1"))
        shell.answer(".pager on")
        leaving = self.start(rows=20, PAGER="head -3")
        self.assertIn("1,000 of 5,000 rows", leaving.answer("range n from 1 to 5000 step 1"))

    def test_resizing(self):
        shell = self.start(columns=200)
        query = "print text = strrep('abcdefghij', 15)"
        self.assertNotIn("shortened", shell.answer(query))
        shell.resize(30, 60)
        self.assertIn("shortened", shell.answer(query))

    def test_charts_are_drawn_and_written(self):
        folder = os.path.dirname(self.file("x", ""))
        shell = self.start(folder=folder)
        self.assertIn("wrote the chart to sizes.svg", shell.answer(CHART + ' with (file="sizes.svg", title="Sizes")'))
        with open(os.path.join(folder, "sizes.svg")) as file:
            text = file.read()
        self.assertIn("<title id=\"t\">Sizes (columnchart)</title>", text)
        shell.answer(CHART + ' with (file="sizes.html")')
        with open(os.path.join(folder, "sizes.html")) as file:
            text = file.read()
        self.assertIn("<svg", text)
        self.assertIn("<table>", text)
        shell.ask(CHART + ' with (file="sizes.png")', "written as .svg or .html")
        safe = self.start("--safe", folder=folder)
        safe.ask(CHART + ' with (file="other.svg")', "safe-mode")
        self.assertFalse(os.path.exists(os.path.join(folder, "other.svg")))

    def test_progress_after_half_a_second(self):
        shell = self.start()
        shell.type("range x from 1 to 100000000000 step 1 | summarize sum(x % 7)\r")
        shell.expect("Ctrl-C stops")
        shell.type("\x03")
        shell.expect(PROMPT)


if __name__ == "__main__":
    unittest.main(verbosity=1)
