"""Many warnings, few messages, nothing left out."""

from collections import Counter, defaultdict

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine import digest
from ..engine.digest import Notice, plan, render

SEVERITIES = ("critical", "warning", "info")


def notice(number, recipient="wang", rule=1, severity="warning", **values):
    return Notice(
        **{
            "id": number,
            "channel": "robot,1",
            "recipient": recipient,
            "rule": rule,
            "rule_name": f"Rule {rule}",
            "severity": severity,
            "subject": f"S{number:05}",
            "figures": "31 h, limit 24 h",
            **values,
        }
    )


NOTICES = st.lists(
    st.builds(
        notice,
        st.integers(1, 400),
        recipient=st.sampled_from([f"p{n}" for n in range(12)]),
        rule=st.integers(1, 6),
        severity=st.sampled_from(SEVERITIES),
        channel=st.sampled_from(["robot,1", "inbox"]),
        excess=st.floats(0, 10),
    ),
    max_size=120,
)


def told(digests):
    """(channel, recipient) → ids, as often as they are told."""
    found = defaultdict(Counter)
    for row in digests:
        for recipient in row.recipients:
            found[row.channel, recipient].update(row.ids)
    return found


class TestDigest(BaseCase):
    def test_few_warnings_come_one_by_one(self):
        rows = plan([notice(1), notice(2, severity="critical"), notice(3, "li")])
        self.assertEqual([row.ids for row in rows], [(2,), (1,), (3,)])
        self.assertTrue(all(row.is_single for row in rows))

    def test_many_warnings_of_one_person_come_by_rule(self):
        rows = plan([notice(n, rule=n % 3) for n in range(30)])
        self.assertEqual(len(rows), 3)
        self.assertEqual([row.count for row in rows], [10, 10, 10])

    def test_ten_thousand_warnings_are_fifty_messages_at_most(self):
        notices = [
            notice(n, f"p{n % 37}", n % 23, SEVERITIES[n % 3]) for n in range(10_000)
        ]
        rows = plan(notices)
        self.assertLessEqual(len(rows), 50)
        self.assertEqual(sum(row.count for row in rows), 10_000)
        self.assertEqual(
            sum(section.count for row in rows for section in row.sections), 10_000
        )

    def test_with_hundreds_of_people_the_gravest_keep_a_message_of_their_own(self):
        notices = [notice(n, f"p{n % 300}") for n in range(3000)]
        notices += [notice(9000 + n, f"boss{n}", severity="critical") for n in range(4)]
        rows = plan(notices)
        self.assertEqual(len(rows), 50)
        for boss in range(4):
            self.assertIn((f"boss{boss}",), [row.recipients for row in rows])
        (shared,) = [row for row in rows if row.is_shared]
        self.assertEqual(sum(row.count for row in rows), 3004)
        self.assertEqual(len(shared.recipients) + 49, 304)

    def test_a_shared_message_names_nothing(self):
        rows = plan([notice(n, f"p{n}") for n in range(9)], at_most=2)
        (shared,) = [row for row in rows if row.is_shared]
        subject, body = render(shared)
        self.assertEqual(subject, "8 warnings: Rule 1")
        self.assertIn("**Rule 1**: 8 (warning)", body)
        self.assertNotIn("S0000", body)
        self.assertIn("For 8 people", body)

    def test_the_farthest_beyond_the_limit_are_named(self):
        rows = plan([notice(n, excess=n) for n in range(1, 31)], named=3)
        (row,) = rows
        self.assertEqual([n.id for n in row.sections[0].shown], [30, 29, 28])
        self.assertEqual(row.sections[0].more, 27)
        self.assertIn("… and 27 more", render(row)[1])

    def test_a_rule_with_one_warning_is_named_beside_a_rule_with_a_thousand(self):
        notices = [notice(n) for n in range(1000)] + [notice(2000, rule=2)]
        (row,) = plan(notices, at_most=1)
        self.assertEqual([len(s.shown) for s in row.sections], [19, 1])

    def test_one_warning_reads_like_one_warning(self):
        (row,) = plan([notice(7, severity="critical", subject="S00007 Sanjiang")])
        self.assertEqual(
            render(row),
            ("critical: Rule 1", "S00007 Sanjiang: 31 h, limit 24 h"),
        )

    def test_the_same_warning_twice_is_told_once(self):
        (row,) = plan([notice(1), notice(1)])
        self.assertEqual(row.count, 1)

    def test_names_cannot_become_links_or_calls(self):
        evil = "[pay](http://evil.example) <at user_id='all'></at> **now**\n# big"
        (row,) = plan([notice(1, subject=evil, rule_name=evil)])
        _subject, body = render(row)
        for mark in ("](", "://", "<", "**", "\n"):
            self.assertNotIn(mark, body)

    def test_words_come_from_outside(self):
        words = digest.Words(
            title="%(count)s 条预警：%(rules)s", severities={"warning": "警告"}
        )
        (row,) = plan([notice(n) for n in range(5)])
        self.assertEqual(render(row, words)[0], "5 条预警：Rule 1")

    def test_nothing_happened_tells_nothing(self):
        self.assertEqual(plan([]), [])

    @given(NOTICES, st.integers(1, 60), st.integers(0, 5), st.integers(1, 30))
    def test_everybody_hears_of_each_warning_exactly_once(
        self, notices, at_most, singles, named
    ):
        expected = defaultdict(set)
        for row in notices:
            expected[row.channel, row.recipient].add(row.id)
        rows = plan(notices, at_most, singles, named)
        found = told(rows)
        self.assertEqual(set(found), set(expected))
        for who, ids in expected.items():
            self.assertLessEqual(ids, set(found[who]))
            self.assertEqual(set(found[who].values()), {1})
        for row in rows:
            heard = set().union(*(expected[row.channel, r] for r in row.recipients))
            self.assertLessEqual(set(row.ids), heard)

    @given(NOTICES, st.integers(2, 60))
    def test_there_are_never_more_messages_than_allowed(self, notices, at_most):
        rows = plan(notices, at_most)
        self.assertLessEqual(len(rows), at_most)
        for row in rows:
            self.assertEqual(sum(row.by_severity.values()), row.count)
            self.assertEqual(sum(s.count for s in row.sections), row.count)
            self.assertEqual(
                sum(len(s.shown) + s.more for s in row.sections), row.count
            )

    @given(NOTICES, st.integers(1, 60))
    def test_the_plan_does_not_depend_on_the_order_of_the_warnings(
        self, notices, at_most
    ):
        by_key = {(n.channel, n.recipient, n.id): n for n in notices}
        unique = list(by_key.values())
        self.assertEqual(plan(unique, at_most), plan(unique[::-1], at_most))

    @given(NOTICES)
    def test_the_gravest_come_first(self, notices):
        rows = plan(notices)
        ranks = [SEVERITIES.index(row.severity) for row in rows]
        self.assertEqual(ranks, sorted(ranks))
        for row in rows:
            self.assertEqual(row.severity, min(row.by_severity, key=SEVERITIES.index))
