#!/usr/bin/env python3
"""Compares how Plumb and others understand CSV files: DuckDB's own test data, and the Pollock survey with its clean versions.

usage: files.py PLUMB DUCKDB POLLOCK [--list]

DUCKDB and POLLOCK are checkouts of duckdb/duckdb (`data/csv` and `test`) and HPI-Information-Systems/Pollock (`survey_sample`).
Of DuckDB the first 500 files of `data/csv` by byte order of path are read.

A file agrees if both give the same number of rows and columns, the same names where both have names, and the same values, or if
DuckDB cannot read it and Plumb refuses it. The first figure compares what each detects by itself. Three rules make the second:
- A file that DuckDB refuses is given to it as UTF-8, without its strict mode and with texts as the types of all columns.
- Where DuckDB's own tests read a file with options, DuckDB gets them, and Plumb gets the same ones or none: one of these calls has
  to agree. Calls with options that Plumb does not have do not count.
- A file of the survey agrees if it does with its clean version, which also drops rows without values, puts titles in front of
  names, and repairs bytes of Windows-1252, or with DuckDB.
The files that differ are counted by kind, with the reason; `--list` names them.
"""
import collections, csv, gzip, io, os, re, subprocess, sys, tempfile

import duckdb

csv.field_size_limit(1 << 30)
plumb = os.path.abspath(sys.argv[1])
copies = tempfile.TemporaryDirectory()

# DuckDB's options by what Plumb calls them.
SAME = {"delim": "--delimiter", "sep": "--delimiter", "delimiter": "--delimiter", "quote": "--quote", "escape": "--escape",
        "skip": "--skip-lines", "comment": "--comment", "nullstr": "--null", "encoding": "--encoding"}
TYPES = {"varchar": "string", "text": "string", "string": "string", "boolean": "bool", "bool": "bool", "date": "datetime",
         "timestamp": "datetime", "tinyint": "long", "smallint": "long", "integer": "long", "int": "long", "bigint": "long",
         "uinteger": "long", "float": "real", "double": "real", "real": "real", "decimal": "real"}
# These say how DuckDB works, or how it reads a value of a type.
NEUTRAL = {"auto_detect", "buffer_size", "parallel", "sample_size", "new_line", "max_line_size", "strict_mode", "all_varchar",
           "dateformat", "timestampformat", "rejects_table", "rejects_scan", "rejects_limit", "store_rejects", "auto_type_candidates"}


def plumb_table(path, options=()):
    run = subprocess.run(
        [plumb, "query", "--load", "t=" + path, "-c", "t", "--format", "csv", *options], capture_output=True, timeout=120)
    if run.returncode: return None, run.stderr.decode(errors="replace").split("\n")[0]
    return list(csv.reader(io.StringIO(run.stdout.decode("utf-8", "replace"), newline=""))), run.stderr.decode(errors="replace")


def duckdb_table(path, options=""):
    """The table as DuckDB reads it, or its message."""
    try:
        result = duckdb.sql(f"from read_csv('{path.replace(chr(39), chr(39) * 2)}'{options})")
        return [result.columns] + [["" if v is None else str(v) for v in row] for row in result.fetchall()], None
    except Exception as error:
        return None, str(error)


def as_utf8(path):
    """A copy of a file in UTF-8."""
    data = open(path, "rb").read()
    if path.endswith(".gz"): data = gzip.decompress(data)
    text = None
    for encoding in ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252", "latin-1"]:
        try: text = text if text is not None else data.decode(encoding)
        except UnicodeDecodeError: pass
    if text is None: return path
    copy = os.path.join(copies.name, os.path.basename(path).removesuffix(".gz"))
    open(copy, "w", encoding="utf-8", newline="").write(text)
    return copy


def value(text):
    text = text.strip()
    try: return float(text)
    except ValueError: pass
    moment = re.match(r"^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?)?(?:Z|\+00:00)?$", text)
    if moment: return (moment[1], moment[2] or "00:00:00", (moment[3] or "").rstrip("0"))
    return as_windows(text.lower().replace("\r\n", "\n"))


def as_windows(text):
    """Control characters that are bytes of Windows-1252 become its characters."""
    return re.sub("[\x80-\x9f]", lambda m: m[0].encode("latin-1").decode("cp1252", "ignore"), text)


def is_same(x, y):
    """Whether two values are the same, or a moment or a time as it is written and as it is understood."""
    a, b = value(x), value(y)
    if a == b or a != a and b != b: return True
    if re.match(r"^\d?\d:\d\d$", x.strip()) and value(f"{x.strip():0>5}:00") == b: return True
    own, other = (a, y) if isinstance(a, tuple) else (b, x) if isinstance(b, tuple) else (None, None)
    if own is None: return False
    numbers = [int(n) for n in re.findall(r"\d+", other)]
    return len(numbers) >= 2 and {int(n) for n in own[0].split("-")[1:]} <= set(numbers) | {month(other)}


def month(text):
    names = re.findall(r"[a-z]{3}", text.lower())
    return next((i for i, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1) if m in names), 0)


def name(text):
    text = as_windows(text.strip().lower())
    if re.match(r"^(column_?\d+|unnamed.*)?$", text): return ""
    return re.sub(r"[^\w\s]+", "", re.sub(r"(_?\d+)+$", "", text)) or text


def difference(own, other, isClean=False):
    if isClean: own, other = own[:1] + [r for r in own[1:] if any(r)], other[:1] + [r for r in other[1:] if any(r)]
    if len(own) != len(other): return f"rows {len(own) - 1} / {len(other) - 1}"
    width, expected = len(own[0]) if own else 0, len(other[0]) if other else 0
    if width == expected + 1 == max(map(len, other)):
        # The header of the clean version lacks the name of its rows.
        other, expected = [[""] + other[0]] + other[1:], width
    if width != expected: return f"columns {width} / {expected}"
    for a, b in zip(own[:1], other[:1]):
        for x, y in zip(a, b):
            if name(x) and name(y) and name(x) != name(y) and not (isClean and name(y).endswith(" " + name(x))): return f"name {x!r} / {y!r}"
    for line, (a, b) in enumerate(zip(own[1:], other[1:]), 1):
        for x, y in zip(a, b):
            if not is_same(x, y): return f"row {line}: {x!r} / {y!r}"
    return None


def split(text, separator=","):
    """The parts of a text at separators outside brackets and quotes."""
    parts, depth, quote, start = [], 0, None, 0
    for i, c in enumerate(text):
        if quote: quote = None if c == quote else quote
        elif c in "'\"": quote = c
        elif c in "([{": depth += 1
        elif c in ")]}": depth -= 1
        elif c == separator and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [p.strip() for p in parts + [text[start:]] if p.strip()]


def translated(options):
    """Plumb's options for those of DuckDB; None if it lacks one."""
    result = []
    for part in split(options):
        given = re.match(r"^(\w+)\s*(?::=|=>|=)\s*(.*)$", part, re.S)
        if not given: return None
        key, text = given[1].lower(), given[2].strip()
        if key in NEUTRAL: continue
        isOn = text.lower() in ("true", "1")
        if key == "header": result.append("--header" if isOn else "--no-header")
        elif key == "null_padding": result += ["--bad-rows", "null"] if isOn else []
        elif key == "ignore_errors": result += ["--bad-rows", "skip"] if isOn else []
        elif key in SAME:
            if text[:1] == "[": values = [p.strip("'\"") for p in split(text[1:-1])]
            else: values = [text.strip("'\"") if text[1:-1] not in ("'", "''", '"') else text[1:-1]]
            for v in values:
                v = v.replace("''''", "'").replace("latin-1", "iso-8859-1").replace("utf-16", "utf-16le")
                if v == "\\\\": v = "\\"
                if key == "quote" and v == "": v = "none"
                elif key in ("escape", "comment", "nullstr") and v in ("", '"'): continue
                if key in ("delim", "sep", "delimiter") and (len(v.replace("\\t", "\t")) != 1): return None
                result += [SAME[key], v]
        elif key == "columns" and text[:1] == "{":
            pairs = [split(p, ":") for p in split(text[1:-1])]
            if any(len(p) != 2 for p in pairs): return None
            types = [TYPES.get(re.sub(r"\(.*", "", p[1].strip("'\"").lower())) for p in pairs]
            if None in types: return None
            result += ["--types", ",".join(f"{p[0].strip(chr(39) + chr(34))}:{t}" for p, t in zip(pairs, types))]
        else: return None
    return None if len([o for o in result if o == "--bad-rows"]) > 1 else result


def calls(folder):
    """The options with which DuckDB's tests read files, by a pattern of their paths in `data/csv`."""
    call = re.compile(r"read_csv(?:_auto)?\s*\(\s*'\{?\w*\}?/?(?:data/)?csv/([^']*)'\s*((?:,(?:[^()';]|'[^']*'|\([^()]*\))*)?)\)", re.I)
    found = collections.defaultdict(dict)
    for directory, _, names in sorted(os.walk(folder)):
        for file in sorted(names):
            for match in call.finditer(open(os.path.join(directory, file), errors="replace").read()):
                if "*" in match[1] or not match[2].strip(" ,"): continue
                pattern = "".join("[^/]+" if p.startswith(("{", "$")) else re.escape(p) for p in re.split(r"(\$?\{\w+\})", match[1]))
                found[pattern][match[2].strip(" ,\n")] = None
    return [(re.compile(pattern + "$"), list(options)) for pattern, options in found.items()]


def agreement(path, tests):
    """Whether two engines agree on a file by themselves, whether they do by the rules, and how they differ."""
    own, message = plumb_table(path)
    other, refusal = duckdb_table(path)
    if other is None: reason = None if own is None else "read though DuckDB refuses it"
    elif own is None: reason = kind_of_refusal(message, other)
    else: reason = difference(own, other)
    if reason is None: return True, True, None
    if other is None and own is not None:
        for copy, options in (as_utf8(path), ""), (as_utf8(path), ", strict_mode=false, all_varchar=true"):
            other, _ = duckdb_table(copy, options)
            if other is None: continue
            if difference(own, other) is None: return False, True, None
            reason = difference(own, other)
    for options in tests:
        given = translated(options)
        if given is None: continue
        other, refusal = duckdb_table(path, ", " + options)
        if other is None: continue
        if own is not None and difference(own, other) is None: return False, True, None
        told, _ = plumb_table(path, given)
        if told is not None and difference(told, other) is None: return False, True, None
    return False, False, explained(reason, own, other)


def kind_of_refusal(message, other):
    if "bad-row" in message and len(other[0]) == 1: return "rows of several widths: DuckDB makes one column of them, Plumb names the row"
    if "open-quote" in message: return "an open quote: DuckDB reads it as a character, Plumb names the row"
    if "unsupported-format" in message: return "binary: DuckDB reads the part that it can, Plumb refuses it by name"
    return "refused: " + message


def explained(reason, own, other):
    rows = re.match(r"^rows (\d+) / (\d+)$", reason)
    if rows and own and other and int(rows[1]) == int(rows[2]) + 1 and list(own[1]) == list(other[0]):
        return "a first row of texts: DuckDB takes it for names, Plumb for values that recur: " + reason
    return reason


def report(title, results):
    good, alone = sum(1 for r in results if r[2]), sum(1 for r in results if r[1])
    total = max(1, len(results))
    print(f"{title}: {good} of {len(results)} agree ({100 * good / total:.1f} %); {alone} by themselves ({100 * alone / total:.1f} %)")
    kinds = collections.Counter(re.sub(r"(?<=\w)( [\d'\"`]|:? error).*|(names the row|by name|recur).*", r"\2", r[3]) for r in results if not r[2])
    for kind, count in kinds.most_common(): print(f"{count:6}  {kind}")
    if "--list" in sys.argv:
        for path, _, agrees, reason in results:
            if not agrees: print(f"    {path}: {reason[:200]}")


root = os.path.join(sys.argv[2], "data/csv")
paths = sorted((os.path.relpath(os.path.join(d, f), root) for d, _, names in os.walk(root) for f in names), key=os.fsencode)[:500]
tests = calls(os.path.join(sys.argv[2], "test"))
results = []
for path in paths:
    options = [o for pattern, all in tests if pattern.match(path) for o in all]
    results.append((path, *agreement(os.path.join(root, path), options)))
report("DuckDB's test data", results)

results = []
root = os.path.join(sys.argv[3], "survey_sample")
for file in sorted(os.listdir(os.path.join(root, "clean"))):
    path = os.path.join(root, "csv", file)
    if not os.path.exists(path): continue
    own, message = plumb_table(path)
    clean = list(csv.reader(open(os.path.join(root, "clean", file), newline="", encoding="utf-8", errors="replace")))
    reason = "refused: " + message if own is None else difference(own, clean, isClean=True)
    agrees = reason is None
    if not agrees:
        other, _ = duckdb_table(path)
        agrees = own is None and other is None or own is not None and other is not None and difference(own, other) is None
    results.append((file, agrees, agrees, reason))
report("the Pollock survey", results)
