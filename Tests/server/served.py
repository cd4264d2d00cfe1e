"""A server of Plumb's for the tests beside this file; each takes the path of plumb as its argument.

Python's standard library only. Every test starts its own server on a free port and ends it by SIGTERM.
"""
import http.client, json, os, re, signal, subprocess, sys, tempfile, time, unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMB = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") \
    else os.path.join(ROOT, ".build", "debug", "plumb")
HANG = float(os.environ.get("HANG", 60))
SLOW = "range x from 1 to 100000000000 step 1 | summarize sum(x % 7)"
NOTES = os.path.join(ROOT, "Samples", "deployments.csv")


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    @property
    def message(self):
        return self.json()["error"]["@message"]


class Server:
    """`plumb serve`; the default data is one small file."""

    def __init__(self, *arguments, data=("--load", "deployments=" + NOTES)):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([PLUMB, "serve", "--port", "0", *arguments, *data], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=self.log)
        end = time.monotonic() + HANG
        while True:
            found = re.search(r"Serving .*:(\d+) ", self.logged())
            if found:
                break
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError("the server does not start: " + self.logged())
            time.sleep(0.02)
        self.port = int(found[1])

    def logged(self):
        self.log.seek(0)
        return self.log.read().decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()

    def stop(self):
        """Sends SIGTERM and returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(HANG)

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANG)

    def send(self, method, path, body=None, **headers):
        connection = self.connection()
        try:
            names = {k.replace("_", "-"): v for k, v in headers.items()}
            if isinstance(body, (dict, list)):
                body = json.dumps(body).encode()
            connection.request(method, path, body=body, headers=names)
            reply = connection.getresponse()
            return Reply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        finally:
            connection.close()

    def query(self, text, path="/v2/rest/query", options=None, parameters=None, db="NetDefaultDB", **headers):
        body = {"db": db, "csl": text, "properties": {"Options": options or {}, "Parameters": parameters or {}}}
        return self.send("POST", path, body, **headers)

    def rows(self, text, **more):
        """The rows of the first result."""
        reply = self.query(text, **more)
        if reply.status != 200:
            raise AssertionError(f"{text!r}: {reply.status} {reply.text}")
        return next(f["Rows"] for f in reply.json() if f.get("TableKind") == "PrimaryResult")

    def command(self, text, db="NetDefaultDB"):
        """The rows of a command as dictionaries."""
        reply = self.query(text, path="/v1/rest/mgmt", db=db)
        if reply.status != 200:
            raise AssertionError(f"{text!r}: {reply.status} {reply.text}")
        tables = reply.json()["Tables"]
        assert len(tables) == 1, tables
        names = [c["ColumnName"] for c in tables[0]["Columns"]]
        return [dict(zip(names, row)) for row in tables[0]["Rows"]]
