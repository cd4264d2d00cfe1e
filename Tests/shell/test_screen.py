#!/usr/bin/env python3
"""What the screen shows while long texts are typed, pasted and edited, in terminals that tmux draws and whose size changes.

  test_screen.py [path of plumb]
"""
import time, unittest
from terminal import HANG, ShellCase
from test_colours import Screen

LINE = ('runs | where status == "failed" and pipeline contains "office" | summarize failures = count(), longest = max(duration) by '
        "pipeline, source | sort by failures desc | project pipeline, failures | take 12345678")
SIX = ["runs", '| where status == "failed"', "| summarize failures = count() by pipeline, source",
       "| sort by failures desc, pipeline asc, source asc nulls last // a remark so long that no terminal of eighty columns has room for it",
       "| project pipeline, source, failures", "| take 3"]
TALL = ["runs", "| where pipeline in ("] + [f'  "pipeline-{i:03}",' for i in range(396)] + ['  "x")', "| count"]


class ScreenTests(ShellCase):
    def screen(self, **options):
        screen = Screen(self, "--load", "runs=" + self.file("runs.csv", "pipeline,source,status,duration\nx,a,failed,5\n"), **options)
        screen.wait("plumb>")
        return screen

    def rows(self, screen):
        return screen.shown().split("\n")[1:]

    def until(self, screen, what, holds):
        """Waits until the rows of the screen are as they should be."""
        end = time.monotonic() + HANG
        while not holds(self.rows(screen)):
            if time.monotonic() > end:
                self.fail(f"{what}:\n{screen.shown()}")
            time.sleep(0.02)

    def resize(self, screen, columns, rows):
        # tmux tells a program of a second change within a quarter of a second only later, when it has rewrapped the rows already.
        time.sleep(0.5)
        screen.run("resize-window", "-x", str(columns), "-y", str(rows))

    def paste(self, screen, text):
        path = self.file("pasted.txt", text)
        screen.run("load-buffer", path)
        screen.run("paste-buffer", "-p")

    def typed(self, rows):
        """The text from the only prompt on, as one."""
        prompts = [number for number, row in enumerate(rows) if row.startswith("plumb> ")]
        return "".join(rows[prompts[0]:]) if len(prompts) == 1 else None

    def test_a_long_line_while_the_size_changes(self):
        for moves in ["", "\x01"]:
            screen = self.screen()
            screen.type(LINE + moves)
            for columns, rows in [(80, 24), (60, 24), (100, 24), (80, 24), (79, 24), (81, 24)]:
                with self.subTest(columns=columns, moves=moves):
                    self.resize(screen, columns, rows)
                    # Rows end without blanks, so that those between rows are missing.
                    wanted = ("plumb> " + LINE).replace(" ", "")
                    self.until(screen, "the line", lambda shown: (self.typed(shown) or "").replace(" ", "") == wanted)

    def test_a_statement_of_six_lines_while_the_size_changes(self):
        screen = self.screen()
        self.paste(screen, "\n".join(SIX))
        wanted = ("plumb> " + "".join(SIX)).replace(" ", "")
        for columns, rows in [(80, 24), (60, 24), (100, 24), (70, 24), (80, 24)]:
            with self.subTest(columns=columns):
                self.resize(screen, columns, rows)
                self.until(screen, "the statement", lambda shown: (self.typed(shown) or "").replace(" ", "") == wanted)
        screen.type("\x1b[A\x1b[A#")
        self.until(screen, "an edit", lambda shown: any("#" in row and row.startswith("| s") for row in shown))

    def test_a_pasted_statement_taller_than_the_screen(self):
        screen = self.screen()
        self.paste(screen, "\n".join(TALL))
        self.until(screen, "the end of it", lambda shown: shown[:24] == TALL[-24:])
        self.resize(screen, 100, 30)
        self.until(screen, "more of it", lambda shown: shown[:30] == TALL[-30:])
        self.resize(screen, 80, 24)
        self.until(screen, "less of it", lambda shown: shown[:24] == TALL[-24:])
        # The rows follow the cursor, to the beginning and back.
        screen.type("\x1b[A" * 40 + "#")
        self.until(screen, "the rows around the cursor", lambda shown: any("#" in row for row in shown) and not any("count" in row for row in shown))
        screen.type("\x7f")
        self.until(screen, "the edit taken back", lambda shown: not any("#" in row for row in shown))
        screen.type("\r")
        self.until(screen, "the result below it", lambda shown: "Count" in shown and "plumb>" in [row.rstrip() for row in shown])
        self.assertIn("    1", self.rows(screen))
        # Recalled, and dropped.
        screen.type("\x1b[A")
        self.until(screen, "the entry", lambda shown: shown[:24] == TALL[-24:])
        screen.type("\x03")
        self.until(screen, "the prompt below it", lambda shown: [row.rstrip() for row in shown if row][-2:] == ["| count^C", "plumb>"])

    def test_a_text_that_grows_over_the_screen_and_shrinks(self):
        screen = self.screen(rows=8)
        self.paste(screen, "print 1, // a")
        for number in range(9):
            self.paste(screen, f"\n  {number},")
        self.until(screen, "its end", lambda shown: shown[:8] == [f"  {number}," for number in range(1, 9)])
        # Deleting lines one by one until all of it fits.
        screen.type("\x7f" * 25)
        self.until(screen, "all of it", lambda shown: shown[:5] == ["plumb> print 1, // a"] + [f"  {number}," for number in range(4)])
        screen.type("\x7f\r")
        self.until(screen, "its result", lambda shown: any(row.startswith("(1 row") for row in shown))


if __name__ == "__main__":
    unittest.main(verbosity=1)
