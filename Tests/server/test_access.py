"""Who may ask and how much: tokens, names, origins, limits, changes, and how the server ends."""
import http.client, json, os, ssl, subprocess, tempfile, threading, time, unittest

from served import HANG, NOTES, PLUMB, SLOW, Server


class AccessTests(unittest.TestCase):
    def test_only_its_own_name(self):
        with Server("--host", "plumb.example") as server:
            for host, status in (("localhost", 200), ("127.0.0.1:80", 200), ("[::1]:8080", 200), ("plumb.example", 200),
                                 ("evil.example", 403), ("localhost.evil.example", 403), ("127.evil.example", 403), ("", 403)):
                self.assertEqual(server.query("print 1", Host=host).status, status, host)

    def test_only_its_own_pages(self):
        with Server("--cors", "http://tool.example:3000") as server:
            own = f"http://127.0.0.1:{server.port}"
            for origin, status in ((own, 200), ("http://tool.example:3000", 200), ("http://evil.example", 403), ("null", 403)):
                reply = server.query("print 1", Origin=origin)
                self.assertEqual(reply.status, status, origin)
                shared = reply.headers.get("access-control-allow-origin")
                self.assertEqual(shared, origin if "tool" in origin else None)
            ask = server.send("OPTIONS", "/v2/rest/query", Origin="http://tool.example:3000", Access_Control_Request_Method="POST")
            self.assertEqual((ask.status, ask.headers["access-control-allow-origin"]), (204, "http://tool.example:3000"))
            self.assertEqual(server.send("OPTIONS", "/v2/rest/query", Origin="http://evil.example").status, 403)
            # An image of another page sends no origin.
            self.assertEqual(server.send("GET", "/v2/rest/query?csl=print%201", Sec_Fetch_Site="cross-site").status, 403)

    def test_token(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "token")
            with open(path, "w") as file:
                file.write("secret\n")
            with Server("--token-file", path, "--bind", "0.0.0.0") as server:
                self.assertEqual(server.query("print 1", Authorization="Bearer secret").status, 200)
                for sent in ("Bearer wrong", "Bearer ", "Bearer secretsecret", "Basic secret", ""):
                    self.assertEqual(server.query("print 1", Authorization=sent).status, 401, sent)
                self.assertEqual(server.query("print 1").status, 401)
                self.assertEqual(server.send("GET", "/metrics").status, 401)
                self.assertEqual(server.send("GET", "/healthz").status, 200)
                self.assertNotIn("secret", server.logged())
        with Server() as server:
            self.assertEqual(server.query("print 1", Authorization="Bearer whatever").status, 200)

    def test_other_machines_need_a_token(self):
        run = subprocess.run([PLUMB, "serve", "--bind", "0.0.0.0"], capture_output=True, text=True, timeout=HANG)
        self.assertEqual((run.returncode, "--token" in run.stderr), (2, True))

    def test_https(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key, other = (os.path.join(folder, name) for name in ("cert.pem", "key.pem", "other.pem"))
            for pair in ((certificate, key), (os.path.join(folder, "second.pem"), other)):
                subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                                "-addext", "subjectAltName=DNS:localhost", "-out", pair[0], "-keyout", pair[1]], check=True, capture_output=True)
            with Server("--tls-cert", certificate, "--tls-key", key, "--token", "secret") as server:
                self.assertIn("https://localhost", server.logged())
                context = ssl.create_default_context(cafile=certificate)
                connection = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=HANG)
                connection.request("POST", "/v2/rest/query", json.dumps({"db": "NetDefaultDB", "csl": "print 1"}), {"Authorization": "Bearer secret"})
                reply = connection.getresponse()
                self.assertEqual(reply.status, 200, reply.read())
                reply.read()
                connection.request("POST", "/login", "token=secret", {"Origin": f"https://localhost:{server.port}"})
                reply = connection.getresponse()
                self.assertEqual((reply.status, reply.headers["Set-Cookie"].endswith("; Secure")), (303, True))
                connection.close()
                # Without TLS the connection is closed, and the server goes on.
                with self.assertRaises((OSError, http.client.HTTPException)):
                    server.send("GET", "/healthz")
                connection.request("GET", "/healthz")
                self.assertEqual(connection.getresponse().status, 200)
                connection.close()
                self.assertEqual(server.stop(), 0)
            for arguments, status, text in ((("--tls-cert", certificate), 2, "needed together"),
                                            (("--tls-cert", certificate, "--tls-key", other), 1, "does not belong"),
                                            (("--tls-cert", certificate, "--tls-key", certificate), 1, "--tls-key"),
                                            (("--tls-cert", "/none.pem", "--tls-key", key), 1, "/none.pem"),
                                            (("--tls-cert", key, "--tls-key", key), 1, "--tls-cert")):
                run = subprocess.run([PLUMB, "serve", "--port", "0", "--load", "deployments=" + NOTES, *arguments], capture_output=True, text=True, timeout=HANG)
                self.assertEqual((run.returncode, text in run.stderr), (status, True), (arguments, run.stderr))

    def test_changed_files_are_read_again(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "t.csv")

            def write(text):
                with open(path, "w") as file:
                    file.write(text)

            def wait(condition):
                end = time.monotonic() + HANG
                while not condition():
                    self.assertLess(time.monotonic(), end)
                    time.sleep(0.1)

            write("a,b\n1,x\n")
            # Links that lead back are not followed.
            os.mkdir(os.path.join(folder, "inner"))
            for name in ("one", "two"):
                os.symlink(folder, os.path.join(folder, "inner", name))
            with Server(data=("--load", "t=" + path, "--load", folder)) as server:
                self.assertEqual(server.rows("t | count"), [[1]])
                write("a,b\n1,x\n2,y\n")
                wait(lambda: server.rows("t | count") == [[2]])
                # A table whose file has become unreadable stays.
                write("%PDF-1.7\n")
                wait(lambda: "error" in server.logged())
                self.assertEqual(server.rows("t | count"), [[2]])
                write("a,b\n3,z\n")
                with open(os.path.join(folder, "u.csv"), "w") as file:
                    file.write("c\n1\n")
                wait(lambda: server.query("u | count").status == 200 and server.rows("t | project a, b") == [[3, "z"]])

    def test_read_only(self):
        with Server() as server:
            for command in (".set t <| print 1", ".drop table deployments", ".create table t (a: long)", ".attach 'x.sqlite' as x",
                            ".create function f() { 1 }", ".execute database script <| .drop table deployments"):
                reply = server.query(command, path="/v1/rest/mgmt")
                self.assertEqual(reply.status, 403, (command, reply.text))
            self.assertEqual(server.rows("deployments | count"), [[5]])

    def test_nothing_beyond_the_workspace(self):
        with Server("--writable") as server:
            for text in ("externaldata(a: string)['/etc/passwd']", "externaldata(a: string)[h'https://example.com/x.csv']"):
                self.assertEqual(server.query(text).status, 400, text)
            for command in (".attach '/etc/passwd' as x", ".load x=/etc/passwd", ".read /etc/passwd", ".output |id", ".save /tmp/x.plumb",
                            ".open /tmp/x.plumb", ".import /etc/passwd",
                            ".show tables; .attach '/etc/passwd' as x"):
                reply = server.query(command, path="/v1/rest/mgmt")
                self.assertIn(reply.status, (400, 403), (command, reply.text))
                self.assertNotIn("root:", reply.text)
            inside = server.command(".execute database script <| .attach '/etc/passwd' as x")
            self.assertEqual([row["Result"] for row in inside], ["Failed"])

    def test_writable(self):
        with Server("--writable") as server:
            server.command(".set late <| print a = 1")
            self.assertEqual(server.rows("late"), [[1]])
            reply = server.query(".drop table late", path="/v1/rest/mgmt", options={"request_readonly": True})
            self.assertEqual(reply.status, 403)
            server.command(".drop table late")
            self.assertEqual(server.query("late").status, 400)

    def test_limits(self):
        with Server("--query-time", "1s") as server:
            self.assertEqual(server.query(SLOW).status, 504)
        with Server("--query-memory", "8MB") as server:
            reply = server.query("range n from 1 to 1000000 step 1 | extend s = strcat('text number ', n) | sort by s")
            self.assertEqual((reply.status, reply.json()["error"]["code"]), (400, "LimitsExceeded"))
            self.assertIn("E_RUNAWAY_QUERY", reply.message)

    def test_too_many(self):
        with Server("--max-queries", "1", "--query-time", "60s") as server:
            slow = threading.Thread(target=lambda: server.query(SLOW, x_ms_client_request_id="slow"))
            slow.start()
            while 'plumb_queries_running 1' not in server.send("GET", "/metrics").text:
                time.sleep(0.01)
            reply = server.query("print 1")
            self.assertEqual((reply.status, reply.headers.get("retry-after")), (429, "1"))
            # Commands about queries do not wait.
            self.assertTrue(server.command(".cancel query 'slow'")[0]["Cancelled"])
            slow.join(HANG)
            self.assertEqual(server.rows("print 1"), [[1]])

    def test_slow_readers_keep_nobody_waiting(self):
        with Server("--max-queries", "1") as server:
            connections = []
            for _ in range(4):
                connection = server.connection()
                connection.request("POST", "/v2/rest/query", json.dumps({"csl": "range n from 1 to 1000000000000 step 1"}))
                connections.append(connection)
            self.assertEqual(server.rows("print 1"), [[1]])
            for connection in connections:
                connection.close()

    def test_log_and_figures(self):
        with Server() as server:
            server.query("print 1", x_ms_client_request_id="logged;1")
            server.query("nope")
            lines = [json.loads(line) for line in server.logged().splitlines() if line.startswith("{")]
            self.assertEqual([(line["path"], line["status"], line.get("error")) for line in lines],
                             [("/v2/rest/query", 200, None), ("/v2/rest/query", 400, "unknown-table")])
            self.assertEqual(lines[0]["request"], "logged;1")
            text = server.send("GET", "/metrics").text
            for figure in ('plumb_queries_total{outcome="success"} 1', 'plumb_queries_total{outcome="unknown-table"} 1',
                           "plumb_query_duration_seconds_count 2", "plumb_rows_total 1"):
                self.assertIn(figure, text)

    def test_ends_in_order(self):
        with Server() as server:
            replies = []
            text = "range n from 1 to 30000000 step 1 | summarize sum(n % 7)"
            thread = threading.Thread(target=lambda: replies.append(server.query(text)))
            thread.start()
            while "plumb_queries_running 1" not in server.send("GET", "/metrics").text and not replies:
                time.sleep(0.005)
            idle = server.connection()
            idle.connect()
            self.assertEqual(server.stop(), 0)
            thread.join(HANG)
            self.assertEqual(replies[0].status, 200)
            idle.close()

    def test_two_servers_on_one_port(self):
        with Server() as server:
            run = subprocess.run([PLUMB, "serve", "--port", str(server.port)], capture_output=True, text=True, timeout=HANG)
            self.assertEqual(run.returncode, 1)
            self.assertIn("--port", run.stderr)


if __name__ == "__main__":
    unittest.main()
