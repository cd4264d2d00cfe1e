#!/usr/bin/env python3
"""Prints how a million inputs made to break Plumb end: mutated and random queries, the manual's queries with one word changed,
edge numbers in the place of one or several numbers of the manual's queries, and functions of edge values as constants and as
columns. Every input must end within 10 seconds in an answer or a message; a process that dies or hangs, memory above the limit and a tenth, and a constant whose answer differs from
the column's are printed with the input, and end the script with 1.

  Tests/figures/torture.py [queries|words|numbers|functions ...] [--count N] [--seed S] [--processes P]

`--count` is the number of inputs of each kind (a thousand is a quick look). The seed is new each run, and printed.
$PLUMB is the binary (default .build/release/plumb). Memory is limited to 200 MB."""
import argparse, json, os, queue, random, re, select, shutil, signal, subprocess, sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMB = os.path.abspath(os.environ.get("PLUMB", os.path.join(ROOT, ".build/release/plumb")))
COUNTS = {"queries": 1_000_000, "words": 200_000, "numbers": 100_000, "functions": 200_000}
LIMIT, ALLOWED = "200MB", 220
PATIENCE, TOO_LONG = 2.0, 10.0
BATCH = 48
# A shell starts what runs in the background with SIGINT ignored, and what starts from there would ignore it as well.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Worker:
    """One `plumb pipe`, started again after an input that ended it."""

    def __init__(self, options):
        self.options = options
        self.process = None
        self.is_interrupted = False

    def start(self):
        self.process = subprocess.Popen([PLUMB, "pipe", "--safe", "--memory", LIMIT, *self.options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.pending = b""
        self.is_interrupted = False

    def stop(self):
        """Ends the process and returns its status."""
        if self.process is None:
            return 0
        self.process.stdin.close()
        try:
            status = self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        self.process = None
        return status

    def peak(self):
        """The most memory that the process held, in MB."""
        try:
            with open(f"/proc/{self.process.pid}/status") as status:
                return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
        except (OSError, StopIteration):
            return 0

    def line(self, patience):
        """The next reply; None at the end of the output; raises TimeoutError."""
        until = time.monotonic() + patience
        while b"\n" not in self.pending:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise TimeoutError
            part = os.read(self.process.stdout.fileno(), 1 << 16)
            if not part:
                return None
            self.pending += part
        line, self.pending = self.pending.split(b"\n", 1)
        return line

    def ask(self, queries):
        """Yields an outcome per query: a reply, or "died STATUS", "hung", "interrupted"."""
        at = 0
        while at < len(queries):
            if self.process is None:
                self.start()
            batch = queries[at:at + BATCH]
            data = b"".join(json.dumps({"query": query}).encode() + b"\n" for query in batch)
            feeder = threading.Thread(target=self.feed, args=(self.process.stdin, data), daemon=True)
            feeder.start()
            for _ in batch:
                try:
                    line = self.line(PATIENCE)
                except TimeoutError:
                    # Long work is fine as long as it can be stopped.
                    self.process.send_signal(signal.SIGINT)
                    self.is_interrupted = True
                    began = time.monotonic()
                    try:
                        line = self.line(TOO_LONG - PATIENCE)
                        if line is None:
                            raise EOFError
                    except TimeoutError:
                        self.process.kill()
                        self.stop()
                        at += 1
                        yield "hung"
                        break
                    except EOFError:
                        status = self.stop()
                        at += 1
                        yield "interrupted" if status in (0, 130, -signal.SIGINT) else f"died {status}"
                        break
                if line is None:
                    was_interrupted = self.is_interrupted
                    status = self.stop()
                    if was_interrupted and status == 130:
                        # The answer came just before the signal, which then ended the process: asked again.
                        break
                    at += 1
                    yield f"died {status}"
                    break
                at += 1
                yield json.loads(line)
            else:
                feeder.join()
                continue
            feeder.join(1)

    @staticmethod
    def feed(pipe, data):
        try:
            pipe.write(data)
            pipe.flush()
        except (BrokenPipeError, ValueError, OSError):
            pass


class Tally:
    def __init__(self):
        self.lock = threading.Lock()
        self.counts = {}
        self.peak = 0
        self.faults = []

    def add(self, name, number=1):
        with self.lock:
            self.counts[name] = self.counts.get(name, 0) + number

    def fault(self, what, text):
        """Prints the first three faults of a kind."""
        call = re.search(r"r = \W*(\w+)", text)
        kind = re.sub(r"\d+|: .*", "", what), call and call.group(1)
        with self.lock:
            self.faults.append(kind)
            if self.faults.count(kind) <= 3 and len(self.faults) < 1000:
                print(f"FAULT {what}: {text[:600]!r}", flush=True)


def run(queries, tally, options):
    """Runs the queries of one kind; returns the replies, None where there was none."""
    worker, replies = Worker(options), []
    for start in range(0, len(queries), 1000):
        part = queries[start:start + 1000]
        for query, reply in zip(part, worker.ask(part)):
            tally.add("inputs")
            if isinstance(reply, str):
                tally.add(reply.split()[0])
                if reply != "interrupted":
                    tally.fault(reply, query)
                replies.append(None)
                continue
            tally.add("refused" if "error" in reply else "answered")
            replies.append(reply)
        if worker.process is not None:
            peak = worker.peak()
            with tally.lock:
                tally.peak = max(tally.peak, peak)
            if peak > ALLOWED:
                blame(part, peak, tally, options)
            # A process keeps its peak, and each part should be able to show its own.
            status = worker.stop()
            if status != 0:
                tally.fault(f"ended with {status}", part[-1])
    return replies


def blame(queries, most, tally, options):
    """Finds which of the queries held too much, each half in a process of its own."""
    parts, found = [queries], False
    while parts:
        part = parts.pop()
        worker = Worker(options)
        for _ in worker.ask(part):
            pass
        peak = worker.peak() if worker.process is not None else 0
        worker.stop()
        if peak <= ALLOWED:
            continue
        found = True
        if len(part) == 1:
            tally.fault(f"held {peak:.0f} MB", part[0])
            return
        parts += [part[:len(part) // 2], part[len(part) // 2:]]
    # Memory that the allocator keeps after a thousand queries belongs to none of them; it is counted and printed.
    tally.add("parts that held more than any of their queries")
    print(f"held {most:.0f} MB together, {'less in halves' if not found else 'less alone'}: {queries[0][:100]!r}", flush=True)


# Queries of the manual, and what is done to them.

def manual_queries():
    folder = os.path.join(ROOT, "Tests/Golden")
    found = []
    for place, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = os.path.join(place, name)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            if name.endswith(".kql"):
                found.append(text)
            elif name.endswith(".test"):
                for block in text.split("\n---"):
                    lines = [re.sub(r"^(\[[^\]]*\])?> ", "", line) for line in block.split("\n") if re.match(r"(\[[^\]]*\])?> ", line)]
                    if lines:
                        found.append("\n".join(lines))
    reference = subprocess.run([PLUMB, "manual", "reference"], capture_output=True, text=True, check=True).stdout
    for block in re.findall(r"```kql\n(.*?)```", reference, re.S):
        for line in block.strip().split("\n"):
            found.append(re.sub(r"\s+=>.*", "", line) if line.startswith(("T ", "print", "range", "datatable")) or "|" in line
                         else "print " + re.sub(r"\s+=>.*", "", line))
    if len(found) < 500:
        sys.exit(f"only {len(found)} queries in the manual")
    return found


EDGES = ["0", "-1", "1", "2", "4294967296", "2305843009213693952", "4611686018427387904", "9223372036854775807",
         "(-9223372036854775807 - 1)", "9223372036854775808", "1e308", "real(nan)", "real(+inf)", "long(null)", "0.5", "int(null)",
         "2147483647", "-2147483648", "1e-320", "decimal(99999999999999999999999999999999)", "dynamic(null)"]
SPANS = ["0s", "1tick", "-1tick", "timespan(10675199.02:48:05.4775807)", "timespan(-10675199.02:48:05.4775808)", "timespan(null)",
         "10675199d", "365000d", "0", "9223372036854775807"]
TIMES = ["datetime(0001-01-01)", "datetime(9999-12-31T23:59:59.9999999)", "datetime(null)", "now(10675199d)"]
NUMBER = re.compile(r"""datetime\([^)"']*\)|(?<![\w.'"])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(tick|ms|microsecond|[dhms])?(?![\w])""")


def edges(match):
    """What to write in the place of a number, span or time."""
    return TIMES if match.group().startswith("datetime") else SPANS if match.group(1) else EDGES


def edge_numbers(corpus):
    """Every number, span and time of every query, replaced by each edge."""
    for query in corpus:
        for match in NUMBER.finditer(query):
            for edge in edges(match):
                yield query[:match.start()] + edge + query[match.end():]


def neighbouring_edges(corpus, dice, count):
    """Two to four numbers that follow each other in a query, each replaced by an edge or, at times, kept."""
    numbers = [(query, found) for query in corpus if len(found := list(NUMBER.finditer(query))) > 1]
    for query, found in dice.choices(numbers, k=count):
        first = dice.randrange(len(found) - 1)
        for match in reversed(found[first:first + dice.randint(2, 4)]):
            if dice.random() < 0.8:
                query = query[:match.start()] + dice.choice(edges(match)) + query[match.end():]
        yield query


def changed_words(corpus):
    """Every word and sign of every query: left out, written twice, exchanged with the next, and replaced by `=`."""
    for query in corpus:
        pieces = re.findall(r"\w+|\s+|[^\w\s]", query)
        places = [place for place, piece in enumerate(pieces) if not piece.isspace()]
        for place, following in zip(places, places[1:] + places[-1:]):
            piece = pieces[place]
            for changes in ({place: ""}, {place: f"{piece} {piece}"}, {place: pieces[following], following: piece}, {place: " = "}):
                yield "".join(changes.get(at, old) for at, old in enumerate(pieces))


WORDS = """where filter extend project summarize sort top take count distinct join lookup union mv-expand mv-apply parse parse-kv as
getschema serialize render print range datatable let set evaluate search find invoke make-series lineage predict risk why stale slow
volume compare top-nested sample partition scan fork facet reduce consume by on with to step asc desc nulls first last kind= inner
leftouter anti explain and or not in has has_any contains matches regex between .. == != =~ < <= > >= = + - * / % ( ) [ ] { } , ; | . :
=> @ ? ! $left ` \\ // "" ' " true false null int long real decimal datetime timespan string guid dynamic([1,{"a":null}]) 1d 0 -1 0x7F
1e308 9223372036854775807 0.1 real(nan) long(null) tasks task_runs pipelines runs errors task status started records cost tags * a b
count() sum(records) dcount(task) make_list(records) arg_max(records,*) percentile(records,50) strcat strlen split extract parse_json bin
iff case now ago format_datetime array_concat range pack_array set_union zip prev next row_number toscalar materialize""".split()
TEXTS = ["é", "日本", "\0", "\u0301", "🜁", "\u202e", "\r\n", "\t", "\ufeff"]


class Mutator:
    def __init__(self, corpus, dice):
        self.corpus, self.dice = corpus, dice

    def query(self):
        kind = self.dice.randrange(12)
        if kind == 0:
            return " ".join(self.dice.choice(WORDS) for _ in range(self.dice.randrange(1, 40)))
        if kind == 1:
            return bytes(self.dice.randrange(256) for _ in range(self.dice.randrange(120))).decode("utf-8", "replace")
        text = self.dice.choice(self.corpus)
        if kind < 5:
            first, *steps = text.split("\n| ") if "\n| " in text else text.split(" | ")
            steps += (self.dice.choice(self.corpus)).split(" | ")[1:]
            self.dice.shuffle(steps)
            return " | ".join([first, *steps[:self.dice.randrange(1, 6)]])
        for _ in range(self.dice.randrange(1, 4)):
            text = self.change(text)
        return text[:20000]

    def change(self, text):
        dice, at = self.dice, self.dice.randrange(len(text) + 1)
        end = min(len(text), at + dice.randrange(1, 13))
        kind = dice.randrange(9)
        if kind == 0:
            return text[:at] + text[end:]
        if kind == 1:
            return text[:end] + text[at:end] * dice.randrange(1, 20) + text[end:]
        if kind == 2:
            return text[:at] + " " + dice.choice(WORDS) + " " + text[at:]
        if kind == 3:
            return text[:at] + chr(dice.randrange(256)) + text[at + 1:]
        if kind == 4:
            other = dice.choice(self.corpus)
            return text[:at] + other[dice.randrange(len(other) + 1):]
        if kind == 5:
            return text[:at] + dice.choice(TEXTS) + text[at:]
        words = re.findall(r"\w+|\s+|[^\w\s]", text)
        places = [place for place, word in enumerate(words) if not word.isspace()]
        if not places:
            return text
        place = dice.choice(places)
        if kind == 6:
            words[place] = dice.choice(WORDS)
        elif words[place][0].isdigit():
            words[place] = dice.choice(EDGES + SPANS)
        else:
            words[place] = words[dice.choice(places)]
        return "".join(words)


# Functions of edge values.

VALUES = {
    "bool": ["true", "false", "bool(null)"],
    "long": ["long(null)", "0", "1", "-1", "7", "9223372036854775807", "long(-9223372036854775808)", "4611686018427387904"],
    "int": ["int(null)", "int(0)", "int(3)", "int(2147483647)", "int(-2147483648)"],
    "real": ["real(null)", "0.0", "1.5", "-2.25", "real(nan)", "real(+inf)", "real(-inf)", "1e308", "5e-324", "9007199254740993.0"],
    "decimal": ["decimal(null)", "decimal(0)", "decimal(1.50)", "decimal(-0.1)", "decimal(99999999999999999999999999999999)"],
    "datetime": ["datetime(null)", "datetime(0001-01-01)", "datetime(9999-12-31T23:59:59.9999999)", "datetime(2024-02-29T12:34:56.789)"],
    "timespan": ["timespan(null)", "0s", "1tick", "-1d", "timespan(10675199.02:48:05.4775807)", "timespan(-10675199.02:48:05.4775808)"],
    "string": ['""', '"a"', '"abc abc"', '"2024-02-29"', '"1"', '"[1,2]"', """'{"a":1}'""", '"é日本🜁"', '"' + "x y" * 300 + '"', '"%"', '"(a)"', '"yyyy-MM"'],
    "guid": ["guid(null)", "guid(74be27de-1e4e-49d9-b579-fe0b331d3642)"],
    "dynamic": ["dynamic(null)", "dynamic([])", 'dynamic([1,null,"a",[1]])', "dynamic({})", 'dynamic({"a":1,"b":[1]})', "dynamic(1)",
                'dynamic("x")', "dynamic([1.5,2])", 'dynamic(["a","b"])', "dynamic([true,false])", "dynamic([9223372036854775807,1e308])"],
}


def functions():
    """Of each scalar function and operator, a way to write its call, and how many arguments it takes at least and at most."""
    reference = subprocess.run([PLUMB, "manual", "reference"], capture_output=True, text=True, check=True).stdout
    section = reference.split("## Scalar functions", 1)[1].split("\n## ", 1)[0]
    found = []
    for name, parameters in re.findall(r"^### `([^\s(]+)\((.*)\)`$", section, re.M):
        parts = [part for part in parameters.replace("[", ",[").split(",") if part.strip(" []")]
        least = sum(1 for part in parts if "[" not in part and "..." not in part)
        most = len([part for part in parts if part.strip() != "..."]) + (2 if "..." in parameters else 0)
        if re.fullmatch(r"\w+", name) and name not in ("and", "or", "in", "has", "contains", "between"):
            found.append((name, lambda a, name=name: f"{name}({', '.join(a)})", least, min(most, 6)))
        elif "between" in name:
            found.append((name, lambda a, name=name: f"{a[0]} {name} ({a[1]} .. {a[2]})", 3, 3))
        elif least == 1:
            found.append((name, lambda a, name=name: f"{name}{a[0]}", 1, 1))
        elif name.strip("!~") == "in" or name.startswith(("has_a", "!has_a")):
            found.append((name, lambda a, name=name: f"{a[0]} {name} ({', '.join(a[1:])})", 2, 3))
        else:
            found.append((name, lambda a, name=name: f"{a[0]} {name} {a[1]}", 2, 2))
    if len(found) < 200:
        sys.exit(f"only {len(found)} functions in the reference")
    return found


def as_columns(call, types, values, columns):
    """A query in which the arguments of `columns` are columns and the others constants."""
    if not columns:
        return f"print r = {call(values)} | project r, t = gettype(r)"
    schema = ", ".join(f"a{i}:{types[i]}" for i in columns)
    cells = ", ".join(values[i] for i in columns)
    arguments = [f"a{i}" if i in columns else value for i, value in enumerate(values)]
    return f"datatable({schema})[{cells}] | extend r = {call(arguments)} | project r, t = gettype(r)"


def accepted_types(dice, count):
    """For each function, the tuples of types that it takes."""
    probes, owners = [], []
    names = list(VALUES)
    for function in functions():
        name, call, least, most = function
        for arity in range(least, most + 1):
            total = len(names) ** arity
            most_tried = max(100, min(1000, count // 100))
            some = range(total) if total <= most_tried else dice.sample(range(total), most_tried)
            for number in some:
                types = [names[number // len(names) ** i % len(names)] for i in range(arity)]
                values = [VALUES[kind][min(4, len(VALUES[kind]) - 1)] for kind in types]
                probes.append(as_columns(call, types, values, []))
                owners.append((function, types))
    return probes, owners


def split(items, parts):
    return [items[i::parts] for i in range(parts)]


def in_parallel(processes, queries, tally, options):
    """The replies in the order of the queries."""
    replies = [None] * len(queries)
    size = max(1000, -(-len(queries) // processes))

    def work(start):
        for offset, reply in enumerate(run(queries[start:start + size], tally, options)):
            replies[start + offset] = reply

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, len(queries), size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies


def check_functions(dice, count, processes, options):
    tally = Tally()
    probes, owners = accepted_types(dice, count)
    replies = in_parallel(processes, probes, tally, options)
    again = in_parallel(processes, probes[:], Tally(), options) if count >= 50_000 else [None] * len(probes)
    taken = [owner for owner, reply in zip(owners, replies) if reply and "error" not in reply]
    restless = {owner[0][0] for owner, one, two in zip(owners, replies, again) if one and two and one.get("data") != two.get("data")}
    restless |= {"rand", "now", "ago", "new_guid"}
    taken = [owner for owner in taken if owner[0][0] not in restless]
    by_function = {}
    for function, types in taken:
        by_function.setdefault(function[0], []).append((function, types))
    # A constant takes the type of the column beside it, so that of two types it matters which side is the column.
    for name in {"==", "!=", "in", "!in"} & set(by_function):
        by_function[name] = [(function, types) for function, types in by_function[name] if len(set(types)) == 1]
    names = sorted(by_function)
    queries, pairs = [], []
    for number in range(count):
        function, types = dice.choice(by_function[names[number % len(names)]])
        values = [dice.choice(VALUES[kind]) for kind in types]
        columns = [i for i in range(len(types)) if dice.randrange(4)] or list(range(len(types)))
        queries += [as_columns(function[1], types, values, []), as_columns(function[1], types, values, columns)]
        pairs.append(function[0])
    replies = in_parallel(processes, queries, tally, options)
    compared = 0
    for number, name in enumerate(pairs):
        constant, column = replies[2 * number:2 * number + 2]
        if not constant or not column or "error" in constant or "error" in column:
            continue
        compared += 1
        if constant["data"] != column["data"]:
            tally.fault(f"{name}: {json.dumps(constant['data'])[:200]} as a constant, {json.dumps(column['data'])[:200]} as a column",
                        queries[2 * number] + "   " + queries[2 * number + 1])
    tally.add("compared", compared)
    if compared * 3 < count:
        tally.fault("too few", f"{compared} of {count} calls could be compared")
    tally.counts["functions"] = len(names)
    return tally


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", choices=[[], *COUNTS], default=[])
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    print(f"seed {options.seed}, {PLUMB}")
    folder, failed = tempfile.mkdtemp(), False
    try:
        tables = load_options(folder)
        corpus = manual_queries()
        for kind in options.kinds or COUNTS:
            dice, began = random.Random(options.seed), time.monotonic()
            count = options.count or COUNTS[kind]
            if kind == "functions":
                tally = check_functions(dice, count, options.processes, tables)
            else:
                if kind == "queries":
                    mutator = Mutator(corpus, dice)
                    queries = [mutator.query() for _ in range(count)]
                elif kind == "words":
                    queries = list(changed_words(corpus))
                    queries = dice.sample(queries, min(count, len(queries)))
                else:
                    single = list(edge_numbers(corpus))
                    single = dice.sample(single, min(count // 2, len(single)))
                    queries = single + list(neighbouring_edges(corpus, dice, count - len(single)))
                    dice.shuffle(queries)
                tally = Tally()
                in_parallel(options.processes, queries, tally, tables)
                if tally.counts.get("answered", 0) * 20 < count:
                    tally.fault("too few", f"{tally.counts.get('answered', 0)} of {count} inputs had an answer")
            failed |= bool(tally.faults)
            counts = ", ".join(f"{number} {name}" for name, number in sorted(tally.counts.items()))
            print(f"{kind}: {counts}; at most {tally.peak:.0f} MB; {len(tally.faults)} faults; {time.monotonic() - began:.0f} s", flush=True)
    finally:
        shutil.rmtree(folder)
    sys.exit(1 if failed else 0)


def load_options(folder):
    """A small world and the tables of the manual's pages, as files to load."""
    world = os.path.join(folder, "world.plumb")
    subprocess.run([PLUMB, "simulate", "--pipelines", "20", "--days", "2", "--into", world], check=True, capture_output=True)
    options = []

    def keep(name, arguments):
        path = os.path.join(folder, name + ".ndjson")
        subprocess.run([PLUMB, "query", *arguments, "--format", "jsonl", "-o", path], check=True, capture_output=True)
        if os.path.getsize(path):
            options.extend(["--load", f"{name}={path}"])

    for name in ("pipelines", "runs", "errors", "edges"):
        keep(name, [world, "-c", name])
    for name in ("tasks", "task_runs"):
        keep(name, ["-f", os.path.join(ROOT, "Tests/Golden/tables", name + ".kql")])
    if len(options) != 12:
        sys.exit(f"the tables for the queries could not be made: {options}")
    return options


if __name__ == "__main__":
    main()
