#!/usr/bin/env python3
"""Drives the shell through a pseudo-terminal, as a person would.

  test_shell.py [path of plumb]        default: .build/debug/plumb beside this repository's Package.swift

Python's standard library only. Waits are bounded by HANG seconds, far above what any step needs.
"""
import os, pty, re, select, signal, sys, tempfile, time, unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMB = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") \
    else os.path.join(ROOT, ".build", "debug", "plumb")
HANG = 60
PROMPT = "plumb> "
MORE = "  ...> "
SLOW = "range x from 1 to 100000000000 step 1 | summarize sum(x % 7)"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x07")


class Terminal:
    """Plumb on a terminal of its own; `text` is what it showed since the last `expect`."""

    def __init__(self, *arguments, term="xterm", home=None, columns=100):
        self.folder = tempfile.TemporaryDirectory() if home is None else None
        environment = {"PATH": os.environ["PATH"], "HOME": home or self.folder.name, "TERM": term,
                       "LANG": "C.UTF-8", "INPUTRC": "/dev/null"}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(PLUMB, [PLUMB, *arguments], environment)
        import fcntl, struct, termios
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.text = ""

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def expect(self, wanted):
        """Reads until `wanted` is there; gives what came before it."""
        end = time.monotonic() + HANG
        while wanted not in self.text:
            if time.monotonic() > end:
                raise AssertionError(f"no {wanted!r} in {self.text!r}")
            if select.select([self.fd], [], [], 0.2)[0]:
                try:
                    data = os.read(self.fd, 65536)
                except OSError:
                    data = b""
                if not data:
                    raise AssertionError(f"ended without {wanted!r}: {self.text!r}")
                self.text += ESCAPES.sub("", data.decode("utf-8", "replace"))
        before, self.text = self.text.split(wanted, 1)
        return before

    def ask(self, query, wanted):
        self.type(query + "\r")
        shown = self.expect(wanted)
        self.expect(PROMPT)
        return shown

    def status(self):
        """The exit status, once the process has ended."""
        end = time.monotonic() + HANG
        while time.monotonic() < end:
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    os.read(self.fd, 65536)
                except OSError:
                    pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = None
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("does not end")

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
        if self.folder:
            self.folder.cleanup()


class ShellTests(unittest.TestCase):
    def start(self, *arguments, **options):
        terminal = Terminal(*arguments, **options)
        self.addCleanup(terminal.close)
        terminal.expect(PROMPT)
        return terminal

    def test_query_and_end(self):
        shell = self.start()
        shell.ask("print answer = 6 * 7", "42")
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)

    def test_quit_command(self):
        shell = self.start()
        shell.type(".quit\r")
        self.assertEqual(shell.status(), 0)

    def test_completes_operators_after_a_pipe(self):
        shell = self.start()
        shell.type("print x = 1 | summ\t")
        shell.expect("summarize ")
        shell.type("\x03")
        shell.expect(PROMPT)

    def test_completes_tables_and_columns(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "deliveries.csv")
            with open(path, "w") as file:
                file.write("parcel,weight_grams\na,1\nb,2\n")
            shell = self.start("--load", f"deliveries={path}")
            shell.type("deliv\t")
            shell.expect("deliveries ")
            shell.type("| where weight_\t")
            shell.expect("weight_grams ")
            shell.type("> 1\r")
            shell.expect("b ")
            shell.expect(PROMPT)
            shell.ask(".schema deliveries", "weight_grams")
            shell.ask(".tables", "deliveries")

    def test_interrupt_drops_the_line(self):
        shell = self.start()
        shell.type("print 'never run")
        shell.expect("never run")
        shell.type("\x03")
        shell.expect("^C")
        shell.expect(PROMPT)
        shell.ask("print a = 'still here' ", "still here")

    def test_interrupt_drops_a_continued_query(self):
        shell = self.start()
        shell.type("print (1,\r")
        shell.expect(MORE)
        shell.type("\x03")
        shell.expect(PROMPT)
        shell.ask("print a = 5 + 6", "11")

    def test_interrupt_stops_a_query(self):
        shell = self.start()
        shell.type(SLOW + "\r")
        shell.expect("\n")
        time.sleep(0.5)
        shell.type("\x03")
        shell.expect("cancelled")
        shell.expect(PROMPT)
        shell.ask("print a = 5 + 6", "11")

    def test_continues_an_unfinished_query(self):
        shell = self.start()
        shell.type("range n from 1 to 5 step 1 |\r")
        shell.expect(MORE)
        shell.type("summarize total = sum(n)\r")
        shell.expect("15")
        shell.expect(PROMPT)
        shell.type("let n = 3;\r")
        shell.expect(MORE)
        shell.ask("print n * 111", "333")

    def test_history(self):
        with tempfile.TemporaryDirectory() as home:
            shell = self.start(home=home)
            shell.ask("print kept = 'from before'", "from before")
            shell.type("\x1b[A")
            shell.expect("print kept")
            shell.type("\r")
            shell.expect("from before")
            shell.expect(PROMPT)
            shell.type("\x04")
            self.assertEqual(shell.status(), 0)
            path = os.path.join(home, ".plumb_history")
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            again = self.start(home=home)
            again.type("\x1b[A")
            again.expect("print kept")
            again.type("\r")
            again.expect("from before")

    def test_diagnostics_have_a_caret(self):
        shell = self.start()
        shown = shell.ask("print nosuchfunction(1)", "^^^")
        self.assertIn("error[", shown)

    def test_narrow_terminal_shortens(self):
        shell = self.start(columns=40)
        shell.ask("print text = strrep('abcdefghij', 20)", "1 cell shortened")

    def test_dumb_terminal(self):
        shell = self.start(term="dumb")
        shell.ask("print answer = 6 * 7", "42")
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)

    def test_dot_commands(self):
        shell = self.start()
        shell.ask(".help", "summarize")
        shell.ask(".format json", "json")
        shell.ask("print a = 1", '{"a":1}')
        shell.ask(".formt", "did you mean `.format`?")
        shell.ask(".timing off", "off")

    def test_hangup_leaves_nothing_behind(self):
        shell = self.start()
        os.kill(shell.pid, signal.SIGTERM)
        self.assertEqual(shell.status(), 128 + signal.SIGTERM)


if __name__ == "__main__":
    unittest.main(verbosity=1)
