#!/usr/bin/env python3
"""The tour, and the way of someone new to Plumb but not to KQL from the start to a cause.

  test_tour.py [path of plumb]
"""
import re, unittest
from terminal import PROMPT, ShellCase, Terminal


class TourTests(ShellCase):
    def test_every_step_is_checked_and_the_tour_goes_on_where_it_was_left(self):
        home = self.new_folder()
        tour = self.start("tour", home=home)
        # A command that does not do the step does not end it, and the tour says so.
        shown = tour.answer("print 1")
        self.assertNotIn("Done.", shown)
        self.assertIn("Step 1 is about something else", shown)
        self.assertIn("a later step; this is step 1", tour.answer(".cause auth"))
        cause = ""
        for step in range(1, 15):
            if step == 5:
                tour.type("\x04")
                self.assertEqual(tour.status(), 0)
                tour = Terminal("tour", home=home)
                self.addCleanup(tour.close)
                shown = tour.expect(PROMPT)
                self.assertIn("resumes where you left it", shown)
                self.assertIn("5 of 14:", shown)
            hint = re.search(r"type: (.*)", tour.answer(".hint")).group(1).strip()
            if hint.startswith(".cause "):
                cause = hint.split()[1]
                self.assertIn("is not an error category", tour.answer(".cause unicorns"))
                wrong = "vendor" if cause != "vendor" else "auth"
                shown = tour.answer(".cause " + wrong)
                self.assertIn("not " + wrong, shown)
                self.assertNotIn("Done.", shown)
                hint = hint.upper().replace(".CAUSE", ".cause")
            shown = tour.answer(hint)
            self.assertIn("Done.", shown, (step, hint))
            self.assertIn("That was the tour" if step == 14 else f"{step + 1} of 14:", shown)
        # The pipeline waits for the one where the trouble began.
        self.assertNotIn(cause, ["", "dependency"])
        self.assertIn("the tour is over", tour.answer(".hint"))
        self.assertIn("the tour is over", tour.answer(".cause auth"))

    def test_steps_can_be_skipped_and_begun_again(self):
        home = self.new_folder()
        tour = self.start("tour", home=home)
        self.assertIn("2 of 14:", tour.answer(".skip"))
        tour.type("\x04")
        self.assertEqual(tour.status(), 0)
        again = Terminal("tour", "--restart", home=home)
        self.addCleanup(again.close)
        self.assertIn("1 of 14:", again.expect(PROMPT))


class NewcomerTests(ShellCase):
    def test_from_the_start_to_the_cause_of_a_failing_pipeline(self):
        shell = self.start(columns=120)
        shown = shell.answer(".help where")
        self.assertIn("| where predicate", shown)
        self.assertIn('runs | where status == "failed"', shown)
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
