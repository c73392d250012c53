"""Messages that wait are kept and put together; no warning is lost or counted twice."""

import json

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.digest import plan, render
from ..engine.digest_kept import dump, load, merge
from .test_engine_digest import NOTICES, notice


def of_one_channel(notices):
    return [row for row in plan(notices) if row.channel == "robot,1"]


def counted(row):
    return {(section.rule, id_) for section in row.sections for id_ in section.members}


class TestKeptDigests(BaseCase):
    @given(NOTICES)
    def test_a_message_that_was_kept_says_the_same(self, notices):
        for row in plan(notices):
            kept = load(json.loads(json.dumps(dump(row))))
            self.assertEqual(render(kept), render(row))
            self.assertEqual(kept, row)

    @given(NOTICES, NOTICES)
    def test_put_together_each_warning_is_counted_once(self, first, second):
        rows = of_one_channel(first) + of_one_channel(second)
        if not rows:
            return
        whole = merge(rows)
        told = set().union(*map(counted, rows))
        self.assertEqual(counted(whole), told)
        self.assertEqual(set(whole.ids), {id_ for row in rows for id_ in row.ids})
        self.assertEqual(sum(whole.by_severity.values()), len(told))
        self.assertLessEqual(sum(len(s.shown) for s in whole.sections), 20)

    @given(st.lists(st.integers(1, 90), min_size=1, max_size=60, unique=True))
    def test_one_by_one_and_put_together_says_what_all_at_once_says(self, numbers):
        notices = [notice(n, rule=n % 3, excess=n) for n in numbers]
        singles = [row for one in notices for row in plan([one])]
        at_once = plan(notices, at_most=1)[0]
        whole = merge(singles)
        self.assertEqual(whole.by_severity, at_once.by_severity)
        self.assertEqual(
            {s.rule: s.count for s in whole.sections},
            {s.rule: s.count for s in at_once.sections},
        )

    def test_a_warning_told_twice_is_as_grave_as_it_was_last(self):
        rows = [
            *plan([notice(1, severity="warning")]),
            *plan([notice(1, severity="critical")]),
            *plan([notice(2, severity="info")]),
        ]
        whole = merge(rows)
        self.assertEqual(whole.by_severity, {"critical": 1, "info": 1})
        self.assertEqual(whole.severity, "critical")
        self.assertEqual(whole.ids, (1, 2))

    def test_the_gravest_rule_comes_first(self):
        rows = plan([notice(1, rule=1), notice(2, rule=2, severity="critical")])
        self.assertEqual([s.rule for s in merge(rows).sections], [2, 1])
