#!/usr/bin/env python3
"""Prints what several processes see of one workspace file while another appends to it and compacts it.

  two_processes.py [SECONDS]     default: 20

One process appends small batches, which are joined as they become many; two others read all the time, and each must see
whole batches, never fewer than before. Then one process writes for long: readers are not held up, and a second writer
gets a message that names the writer. Takes the binary from $PLUMB, default .build/release/plumb.
"""
import os, subprocess, sys, tempfile, threading, time

plumb = os.environ.get("PLUMB", ".build/release/plumb")
seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20
batch = 7


def run(*arguments):
    return subprocess.run([plumb, *arguments], capture_output=True, text=True)


def fail(text):
    print("FAILED:", text, flush=True)
    os._exit(1)


with tempfile.TemporaryDirectory() as folder:
    path, script = f"{folder}/t.plumb", f"{folder}/append.kql"
    run("query", path, "-c", f".set small <| range n from 0 to {batch - 1} step 1")
    is_over = threading.Event()
    reads, slowest = [0, 0], [0.0, 0.0]

    def reading(place):
        last = 0
        while not is_over.is_set():
            begin = time.monotonic()
            done = run("query", path, "-c", "small | summarize count(), min(n), max(n), sum(n)", "--format", "csv")
            slowest[place] = max(slowest[place], time.monotonic() - begin)
            if done.returncode != 0:
                fail(done.stderr)
            rows, least, most, total = map(int, done.stdout.split()[-1].split(","))
            if rows % batch or rows < last or least != 0 or most != rows - 1 or total != rows * (rows - 1) // 2:
                fail(f"{rows} rows after {last}, {least} to {most}, sum {total}")
            last = rows
            reads[place] += 1

    readers = [threading.Thread(target=reading, args=(place,)) for place in range(2)]
    for reader in readers:
        reader.start()
    begin, appended = time.monotonic(), 1
    while time.monotonic() - begin < seconds:
        with open(script, "w") as file:
            for number in range(appended, appended + 200):
                file.write(f".append small <| range n from {number * batch} to {number * batch + batch - 1} step 1;\n")
        done = run("run", script, path, "--format", "csv")
        if done.returncode != 0:
            fail(done.stderr)
        appended += 200
    is_over.set()
    for reader in readers:
        reader.join()
    print(f"{appended} appends; {sum(reads)} reads by two processes meanwhile, all of whole batches, slowest {max(slowest) * 1e3:.0f} ms")

    writer = subprocess.Popen(
        [plumb, "query", path, "-c", ".set large <| range n from 1 to 5000000 step 1"
         " | extend h = strcat(hash(n), hash(n + 1), hash(n + 2), hash(n + 3))"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    told, looked, longest = "", 0, 0.0
    while writer.poll() is None:
        begin = time.monotonic()
        done = run("query", path, "-c", "small | count", "--format", "raw")
        longest = max(longest, time.monotonic() - begin)
        if done.returncode != 0 or int(done.stdout) != appended * batch:
            fail(done.stdout + done.stderr)
        looked += 1
        second = run("query", path, "-c", ".set-or-replace other <| print 1")
        if second.returncode != 0:
            told = second.stderr.splitlines()[0]
            if f"process {writer.pid}" not in told:
                fail(told)
    if writer.returncode != 0:
        fail(writer.stderr.read())
    print(f"{looked} reads while another process wrote for long, slowest {longest * 1e3:.0f} ms")
    if not told:
        fail("no second writer met the first")
    print("second writer:", told)
