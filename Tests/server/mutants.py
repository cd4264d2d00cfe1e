"""Requests that are changed at random: whatever arrives, the server answers or closes, stays alive and does not grow.

    python3 Tests/server/mutants.py [--count 10000] [--seed 1] .build/release/plumb
"""
import argparse, json, os, random, socket, subprocess, sys, time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--count", type=int, default=10000)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("plumb")
options = parser.parse_args()
sys.argv = [sys.argv[0], options.plumb]
from served import Server  # noqa: E402, it reads the path from sys.argv

QUERIES = ["print 1", "deployments | summarize count() by service", "print x = (", "deployments | where nope", ".show tables | count",
           ".show database schema as json", "range n from 1 to 3000 step 1", "declare query_parameters(n: long); print n",
           ".cancel query 'x'", "print '" + "é😀" * 40 + "'", "set truncationmaxrecords = 1; range n from 1 to 9 step 1"]
PATHS = ["/v2/rest/query", "/v1/rest/query", "/v1/rest/mgmt", "/v1/rest/auth/metadata", "/v1/rest/ingest/NetDefaultDB/deployments", "/",
         "/pipelines", "/query", "/login", "/healthz", "/metrics", "/result.csv", "/complete", "/colours",
         "/dashboard", "/dashboard.json", "/dashboard/pin", "/dashboard/remove", "/nothing"]
STRANGE = [b"\0", b"\xff", b"%", b"%zz", b"\r\n", b"\n\n", b"{", b"}", b'"', b"\\", b"..", b"/" * 300, b"A" * 5000, b"-1", b"9" * 40,
           b"[" * 2000, b'{"a":' * 500, b"chunked", b"\x00\x01\x02", "\u202e".encode(), b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"]


def request(random):
    body = {"db": random.choice(["NetDefaultDB", "", "x", None]), "csl": random.choice(QUERIES)}
    if random.random() < 0.5:
        properties = {"Options": {random.choice(["servertimeout", "query_now", "truncationmaxrecords", "x"]): random.choice(["00:00:01", 1, None, [], "z"]),
                                  "results_v2_fragment_primary_tables": random.random() < 0.5}, "Parameters": {"n": random.choice([1, "long(2)", None, {}])}}
        body["properties"] = random.choice([properties, json.dumps(properties), None, 7])
    data = json.dumps(body, ensure_ascii=random.random() < 0.5).encode()
    path = random.choice(PATHS)
    if random.random() < 0.3:
        path += "?" + random.choice(["csl=print%201", "name=%3Cx%3E", "hours=-1", "page=99999999999999999999", "a&&=&", "csl=" + "x" * 3000])
    method = random.choice(["POST", "POST", "POST", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "", "G E T"])
    head = [f"{method} {path} HTTP/1.1".encode(), b"Host: localhost"]
    for extra in random.sample([b"Accept-Encoding: gzip", b"Origin: http://localhost", b"x-ms-client-request-id: a;b", b"Authorization: Bearer x",
                                b"Connection: close", b"Expect: 100-continue", b"Cookie: plumb_token=%", b"Accept: text/html",
                                b"Content-Type: text/plain", b"Content-Encoding: gzip", b"Upgrade: h2c"], random.randrange(5)):
        head.append(extra)
    if random.random() < 0.4:
        head.append(b"Transfer-Encoding: chunked")
        middle = random.randrange(len(data) + 1)
        data = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:middle], data[middle:]) if part) + b"0\r\n\r\n"
    else:
        head.append(b"Content-Length: %d" % random.choice([len(data), len(data), len(data), 0, len(data) + 7, max(0, len(data) - 5)]))
    return bytearray(b"\r\n".join(head) + b"\r\n\r\n" + data)


def mutated(random):
    text = request(random)
    for _ in range(random.choice([0, 0, 1, 1, 2, 5])):
        at = random.randrange(len(text) + 1)
        kind = random.randrange(4)
        if kind == 0:
            text[at:at] = random.choice(STRANGE)
        elif kind == 1:
            del text[at:at + random.choice([1, 1, 4, 40])]
        elif kind == 2 and at < len(text):
            text[at] = random.randrange(256)
        else:
            text = text[:at]
    return bytes(text)


def memory(process):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024


random = random.Random(options.seed)
with Server("--query-time", "2s", "--quiet") as server:
    started, answered, early = time.monotonic(), 0, None
    for number in range(options.count):
        text = mutated(random)
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        try:
            connection.sendall(text)
            if random.random() < 0.7:
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(20)
                while connection.recv(65536):
                    answered += 1
        except socket.timeout:
            sys.exit(f"no end of the answer to {text!r} (seed {options.seed}, number {number})")
        except OSError:
            pass
        finally:
            connection.close()
        if server.process.poll() is not None:
            sys.exit(f"the server ended after {text!r} (seed {options.seed}, number {number}): {server.logged()[-2000:]}")
        if number == options.count // 4:
            early = memory(server.process)
    assert server.rows("print 1") == [[1]]
    late = memory(server.process)
    assert server.stop() == 0
print(f"{options.count} requests, {answered} parts of answers, {time.monotonic() - started:.0f} s, memory {early} MB then {late} MB")
if early and late > early * 2 + 200:
    sys.exit("the server's memory grows")
