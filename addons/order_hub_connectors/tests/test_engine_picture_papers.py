"""Papers of many kinds, read once by the real reader and kept: what comes out."""

from odoo.tests import BaseCase

from ..engine.picture.order import understand
from . import picture_score as score


class TestPapers(BaseCase):
    """56 purchase orders: clean, tilted, noisy, photographed, faxed, turned, small."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.papers = score.papers()
        cls.scores = score.scores(cls.papers)

    def test_nearly_all_cells_are_read_right(self):
        found = self.scores["all"]
        self.assertGreater(found.cells, 2000)
        self.assertGreaterEqual(
            found.right / found.cells, 0.97, score.report(self.scores)
        )

    def test_what_is_read_wrong_is_marked(self):
        found = self.scores["all"]
        silent = found.silent / found.cells
        self.assertLess(silent, 0.005, score.report(self.scores))

    def test_figures_are_right_or_marked_without_exception(self):
        for kind in ("quantity", "unit_price", "amount", "total"):
            with self.subTest(kind=kind):
                self.assertEqual(self.scores[kind].silent, 0)

    def test_each_bad_way_a_paper_can_look_is_good_enough(self):
        for effect in ("skewed", "noisy", "photo", "fax", "turned", "small"):
            with self.subTest(effect=effect):
                found = self.scores[effect]
                self.assertGreaterEqual(found.right / found.cells, 0.95)

    def test_nobody_is_asked_about_most_of_what_is_right(self):
        found = self.scores["all"]
        self.assertLess(found.asked / found.right, 0.25)

    def test_a_line_that_the_sender_miscalculated_is_marked(self):
        wrong = [
            (paper, understand(reading))
            for paper, reading in self.papers
            if paper["wrong_rows"]
        ]
        self.assertTrue(wrong)
        for paper, found in wrong:
            for n in paper["wrong_rows"]:
                with self.subTest(paper=paper["number"]):
                    self.assertEqual(found.sums[n], "fails")
                    self.assertLess(found.sights[f"lines[{n}].amount"].confidence, 0.5)

    def test_no_line_is_invented(self):
        for paper, reading in self.papers:
            with self.subTest(paper=paper["number"], effect=paper["effect"]):
                lines = understand(reading).order["lines"]
                self.assertEqual(len(lines), len(paper["rows"]))

    def test_every_value_knows_where_on_the_picture_it_stands(self):
        for _paper, reading in self.papers:
            for sight in understand(reading).sights.values():
                x0, y0, x1, y1 = sight.box
                self.assertTrue(0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1, sight)
                self.assertEqual(sight.page, 1)
