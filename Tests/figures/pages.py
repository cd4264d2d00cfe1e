#!/usr/bin/env python3
"""Prints how fast the pages are in Chromium without a window: the overview of the default world (first paint, and all of it but
predictions), and of 10,000 pipelines the page of pipelines, its size as sent, and the lineage of one of them.

  pages.py [--pipelines N]

Needs `selenium` from PyPI, and chromium with its driver. Takes the binary from $PLUMB, default .build/release/plumb. Each figure is
the median of five; the other pages have been asked for once before."""
import argparse, http.client, os, statistics, subprocess, sys, tempfile, time
sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
PLUMB = os.path.abspath(os.environ.get("PLUMB", ".build/release/plumb"))
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--pipelines", type=int, default=10_000)
options = parser.parse_args()
sys.argv = [sys.argv[0], PLUMB]
sys.path.insert(0, os.path.join(HERE, "../server"))
try:
    from browser import chromium
except ImportError as error:
    sys.exit(f"FAILED: {error}; pip install selenium")
from served import Server  # noqa: E402, it reads the path from sys.argv

PAINT = "return performance.getEntriesByType('paint').find(e => e.name == 'first-contentful-paint')?.startTime"
LOADED = "const n = performance.getEntriesByType('navigation')[0]; return n.loadEventEnd > 0 ? n.loadEventEnd : null"
failed = False


def say(what, value, unit, promised):
    global failed
    failed |= value > promised
    print(f"{what}: {value:.0f} {unit} (promised: {promised:.0f}){' MISSED' if value > promised else ''}")


def until(browser, script):
    end = time.monotonic() + 60
    while (value := browser.execute_script(script)) is None:
        if time.monotonic() > end:
            sys.exit(f"FAILED: {browser.current_url} does not load")
        time.sleep(0.01)
    return value


def get(server, path):
    begin = time.monotonic()
    reply = server.send("GET", path, Accept_Encoding="gzip")
    assert reply.status == 200, (path, reply.status)
    return len(reply.body), (time.monotonic() - begin) * 1e3


def main():
    browser = chromium()
    try:
        # What the browser needs to show its first page is not the page's.
        browser.get("data:text/html,<p>ready")
        first, whole, again = [], [], []
        for _ in range(5):
            with Server("--quiet", data=()) as server:
                address = f"http://localhost:{server.port}/"
                begin = time.monotonic()
                browser.get(address)
                first.append(until(browser, PAINT))
                until(browser, "return document.querySelector('[data-pending]') ? null : 1")
                whole.append((time.monotonic() - begin) * 1e3)
                browser.get(address)
                again.append(until(browser, PAINT))
                server.stop()
        say("the default world's overview, asked as soon as the server listens: first paint", statistics.median(first), "ms", 300)
        say("  all of it", statistics.median(whole), "ms", 1_500)
        say("  asked again: first paint", statistics.median(again), "ms", 300)
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "many.plumb")
            subprocess.run([PLUMB, "simulate", "--pipelines", str(options.pipelines), "--days", "7", "--into", file], check=True, stderr=subprocess.DEVNULL)
            with Server("--quiet", data=(file,)) as server:
                get(server, "/pipelines")
                times = []
                for _ in range(5):
                    browser.get(f"http://localhost:{server.port}/pipelines")
                    times.append(until(browser, LOADED))
                say(f"{options.pipelines} pipelines: the page", statistics.median(times), "ms", 2_000)
                say("  its size as sent", get(server, "/pipelines")[0] / 1024, "KB", 400)
                name = server.rows("edges | summarize count() by upstream | top 1 by count_ | project upstream")[0][0]
                get(server, f"/lineage?focus={name}")
                say(f"  the lineage of {name}", statistics.median(get(server, f"/lineage?focus={name}")[1] for _ in range(5)), "ms", 100)
                print(f"  the overview: {get(server, '/')[1]:.0f} ms")
                server.stop()
    finally:
        browser.quit()
    sys.exit(1 if failed else 0)


main()
