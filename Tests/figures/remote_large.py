#!/usr/bin/env python3
"""Prints how 30 questions about 100 million runs end on two nodes of ClickHouse 18.16: answered, and as DuckDB answers them, or
ended by the diagnostic of `--fetch-rows`; with the time, and the most memory of Plumb and of each node so far.

  Tests/figures/remote_large.py [--rows N] [--only q07]

$PLUMB is the binary (default .build/release/plumb), $BENCH the folder of queries.json (default ../shared/bench). Needs
clickhouse-server, DuckDB and about 12 GB of disk. Ends with 1 if an answer differs, if a question ends with another error, if less
than 20 of 30 are answered, or if more than 24 GiB are used."""
import argparse, json, os, re, subprocess, sys, tempfile, time
sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "remote"))
import engines

PLUMB = os.path.abspath(os.environ.get("PLUMB", os.path.join(HERE, "../../.build/release/plumb")))
BENCH = os.environ.get("BENCH", os.path.join(HERE, "../../../shared/bench"))
SOURCES = ["Azure AD", "Office 365", "Defender", "GitHub", "Okta", "AWS CloudTrail", "Salesforce", "CrowdStrike"]
SLUGS = ["aad-signin", "o365-mail", "mde-alerts", "gh-audit", "okta-syslog", "aws-trail", "sfdc-events", "cs-fdr"]
REGIONS = ["eastus", "eastus2", "westus2", "centralus", "northeurope", "westeurope", "uksouth", "francecentral", "southeastasia",
           "japaneast", "australiaeast", "brazilsouth"]


def pick(names, place):
    """The element of a list, in the notation that both share but for the function's name."""
    return "ELEMENT([" + ", ".join(f"'{name}'" for name in names) + f"], INTEGER({place} + 1))"


# Column, type there, and the value for row `i`; TEXT, IF, ELEMENT and the like differ between the two engines.
COLUMNS = [
    ("run_id", "Int64", "i"),
    ("pipeline", "String", "concat(" + pick(SLUGS, "i % 10007 % 8") + ", '-', TEXT(i % 10007))"),
    ("source", "String", pick(SOURCES, "i % 10007 % 8")),
    ("region", "String", pick(REGIONS, "i % 13 % 12")),
    ("status", "String", "IF(i % 17 = 0, 'failed', IF(i % 501 = 1, 'running', IF(i % 97 = 2, 'skipped', 'succeeded')))"),
    ("started", "DateTime", "SECONDS(1767571200 + DIVIDED(i * 7776, PER))"),
    ("duration_ms", "Int64", "i * 48271 % 100000007"),
    ("records", "Int64", "i * 101 % 5003"),
    ("bytes", "Int64", "i * 7919 % 100000007"),
    ("retries", "Int32", "INTEGER(i % 4)"),
    ("cpu", "Float64", "REAL(i % 1009) / 10"),
    ("error_code", "String", "IF(i % 17 = 0, concat('ERR_', TEXT(i % 25)), '')"),
    ("message", "String", "IF(i % 17 != 0, concat('Completed batch ', TEXT(i % 30000), ' for SigninLogs'), IF(i % 3 = 0, "
     "concat('Timeout after ', TEXT(i % 300), ' s waiting for graph.microsoft.com'), concat('auth failed: token expired, try ', TEXT(i % 9))))"),
]
CLICKHOUSE = {"TEXT": "toString", "ELEMENT": "arrayElement", "INTEGER": "toInt32", "IF": "if", "REAL": "toFloat64", "SECONDS": "toDateTime", "DIVIDED": "intDiv"}
DUCKDB = {"TEXT": "as_text", "ELEMENT": "list_extract", "INTEGER": "as_integer", "IF": "if", "REAL": "as_real", "SECONDS": "as_time", "DIVIDED": "divided"}


def values(functions, rows):
    per = str(max(1, rows // 1000))
    return ", ".join(re.sub(r"\b[A-Z]{2,}(?=\()", lambda match: functions[match.group()], text).replace("PER", per) + f" AS {name}"
                     for name, _, text in COLUMNS)


def fill(two, rows):
    two.create("runs", ", ".join(f"{name} {kind}" for name, kind, _ in COLUMNS), "(source, started)")
    for number, node in enumerate(two.nodes):
        node.ask(f"INSERT INTO runs_local SELECT {values(CLICKHOUSE, rows)} FROM (SELECT toInt64(number) * 2 + {number} AS i FROM numbers({rows // 2}))",
                 max_threads="1")


def truth(rows, folder):
    import duckdb
    db = duckdb.connect(os.path.join(folder, "runs.duckdb"), config={"threads": 2, "memory_limit": "8GB", "preserve_insertion_order": "false", "temp_directory": folder})
    for macro in ("as_text(x) AS x::VARCHAR", "as_integer(x) AS x::INTEGER", "as_real(x) AS x::DOUBLE", "divided(a, b) AS a // b",
                  "as_time(x) AS make_timestamp(x * 1000000)"):
        db.execute("CREATE MACRO " + macro)
    db.execute(f"CREATE TABLE runs AS SELECT {values(DUCKDB, rows)} FROM (SELECT range AS i FROM range({rows}))")
    return db


def cell(value):
    if isinstance(value, str):
        text = re.sub(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.0+)?Z?$", r"\1 \2", value)
        try:
            return float(text)
        except ValueError:
            return text
    if hasattr(value, "isoformat"):
        return cell(value.isoformat(" "))
    if isinstance(value, (list, tuple)):
        return [cell(each) for each in value]
    return value if value is None else float(value)


def near(a, b, tolerance):
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(near(x, y, tolerance) for x, y in zip(a, b))
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= tolerance * max(1, abs(a), abs(b))
    return a == b


def peak(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1048576


def ask(address, kql, folder):
    """The result, and the most memory of the process, which is looked at while it runs."""
    with open(os.path.join(folder, "out"), "w+") as out, open(os.path.join(folder, "err"), "w+") as err:
        process = subprocess.Popen([PLUMB, "query", "--on", address, "--format", "json", "-c", kql], stdout=out, stderr=err)
        most = 0.0
        while process.poll() is None:
            try:
                most = max(most, peak(process.pid))
            except (OSError, TypeError):
                pass
            time.sleep(0.02)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(kql, process.returncode, out.read(), err.read()), most


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=100_000_000)
    options.add_argument("--only", default="")
    options = options.parse_args()
    missing = engines.TwoNodes.missing()
    if missing:
        sys.exit(missing)
    with open(os.path.join(BENCH, "queries.json")) as file:
        questions = [each for each in json.load(file)["suites"]["runs"] if re.match(options.only, each["id"])]
    start = time.time()
    two = engines.TwoNodes()
    fill(two, options.rows)
    print(f"{options.rows} rows on two nodes in {time.time() - start:.0f} s: {[int(node.ask('SELECT count() FROM runs_local')) for node in two.nodes]}", flush=True)
    answered = wrong = limited = 0
    most = 0.0
    with tempfile.TemporaryDirectory() as folder:
        db = truth(options.rows, folder)
        for question in questions:
            start = time.time()
            done, own = ask(two.first.address(), question["kql"], folder)
            seconds = time.time() - start
            peaks = [own] + [peak(process.pid) for process in two.processes]
            most = max(most, sum(peaks))
            if done.returncode != 0:
                isLimit = "error[fetch-limit]" in done.stderr
                limited += isLimit
                wrong += not isLimit
                result = "over --fetch-rows" if isLimit else "FAILED: " + done.stderr[:200].replace("\n", " ")
            else:
                theirs = [[cell(value) for value in row] for row in db.execute(question["duckdb"]).fetchall()]
                mine = [[cell(value) for value in row.values()] for row in json.loads(done.stdout or "[]")]
                # A name may come before or after what is computed for it, and rows that are not sorted in any order.
                order = lambda rows: sorted((sorted(row, key=repr) for row in rows), key=repr)
                tolerance = question.get("tol") or (0.02 if "dcount" in question["kql"] else 1e-9)
                isAlike = len(mine) == len(theirs) and all(near(a, b, tolerance) for a, b in zip(order(mine), order(theirs)))
                answered += isAlike
                wrong += not isAlike
                result = "answered" if isAlike else f"WRONG: {mine[:2]} and not {theirs[:2]}"
            print(f"{question['id']:5} {seconds:7.1f} s  {peaks[0]:5.2f} + {peaks[1]:5.2f} + {peaks[2]:5.2f} GiB  {result}  {question['kql'][:90]}", flush=True)
    print(f"{answered} of {len(questions)} answered, {limited} over --fetch-rows, {wrong} wrong; at most {most:.1f} GiB")
    sys.exit(wrong > 0 or most > 24 or not options.only and answered < 20)


main()
