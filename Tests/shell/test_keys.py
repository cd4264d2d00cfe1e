#!/usr/bin/env python3
"""Every key in every state: nothing that was typed is lost, and the shell goes on.

  test_keys.py [path of plumb]
"""
import os, time, unittest
from terminal import MORE, PLUMB, PROMPT, SLOW, ShellCase, Terminal

KEYS = {"Ctrl-C": "\x03", "Ctrl-G": "\x07", "Ctrl-L": "\x0c", "up": "\x1b[A", "down": "\x1b[B", "left": "\x1b[D", "TAB": "\t",
        "Enter": "\r", "Ctrl-U": "\x15", "Ctrl-R": "\x12", "Ctrl-_": "\x1f", "home": "\x1b[H", "Backspace": "\x7f", "Ctrl-K": "\x0b"}


class KeyTests(ShellCase):
    def history(self, home):
        with open(os.path.join(home, ".local/state/plumb/history")) as file:
            return [line.rstrip("\n") for line in file if not line.startswith("#")]

    # How each state begins; what ends it before the next prompt, if Ctrl-C alone does not.
    STATES = {
        "empty": [],
        "typing": ["print 1 + "],
        "on a later line": ["runs |\r", "whe"],
        "recalled": ["\x1b[A"],
        "recalled and edited": ["\x1b[A\x1b[A", "ZZZ"],
        "searching": ["\x12", "print 2"],
        "listing": ["runs | project-", "\t"],
        "running": [SLOW + "\r"],
    }

    def test_every_key_in_every_state(self):
        home = self.new_folder()
        path = self.file("runs.csv", "pipeline,status\nload,failed\n")
        shell = self.start("--load", f"runs={path}", "--color", "never", home=home)
        for query in ["print 111", "print 222", "print 333"]:
            shell.answer(query)
        number = 1000
        for state, typed in self.STATES.items():
            for name, key in KEYS.items():
                with self.subTest(state=state, key=name):
                    for part in typed:
                        shell.type(part)
                        time.sleep(0.02)
                    if state == "running":
                        shell.expect("Ctrl-C stops")
                    shell.type(key)
                    time.sleep(0.02)
                    # Whatever it was, Ctrl-C gives the prompt again.
                    for _ in range(2):
                        shell.type("\x03")
                        time.sleep(0.03)
                    number += 1
                    shell.type(f"\x05\x15print answer = {number} * 1000\r")
                    shell.expect(f"{number}000")
                    shell.expect(PROMPT)
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)
        kept = self.history(home)
        for query in ["print 111", "print 222", "print 333", f"print answer = {number} * 1000"]:
            self.assertIn(query, kept)
        self.assertNotIn("", kept)

    def test_ctrl_c_keeps_a_recalled_entry_and_what_it_drops(self):
        home = self.new_folder()
        shell = self.start("--color", "never", home=home)
        for query in ["print 111", "print 222", "print 333"]:
            shell.answer(query)
        shell.type("\x1b[A\x1b[AZZZ")
        shell.expect("ZZZ")
        shell.leave_line()
        for wanted in ["222ZZZ", "333", "222", "111"]:
            shell.type("\x1b[A")
            shell.expect(wanted)
        shell.leave_line()
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)
        self.assertEqual(self.history(home)[:4], ["print 111", "print 222", "print 333", "print 222ZZZ"])

    def test_a_statement_of_several_lines_is_one_text(self):
        home = self.new_folder()
        shell = self.start("--color", "never", home=home)
        # The earlier lines come back, a line up is a line up, and the corrected text runs whole.
        shell.type("range n from 1 to 9 step 1 |\r")
        shell.expect(MORE)
        shell.type("whre n > 7\r")
        shell.expect(MORE)
        shell.type("| summarize total = sum(n)")
        shell.type("\x1b[A")
        shell.expect(PROMPT)
        shell.type("\x1b[H")
        # On the first line; one line down is the misspelt one.
        shell.type("\x01\x1b[B\x1b[C\x1b[Ce\r")
        self.assertIn("17", shell.expect(PROMPT) + shell.answer("print 1"))
        # Ctrl-C and Ctrl-D keep the statement in the history, and Ctrl-D does not leave.
        for key in "\x03", "\x04":
            shell.type("range n from 1 to 3 step 1 |\r")
            shell.expect(MORE)
            shell.type(f"where n == {ord(key)}\r")
            shell.expect(MORE)
            shell.type(key)
            shell.expect(PROMPT)
            shell.type("\x1b[A")
            shell.expect(f"where n == {ord(key)}")
            shell.leave_line()

    def test_ctrl_d_right_after_a_stopped_query_leaves(self):
        for pause in (0, 0.01):
            with self.subTest(pause):
                shell = self.start("--safe")
                shell.type(SLOW + "\r")
                shell.expect("Ctrl-C stops")
                shell.type("\x03")
                time.sleep(pause)
                # The terminal still collects lines.
                shell.type("\x04")
                self.assertEqual(shell.status(), 0)

    def test_two_shells_keep_each_others_history(self):
        home = self.new_folder()
        first, second = self.start(home=home), self.start(home=home)
        first.answer("print first = 1")
        second.answer("print second = 2")
        first.answer("print third = 3")
        for shell in second, first:
            shell.type("\x04")
            self.assertEqual(shell.status(), 0)
        self.assertEqual(self.history(home), ["print first = 1", "print second = 2", "print third = 3"])

    def test_ctrl_c_after_ctrl_z_and_fg(self):
        shell = Terminal("--norc", "--noprofile", "-i", program="/bin/bash", PS1="outer$ ")
        self.addCleanup(shell.close)
        shell.expect("outer$ ")
        shell.type(f"{PLUMB} --color never\r")
        shell.expect(PROMPT)
        for typed in "", "print 1 + ":
            shell.type(typed + "\x1a")
            shell.expect("outer$ ")
            shell.type("fg\r")
            shell.expect(PROMPT)
            shell.type("\x15" + SLOW + "\r")
            shell.expect("Ctrl-C stops")
            shell.type("\x03")
            shell.expect("cancelled")
            shell.expect(PROMPT)
            self.assertIn("42", shell.answer("print 6 * 7"))


if __name__ == "__main__":
    unittest.main(verbosity=1)
