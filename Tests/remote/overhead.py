"""Prints what a pushed query costs more than the same SQL sent by hand over an open connection: overhead.py PLUMB.

Each question that an engine runs whole is asked in turn by hand and through one process of Plumb, which prints its time; the
fastest of $REPEAT (15) are compared, since other programs slow down some of them, and the CPU time of Plumb is shown. The bound is
15 ms and 10 %; a question over it is marked, and nothing fails because of a time."""
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.parse

import engines
from questions import TELEMETRY

PLUMB = os.path.abspath(sys.argv[1])
REPEAT = int(os.environ.get("REPEAT", "15"))
# What Plumb sends with each query.
SETTINGS = urllib.parse.urlencode({"readonly": 2, "max_execution_time": 300, "join_use_nulls": 1, "distributed_product_mode": "global"})


def main(remote):
    for name, engine in remote.engines.items():
        process = subprocess.Popen([PLUMB, "pipe", "--on", engine.address()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        connection = http.client.HTTPConnection("127.0.0.1", engine.port)

        def ask(kql):
            process.stdin.write(json.dumps({"query": kql}) + "\n")
            process.stdin.flush()
            reply = json.loads(process.stdout.readline())
            assert "error" not in reply, reply
            return reply["ms"][0], reply["cpu_ms"][0]

        def send(sql):
            start = time.perf_counter()
            connection.request("POST", "/?" + SETTINGS, sql + " FORMAT Native")
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
            return (time.perf_counter() - start) * 1000

        print(f"{name}: by hand ms | Plumb ms | its CPU ms | over the bound of 15 ms + 10 % | question")
        over = 0
        for kql in TELEMETRY:
            plan = subprocess.run([PLUMB, "query", "--on", engine.address(), "--format", "raw", "-c", "explain " + kql], capture_output=True, text=True).stdout
            lines = [line.strip() for line in plan[plan.find("Physical:"):].splitlines()]
            if len(lines) != 2 or not lines[1].startswith("ClickHouse: "):
                continue
            sql = lines[1].removeprefix("ClickHouse: ")
            pairs = [(send(sql), ask(kql)) for _ in range(REPEAT + 2)][2:]
            hand, plumb = min(each for each, _ in pairs), min(each for _, (each, _) in pairs)
            work = statistics.median(each for _, (_, each) in pairs)
            isOver = plumb > hand * 1.1 + 15
            over += isOver
            print(f"{hand:8.1f} | {plumb:8.1f} | {work:6.1f} | {'over' if isOver else ''} | {kql}", flush=True)
        print(f"{name}: {over} over the bound")
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    from remote_workspace import Remote

    main(Remote(PLUMB))
