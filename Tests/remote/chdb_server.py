"""A current ClickHouse over HTTP: chdb_server.py PORT FOLDER. One query at a time; a whole answer is made before it is sent."""
import http.server
import re
import sys
import threading
import urllib.parse

from chdb import session

SESSION = session.Session(sys.argv[2])
LOCK = threading.Lock()
# What belongs to HTTP or to the server's own bookkeeping rather than to a query.
IGNORED = {"query", "database", "query_id", "user", "password", "default_format", "readonly", "insert_distributed_sync",
           "cancel_http_readonly_queries_on_client_close"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Heads and bodies are sent separately; without this the second waits for the first to be confirmed.
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, code=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if code:
            self.send_header("X-ClickHouse-Exception-Code", code)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, b"Ok.\n")

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        given = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        try:
            with LOCK:
                SESSION.query(f"USE `{given.get('database', 'default')}`")
                self.answer(200, self.run(given, body))
        except Exception as error:  # The engine's message, whatever its class.
            text = str(error)
            code = re.search(r"Code: (\d+)", text)
            self.answer(404 if code else 500, text.encode(), code and code.group(1))

    def run(self, given, body):
        sql = given.get("query", "")
        if sql and body:
            path = f"{sys.argv[2]}/rows"
            with open(path, "wb") as file:
                file.write(body)
            match = re.search(r"^(INSERT INTO .*?)\s+FORMAT\s+(\w+)\s*$", sql, re.S)
            SESSION.query(f"{match.group(1)} FROM INFILE '{path}' FORMAT {match.group(2)}")
            return b""
        sql = sql or body.decode()
        match = re.search(r"\s+FORMAT\s+(\w+)\s*$", sql)
        form = match.group(1) if match else "TabSeparated"
        if match:
            sql = sql[:match.start()]
        settings = ", ".join(f"{name} = '{value}'" for name, value in given.items() if name not in IGNORED)
        if settings and re.match(r"\s*(SELECT|WITH)\b", sql, re.I):
            sql += f" SETTINGS {settings}"
        return SESSION.query(sql, form).bytes()


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
