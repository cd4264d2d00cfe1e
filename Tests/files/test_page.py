#!/usr/bin/env python3
"""Runs the examples of the manual's page on telemetry, in a folder with the files that they are about.

usage: test_page.py PLUMB [--update]

A line of a block `console` that starts with `$ ` is a command; the lines after it are what it prints, on either output.
`--update` writes what the commands print into the page, to be read before it is committed.
"""
import os, re, shutil, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
import telemetry_files

plumb = os.path.abspath(sys.argv[1])
page = os.path.join(here, "../Golden/bring-your-own.md")
folder = tempfile.mkdtemp()
environment = {**os.environ, "HOME": folder, "XDG_STATE_HOME": folder, "TZ": "UTC", "PATH": os.path.join(folder, "bin") + ":" + os.environ["PATH"]}
os.makedirs(os.path.join(folder, "bin"))
os.symlink(plumb, os.path.join(folder, "bin", "plumb"))
os.makedirs(os.path.join(folder, "data"))
os.chdir(os.path.join(folder, "data"))
telemetry_files.write()
failures, commands = 0, 0


def example(match):
    global failures, commands
    expected, lines = match[1].split("\n"), []
    for command in (line for line in expected if line.startswith("$ ")):
        run = subprocess.run(command[2:], shell=True, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        printed = run.stdout.decode(errors="replace").rstrip("\n")
        lines += [command] + (printed.split("\n") if printed else [])
        commands += 1
        if run.returncode: print(f"status {run.returncode}: {command}\n{printed}"); failures += 1
    if lines != [line for line in expected if line] and "--update" not in sys.argv:
        failures += 1
        print("expected:", *expected, "printed:", *lines, sep="\n    ")
    return "```console\n" + "\n".join(lines) + "\n```"


try:
    with open(page) as file: source = file.read()
    result = re.sub(r"```console\n(.*?)\n```", example, source, flags=re.S)
    if "--update" in sys.argv:
        with open(page, "w") as file: file.write(result)
finally:
    shutil.rmtree(folder)
print(f"{commands} commands of the page, {failures} failed")
sys.exit(1 if failures or commands < 15 else 0)
