#!/usr/bin/env python3
"""Ends Plumb by SIGKILL at random moments while it imports, appends, simulates, compacts, saves models, and changes tables and
their columns, and checks what is left.

  kill.py [COUNT] [SEED]      default: 300 kills, a new seed each time, which is printed

After every kill the file must open, pass SQLite's integrity_check, and hold exactly the batches that were acknowledged
(a batch whose acknowledgement was under way may be there as a whole or not at all). Only kills that ended a running process
count; fails if too few do. Prints a line for each kind of work.
Takes the binary from $PLUMB, default .build/release/plumb.
"""
import csv, os, random, signal, sqlite3, subprocess, sys, tempfile, time

plumb = os.environ.get("PLUMB", ".build/release/plumb")
count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
dice = random.Random(seed)
landed = 0
batch = 5_000


def query(path, text):
    done = subprocess.run([plumb, "query", path, "-c", text, "--format", "csv"], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"FAILED: `{text}` on {path}: {done.stderr}")
    return done.stdout.split()


def integrity(path):
    connection = sqlite3.connect(path)
    answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    if answer != "ok":
        raise SystemExit(f"FAILED: integrity_check of {path}: {answer}")


# How long each command has run at most, so that kills land before it ends however fast the machine is.
longest = {}


def killed(arguments, most, messages=subprocess.DEVNULL):
    """Runs and kills after a random time of at most `most` seconds; what was written to standard output."""
    global landed
    kind = arguments[0]
    most = min(most, longest.get(kind, most))
    begin = time.monotonic()
    process = subprocess.Popen([plumb, *arguments], stdout=subprocess.PIPE, stderr=messages, text=True)
    try:
        out, _ = process.communicate(timeout=dice.random() * most)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
    if process.returncode == -signal.SIGKILL:
        landed += 1
        longest[kind] = min(most * 1.1, longest.get(kind, most) * 1.1)
    elif process.returncode == 0:
        longest[kind] = (time.monotonic() - begin) * 0.9
    # Work that fails by itself does not count as killed.
    if process.returncode not in (0, -signal.SIGKILL):
        raise SystemExit(f"FAILED: {' '.join(arguments)} ended with {process.returncode}")
    return out, process.returncode


def appended(folder, path, known, size, most):
    """Appends of `size` rows by one script; every answer that arrives acknowledges one."""
    script = f"{folder}/append.kql"
    with open(script, "w") as file:
        for number in range(known, known + 400):
            first = number * size
            file.write(f".set-or-append small <| range n from {first} to {first + size - 1} step 1"
                       " | extend h = hash(n), t = tostring(hash(n, 5000));\n")
    out, _ = killed(["run", script, path, "--format", "csv"], most)
    acknowledged = known + out.count(f"small,{size}")
    if not os.path.exists(path) or query(path, ".show tables | where TableName == 'small' | count")[-1] == "0":
        if acknowledged: raise SystemExit("FAILED: acknowledged rows are gone")
        return 0
    rows, least, most, sum_, same = query(
        path, "small | summarize count(), min(n), max(n), sum(n), countif(h == hash(n) and t == tostring(hash(n, 5000)))")[-1].split(",")
    rows = int(rows)
    if (rows % size or rows < acknowledged * size or int(least) != 0 or int(most) != rows - 1
            or int(sum_) != rows * (rows - 1) // 2 or int(same) != rows):
        raise SystemExit(f"FAILED: {rows} rows, {acknowledged} batches acknowledged, bounds {least}..{most}, sum {sum_}, {same} right")
    return rows // size


def appending(folder, path, known):
    """Many small appends."""
    return appended(folder, path, known, 7, 0.8)


def compacting(folder, path, known):
    """Appends of which every eighth joins the rows of eight: most of the time goes there."""
    return appended(folder, path, known, 8_000, 1.5)


def importing(folder, path, known):
    """A file of rows in many batches; every line that says how many rows are in acknowledges them. The same command goes on
    with what is not in."""
    data, total = f"{folder}/rows.csv", 40 * batch
    if not os.path.exists(data):
        with open(data, "w") as file:
            file.write("n,text\n")
            for number in range(total):
                file.write(f"{number},text {number % 97}\n")
    said = f"{folder}/said"
    with open(said, "w") as messages:
        _, status = killed(
            ["import", data, "--as", "large", "--into", path, "--batch", "100KB"], 0.3, messages)
    lines = [line for line in open(said) if line.endswith((" rows saved\n", data + "\n")) or "of them already existed" in line]
    acknowledged = max([known] + [int(line.split()[1].replace(",", "")) for line in lines])
    if not os.path.exists(path) or query(path, ".show tables | where TableName == 'large' | count")[-1] == "0":
        if acknowledged or status == 0: raise SystemExit("FAILED: acknowledged rows are gone")
        return 0
    rows, sum_ = map(int, query(path, "large | summarize count(), sum(n)")[-1].split(","))
    if rows < acknowledged or rows > total or status == 0 and rows != total or sum_ != rows * (rows - 1) // 2:
        raise SystemExit(f"FAILED: {rows} rows, {acknowledged} acknowledged, status {status}, sum {sum_}")
    if rows < total: return rows
    # All is in: the next kill begins with a new file.
    for part in (path, path + "-wal", path + "-shm"):
        if os.path.exists(part): os.remove(part)
    return 0


def simulating(folder, path, known):
    """A world, made or advanced; all of its tables or none belong to the clock."""
    if known == 0:
        killed(["simulate", "--pipelines", "40", "--days", "10", "--into", path], 0.25)
    else:
        killed(["query", path, "-c", ".advance 6h"], 0.2)
    if not os.path.exists(path): return known
    names = query(path, ".show tables | project TableName")
    if "runs" not in names:
        if known: raise SystemExit("FAILED: the world is gone")
        return 0
    late = query(path, "runs | where started > now() | count")[-1]
    last = query(path, "print toint((now() - toscalar(runs | summarize max(started))) < 2h)")[-1]
    if late != "0" or last != "1": raise SystemExit(f"FAILED: {late} runs after the clock, last run recent: {last}")
    return 1


def training(folder, path, known):
    """Models of one small world; the end of the process acknowledges one, and all that are there can be used."""
    if known == 0 and not os.path.exists(path):
        done = subprocess.run([plumb, "simulate", "--pipelines", "20", "--days", "6", "--into", path], capture_output=True)
        if done.returncode != 0: raise SystemExit(f"FAILED: {done.stderr}")
    _, status = killed(["query", path, "-c", ".train"], 0.6)
    rows = query(path, "predict_models() | summarize count(), max(version), countif(state !in ('in use', 'superseded'))")
    count, version, bad = map(int, [cell or "0" for cell in rows[-1].split(",")])
    wanted = {known + 1} if status == 0 else {known, known + 1}
    if version not in wanted or count != min(version, 8) or bad:
        raise SystemExit(f"FAILED: {count} models, version {version} after {known}, status {status}, {bad} bad")
    if version and query(path, "predict risk | count") != query(path, "predict risk using tree | count"):
        raise SystemExit("FAILED: the saved model predicts nothing")
    return version


shadow = {}


def changing(folder, path, known):
    """Tables that are made, appended to, replaced, cleared, renamed and dropped, functions, and copies of the file, against a
    model of them. What was under way when the process was killed may have happened or not."""
    names = ["a", "b", "c"]
    if known == 0: shadow.clear()
    states = [dict(shadow)]
    steps = []
    for _ in range(60):
        now = dict(states[-1])
        name = dice.choice(names)
        other = dice.choice([n for n in names if n != name])
        value = dice.randrange(1000)
        kind = dice.randrange(7)
        if kind == 0 and name not in now:
            steps.append(f".set {name} <| print v = {value}")
            now[name] = [value]
        elif kind == 1 and name in now:
            steps.append(f".set-or-append {name} <| print v = {value}")
            now[name] = sorted(now[name] + [value])
        elif kind == 2:
            steps.append(f".set-or-replace {name} <| print v = {value}")
            now[name] = [value]
        elif kind == 3 and name in now:
            steps.append(f".clear table {name} data")
            now[name] = []
        elif kind == 4 and name in now and other not in now:
            steps.append(f".rename table {name} to {other}")
            now[other] = now.pop(name)
        elif kind == 5 and name in now:
            steps.append(f".drop table {name}")
            del now[name]
        elif kind == 6:
            steps.append(f".create-or-alter function f_{name}() {{ print {value} }}")
            now[f"f_{name}"] = value
        else:
            continue
        states.append(now)
    script = f"{folder}/change.kql"
    with open(script, "w") as file: file.write("".join(f"{step}\n\nprint done = {number}\n\n" for number, step in enumerate(steps, 1)))
    out, status = killed(["run", script, path, "--format", "csv"], 0.8)
    lines = out.split("\n")
    acknowledged = max([0] + [int(line) for before, line in zip(lines, lines[1:]) if before == "done" and line.isdigit()])
    if status == 0 and acknowledged != len(steps): raise SystemExit(f"FAILED: {acknowledged} of {len(steps)} steps acknowledged at the end")
    found = {}
    if os.path.exists(path):
        for name in query(path, ".show tables | project TableName")[1:]:
            found[name] = sorted(int(v) for v in query(path, f"{name} | project v")[1:])
        for name in query(path, ".show functions | project Name")[1:]: found[name] = int(query(path, f"{name}()")[1])
    if found not in states[acknowledged:acknowledged + 2]:
        raise SystemExit(f"FAILED: after {acknowledged} of {steps}: {found}, not one of {states[acknowledged:acknowledged + 2]}")
    shadow.clear()
    shadow.update(found)
    return 1


def table(path, name):
    """The columns of a table, and its rows as sorted tuples of texts; a null is an empty text."""
    def rows(text):
        done = subprocess.run([plumb, "query", path, "-c", text, "--format", "csv"], capture_output=True, text=True)
        if done.returncode != 0: raise SystemExit(f"FAILED: `{text}` on {path}: {done.stderr}")
        return list(csv.reader(done.stdout.splitlines()))[1:]
    columns = tuple((row[0], row[1]) for row in rows(f"{name} | getschema | project ColumnName, ColumnType"))
    # The first column keeps a row of empty cells from being an empty line.
    return columns, tuple(sorted(tuple(row[1:]) for row in rows(f"{name} | project mark = 1, {', '.join(c for c, _ in columns)}")))


altered = {}


def altering(folder, path, known):
    """The commands that change the columns, the rows and the names of tables, against a model of them."""
    if known == 0: altered.clear()
    states = [dict(altered)]  # after each change
    steps, ends = [], [0]  # the commands, and the number of changes after each of them
    types = {"long": "string", "string": "long"}

    def literal(value, type):
        return value if type == "long" else f'"{value}"'

    def change(now):
        """One command and what it leaves; None if it is not possible now."""
        name = dice.choice("ab")
        other = "b" if name == "a" else "a"
        value = str(dice.randrange(6))
        new = dice.choice("stuvwxyz")
        if name not in now:
            return f".create-merge table {name} (v: long)", {**now, name: ((("v", "long"),), ())}
        columns, rows = now[name]
        column, type = columns[0]
        isNew = all(c != new for c, _ in columns)
        kind = dice.randrange(11)
        if kind == 0 and isNew and len(columns) < 4:
            return f".create-merge table {name} ({new}: string)", {
                **now, name: (columns + ((new, "string"),), tuple(row + ("",) for row in rows))}
        if kind in (1, 2):
            cells = (value,) * len(columns)
            return f".ingest inline into table {name} <| {','.join(cells)}", {
                **now, name: (columns, tuple(sorted(rows + (cells,))))}
        if kind == 3 and isNew and len(columns) < 4:
            cells = ", ".join(literal(value, t) for _, t in columns)
            return f".append {name} with (extend_schema = true) <| print {cells}, {new} = {value}", {
                **now, name: (columns + ((new, "long"),), tuple(sorted([row + ("",) for row in rows] + [(value,) * (len(columns) + 1)])))}
        if kind == 4:
            place = dice.randrange(len(columns))
            c, t = columns[place]
            return f".alter column {name}.{c} type = {types[t]}", {
                **now, name: (columns[:place] + ((c, types[t]),) + columns[place + 1:], rows)}
        if kind == 5 and isNew:
            return f".rename column {name}.{column} to {new}", {**now, name: (((new, type),) + columns[1:], rows)}
        if kind == 6 and len(columns) > 1:
            (c, t), (d, u) = columns[:2]
            return f".rename columns {c} = {name}.{d}, {d} = {name}.{c}", {**now, name: (((d, t), (c, u)) + columns[2:], rows)}
        if kind == 7 and other in now:
            return ".rename tables a = b, b = a", {**now, "a": now["b"], "b": now["a"]}
        if kind == 8 and len(columns) > 1:
            return f".drop table {name} columns ({column})", {
                **now, name: (columns[1:], tuple(sorted(row[1:] for row in rows)))}
        if kind == 9:
            return f'.delete table {name} records <| {name} | where tostring({column}) == "{value}"', {
                **now, name: (columns, tuple(row for row in rows if row[0] != value))}
        if kind == 10:
            written = literal("7", type)
            return (f'.update table {name} delete D append A <| let D = {name} | where tostring({column}) == "{value}"; '
                    f'let A = {name} | where tostring({column}) == "{value}" | extend {column} = {written}'), {
                **now, name: (columns, tuple(sorted(("7",) + row[1:] if row[0] == value else row for row in rows)))}
        return None

    # Now and then the last commands are one script, which takes the rest of the text; each of them is a change.
    last = dice.randrange(1, 50) if dice.randrange(3) == 0 else 50
    scripted = []
    while len(states) <= 50:
        made = change(states[-1])
        # The rows of `.ingest inline` would go on to the end of the script.
        if made is None or len(states) > last and made[0].startswith(".ingest"): continue
        states.append(made[1])
        if len(states) - 1 > last:
            scripted.append(made[0])
        else:
            steps.append(made[0])
            ends.append(len(states) - 1)
    if scripted:
        steps.append(".execute database script <|\n" + "\n".join(scripted))
        ends.append(len(states) - 1)
    script = f"{folder}/alter.kql"
    with open(script, "w") as file: file.write("".join(f"{step}\n\nprint done = {number}\n\n" for number, step in enumerate(steps, 1)))
    out, status = killed(["run", script, path, "--format", "csv"], 0.8)
    lines = out.split("\n")
    acknowledged = max([0] + [int(line) for before, line in zip(lines, lines[1:]) if before == "done" and line.isdigit()])
    # The line after a script belongs to it.
    if status == 0: acknowledged += bool(scripted)
    if status == 0 and acknowledged != len(steps): raise SystemExit(f"FAILED: {acknowledged} of {len(steps)} steps acknowledged at the end")
    found = {}
    if os.path.exists(path):
        for name in query(path, ".show tables | project TableName")[1:]: found[name] = table(path, name)
    possible = states[ends[acknowledged]:ends[min(acknowledged + 1, len(steps))] + 1]
    if found not in possible:
        raise SystemExit(f"FAILED: after {acknowledged} of {steps}: {found}, not one of {possible}")
    altered.clear()
    altered.update(found)
    return 1


print(f"seed {seed}")
works = [appending, compacting, importing, simulating, training, changing, altering]
for place, work in enumerate(works):
    mine = count // len(works) + (1 if place < count % len(works) else 0)
    begin = time.monotonic()
    known = 0
    landed = tries = 0
    longest.clear()
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/t.plumb"
        while landed < mine:
            if tries > 20 + 10 * mine: raise SystemExit(f"FAILED: only {landed} of {tries} kills landed in {work.__name__}")
            # A new file now and then: making one is work, too.
            if tries % 20 == 0:
                known = 0
                for name in os.listdir(folder): os.remove(f"{folder}/{name}")
            tries += 1
            known = work(folder, path, known)
            if os.path.exists(path): integrity(path)
    print(f"{work.__name__}: {landed} kills of {tries} tries, nothing acknowledged lost ({time.monotonic() - begin:.0f} s)", flush=True)
