#!/usr/bin/env python3
"""Compares time zones with Python's zoneinfo: random moments of 1900 to 2100 in every zone, from UTC and to UTC.

  zones.py [PAIRS]              default 100,000; takes the binary from $PLUMB, default .build/release/plumb
  zones.py --names FILE         also checks that every name in FILE, one a line, is a zone

Plumb and Python read the same database: that of the system, and, where it is installed (pip install tzdata), the package
tzdata of PyPI, which TZDIR names. Debian's has times before 1970 that PyPI's leaves out, and versions differ. A local time that clocks show twice is the second, and one that they skip has the offset after the change: fold=1 of PEP 495.
"""
import csv, datetime, importlib.util, os, random, subprocess, sys, tempfile, zoneinfo

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMB = os.path.abspath(os.environ.get("PLUMB", os.path.join(ROOT, ".build/release/plumb")))
UTC = datetime.timezone.utc


def plumb(query, *arguments, folder=None):
    command = [PLUMB, "query", "--format", "csv", *arguments, "-c", query]
    environment = {**os.environ, **({"TZDIR": folder} if folder else {})}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return list(csv.reader(done.stdout.splitlines()))[1:]


def shown(moment):
    return moment.replace(tzinfo=None).isoformat(sep="T") if moment else ""


def reference(moment, zone):
    """The local time of a moment, and the moment of the same digits as a local time."""
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    back = moment.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return shown(local), shown(back)


def systems_version():
    try:
        with open("/usr/share/zoneinfo/tzdata.zi", encoding="utf-8") as file:
            return file.readline().split()[-1]
    except OSError:
        return "of unknown version"


def names(folder=None):
    query = "print zone = datetime_list_timezones() | mv-expand zone to typeof(string)"
    return [row[0] for row in plumb(query, folder=folder)]


def references():
    if any(os.path.isdir(path) for path in zoneinfo.TZPATH):
        yield "the system's tzdata " + systems_version(), None
    if importlib.util.find_spec("tzdata"):
        import tzdata
        yield "PyPI's tzdata " + tzdata.IANA_VERSION, os.path.join(os.path.dirname(tzdata.__file__), "zoneinfo")


arguments = sys.argv[1:]
names_file = arguments[arguments.index("--names") + 1] if "--names" in arguments else None
count = next((int(argument) for argument in arguments if argument.isdigit()), 100_000)
dice = random.Random(1)
if names_file:
    with open(names_file, encoding="utf-8") as file:
        wanted = [line.strip() for line in file if line.strip()]
    missing = []
    for name in wanted:
        query = f"print datetime_utc_to_local(datetime(2024-01-01), '{name}')"
        if subprocess.run([PLUMB, "query", "-c", query], capture_output=True).returncode != 0: missing.append(name)
    print(f"{len(wanted)} names, {len(missing)} of them unknown" + "".join("\n  " + name for name in missing))

start = datetime.datetime(1900, 1, 1)
seconds = int((datetime.datetime(2101, 1, 1) - start).total_seconds())
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "pairs.csv")
    for name, database in references():
        zoneinfo.reset_tzpath([database] if database else None)
        zoneinfo.ZoneInfo.clear_cache()
        known = names(database)
        pairs = [(dice.choice(known), start + datetime.timedelta(seconds=dice.randrange(seconds))) for _ in range(count)]
        with open(path, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["number", "zone", "moment"])
            for number, (zone, moment) in enumerate(pairs): writer.writerow([number, zone, shown(moment)])
        answers = plumb(
            "pairs | project number, utc_to_local = datetime_utc_to_local(moment, zone), "
            "local_to_utc = datetime_local_to_utc(moment, zone) | sort by number asc",
            "--load", f"pairs={path}", "--types", "number:long,zone:string,moment:datetime", folder=database)
        answers = [tuple(value.rstrip("Z").removesuffix(".0000000") for value in row[1:]) for row in answers]
        zones, differing = {}, {}
        for (zone, moment), answer in zip(pairs, answers, strict=True):
            if zone not in zones: zones[zone] = zoneinfo.ZoneInfo(zone)
            if reference(moment, zones[zone]) != answer: differing.setdefault(zone, []).append((moment, answer))
        print(f"{name}, {len(known)} zones: {len(pairs)} pairs, {sum(map(len, differing.values()))} differ")
        for zone, cases in sorted(differing.items(), key=lambda item: -len(item[1]))[:10]:
            moment, answer = cases[0]
            print(f"  {zone}: {len(cases)}, such as {moment}: {answer}, not {reference(moment, zones[zone])}")
