"""A workspace with the tables of the questions, and the engines to which it was exported."""
import os
import subprocess
import tempfile

import engines
from questions import MAKE


class Remote:
    """The engines, and the workspace that was exported to them."""

    def __init__(self, plumb):
        self.folder = tempfile.TemporaryDirectory()
        self.file = os.path.join(self.folder.name, "w.plumb")
        made = subprocess.run([plumb, "query", self.file, "-c", MAKE], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        self.two, self.current = engines.TwoNodes(), engines.Current()
        self.two.receive(plumb, self.file)
        moved = subprocess.run([plumb, "export", self.file, "--to", self.current.address()], capture_output=True, text=True)
        assert moved.returncode == 0, moved.stderr
        self.engines = {"two nodes, 18.16": self.two.first, "current": self.current}
