#!/usr/bin/env python3
"""Writes workbooks with the built binary and reads them with openpyxl: the values must be those of the query.

usage: test_workbook.py PLUMB        needs openpyxl from PyPI
"""
import datetime as dt, json, math, os, random, shutil, subprocess, sys, tempfile, zipfile
import openpyxl
from openpyxl.utils.escape import unescape

plumb = os.path.abspath(sys.argv[1])
folder = tempfile.mkdtemp()
os.chdir(folder)
environment = dict(os.environ, HOME=folder)
failures = []


def run(*words):
    done = subprocess.run([plumb, *words], capture_output=True, text=True, timeout=120, env=environment)
    return done.returncode, done.stdout, done.stderr


def check(title, found, wanted):
    if found != wanted:
        failures.append(title)
        print(f"{title}:\n  found  {found!r:.400}\n  wanted {wanted!r:.400}")


def cells(path, sheet=0):
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[sheet].iter_rows(values_only=True)]


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


# Values of each type, the edges of what a workbook can hold first: (KQL, what openpyxl must read).
def long(rng):
    value = rng.choice([0, 1, -1, 2**53, -2**53, 2**53 + 1, -2**53 - 1, 2**63 - 1, rng.randrange(-10**12, 10**12)])
    return f"long({value})", value if abs(value) <= 2**53 else str(value)


def real(rng):
    value = rng.choice([0.5, -1.25, 1e300, 5e-300, 0.1, 3.0, rng.uniform(-1e6, 1e6), math.inf, math.nan])
    if math.isinf(value): return "real(+inf)", "Infinity"
    if math.isnan(value): return "real(nan)", "NaN"
    return f"real({value!r})", value


def boolean(rng):
    value = rng.random() < 0.5
    return str(value).lower(), value


def moment(rng):
    value = rng.choice([dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999000), dt.datetime(2026, 3, 31, 12)]
                       + [dt.datetime(1900, 3, 1) + dt.timedelta(milliseconds=rng.randrange(250 * 365 * 86_400_000))])
    return f"datetime({value.isoformat()})", value


def early(rng):
    value = dt.datetime(rng.choice([1, 1850, 1899]), 12, 31, 23, 59, 59)
    return f"datetime({value.isoformat()})", value.isoformat() + ".0000000Z"


def span(rng):
    ms = rng.choice([0, 1, 999, 86_400_000, 26 * 3_600_000, rng.randrange(10**10)])
    return f"timespan({ms}ms)" if ms < 1 else f"{ms}ms", dt.timedelta(milliseconds=ms)


def text(rng):
    pieces = ["a", "é", "日本", "😀", "&<>\"'", "\n", "\t", "\r", "\x07", "\x00", "_x0041_", "_x", "=1+1", " ", "￿", "end"]
    value = "".join(rng.choice(pieces) for _ in range(rng.randrange(1, 9)))
    return quoted(value), value


def dynamic(rng):
    value = rng.choice([{"a": [1, None, "x"]}, [1, 2], {}, "word", 12, True])
    return f"dynamic({json.dumps(value)})", value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


KINDS = {"long": long, "real": real, "bool": boolean, "datetime": moment, "timespan": span, "string": text, "dynamic": dynamic}


def tables(rng):
    names = list(KINDS)
    columns = [(f"c{i}", rng.choice(names)) for i in range(rng.randrange(1, 9))]
    rows = [[KINDS[kind](rng) if rng.random() < 0.85 else None for _, kind in columns] for _ in range(rng.randrange(0, 30))]
    literal = ", ".join(f"{kind}(null)" if cell is None and kind != "string" else '""' if cell is None else cell[0]
                        for row in rows for cell, (_, kind) in zip(row, columns))
    header = ", ".join(f"{name}: {kind}" for name, kind in columns)
    return f"datatable({header})[{literal}]", [name for name, _ in columns], [[cell and cell[1] for cell in row] for row in rows]


def plain(row):
    return [unescape(cell) if isinstance(cell, str) else cell for cell in row]


try:
    for seed in range(25):
        rng = random.Random(seed)
        query, header, rows = tables(rng)
        code, _, errors = run("query", "-o", "random.xlsx", "-c", query)
        if code != 0:
            check(f"seed {seed}", (code, errors), (0, ""))
            continue
        found = cells("random.xlsx")
        check(f"header of seed {seed}", found[0], header)
        # A row without values at the end is not a row for the reader.
        while rows and all(cell is None for cell in rows[-1]): rows.pop()
        found = [plain(row) for row in found[1:]]
        while found and all(cell is None for cell in found[-1]): found.pop()
        check(f"count of seed {seed}", len(found), len(rows))
        for number, (one, other) in enumerate(zip(found, rows)): check(f"row {number} of seed {seed}", one, other)
        check(f"archive of seed {seed}", zipfile.ZipFile("random.xlsx").testzip(), None)
    for seed in range(5):
        literal, wanted = early(random.Random(seed))
        run("query", "-o", "early.xlsx", "-c", f"print t = {literal}, d = -1h, x = decimal(12345678901234567890.5), y = decimal(1.25)")
        check(f"early moments are texts, {seed}", cells("early.xlsx")[1], [wanted, "-01:00:00", "12345678901234567890.5", 1.25])

    # Sheets for several answers, and their names.
    run("query", "-o", "two.xlsx", "-c", "print a = 1; print b = 2")
    book = openpyxl.load_workbook("two.xlsx")
    check("a sheet for each answer", [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book], [[["a"], [1]], [["b"], [2]]])
    check("the first row stays in view", book.worksheets[0].freeze_panes, "A2")

    # A workspace with a sheet for each table.
    subprocess.run([plumb, "w.plumb"], input='.set one <| range n from 1 to 5 step 1\n.set ["a table: with a name of more than thirty-one letters"] <| print x = "y"\n',
                   capture_output=True, text=True, env=environment)
    code, _, errors = run("export", "w.plumb", "--to", "all.xlsx")
    check("an export", (code, errors.strip()), (0, "2 tables, 6 rows written to all.xlsx"))
    names = openpyxl.load_workbook("all.xlsx").sheetnames
    check("names of sheets", (sorted(len(name) <= 31 for name in names), "one" in names, any(":" in name for name in names)), ([True, True], True, False))

    # What a sheet cannot hold is a mistake and no file.
    for title, query, message in [
        ("too many rows", "range n from 1 to 1048576 step 1", "a sheet has 1,048,576 rows with its header"),
        ("a text that is too long", 'print t = strrep(strrep("ab", 512), 32)', "a cell holds 32,767"),
    ]:
        code, _, errors = run("query", "-o", "refused.xlsx", "-c", query)
        check(title, (code, message in errors, os.path.exists("refused.xlsx")), (1, True, False))
    code, _, errors = run("query", "-o", "longest.xlsx", "-c", 'print t = substring(strrep(strrep("a", 1024), 32), 1)')
    check("the longest text", (code, len(cells("longest.xlsx")[1][0])), (0, 32767))
    code, _, errors = run("query", "-o", "finer.xlsx", "-c", "print d = 1s + 1tick")
    check("finer times are noted", (code, "to the millisecond" in errors, cells("finer.xlsx")[1]), (0, True, [dt.timedelta(seconds=1)]))

    # Where formats are chosen by name and by ending.
    done = subprocess.run([plumb, "query", "--format", "xlsx", "-c", "print a = 1"], capture_output=True, env=environment)
    open("piped.xlsx", "wb").write(done.stdout)
    check("standard output", cells("piped.xlsx"), [["a"], [1]])
    subprocess.run([plumb], input=".once typed.xlsx\nprint a = 1\n", capture_output=True, text=True, env=environment)
    check("`.once`", cells("typed.xlsx"), [["a"], [1]])
    code, _, errors = run("query", "--load", "typed.xlsx", "-c", "typed")
    check("workbooks are not read", (code, "an Excel workbook, which Plumb does not read" in errors), (1, True))
finally:
    os.chdir("/")
    shutil.rmtree(folder, ignore_errors=True)

print("failed: " + ", ".join(failures) if failures else "workbooks: all as the queries")
sys.exit(1 if failures else 0)
