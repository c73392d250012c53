import re

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.regex_guard import MAX_TEXT, BadPattern, guard

pieces = st.sampled_from(
    [
        "a",
        "b",
        ".",
        r"\d",
        r"\w",
        "[ab]",
        "[^a]",
        "a*",
        "a+",
        ".*",
        r"\d{2,5}",
        "b?",
        "(a)",
        "(ab)*",
        "(?:a|b)",
        "^",
        "$",
        r"\s*",
        "中",
        "(a+)+",
        "(?=a)",
        "(a|aa)*",
    ]
)
patterns = st.lists(pieces, min_size=1, max_size=8).map("".join)


class TestEngineRegexGuard(BaseCase):
    """Patterns of mappings cannot hang a worker."""

    def code(self, pattern):
        with self.assertRaises(BadPattern) as caught:
            guard(pattern)
        return caught.exception.code

    def test_what_takes_exponential_time_is_refused(self):
        for bomb in (
            "(a+)+$",
            "(a*)*",
            "(a|aa)*b",
            "(.*a){20}",
            "(x+x+)+y",
            r"(\w+\s?)*$",
            "((a?){20}){20}",
            "(?:a?){30}a{30}",
        ):
            self.assertEqual(self.code(bomb), "pattern_nested", bomb)

    def test_looking_around_and_back_is_refused(self):
        for pattern in (
            r"(.)\1",
            "(?=a)a",
            "(?<!a)b",
            "(?P<x>a)(?P=x)",
            "(a)?(?(1)b|c)",
        ):
            self.assertEqual(self.code(pattern), "pattern_reference", pattern)

    def test_too_many_choices_are_refused(self):
        self.assertEqual(self.code("x?" * 40), "pattern_heavy")
        self.assertEqual(self.code(".*" * 6 + "x"), "pattern_heavy")

    def test_what_is_no_pattern_is_refused_with_words(self):
        self.assertEqual(self.code("("), "bad_pattern")
        self.assertEqual(self.code("a" * 201), "pattern_long")
        self.assertEqual(self.code("(" * 199), "bad_pattern")

    def test_patterns_of_daily_life_are_taken(self):
        for pattern in (
            r"^([A-Z0-9-]+)",
            r"(\d+)\s*[x×]\s*(\d+)",
            r"(?i)sku[:：]\s*([A-Z0-9-]+)",
            r"^86-?",
            r"\d{6}",
            "颜色:([^;]+)",
            r"1[3-9]\d{9}",
        ):
            self.assertGreater(guard(pattern).max_text, 1000, pattern)

    def test_the_more_ways_the_shorter_the_text(self):
        lengths = [guard(p).max_text for p in (r"\d{6}", r"\d+x", ".*x", ".*x.*y")]
        self.assertEqual(lengths, sorted(lengths, reverse=True))
        self.assertLessEqual(max(lengths), MAX_TEXT)

    @given(patterns, st.sampled_from(["a", "ab", "1", "a1 ", "中b"]))
    def test_a_pattern_that_is_taken_ends_on_the_longest_text(self, pattern, text):
        try:
            guarded = guard(pattern)
        except BadPattern as error:
            self.assertTrue(error.code)
            return
        size = min(guarded.max_text, 400)
        guarded.pattern.search((text * size)[:size])

    @given(st.text(alphabet="ab(*+?|)[]{},\\^$.1中:=!<P>", max_size=30))
    def test_no_text_makes_the_guard_break(self, pattern):
        try:
            self.assertIsInstance(guard(pattern).pattern, re.Pattern)
        except BadPattern as error:
            self.assertTrue(error.code)
