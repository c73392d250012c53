from odoo.tests import TransactionCase

from ..engine.workbook.doubts import DOUBTS, doubt_words
from ..engine.workbook.model import Doubt

FIGURES = {
    "text": "x%s",
    "length": 1,
    "sum": "2",
    "year": 1900,
    "reckoned": "3",
    "amount": "4",
}


class TestWorkbookWords(TransactionCase):
    """Doubts of workbooks are said in the user's language."""

    def test_every_doubt_is_said_as_the_reader_says_it(self):
        words = self.env["order.hub.workbook.words"].with_context(lang="en_US")
        self.assertEqual(set(words._sentences()), set(DOUBTS))
        for code in DOUBTS:
            said = words._say(code, 12, 3, FIGURES)
            self.assertEqual(said, doubt_words(Doubt(code, 12, 3, FIGURES)))

    def test_a_doubt_without_words_is_its_code(self):
        words = self.env["order.hub.workbook.words"]
        self.assertEqual(words._say("unheard_of"), "unheard_of")
        self.assertEqual(words._say("two_dates", 1, 1), "two_dates")
