#!/usr/bin/env python3
"""Prints how long `predict risk` takes for 10,000 pipelines, and how much memory: features, learning, scores and reasons.

Simulates a world of 10,000 pipelines and $DAYS days (default 9) into a workspace file, then asks once and five times
in one process; a further answer costs a quarter of what the four more take. The best of three rounds counts.
The binary is $PLUMB, or .build/release/plumb. Exit status 1 when a target is missed.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

PLUMB = os.environ.get("PLUMB", ".build/release/plumb")
DAYS = os.environ.get("DAYS", "9")
ASK = "predict risk | summarize pipelines = count(), riskiest = max(risk)"


def measure(file: str, times: int) -> tuple[float, float, float]:
    """Seconds of the clock and of processors, and the most memory in MB."""
    start = time.monotonic()
    process = subprocess.Popen(
        [PLUMB, "query", file, "-c", "; ".join([ASK] * times)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"status {process.returncode}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def target(text: str, holds: bool) -> bool:
    print(f"{'met   ' if holds else 'MISSED'} {text}")
    return not holds


with tempfile.TemporaryDirectory() as folder:
    file = str(pathlib.Path(folder) / "world.plumb")
    subprocess.run([PLUMB, "simulate", "--pipelines", "10000", "--days", DAYS, "--seed", "7", "--into", file], check=True)
    rounds = [(measure(file, 1), measure(file, 5)) for _ in range(3)]
    first, processors, memory = min(once for once, _ in rounds)
    further = min((five[0] - once[0]) / 4 for once, five in rounds)
    print(subprocess.run([PLUMB, "query", file, "-c", f"runs | count; {ASK}"], capture_output=True, text=True).stdout)
    missed = [
        target(f"first answer, with learning: {first:.2f} s as a whole process <= 5 s ({processors:.2f} s of {os.cpu_count()} "
               f"processors, on which {os.getloadavg()[0]:.1f} processes ran)", first <= 5),
        target(f"memory: {memory:.0f} MB <= 1000 MB", memory <= 1000),
        target(f"each further answer: {further:.2f} s <= 1 s", further <= 1)]
sys.exit(1 if any(missed) else 0)
