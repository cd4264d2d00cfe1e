"""A pseudo-terminal with Plumb in it, for the tests beside this file; each takes the path of plumb as its argument.

Python's standard library only. Waits are bounded by HANG seconds, far above what any step needs.
"""
import codecs, fcntl, os, pty, re, select, signal, struct, sys, tempfile, termios, time, unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMB = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") \
    else os.path.join(ROOT, ".build", "debug", "plumb")
HANG = float(os.environ.get("HANG", 60))
PROMPT = "plumb> "
MORE = "  ...> "
SLOW = "range x from 1 to 100000000000 step 1 | summarize sum(x % 7)"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x07")


class Terminal:
    """Plumb on a terminal of its own; `text` is what it showed since the last `expect`."""

    def __init__(self, *arguments, term="xterm", home=None, columns=100, rows=40, folder=None,
                 program=None, **variables):
        self.folder = tempfile.TemporaryDirectory() if home is None else None
        environment = {"PATH": os.environ["PATH"], "HOME": home or self.folder.name, "TERM": term,
                       "LANG": "C.UTF-8", "INPUTRC": "/dev/null", "PAGER": "", **variables}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            if folder:
                os.chdir(folder)
            # A test that a script started in the background would pass on that Ctrl-C is ignored.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execve(program or PLUMB, [program or PLUMB, *arguments], environment)
        self.text = ""
        self.unfinished = ""
        self.raw = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def expect(self, wanted, seconds=None):
        """Reads until `wanted` is there; gives what came before it."""
        end = time.monotonic() + (seconds or HANG)
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
                shown = self.decoder.decode(data)
                self.raw += shown
                # An escape sequence whose end has not arrived waits for it.
                shown = self.unfinished + shown
                start = shown.rfind("\x1b")
                whole = len(shown) if start < 0 or ESCAPES.match(shown, start) else start
                self.text += ESCAPES.sub("", shown[:whole])
                self.unfinished = shown[whole:]
        before, self.text = self.text.split(wanted, 1)
        return before

    def complete(self, typed, wanted):
        """Types the beginning of a word and TAB, again while the world it is about is still being made."""
        self.type(typed)
        end = time.monotonic() + HANG
        while True:
            self.type("\t")
            try:
                return self.expect(wanted, seconds=1)
            except AssertionError:
                if time.monotonic() > end:
                    raise

    def leave_line(self):
        """Drops the text after the prompt; what is typed before the shell has done so would be lost with it."""
        self.type("\x03")
        self.expect("^C")
        self.expect(PROMPT)

    def ask(self, query, wanted):
        """Types a line and waits for `wanted` and the next prompt; gives what came before `wanted`."""
        self.type(query + "\r")
        shown = self.expect(wanted)
        self.expect(PROMPT)
        return shown

    def answer(self, query):
        """Types a line and gives all that it shows, up to the next prompt."""
        self.type(query + "\r")
        self.expect("\n")
        shown = re.sub(r"\r+\n", "\n", self.expect(PROMPT))
        # What a progress bar wrote is gone when the line is taken back.
        return "\n".join(line.split("\r")[-1] for line in shown.split("\n"))

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


class ShellCase(unittest.TestCase):
    """A test that talks to shells of its own."""

    def new_folder(self):
        """A folder that goes after the shells that are started later: they write there as long as they live."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def start(self, *arguments, **options):
        terminal = Terminal(*arguments, **options)
        self.addCleanup(terminal.close)
        terminal.expect(PROMPT)
        return terminal

    def file(self, name, text):
        """A file in a folder that goes with the test."""
        path = os.path.join(self.new_folder(), name)
        with open(path, "w") as file:
            file.write(text)
        return path
