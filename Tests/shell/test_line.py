#!/usr/bin/env python3
"""The line: queries of several lines, pasting, history, and what TAB offers where.

  test_line.py [path of plumb]
"""
import os, signal, sqlite3, time, unittest
from terminal import MORE, PROMPT, SLOW, ShellCase

DELIVERIES = "parcel,status,weight_grams\na,delivered,1\nb,lost at sea,2\nc,delivered,3\n"


class LineTests(ShellCase):
    def test_a_longer_query_ends_with_an_empty_line_or_a_semicolon(self):
        shell = self.start()
        shell.type("range n from 1 to 4 step 1\r")
        shell.expect("(4 rows")
        shell.expect(PROMPT)
        shell.type("print a = (\r")
        shell.expect(MORE)
        shell.type("6 * 7)\r")
        shell.expect(MORE)
        shell.ask("", "42")
        shell.type("print a = (\r")
        shell.expect(MORE)
        shell.ask("6 * 111);", "666")

    def test_the_parser_says_what_is_unfinished(self):
        shell = self.start()
        for start in ["print pack_array(1,", "let x = 5;", "let f = (n: long) {", "print 1 +", "range x from 1 to", "print a = ```x"]:
            shell.type(start + "\r")
            shell.expect(MORE)
            shell.leave_line()
        # A mistake that more text cannot fix is reported at once, even after an open bracket.
        shell.ask("print 'not closed", "error[unclosed-string]")
        shell.ask("print 1 ) (", "error[")

    def test_a_pipe_goes_on_with_the_last_result(self):
        shell = self.start()
        shell.ask("range n from 1 to 6 step 1", "(6 rows")
        shell.ask("| summarize total = sum(n)", "21")
        shell.ask("_ | extend double = total * 2", "42")
        shell.ask("_2 | count", "6")

    def test_one_entry_for_a_query_of_several_lines(self):
        home = self.new_folder()
        shell = self.start(home=home)
        shell.type("print first = (\r")
        shell.expect(MORE)
        shell.type("12345);\r")
        shell.expect("12345")
        shell.expect(PROMPT)
        shell.type("\x04")
        self.assertEqual(shell.status(), 0)
        with open(os.path.join(home, ".local/state/plumb/history")) as file:
            self.assertIn("print first = (\n12345);\n", file.read())
        again = self.start(home=home)
        again.type("\x12first")
        again.expect("12345);")
        again.type("\r")
        again.expect("(1 row")

    def test_pasting_400_lines_runs_one_query(self):
        shell = self.start()
        lines = ["datatable(n: long)["] + [f"  {n}," for n in range(1, 399)] + ["] | summarize total = sum(n)"]
        self.assertEqual(len(lines), 400)
        shell.type("\x1b[200~" + "\n".join(lines) + "\x1b[201~")
        shell.type("\r")
        shell.expect(str(sum(range(1, 399))))
        shell.expect("(1 row")
        shell.expect(PROMPT)
        shell.ask("history | where isempty(error) | count", "1")

    def test_interrupt_never_ends_the_shell(self):
        shell = self.start()
        for _ in range(3):
            shell.type(SLOW + "\r")
            shell.expect("Ctrl-C stops")
            shell.type("\x03\x03")
            shell.expect("cancelled")
            shell.expect(PROMPT)
        shell.ask("print a = 5 + 6", "11")

    def test_what_surrounds_an_interrupt_keeps_its_order(self):
        shell = self.start("--safe")
        for begun in ["lost ", "lost \x1b", "lost \x16", "lost \x18", "lost \x12", "lost \x12p\x1b", "lost \x1b5", "\x03", ""]:
            with self.subTest(begun):
                shell.type(begun + "\x03print answer = 40 + 2\r")
                shell.expect("^C")
                shell.expect("42")
                shell.expect(PROMPT)

    def test_an_interrupt_is_seen_at_once_whatever_is_typed_before_it(self):
        shell = self.start("--safe")
        for length in range(60):
            shell.type("x" * length + "\t")
            shell.leave_line()

    def test_an_interrupt_from_outside_drops_the_line(self):
        shell = self.start("--safe")
        shell.type("lost")
        shell.expect("lost")
        os.kill(shell.pid, signal.SIGINT)
        shell.expect("^C")
        shell.ask("print answer = 40 + 2", "42")

    def test_history_is_a_table(self):
        shell = self.start()
        shell.ask("print a = 1", "(1 row")
        shell.ask("print b = nothing", "error[")
        shown = shell.answer("history | project query, rows, failed = isnotempty(error)")
        self.assertIn("print a = 1", shown)
        self.assertRegex(shown, r"print b = nothing\s+true")
        shown = shell.answer("history | getschema | project ColumnName")
        for name in ["query", "when", "rows", "duration", "error"]:
            self.assertIn(name, shown)
        self.assertIn("print a = 1", shell.answer(".history 9"))


class CompletionTests(ShellCase):
    def offered(self, shell, typed, *wanted, absent=()):
        """What two TABs list after `typed`."""
        shell.type(typed)
        shell.expect(typed[-8:])
        shell.type("\t\t")
        # The prompt comes back below each list; what took longer than the first one waits for is in the second.
        shown = shell.expect(PROMPT)
        try:
            shown += shell.expect(PROMPT, seconds=1).split("\n", 1)[-1]
        except AssertionError:
            pass  # The first had nothing to list yet.
        shell.leave_line()
        for word in wanted:
            self.assertIn(word, shown, typed)
        for word in absent:
            self.assertNotIn(word, shown, typed)
        return shown

    def setUp(self):
        self.path = self.file("deliveries.csv", DELIVERIES)
        # Colours write the line more than once; test_colours.py has them.
        self.shell = self.start("--load", f"deliveries={self.path}", "--color", "never", columns=120)

    def test_operators_with_what_they_do(self):
        self.offered(self.shell, "deliveries | project-", "project-away", "Drops columns", "project-rename")

    def test_only_the_columns_that_exist_at_this_stage(self):
        self.offered(self.shell, "deliveries | where ", "parcel", "status", "weight_grams")
        self.offered(self.shell, "deliveries | summarize heavy = max(weight_grams) by status | sort by ", "heavy", "status",
                     absent=["parcel", "weight_grams"])
        self.offered(self.shell, "deliveries | join (deliveries | project parcel, size = weight_grams | where ", "parcel",
                     "size", absent=["weight_grams", "status"])
        self.offered(self.shell, "let heavy = deliveries | extend kilos = weight_grams / 1000; heavy | where ", "kilos",
                     "parcel")

    def test_what_a_bracket_or_a_name_begins_with(self):
        for start in ["deliveries | join kind=inner (deliv", "let x = deliv"]:
            self.shell.type(start + "\t")
            self.shell.expect("deliveries ")
            self.shell.leave_line()
        self.offered(self.shell, "deliveries | join kind=inner (", "blast", "deliveries")
        self.offered(self.shell, "deliveries | partition by status (s", "sort", "summarize", absent=["delivered"])
        self.offered(self.shell, "deliveries | partition by status (top 1 by ", "parcel", "weight_grams")

    def test_what_follows_a_column(self):
        self.offered(self.shell, "deliveries | where status ", "!=", "==", "contains", "has", absent=["<="])
        self.offered(self.shell, "deliveries | where weight_grams ", "!=", "<=", "between", absent=["contains"])
        self.offered(self.shell, 'deliveries | where status == "delivered" ', "and", "or", absent=["parcel"])

    def test_words_of_pipelines(self):
        self.offered(self.shell, "lineage ", "critical", "downstream", "path", "upstream")
        self.offered(self.shell, "predict risk ", "as", "using", "within")
        self.offered(self.shell, "predict risk using ", "boosting", "forest", "tree")
        self.shell.type("lineage downstream \t")
        self.shell.expect("of ")

    def test_columns_of_functions_that_compute_their_rows(self):
        self.offered(self.shell, "predict risk | where ", "lift", "reasons", "risk", absent=["parcel", "weight_grams"])
        self.offered(self.shell, 'deliveries | invoke decision_tree(label = "status") | where ', "depth", "samples",
                     absent=["parcel", "weight_grams"])
        self.offered(self.shell, "let top = toscalar(deliveries | count); deliveries | extend share = 1.0 / top | where ",
                     "parcel", "share")

    def test_plugins_and_functions_that_are_invoked(self):
        self.offered(self.shell, "deliveries | evaluate ", "bag_unpack", "narrow", "pivot", absent=["parcel"])
        self.offered(self.shell, "deliveries | invoke ", "decision_tree(", absent=["parcel"])

    def test_properties_of_charts(self):
        self.offered(self.shell, "deliveries | render barchart with (", "file", "kind", "title", absent=["datatable"])
        self.offered(self.shell, "deliveries | render barchart with (kind=", "stacked", "stacked100", absent=["parcel"])
        self.offered(self.shell, "deliveries | render barchart with (title=x, ycolumns=", "parcel", "weight_grams")

    def test_attached_databases(self):
        path = os.path.join(self.new_folder(), "shop.db")
        with sqlite3.connect(path) as shop:
            shop.execute("create table orders (id integer, state text, [total sum] real)")
            shop.executemany("insert into orders values (?, ?, ?)", [(n, ["open", "paid"][n % 2], n) for n in range(9)])
            shop.execute("create table [odd name] (a text)")
        shop.close()
        shell = self.start("--attach", f"shop={path}", "--color", "never", columns=120)
        # The columns are known once the file was looked at.
        shell.answer("shop.orders | take 1")
        shell.complete("shop.orders | where sta", "state ")
        shell.leave_line()
        self.offered(shell, "shop.", "shop.['odd name']", "shop.orders", "attached")
        self.offered(shell, "union shop.", "shop.['odd name']", "shop.orders")
        self.offered(shell, "shop.orders | where ", "['total sum']", "real", "id", "state")
        self.offered(shell, 'shop.orders | where state == "', "open", "5 rows", "paid", "4 rows")
        shell.type('print 1 | join (database("s\t')
        shell.expect('database("shop"')
        shell.leave_line()
        self.offered(shell, 'database("shop").', "odd name", "orders")
        self.offered(shell, ".schema shop.", "shop.['odd name']", "shop.orders")
        self.offered(shell, ".column shop.orders.", "shop.orders.['total sum']", "shop.orders.id", "shop.orders.state")
        self.assertIn("paid", shell.answer(".column shop.orders.state"))
        self.assertIn("largest", shell.answer(".column shop.orders.['total sum']"))
        self.assertIn("text", shell.answer(".schema shop.['odd name']"))

    def test_functions_with_signatures(self):
        self.offered(self.shell, "deliveries | summarize count", "count(", "countif(", "predicate")

    def test_kinds_of_joins_and_charts(self):
        self.offered(self.shell, "deliveries | join kind=left", "leftanti", "leftouter", "leftsemi")
        self.offered(self.shell, "deliveries | render ", "areachart", "heatmap", "timechart", "lines over time")

    def test_values_of_a_column_with_counts(self):
        self.offered(self.shell, 'deliveries | where status == "', "delivered", "2 rows", "lost at sea", "1 rows")
        self.shell.type('deliveries | where status == "lost\t')
        self.shell.expect('lost at sea"')
        self.shell.ask(" | project parcel", "b")
        self.shell.type('deliveries | where status in ("delivered", "lost at s\t')
        self.shell.expect('lost at sea"')
        self.shell.ask(") | count", "3")

    def test_dot_commands_and_what_they_take(self):
        shell = self.shell
        self.offered(shell, ".o", ".once", ".output", ".overview")
        self.offered(shell, ".mode json", "json ", "jsonl")
        self.offered(shell, ".column deliveries.", "deliveries.parcel", "deliveries.status")
        shell.type(".schema deliv\t")
        shell.expect("deliveries ")
        shell.leave_line()
        self.offered(shell, ".explain deliveries | project-", "project-away", "project-keep")

    def test_names_of_files(self):
        self.shell.type(f".load more={os.path.dirname(self.path)}/deliv\t")
        self.shell.expect("deliveries.csv")
        self.shell.leave_line()
        safe = self.start("--safe")
        safe.type(f".schema {os.path.dirname(self.path)}/deliv\t")
        safe.leave_line()

    def test_names_of_pipelines(self):
        path = self.file("pipelines.csv", "name,source\nentra-signin,Entra\nentra-audit,Entra\ngithub-push,GitHub\n")
        shell = self.start("--load", f"pipelines={path}", "--color", "never")
        self.offered(shell, "lineage downstream of entra-", "entra-audit", "entra-signin", absent=["github"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
