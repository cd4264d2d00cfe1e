"""`plumb serve --alerts`: rules are evaluated while the server runs, and the page shows and silences them."""
import http.client, os, re, signal, subprocess, time, unittest
from urllib.parse import urlencode

from alerting import PLUMB, Folder

RULE = """// alert: big  severity: high  every: 1s
// key: name
// says: {name} has <{n}>
numbers | where n > 10
"""


class ServeTests(Folder):
    def setUp(self):
        super().setUp()
        self.write("rules/big.kql", RULE)
        self.command("w.plumb", '.set numbers <| print name = "a\\"b", n = 11')

    def serve(self, *arguments):
        log = open(self.path("log"), "w+")
        self.server = subprocess.Popen([PLUMB, "serve", "--port", "0", *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=log)
        self.addCleanup(self.end)
        end = time.monotonic() + 60
        while not (found := re.search(r"Serving .*:(\d+) ", open(self.path("log")).read())):
            self.assertLess(time.monotonic(), end, open(self.path("log")).read())
            time.sleep(0.05)
        self.port = int(found[1])

    def end(self):
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            self.assertEqual(self.server.wait(30), 0)

    def send(self, method, path, form=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = urlencode(form) if form else None
        connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded", **headers})
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, text, dict(reply.getheaders())

    def page_with(self, words):
        end = time.monotonic() + 60
        while True:
            text = self.send("GET", "/alerts")[1]
            if words in text or time.monotonic() > end:
                self.assertIn(words, text)
                return text
            time.sleep(0.3)

    def test_page_and_silence(self):
        self.serve("--alerts", "rules", "--writable", "w.plumb")
        text = self.page_with("a&quot;b has &lt;11&gt;")
        self.assertIn("Silence…", text)
        status, _, headers = self.send("POST", "/alerts/silence", {"rule": "big", "pipeline": "", "hours": "4", "reason": 'a "known" thing'})
        self.assertEqual((status, headers["Location"]), (303, "/alerts"))
        self.page_with("a &quot;known&quot; thing")
        for form in ({"rule": "big", "hours": "4", "reason": ""}, {"rule": "big", "hours": "x", "reason": "y"}, {"rule": "b'ig", "hours": "1", "reason": "y"}):
            self.assertEqual(self.send("POST", "/alerts/silence", form)[0], 400, form)
        status, _, headers = self.send("POST", "/alerts/silence", {"rule": "nothing", "hours": "1", "reason": "y"})
        self.assertIn("problem=", headers["Location"])
        self.assertEqual(self.send("POST", "/alerts/silence", {"rule": "big", "hours": "1", "reason": "y"}, Origin="http://evil.example")[0], 403)

    def test_read_only(self):
        self.serve("--alerts", "rules", "w.plumb")
        self.assertNotIn("Silence…", self.page_with("has &lt;11&gt;"))
        self.assertEqual(self.send("POST", "/alerts/silence", {"rule": "big", "hours": "1", "reason": "y"})[0], 403)

    def test_usage(self):
        self.assertEqual(self.plumb("serve", "--alerts", "rules").status, 2)
        self.write("rules/bad.kql", "// alert: bad\nnothing\n")
        self.assertEqual(self.plumb("serve", "--port", "0", "--alerts", "rules", "w.plumb").status, 1)


if __name__ == "__main__":
    unittest.main()
