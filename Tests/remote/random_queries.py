"""Prints how many random queries give the same answer here, on two nodes of the old ClickHouse, and on a current one.

random_queries.py PLUMB FOLDER [NUMBER...]: FOLDER has the queries and tables that `DifferentialExport` in Tests/FuzzTests writes. Ends
with 1 if an answer differs, or if most queries have none."""
import collections
import json
import os
import re
import subprocess
import sys

import engines

PLUMB, FOLDER = os.path.abspath(sys.argv[1]), sys.argv[2]
# For a closer look at some of them.
ONLY = set(map(int, sys.argv[3:]))
FILE = os.path.join(FOLDER, "tables.plumb")


def answer(query, *arguments):
    """The rows of an answer, or the line of the error."""
    done = subprocess.run([PLUMB, "query", *arguments, "--format", "json", "-c", query["query"]], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        return re.search(r"^error.*$", done.stderr, re.M).group()
    rows = json.loads(done.stdout or "[]")
    return rows if query["ordered"] else sorted(rows, key=lambda row: json.dumps(exact(row), sort_keys=True))


def exact(row):
    """The cells whose last digits do not depend on the order of additions. Which of two zeros is the least is open."""
    return {name: 0.0 if value == 0 and isinstance(value, float) else value for name, value in row.items() if not name.startswith("approx")}


def difference(here, there):
    """How two answers differ; None if they do not. Two errors are alike."""
    if isinstance(here, str) or isinstance(there, str):
        return None if type(here) is type(there) else f"{str(there)[:2000]}\n  here: {str(here)[:300]}"
    if len(here) != len(there):
        return f"{len(there)} rows\n  here: {len(here)}"
    for mine, theirs in zip(here, there):
        if json.dumps(exact(mine), sort_keys=True) != json.dumps(exact(theirs), sort_keys=True):
            names = [name for name in mine if mine[name] != theirs.get(name)]
            return f"{ {name: theirs.get(name) for name in names} }\n  here: { {name: mine[name] for name in names} }"
    # Rows that are alike but for sums of reals have no order among each other.
    for name in here[0] if here else ():
        if name.startswith("approx"):
            pairs = zip(*(sorted(row[name] if isinstance(row[name], (int, float)) else -1e300 for row in rows) for rows in (here, there)))
            if any(abs(a - b) > 1e-5 + 1e-9 * max(abs(a), abs(b)) for a, b in pairs):
                return f"other values of {name}"
    return None


def main():
    missing = [each.missing() for each in (engines.TwoNodes, engines.Current) if each.missing()]
    if missing:
        print("skipped: " + "; ".join(missing))
        sys.exit(3)
    two, current = engines.TwoNodes(), engines.Current()
    two.receive(PLUMB, FILE)
    moved = subprocess.run([PLUMB, "export", FILE, "--to", current.address()], capture_output=True, text=True)
    assert moved.returncode == 0, moved.stderr
    with open(os.path.join(FOLDER, "queries.jsonl")) as file:
        queries = [json.loads(line) for line in file]
    places = {"two nodes, 18.16": two.first, "current": current}
    counts, answered, whole = collections.Counter(), 0, collections.Counter()
    for number, query in enumerate(queries):
        if ONLY and number not in ONLY:
            continue
        here = answer(query, FILE)
        answered += not isinstance(here, str)
        for name, engine in places.items():
            problem = difference(here, answer(query, "--on", engine.address()))
            counts[name] += problem is None
            if problem:
                print(f"--- query {number}, {name}: {problem}\n{query['query']}\n")
            plan = subprocess.run([PLUMB, "query", "--on", engine.address(), "--format", "tsv", "-c", "explain " + query["query"]], capture_output=True, text=True).stdout
            physical = plan[plan.find("Physical:"):].splitlines()
            whole[name] += len(physical) == 2 and physical[1].strip().startswith("ClickHouse: ")
    print(f"{len(queries)} random queries, of which {answered} have an answer here")
    for name in places:
        print(f"{name}: {counts[name]} alike, {whole[name]} sent whole")
    sys.exit(any(counts[name] != len(queries) for name in places) or answered * 10 < len(queries) * 9)


main()
