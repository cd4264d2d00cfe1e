"""Workspaces, rules and runs of `plumb alert` for the tests beside this file; each takes the path of plumb as its argument.

Python's standard library only.
"""
import json, os, subprocess, sys, tempfile, unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMB = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") \
    else os.path.join(ROOT, ".build", "debug", "plumb")


class Result:
    def __init__(self, process):
        self.status, self.out, self.messages = process.returncode, process.stdout, process.stderr

    def __repr__(self):
        return f"{self.status}\n{self.out}\n{self.messages}"

    def json(self):
        return json.loads(self.out)


class Folder(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = self.temporary.name

    def tearDown(self):
        self.temporary.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    @staticmethod
    def environment(more):
        return {**{name: value for name, value in os.environ.items() if not name.startswith("PLUMB_ALERT_")}, **more}

    def plumb(self, *arguments, **environment):
        return Result(subprocess.run([PLUMB, *arguments], cwd=self.folder, env=self.environment(environment), text=True, capture_output=True,
                                     stdin=subprocess.DEVNULL, timeout=600))

    def start(self, *arguments, **environment):
        """A process that goes on; whoever starts it ends it."""
        return subprocess.Popen([PLUMB, *arguments], cwd=self.folder, env=self.environment(environment), stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def query(self, workspace, text):
        result = self.plumb("query", workspace, "--format", "json", "-c", text)
        self.assertEqual(result.status, 0, result)
        return result.json()

    def command(self, workspace, text):
        result = self.plumb("query", workspace, "-c", text)
        self.assertEqual(result.status, 0, result)
        return result.out
