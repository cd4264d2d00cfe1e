#!/usr/bin/env python3
"""Prints what `plumb serve` answers under load: 64 connections with mixed small queries over a million runs for a minute, beside a
Python server (uvicorn, one process per core) over DuckDB that answers the same questions from the same rows in the same run; then
how long a query takes while 1,000 connections are idle, some requests are half sent and some clients read slowly.

  load.py [--seconds N] [--rows N]

Needs `duckdb` and `uvicorn` from PyPI for this Python, and `wrk`. Takes the binary from $PLUMB, default .build/release/plumb. Ends
with 1 if a request fails, if answers differ, or if Plumb answers less than three times as many requests."""
import argparse, http.client, json, os, re, resource, shutil, socket, statistics, subprocess, sys, tempfile, time

PLUMB = os.path.abspath(os.environ.get("PLUMB", ".build/release/plumb"))
# The same questions in both languages; {n} is a number that differs from request to request.
QUESTIONS = [
    ("print 1", "select 1"),
    ("runs | count", "select count(*) from runs"),
    ("runs | summarize count() by status | order by status asc", "select status, count(*) from runs group by 1 order by 1"),
    ("runs | where pipeline == 'p{n}' | top 10 by started | project run, started, status",
     "select run, started, status from runs where pipeline = 'p{n}' order by started desc limit 10"),
    ("runs | where started > datetime(2026-01-30) | summarize failed = countif(status == 'failed') by source | order by source asc",
     "select source, count(*) filter (where status = 'failed') from runs where started > '2026-01-30' group by 1 order by 1"),
    ("runs | where source == 's{m}' and status == 'failed' | summarize count(), avg(duration_ms) by region | order by region asc",
     "select region, count(*), avg(duration_ms) from runs where source = 's{m}' and status = 'failed' group by 1 order by 1"),
    ("runs | where run == {n}777", "select * from runs where run = {n}777"),
]
SERVER = '''
import asyncio, concurrent.futures, json, os, duckdb
connection = duckdb.connect()
connection.execute("set threads = 1")
connection.execute(f"create table runs as select * from '{os.environ['RUNS']}'")
pool = concurrent.futures.ThreadPoolExecutor(4)
def ask(text): return json.dumps({"rows": connection.cursor().execute(text).fetchall()}, default=str).encode()
async def app(scope, receive, send):
    if scope["type"] != "http": return
    body = b""
    while True:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"): break
    reply = await asyncio.get_running_loop().run_in_executor(pool, ask, json.loads(body)["sql"])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(reply)).encode())]})
    await send({"type": "http.response.body", "body": reply})
'''
SCRIPT = """
local bodies = {%s}
local at = 0
function request()
  at = at %% #bodies + 1
  return wrk.format("POST", "%s", {["Content-Type"] = "application/json"}, bodies[at])
end
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def post(port, path, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, json.dumps(body))
    reply = connection.getresponse()
    return reply.status, json.loads(reply.read())


def wait(port):
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("FAILED: a server does not start")


def texts(place):
    """Forms of the questions with other numbers, which both servers get in the same order."""
    return [question[place].format(n=n * 37 % 1000, m=n % 12) for n in range(50) for question in QUESTIONS]


def load(name, port, path, bodies, folder, seconds):
    script = os.path.join(folder, name + ".lua")
    quoted = ", ".join("[==[" + json.dumps(body) + "]==]" for body in bodies)
    with open(script, "w", encoding="utf-8") as file:
        file.write(SCRIPT % (quoted, path))
    done = subprocess.run(["wrk", "-t1", "-c64", f"-d{seconds}s", "--timeout", "30s", "--latency", "-s", script, f"http://127.0.0.1:{port}"], capture_output=True, text=True)
    print("\n".join("  " + line for line in done.stdout.splitlines()))
    if done.returncode != 0 or "Socket errors" in done.stdout or "Non-2xx" in done.stdout:
        print(f"FAILED: {name}: {done.stderr}")
        return 0
    return float(re.search(r"Requests/sec:\s*([0-9.]+)", done.stdout)[1])


def same_answers(plumb, other):
    """Whether both answer alike, to a few digits."""
    def plain(value):
        try:
            return round(float(value), 6)
        except (TypeError, ValueError):
            return re.sub(r"(\.0+)?Z?$", "", str(value)).replace("T", " ")
    for kql, sql in list(zip(texts(0), texts(1)))[:3 * len(QUESTIONS)]:
        status, frames = post(plumb, "/v2/rest/query", {"db": "NetDefaultDB", "csl": kql})
        rows = next(f["Rows"] for f in frames if f.get("TableKind") == "PrimaryResult") if status == 200 else frames
        expected = post(other, "/", {"sql": sql})[1]["rows"]
        if [[plain(v) for v in row] for row in rows] != [[plain(v) for v in row] for row in expected]:
            print(f"FAILED: {kql}: {rows[:3]} beside {expected[:3]}")
            return False
    return True


def small_query(port):
    begin = time.monotonic()
    status, _ = post(port, "/v2/rest/query", {"db": "NetDefaultDB", "csl": "runs | summarize count() by status"})
    assert status == 200, status
    return (time.monotonic() - begin) * 1e3


def among_others(port):
    """Milliseconds of a small query alone, and beside connections that are idle, half sent or slow to read."""
    alone = [small_query(port) for _ in range(100)]
    held = []
    try:
        for number in range(1_000):
            held.append(socket.create_connection(("127.0.0.1", port), 10))
            if number % 20 == 0:
                held[-1].sendall(b"POST /v2/rest/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{\"csl\"")
            if number % 50 == 1:
                body = json.dumps({"db": "NetDefaultDB", "csl": "runs | take 200000", "properties": {"Options": {"notruncation": True}}}).encode()
                held[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                held[-1].sendall(b"POST /v2/rest/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        time.sleep(1)
        beside = [small_query(port) for _ in range(100)]
    finally:
        for connection in held:
            connection.close()
    return alone, beside


def resident(process):
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--rows", type=int, default=1_000_000)
    options = options.parse_args()
    try:
        import duckdb, uvicorn  # noqa: F401, the servers import them
    except ImportError as error:
        sys.exit(f"FAILED: {error}; pip install duckdb uvicorn")
    if not shutil.which("wrk"):
        sys.exit("FAILED: wrk is missing; apt-get install wrk")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    processes, failed = [], False
    with tempfile.TemporaryDirectory() as folder:
        runs = os.path.join(folder, "runs.parquet")
        duckdb.sql(f"""copy (select i as run, 'p' || (i * 7919 % 1000) as pipeline, 's' || (i % 12) as source, 'r' || (i % 5) as region,
            case when i * 31 % 100 < 5 then 'failed' else 'succeeded' end as status, timestamp '2026-01-01' + interval (i * 2592 // {options.rows // 1000}) second as started,
            i * 104729 % 90000 as duration_ms, i * 1299709 % 100000 as records from range({options.rows}) t(i)) to '{runs}' (format parquet)""")
        ports = {"plumb": free_port(), "uvicorn": free_port()}
        try:
            processes.append(subprocess.Popen([PLUMB, "serve", "--quiet", "--port", str(ports["plumb"]), "--load", f"runs={runs}", "--max-queries", "64"],
                                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
            with open(os.path.join(folder, "asked.py"), "w", encoding="utf-8") as file:
                file.write(SERVER)
            processes.append(subprocess.Popen([sys.executable, "-m", "uvicorn", "asked:app", "--port", str(ports["uvicorn"]), "--workers", str(os.cpu_count()), "--log-level", "error"],
                                              cwd=folder, env={**os.environ, "RUNS": runs}, stderr=subprocess.DEVNULL))
            for port in ports.values():
                wait(port)
            post(ports["uvicorn"], "/", {"sql": "select 1"})
            failed |= not same_answers(ports["plumb"], ports["uvicorn"])
            print("uvicorn over DuckDB:")
            other = load("uvicorn", ports["uvicorn"], "/", [{"sql": text} for text in texts(1)], folder, options.seconds)
            print("plumb serve:")
            own = load("plumb", ports["plumb"], "/v2/rest/query", [{"db": "NetDefaultDB", "csl": text} for text in texts(0)], folder, options.seconds)
            failed |= not own or not other or own < 3 * other
            print(f"{own:.0f} requests a second, {other:.0f} of the other: {own / max(other, 1e-9):.1f} times (promised: 3)")
            before = resident(processes[0])
            alone, beside = among_others(ports["plumb"])
            after = resident(processes[0])
            print(f"a small query: median {statistics.median(alone):.1f} ms, worst {max(alone):.1f} ms; beside 1,000 connections that are idle, half sent or "
                  f"slow: median {statistics.median(beside):.1f} ms, worst {max(beside):.1f} ms; memory {before:.0f} MB before, {after:.0f} MB after")
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
