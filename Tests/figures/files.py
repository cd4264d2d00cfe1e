#!/usr/bin/env python3
"""Compares how Plumb and others understand CSV files: DuckDB's own test data, and the Pollock survey with its clean versions.

usage: files.py PLUMB DUCKDB_FILES POLLOCK_CSV POLLOCK_CLEAN [--list]

The three folders are copies of `data/csv` of duckdb/duckdb (the first 500 files by byte order of path), and of
`survey_sample/csv` and `survey_sample/clean` of HPI-Information-Systems/Pollock. A file agrees if both give the same number of
rows and columns, the same names where both have names, and the same values, or if DuckDB cannot read it and Plumb refuses it. A file of the survey agrees
if it does with its clean version or with DuckDB.
"""
import collections, csv, io, os, re, subprocess, sys

import duckdb

csv.field_size_limit(1 << 30)
plumb = os.path.abspath(sys.argv[1])


def plumb_table(path):
    run = subprocess.run([plumb, "query", "--load", "t=" + path, "-c", "t", "--format", "csv"], capture_output=True, timeout=120)
    if run.returncode: return None, run.stderr.decode(errors="replace").split("\n")[0]
    return list(csv.reader(io.StringIO(run.stdout.decode("utf-8", "replace"), newline=""))), run.stderr.decode(errors="replace")


def duckdb_table(path):
    try:
        result = duckdb.sql(f"from read_csv('{path.replace(chr(39), chr(39) * 2)}')")
        return [result.columns] + [["" if v is None else str(v) for v in row] for row in result.fetchall()]
    except Exception:
        return None


def value(text):
    text = text.strip()
    try: return float(text)
    except ValueError: pass
    moment = re.match(r"^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?)?(?:Z|\+00:00)?$", text)
    if moment: return (moment[1], moment[2] or "00:00:00", (moment[3] or "").rstrip("0"))
    return re.sub("[\x80-\x9f]", "", text.lower().replace("\r\n", "\n"))


def is_same(x, y):
    """Whether two values are the same, or a moment as it is written and as it is understood."""
    a, b = value(x), value(y)
    if a == b or a != a and b != b: return True
    own, other = (a, y) if isinstance(a, tuple) else (b, x) if isinstance(b, tuple) else (None, None)
    if own is None: return False
    numbers = [int(n) for n in re.findall(r"\d+", other)]
    return len(numbers) >= 2 and {int(n) for n in own[0].split("-")[1:]} <= set(numbers) | {datetime_month(other)}


def datetime_month(text):
    names = re.findall(r"[a-z]{3}", text.lower())
    return next((i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1) if m in names), 0)


def name(text):
    text = text.strip().lower()
    return "" if re.match(r"^(column_?\d+|unnamed.*)?$", text) else re.sub(r"(_?\d+)+$", "", text)


def difference(own, other, comparesNames=True):
    if len(own) != len(other): return f"rows {len(own) - 1} / {len(other) - 1}"
    width, expected = len(own[0]) if own else 0, len(other[0]) if other else 0
    if width == expected + 1 == max(map(len, other)):
        # The header of the clean version lacks the name of its rows.
        other, expected = [[""] + other[0]] + other[1:], width
    if width != expected: return f"columns {width} / {expected}"
    for a, b in zip(own[:1], other[:1]) if comparesNames else []:
        for x, y in zip(a, b):
            if name(x) and name(y) and name(x) != name(y): return f"name {x!r} / {y!r}"
    for line, (a, b) in enumerate(zip(own[1:], other[1:]), 1):
        for x, y in zip(a, b):
            if not is_same(x, y): return f"row {line}: {x!r} / {y!r}"
    return None


def report(title, results):
    good = sum(1 for _, reason in results if reason is None)
    print(f"{title}: {good} of {len(results)} agree ({100 * good / max(1, len(results)):.1f} %)")
    kinds = collections.Counter(re.sub(r"[\d:].*", "", reason) for _, reason in results if reason)
    for kind, count in kinds.most_common(): print(f"{count:6}  {kind}")
    if "--list" in sys.argv:
        for path, reason in results:
            if reason: print(f"    {os.path.basename(path)}: {reason[:160]}")


def files(folder): return [os.path.join(folder, f) for f in sorted(os.listdir(folder))]


results = []
for path in files(sys.argv[2]):
    own, message = plumb_table(path)
    other = duckdb_table(path)
    if other is None: results.append((path, None if own is None else "read though DuckDB refuses it"))
    elif own is None: results.append((path, "refused: " + message))
    else: results.append((path, difference(own, other)))
report("DuckDB's test data", results)
results = []
for path in files(sys.argv[3]):
    own, message = plumb_table(path)
    clean = os.path.join(sys.argv[4], os.path.basename(path).replace("__csv__", "__clean__"))
    if not os.path.exists(clean): continue
    other = list(csv.reader(open(clean, newline="", encoding="utf-8", errors="replace")))
    reason = "refused: " + message if own is None else difference(own, other)
    if reason:
        # The survey's clean versions also drop empty rows and columns, which a loader should keep.
        other = duckdb_table(path)
        if own is None and other is None or own is not None and other is not None and difference(own, other) is None: reason = None
    results.append((path, reason))
report("the Pollock survey", results)
