"""Messages to `plumb mcp` over its pipes."""
import json
import subprocess


class Agent:
    """A client that writes messages line by line."""

    def __init__(self, binary, *arguments):
        self.process = subprocess.Popen(
            [binary, "mcp", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.number = 0

    def send(self, message):
        self.process.stdin.write((message if isinstance(message, str) else json.dumps(message)) + "\n")
        self.process.stdin.flush()

    def read(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, method, params=None):
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)
        reply = self.read()
        assert reply["id"] == self.number, reply
        return reply

    def call(self, tool, **arguments):
        reply = self.ask("tools/call", {"name": tool, "arguments": arguments})
        return reply["result"]

    def close(self):
        self.process.stdin.close()
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        errors = self.process.stderr.read()
        self.process.stderr.close()
        return status, errors


def small_world(folder):
    """Runs of three pipelines over two days, of which one fails at the end, and the edges between them."""
    runs, edges = folder / "runs.csv", folder / "edges.csv"
    lines = ["pipeline,source,started,ended,status,duration,records_in,error"]
    for hour in range(48):
        for name in ["load", "clean", "serve"]:
            day, at = 1 + hour // 24, hour % 24
            status = "failed" if name == "clean" and hour >= 40 else "succeeded"
            error = "KeyError: 'severity'" if status == "failed" else ""
            lines.append(
                f"{name},feed,2026-04-{day:02}T{at:02}:00:00Z,2026-04-{day:02}T{at:02}:05:00Z,{status},00:05:00,{1000 + hour},{error}")
    runs.write_text("\n".join(lines) + "\n")
    edges.write_text("upstream,downstream\nload,clean\nclean,serve\n")
    return ["--load", f"runs={runs}", "--load", f"edges={edges}", "--now", "2026-04-03T00:00:00Z"]
