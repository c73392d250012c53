"""What another system says, compared with where the hub has an order."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.system import RANK, Side, furthest, judge
from ..engine.system_report import read_reports

NOW = datetime(2026, 3, 16, 4, 0)
HOUR = timedelta(hours=1)
EVERY = frozenset(RANK)
codes = st.sampled_from([*RANK, "cancelled"])
hours = st.integers(-200, 0).map(lambda n: NOW + n * HOUR)


def verdict(here, there, here_since=-5, there_since=-2, knows=EVERY, grace=1, **more):
    return judge(
        Side(here, NOW + here_since * HOUR),
        Side(there, NOW + there_since * HOUR),
        frozenset(knows),
        grace * HOUR,
        NOW,
        **more,
    )


class TestEngineSystem(BaseCase):
    def test_the_same_milestone_agrees(self):
        self.assertEqual(verdict("picked", "picked").state, "agrees")

    def test_shipped_there_and_preparing_here_contradicts_after_the_grace(self):
        self.assertEqual(verdict("preparing", "shipped").state, "contradicts")

    def test_a_system_may_be_ahead_for_the_grace(self):
        found = verdict("preparing", "shipped", there_since=-2, grace=3)
        self.assertEqual((found.state, found.due), ("ahead", NOW + HOUR))

    def test_an_earlier_word_from_before_is_old_news(self):
        found = verdict("shipped", "preparing", here_since=-1, there_since=-4)
        self.assertEqual(found.state, "behind")

    def test_an_earlier_word_said_afterwards_contradicts(self):
        found = verdict("shipped", "preparing", here_since=-8, there_since=-1)
        self.assertEqual(found.state, "contradicts")

    def test_a_system_is_held_to_what_it_has_words_for(self):
        found = verdict("shipped", "approved", -8, -1, knows={"received", "approved"})
        self.assertEqual(found.state, "agrees")

    def test_refused_there_contradicts_an_order_that_was_approved(self):
        self.assertEqual(verdict("approved", "refused").state, "contradicts")
        self.assertEqual(verdict("received", "refused").state, "agrees")

    def test_cancelled_on_one_side_only_contradicts(self):
        self.assertEqual(verdict("picked", "cancelled").state, "contradicts")
        self.assertEqual(verdict("cancelled", "shipped", -5, -1).state, "contradicts")
        self.assertEqual(verdict("cancelled", "picked", -1, -5).state, "behind")

    def test_a_word_that_is_not_mapped_is_compared_with_nothing(self):
        self.assertEqual(verdict("picked", "").state, "unmapped")

    def test_a_contradiction_stays_until_the_sides_agree(self):
        was = {"contradicted": True}
        self.assertEqual(
            verdict("closed", "picked", -1, -5, **was).state, "contradicts"
        )
        self.assertEqual(verdict("picked", "picked", **was).state, "agrees")

    @given(codes, codes, hours, hours, st.sets(codes))
    def test_only_a_system_that_is_ahead_has_something_due(
        self, here, there, since, said, knows
    ):
        found = judge(Side(here, since), Side(there, said), frozenset(knows), HOUR, NOW)
        self.assertEqual(bool(found.due), found.state == "ahead")
        if found.due:
            self.assertGreater(found.due, NOW)

    @given(codes, hours, hours, st.sets(codes))
    def test_the_same_word_never_contradicts(self, code, since, said, knows):
        found = judge(
            Side(code, since), Side(code, said), frozenset({*knows, code}), HOUR, NOW
        )
        self.assertEqual(found.state, "agrees")

    @given(st.sets(st.sampled_from(sorted(RANK))), st.sampled_from(sorted(RANK)))
    def test_no_system_is_expected_beyond_the_hub(self, knows, code):
        self.assertLessEqual(RANK[furthest(frozenset(knows), code)], RANK[code])


class TestEngineSystemReport(BaseCase):
    def test_a_report_says_order_word_and_moment(self):
        (report,), refused = read_reports(
            [
                {
                    "hub_ref": "oh-1",
                    "word": " 已发货 ",
                    "at": "2026-03-16T11:00:00+08:00",
                }
            ],
            NOW,
        )
        self.assertEqual(report.hub_ref, "OH-1")
        self.assertEqual(report.word, "已发货")
        self.assertEqual(report.said_at, datetime(2026, 3, 16, 3, 0))
        self.assertEqual(refused, [])

    def test_a_clock_ahead_of_ours_does_not_speak_of_the_future(self):
        (report,), _refused = read_reports(
            [{"hub_ref": "A", "word": "x", "at": "2026-03-17T00:00:00Z"}], NOW
        )
        self.assertEqual(report.said_at, NOW)

    def test_what_cannot_be_understood_is_said_and_the_rest_is_taken(self):
        raw = [
            {"word": "shipped"},
            {"hub_ref": "A", "word": "w" * 81},
            {"hub_ref": "A", "word": "shipped", "wrong": 1},
            "shipped",
            {"hub_ref": "A", "word": "shipped"},
        ]
        reports, refused = read_reports(raw, NOW)
        self.assertEqual(len(reports), 1)
        self.assertEqual([row["index"] for row in refused], [0, 1, 2, 3])
        self.assertEqual(
            [row["field"] for row in refused], ["hub_ref", "word", "wrong", ""]
        )

    @given(
        st.lists(st.one_of(st.none(), st.text(), st.dictionaries(st.text(), st.text())))
    )
    def test_no_report_makes_the_reader_fail(self, raw):
        reports, refused = read_reports(raw, NOW)
        self.assertEqual(len(reports) + len(refused), len(raw))
