#!/usr/bin/env python3
"""Prints how much faster two threads are than one: each query of ../shared/bench that takes over 10 ms, and loading the CSV file;
and what a session holds after loading and at most during each query, as multiples of the loaded size.

  Tests/figures/scaling.py [--data bench-data/runs_10000000_p10000] [--suite runs] [--repeat 5] [--only q16]

Both sessions are asked in turn, so that other work on the machine hits them alike; the least time of each counts.  Times need a
quiet machine; what two threads do is also shown by the kernel's count of each thread's own time: "busiest" is the processor time
of one thread alone over that of the busier of two, what the speed-up would be if nothing else ran and neither had to wait.
Each peak is the kernel's (VmHWM, set back before the query), so it includes what earlier queries left unless --fresh
starts a session for each query.  Without --data the files are those of bench.sh.  Takes the binary from $PLUMB (default .build/release/plumb).
"""
import argparse, json, os, re, statistics, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))


class Session:
    def __init__(self, tables, threads):
        self.p = subprocess.Popen([os.environ.get("PLUMB", ".build/release/plumb"), "pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.load = self.ask({"load": tables, "threads": threads})["ms"]
        # What any thread has done so far was for loading.
        self.load_busiest = 1000 * max(self.thread_seconds().values())

    def ask(self, message):
        self.p.stdin.write(json.dumps(message) + "\n"); self.p.stdin.flush()
        return json.loads(self.p.stdout.readline())

    def memory(self, name): return int(re.search(name + r":\s+(\d+)", open(f"/proc/{self.p.pid}/status").read()).group(1)) / 1024
    def thread_seconds(self):
        """Processor seconds of each thread so far."""
        task, seconds = f"/proc/{self.p.pid}/task", {}
        for thread in os.listdir(task):
            try:
                seconds[thread] = int(open(f"{task}/{thread}/schedstat").read().split()[0]) / 1e9
            except FileNotFoundError:
                pass  # It has ended meanwhile.
        return seconds

    def forget_peak(self): open(f"/proc/{self.p.pid}/clear_refs", "w").write("5")

    def end(self):
        self.p.stdin.close(); self.p.wait()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--data")
    options.add_argument("--suite", default="runs")
    options.add_argument("--repeat", type=int, default=5)
    options.add_argument("--only", default="")
    options.add_argument("--fresh", action="store_true")
    options.add_argument("--bench", default=os.environ.get("BENCH", os.path.join(HERE, "../../../shared/bench")))
    options = options.parse_args()
    if options.data is None:
        made = subprocess.run([os.path.join(HERE, "bench.sh"), "data", options.suite], stdout=subprocess.PIPE, text=True, check=True)
        options.data = made.stdout.strip()
    sys.path.insert(0, options.bench)
    import bench
    queries = [q for q in json.load(open(os.path.join(options.bench, "queries.json")))["suites"][options.suite] if re.search(options.only, q["id"])]
    tables = bench.tables_for(options.suite, options.data)
    one, two = Session(tables, 1), Session(tables, 2)
    loads, load_shares = {1: [one.load], 2: [two.load]}, {1: [one.load_busiest], 2: [two.load_busiest]}
    held = two.memory("VmRSS")
    print(f"held after loading: {held:.0f} MB")
    print("| query | 1 thread ms | 2 threads ms | times faster | CPU of 2 over 1 | busiest | peak over loaded |\n|---|---:|---:|---:|---:|---:|---:|")
    gains, shares = [], []
    for q in queries:
        session = Session(tables, 2) if options.fresh else two
        session.forget_peak()
        times, cpu, busiest = {1: [], 2: []}, {1: [], 2: []}, {1: [], 2: []}
        for _ in range(options.repeat):
            for threads, s in ((1, one), (2, session)):
                before = s.thread_seconds()
                reply = s.ask({"query": q["kql"], "data": False})
                after = s.thread_seconds()
                spent = [1000 * (after[t] - before[t]) for t in after if t in before]
                # A query's own thread has ended by now: it had what the others did not.
                busiest[threads].append(max(spent + [reply["cpu_ms"][0] - sum(spent)]))
                times[threads] += reply["ms"]; cpu[threads] += reply["cpu_ms"]
        a, b = min(times[1]), min(times[2])
        print(f"| {q['id']} | {a:.1f} | {b:.1f} | {a / b:.2f} | {min(cpu[2]) / max(min(cpu[1]), 0.01):.2f} | "
              f"{min(busiest[1]) / min(busiest[2]):.2f} | {session.memory('VmHWM') / held:.2f} |", flush=True)
        if a > 10: gains.append(a / b); shares.append(min(busiest[1]) / min(busiest[2]))
        if options.fresh: session.end()
    one.end(); two.end()
    for _ in range(2):
        for threads in (1, 2):
            s = Session(tables, threads); loads[threads].append(s.load); load_shares[threads].append(s.load_busiest); s.end()
    print(f"over 10 ms: median {statistics.median(gains):.2f}, least {min(gains):.2f}; busiest thread: median "
          f"{statistics.median(shares):.2f}, least {min(shares):.2f}" if gains else "none over 10 ms")
    print(f"CSV load: {min(loads[1]):.0f} ms with 1 thread, {min(loads[2]):.0f} with 2: {min(loads[1]) / min(loads[2]):.2f} times as fast; "
          f"busiest thread: {min(load_shares[1]):.0f} and {min(load_shares[2]):.0f} ms, {min(load_shares[1]) / min(load_shares[2]):.2f}")


if __name__ == "__main__": main()
