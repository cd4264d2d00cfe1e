#!/usr/bin/env python3
"""The tour, and the way of someone new to Plumb but not to KQL from the start to a cause.

  test_tour.py [path of plumb]
"""
import re, unittest
from terminal import PROMPT, ShellCase


class TourTests(ShellCase):
    def test_every_step_is_checked_and_the_tour_goes_on_where_it_was_left(self):
        home = self.new_folder()
        tour = self.start("tour", home=home)
        # What does not do the step does not end it.
        self.assertNotIn("Done.", tour.answer("print 1"))
        for step in range(1, 11):
            if step == 5:
                tour.type("\x04")
                self.assertEqual(tour.status(), 0)
                tour = self.start("tour", home=home)
            hint = re.search(r"type: (.*)", tour.answer(".hint")).group(1).strip()
            shown = tour.answer(hint)
            self.assertIn("Done.", shown, (step, hint))
            self.assertIn("That was the tour" if step == 10 else f"{step + 1} of 10:", shown)
        self.assertIn("the tour is over", tour.answer(".hint"))

    def test_steps_can_be_skipped_and_begun_again(self):
        home = self.new_folder()
        tour = self.start("tour", home=home)
        self.assertIn("2 of 10:", tour.answer(".skip"))
        tour.type("\x04")
        self.assertEqual(tour.status(), 0)
        from terminal import Terminal
        again = Terminal("tour", "--restart", home=home)
        self.addCleanup(again.close)
        self.assertIn("1 of 10:", again.expect(PROMPT))


class NewcomerTests(ShellCase):
    def test_from_the_start_to_the_cause_of_a_failing_pipeline(self):
        shell = self.start(columns=120)
        self.assertIn("where predicate", shell.answer(".help where"))
        # Completion names the table and the column; its values are there with their counts.
        shell.type("pipel\t")
        shell.expect("pipelines ")
        shell.type('| where stat\t')
        shell.expect("status ")
        shell.complete('== "fail', 'failed"')
        shown = shell.answer(" | project nam | take 1")
        self.assertIn("did you mean `name`", shown)
        shown = shell.answer('pipelines | where status == "failed" | top 1 by last_run | project name')
        name = re.search(r"─\n(\S+)", shown).group(1)
        # The first guess at a column is wrong; `.schema` tells.
        self.assertIn("error[", shell.answer(f'errors | where pipeline == "{name}" | summarize count() by reason'))
        self.assertIn("category", shell.answer(".schema errors"))
        shown = shell.answer(f'errors | where pipeline == "{name}" | summarize arg_max(at, message) by category | top 1 by at')
        self.assertRegex(shown, r"auth|timeout|schema|dependency|resource|data|vendor")


if __name__ == "__main__":
    unittest.main(verbosity=1)
