"""A folder with a home of its own, in which `plumb case` runs; for the tests beside this file."""
import os
import pathlib
import re
import subprocess
import sys

BINARY = str(pathlib.Path(sys.argv.pop(1)).resolve())
TESTS = pathlib.Path(__file__).resolve().parent.parent


class Desk:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def environment(self, passphrase=None):
        environment = {**os.environ, "HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state")}
        environment.pop("PLUMB_PASSPHRASE", None)
        if passphrase:
            environment["PLUMB_PASSPHRASE"] = passphrase
        return environment

    def run(self, *arguments, status=0, text=None, passphrase=None):
        done = subprocess.run(
            [BINARY, *map(str, arguments)], cwd=self.folder, env=self.environment(passphrase), input=text or "", capture_output=True, text=True, timeout=600)
        assert status is None or done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def query(self, file, kql, status=0):
        return self.run("query", file, "-c", kql, status=status)


def truth(desk, name):
    """What happened, by closing a copy of the case with a wrong answer."""
    for ending in ["", "-wal"]:
        if (desk.folder / (name + ending)).exists():
            (desk.folder / ("copy-" + name + ending)).write_bytes((desk.folder / (name + ending)).read_bytes())
    page = desk.run("case", "report", "--file", "copy-" + name)
    return re.findall(r"What happened: ([\w-]+): ([\w-]+)", page)[0]
