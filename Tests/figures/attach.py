#!/usr/bin/env python3
"""Prints what a selective question costs on an attached SQLite table of a million rows, beside loading the table whole.

  Tests/figures/attach.py [--rows 1000000] [--rounds 3]

The table has an index on `customer`, and a time as text with an index on it; each figure is the best of the rounds, a whole
process, with `.attach` in it. sqlite3 is Python's own module on the same question, opening and closing the file. Takes the
binary from $PLUMB, default .build/release/plumb.
"""
import argparse, os, sqlite3, subprocess, tempfile, time

plumb = os.environ.get("PLUMB", ".build/release/plumb")
options = argparse.ArgumentParser()
options.add_argument("--rows", type=int, default=1_000_000)
options.add_argument("--rounds", type=int, default=3)
options = options.parse_args()


def best(action):
    times = []
    for _ in range(options.rounds):
        begin = time.monotonic()
        result = action()
        times.append(time.monotonic() - begin)
    return min(times), result


with tempfile.TemporaryDirectory() as folder:
    path = f"{folder}/shop.db"
    db = sqlite3.connect(path)
    db.execute("create table orders (id integer primary key, customer integer, status text, total real, placed datetime, note text)")
    words = ("ok", "failed", "late", "sent")
    db.executemany("insert into orders values (?,?,?,?,?,?)", (
        (i, i * 7919 % 50_000, words[i % 7 % 4], i % 1000 / 4,
         time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_700_000_000 + i * 20)), f"order number {i}") for i in range(options.rows)))
    db.execute("create index by_customer on orders (customer)")
    db.execute("create index by_placed on orders (placed)")
    db.commit()
    db.close()

    def ask(*arguments):
        return subprocess.run([plumb, "query", "--format", "csv", *arguments], check=True, capture_output=True, text=True).stdout.strip().splitlines()[-1]

    def there(sql):
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        row = db.execute(sql).fetchone()
        db.close()
        return str(row[0])

    questions = [
        ("equality on an index", "where customer == 4242 | summarize sum(total)", "select sum(total) from orders where customer = 4242"),
        ("an hour by the text of the time", "where placed between (datetime(2023-12-01 10:00) .. 1h) | summarize sum(id)",
         "select sum(id) from orders where placed between '2023-12-01 10:00:00' and '2023-12-01 11:00:00'"),
        ("condition without an index", "where total > 249.5 and status == 'late' | summarize sum(id)",
         "select sum(id) from orders where total > 249.5 and status = 'late'"),
        ("count of all rows", "count", "select count(*) from orders"),
        ("first by the key", "top 1 by id | project id", "select id from orders order by id desc limit 1"),
        ("all rows of two columns", "summarize sum(total), count() by status | count",
         "select count(*) from (select status, sum(total), count(*) from orders group by status)"),
    ]
    loading, _ = best(lambda: ask("--load", f"orders={path}", "-c", "orders | count"))
    print(f"{options.rows} rows, file of {os.path.getsize(path) >> 20} MB; loading the table whole: {loading * 1000:.0f} ms")
    print(f"{'':32} {'attached':>10} {'sqlite3':>10} {'times faster than loading':>26}")
    for name, kql, sql in questions:
        here, mine = best(lambda: ask("-c", f".attach {path} as shop; shop.orders | {kql}"))
        other, theirs = best(lambda: there(sql))
        assert float(mine) == float(theirs), (name, mine, theirs)
        print(f"{name:32} {here * 1000:7.0f} ms {other * 1000:7.0f} ms {loading / here:26.1f}")
