#!/usr/bin/env python3
"""The colours of the line being typed: they change nothing but colours, whatever is typed, and go where they must.

  test_colours.py [path of plumb]

Two shells, one with colours and one without, get the same keys in terminals that tmux draws; after each key their
screens and cursors are compared.
"""
import os, random, re, subprocess, tempfile, time, unittest
from terminal import HANG, PLUMB, PROMPT, ShellCase

KEYWORD, FUNCTION, TEXT, NUMBER, COMMENT, MISTAKE = "1;35", "36", "32", "33", "90", "1;31"


class Screen:
    """Plumb in a window of tmux."""

    def __init__(self, case, *arguments, columns=80, rows=24, language="C.UTF-8", inputrc="/dev/null", **variables):
        # The shell may still be ending when tmux has ended.
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        case.addCleanup(self.folder.cleanup)
        self.tmux = ["tmux", "-u", "-S", os.path.join(self.folder.name, "socket"), "-f", "/dev/null"]
        environment = {"HOME": self.folder.name, "LANG": language, "INPUTRC": inputrc, "PAGER": "", **variables}
        settings = [f"{name}={value}" for name, value in environment.items()]
        self.run("new-session", "-d", "-x", str(columns), "-y", str(rows),
                 "env", "-u", "LC_ALL", "-u", "NO_COLOR", *settings, PLUMB, *arguments)
        case.addCleanup(lambda: subprocess.run([*self.tmux, "kill-server"], capture_output=True))

    def run(self, *words):
        environment = {**os.environ, "LANG": "C.UTF-8"}
        return subprocess.run([*self.tmux, *words], check=True, capture_output=True, env=environment).stdout.decode()

    def type(self, keys):
        self.run("send-keys", "-H", *[f"{byte:02x}" for byte in keys.encode()])

    def shown(self):
        """The text of the screen and the place of the cursor."""
        return self.run("display-message", "-p", "#{cursor_x},#{cursor_y}", ";", "capture-pane", "-p")

    def raw(self):
        """The text with its colours."""
        return self.run("capture-pane", "-p", "-e")

    def wait(self, wanted):
        end = time.monotonic() + HANG
        while wanted not in self.shown():
            if time.monotonic() > end:
                raise AssertionError(f"no {wanted!r} in {self.shown()}")
            time.sleep(0.02)


class ColourTests(ShellCase):
    def pair(self, **options):
        screens = [Screen(self, "--load", "deliveries=" + self.path, "--color", color, **options) for color in ("always", "never")]
        for screen in screens:
            screen.wait("plumb>")
        return screens

    def setUp(self):
        self.path = self.file("deliveries.csv", "parcel,status\na,delivered\nb,lost\n")

    def equal(self, screens, what):
        end = time.monotonic() + HANG
        while True:
            first, second = [screen.shown() for screen in screens]
            if first == second:
                return first
            if time.monotonic() > end:
                self.fail(f"after {what!r}\n--- with colours\n{first}\n--- without\n{second}")
            time.sleep(0.01)

    def edits(self, seed, count, screens, extra=()):
        chance = random.Random(seed)
        words = ["deliveries ", "| where ", "status == ", '"lost" ', "'at sea' ", "| summarize n = count() by ", "parcel, ",
                 "12345 ", "2h ", "( ", ") ", "] ", "// why\x16\n", "東京 ", '"日本語" ', "naïve ", "e\u0301 ", "x" * 37, "\x16\n",
                 "\x16\t", "datetime(2024-01-31) ", "let x = 5; "]
        keys = ["\x1b[D", "\x1b[C", "\x01", "\x05", "\x1bb", "\x1bf", "\x7f", "\x04", "\x17", "\x1bd", "\x14", "\x19", "\x1f",
                "\x1b[D" * 30, "\x1b[C" * 25, "\x7f" * 12, "\x0b", "\x0c", "\x1b[A", "\x1b[B", "\x12los\x07"] + list(extra)
        length = 0
        done = []
        for step in range(count):
            if length > 900:
                key, length = "\x05\x15", 0
            elif chance.random() < 0.5:
                key = chance.choice(words)
                length += len(key)
            else:
                key = chance.choice(keys)
                # At the start of an empty line Ctrl-D would leave.
                if key == "\x04":
                    key = " \x1b[D\x04"
            done.append(key)
            for screen in screens:
                screen.type(key)
            self.equal(screens, done[-12:])

    def test_400_edits_at_80_columns(self):
        self.edits(1, 400, self.pair())

    def test_edits_at_200_columns(self):
        self.edits(2, 150, self.pair(columns=200, rows=50))

    def test_edits_in_a_narrow_terminal(self):
        self.edits(3, 120, self.pair(columns=33, rows=40))

    def test_edits_in_ascii(self):
        screens = self.pair(language="C")
        chance = random.Random(4)
        for _ in range(80):
            key = chance.choice(["deliveries ", "| where a == 'x' ", "( ", "\x1b[D", "\x1b[C", "\x7f", "\x01", "\x05", "\x17", "12 "])
            for screen in screens:
                screen.type(key)
            self.equal(screens, key)

    def test_edits_in_vi_mode_with_its_sign_in_the_prompt(self):
        inputrc = self.file("inputrc", "set editing-mode vi\nset show-mode-in-prompt on\n")
        screens = self.pair(inputrc=inputrc)
        for key in ["deliveries | where status == 'lost' | take 1", "\x1b", "b", "0", "w", "cw", "filter", "\x1b", "$", "x", "3h",
                    "i", "東京 " * 12, "\x1b", "0", "dw", "u", "A", " // end", "\x1b"]:
            for screen in screens:
                screen.type(key)
            # A lone escape is one when no other key follows at once.
            time.sleep(0.6 if key == "\x1b" else 0)
            self.equal(screens, key)
        self.assertIn("\x1b[32m'lost'", screens[0].raw())

    def test_completion_search_and_resizing(self):
        screens = self.pair()
        def both(keys, wanted=None):
            for screen in screens:
                screen.type(keys)
                if wanted:
                    screen.wait(wanted)
            return self.equal(screens, keys)
        long = "deliveries | where status == 'delivered' and parcel in ('a', 'b', 'c', 'd', 'e') | extend x = 1 "
        both(long + "| project-\x1b[D\x1b[D\x1b[D\x05\t\t", "project-away")
        both("\x03", "^C")
        both(".timer off\r", "off\nplumb>")
        both("print first = 12345\r", "12345\nplumb>")
        both("\x12firs", "reverse-i-search")
        both("\x07")
        both("\x1b4", "(arg: 4)")
        both("x", "xxxx")
        both("\x15" + long, "extend x")
        for columns in (60, 100, 41, 80):
            for screen in screens:
                screen.run("resize-window", "-x", str(columns), "-y", "24")
            time.sleep(0.3)
            both("y\x7f")
        shown = both("\x15")
        self.assertNotIn("extend x", shown.split("plumb> ")[-1])

    def test_what_has_which_colour(self):
        screen = Screen(self, "--load", "deliveries=" + self.path)
        screen.wait("plumb>")
        screen.type("deliveries | where strlen(status) > 7 and parcel == 'a') // why")
        screen.wait("// why")
        time.sleep(0.2)
        raw = screen.raw()
        for text, codes in [("where", KEYWORD), ("strlen", FUNCTION), ("7", NUMBER), ("'a'", TEXT), (")", MISTAKE), ("//", COMMENT)]:
            escapes = "".join(rf"\x1b\[{code}m" for code in codes.split(";"))
            self.assertRegex(raw, escapes + r"(?:\x1b\[49m)?" + re.escape(text))

    def test_no_colours_where_none_are_wanted(self):
        for extra, variables in [(["--color", "never"], {}), ([], {"NO_COLOR": "1"}), ([], {"term": "dumb"})]:
            shell = self.start(*extra, **variables)
            shell.answer("print strlen('abc') // done")
            self.assertNotRegex(shell.raw, r"\x1b\[[0-9;]*m", (extra, variables))
        shell = self.start("--color", "always", NO_COLOR="1")
        shell.answer("print strlen('abc') // done")
        self.assertIn("\x1b[0;32m'abc'", shell.raw)

    def test_an_unfinished_query_goes_on_in_its_colours(self):
        screen = Screen(self)
        screen.wait("plumb>")
        screen.type("print a = ```where\r")
        screen.wait("...>")
        screen.type("where x")
        screen.wait("where x")
        time.sleep(0.2)
        self.assertIn("\x1b[32mwhere", screen.raw())


if __name__ == "__main__":
    unittest.main(verbosity=1)
