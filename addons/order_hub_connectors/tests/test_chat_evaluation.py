import logging
import unittest

from odoo.tests import BaseCase, tagged

from . import chat_evaluation as judge
from . import chat_samples

_logger = logging.getLogger(__name__)

#: Of what is certain, the share that must be entirely right.
PRECISION = 0.98
#: The share of all messages that may be wrong without anybody being told.
SILENT = 0.005
#: Below this the reading helps too little: of messages that a clerk finds clear.
CERTAIN_OF_CLEAR = 0.7
RIGHT = 0.85
#: Processor time of a message, warm, on a catalogue of 2,000 products.
MILLISECONDS = 3


@tagged("post_install", "-at_install")
class TestChatEvaluation(BaseCase):
    """The labelled messages: what is promised of all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.verdicts = judge.evaluate()
        cls.figures = judge.figures(cls.verdicts)
        _logger.info("chat messages as understood: %s", cls.figures)

    def test_the_set_has_many_kinds_of_messages(self):
        messages = judge.messages()
        self.assertGreaterEqual(len(messages), 400)
        self.assertGreaterEqual(len({m["trade"] for m in messages}), 7)
        self.assertGreaterEqual(sum("talk" in m for m in messages), 50)
        self.assertGreaterEqual(
            sum(m["expect"]["doubt"] == "must" for m in messages), 100
        )
        self.assertEqual(len({m["id"] for m in messages}), len(messages))

    def test_what_is_certain_is_right(self):
        wrong = [v.message["id"] for v in self.verdicts if v.is_silent_error]
        self.assertGreaterEqual(self.figures.precision, PRECISION, wrong)
        self.assertLess(self.figures.silent, SILENT, wrong)

    def test_most_messages_are_right_and_most_clear_ones_certain(self):
        self.assertGreaterEqual(self.figures.right, RIGHT)
        self.assertGreaterEqual(self.figures.certain_of_clear, CERTAIN_OF_CLEAR)

    def test_the_half_that_nobody_tuned_on_holds_as_well(self):
        held = [v for v in self.verdicts if v.message["half"] == "held"]
        figures = judge.figures(held)
        self.assertGreaterEqual(figures.precision, PRECISION)
        self.assertGreaterEqual(figures.right, RIGHT)

    def test_a_message_is_read_within_milliseconds(self):
        messages = [m for m in judge.messages() if m["sender"] == "hd"]
        for message in messages:
            judge.judge(message, others=1970)
        verdicts = [judge.judge(message, others=1970) for message in messages]
        self.assertLess(judge.figures(verdicts).milliseconds, MILLISECONDS)


@unittest.skipUnless(
    chat_samples.SAMPLES.exists(), "the messages of others are not here"
)
@tagged("post_install", "-at_install")
class TestChatSamples(BaseCase):
    """Messages of others: right, or for a person to look at."""

    def test_messages_of_others_are_right_or_doubted(self):
        for sample in chat_samples.all_samples():
            with self.subTest(sample.source, text=sample.text):
                self.assertFalse(sample.is_silent_error)

    def test_most_messages_of_others_are_right(self):
        samples = chat_samples.all_samples()
        right = sum(sample.is_right for sample in samples) / len(samples)
        _logger.info("messages of others right: %.1f %%", 100 * right)
        self.assertGreaterEqual(right, 0.95)

    def test_dates_in_sentences_of_others_are_right_or_doubted(self):
        for sample in chat_samples.dates():
            with self.subTest(sample.source, text=sample.text):
                self.assertFalse(sample.is_silent_error)
