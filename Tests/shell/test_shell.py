#!/usr/bin/env python3
"""The conversation: queries, errors, interrupts, history, the end.

  test_shell.py [path of plumb]        default: .build/debug/plumb beside this repository's Package.swift
"""
import os, signal, time, unittest
from terminal import MORE, PROMPT, SLOW, ShellCase


class ShellTests(ShellCase):

    def test_query_and_end(self):
        shell = self.start()
        shell.ask("print answer = 6 * 7", "42")
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)

    def test_quit_command(self):
        shell = self.start()
        shell.type(".quit\r")
        self.assertEqual(shell.status(), 0)

    def test_completes_operators_after_a_pipe(self):
        shell = self.start()
        shell.type("print x = 1 | summ\t")
        shell.expect("summarize ")
        shell.type("\x03")
        shell.expect(PROMPT)

    def test_completes_tables_and_columns(self):
        folder = self.new_folder()
        path = os.path.join(folder, "deliveries.csv")
        with open(path, "w") as file:
            file.write("parcel,weight_grams\na,1\nb,2\n")
        shell = self.start("--load", f"deliveries={path}")
        shell.type("deliv\t")
        shell.expect("deliveries ")
        shell.type("| where weight_\t")
        shell.expect("weight_grams ")
        shell.type("> 1\r")
        shell.expect("b ")
        shell.expect(PROMPT)
        shell.ask(".schema deliveries", "weight_grams")
        shell.ask(".tables", "deliveries")

    def test_interrupt_drops_the_line(self):
        shell = self.start()
        shell.type("print 'never run")
        shell.expect("never run")
        shell.type("\x03")
        shell.expect("^C")
        shell.expect(PROMPT)
        shell.ask("print a = 'still here' ", "still here")

    def test_interrupt_drops_a_continued_query(self):
        shell = self.start()
        shell.type("print pack_array(1,\r")
        shell.expect(MORE)
        shell.type("\x03")
        shell.expect(PROMPT)
        shell.ask("print a = 5 + 6", "11")

    def test_interrupt_stops_a_query(self):
        shell = self.start()
        shell.type(SLOW + "\r")
        shell.expect("\n")
        time.sleep(0.5)
        shell.type("\x03")
        shell.expect("cancelled")
        shell.expect(PROMPT)
        shell.ask("print a = 5 + 6", "11")

    def test_continues_an_unfinished_query(self):
        shell = self.start()
        shell.type("range n from 1 to 5 step 1 |\r")
        shell.expect(MORE)
        shell.type("summarize total = sum(n)\r")
        shell.expect(MORE)
        shell.type("\r")
        shell.expect("15")
        shell.expect(PROMPT)
        shell.type("let n = 3;\r")
        shell.expect(MORE)
        shell.ask("print n * 111;", "333")

    def test_history(self):
        home = self.new_folder()
        shell = self.start(home=home)
        shell.ask("print kept = 'from before'", "from before")
        shell.type("\x1b[A")
        shell.expect("print kept")
        shell.type("\r")
        shell.expect("from before")
        shell.expect(PROMPT)
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)
        path = os.path.join(home, ".local/state/plumb/history")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        again = self.start(home=home)
        again.type("\x1b[A")
        again.expect("print kept")
        again.type("\r")
        again.expect("from before")

    def test_diagnostics_have_a_caret(self):
        shell = self.start()
        shown = shell.ask("print nosuchfunction(1)", "^^^")
        self.assertIn("error[", shown)

    def test_narrow_terminal_shortens(self):
        shell = self.start(columns=40)
        shell.ask("print text = strrep('abcdefghij', 20)", "1 cell shortened")

    def test_dumb_terminal(self):
        shell = self.start(term="dumb")
        shell.ask("print answer = 6 * 7", "42")
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)

    def test_dot_commands(self):
        shell = self.start()
        shell.ask(".help", "summarize")
        shell.ask(".mode json", "json")
        shell.ask("print a = 1", '{"a":1}')
        shell.ask(".formt", "did you mean `.format`?")
        shell.ask(".timer off", "off")

    def test_hangup_leaves_nothing_behind(self):
        shell = self.start()
        os.kill(shell.pid, signal.SIGTERM)
        self.assertEqual(shell.status(), 128 + signal.SIGTERM)


if __name__ == "__main__":
    unittest.main(verbosity=1)
