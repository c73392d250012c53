"""What a rule may watch, and mistakes in one."""

import math

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.hysteresis import BELOW
from ..engine.subjects import (
    KINDS,
    SUBJECTS,
    Draft,
    domain_fields,
    domain_mistakes,
    mistakes,
    parse_domain,
)


class TestWhatARuleMayWatch(BaseCase):
    def _codes(self, **values):
        draft = Draft(**{"kind": "stage_fixed", "model": "sale.order", **values})
        return [(row.code, row.field) for row in mistakes(draft)]

    def test_the_classic_rule_is_fine(self):
        self.assertEqual(self._codes(threshold=24.0, clear=20.0, group_by="stage"), [])

    def test_every_kind_has_a_model_of_the_white_list(self):
        for kind in KINDS.values():
            self.assertLessEqual(kind.models, set(SUBJECTS))
            self.assertTrue(kind.models)

    def test_what_is_not_on_the_list_cannot_be_watched(self):
        for model in ("res.users", "ir.config_parameter", "order.hub.robot", ""):
            self.assertEqual(
                self._codes(kind="domain", model=model), [("unknown", "model")]
            )

    def test_a_kind_measures_its_own_model_only(self):
        codes = self._codes(model="res.partner", threshold=1.0)
        self.assertEqual(codes, [("mismatch", "model")])
        self.assertEqual(self._codes(kind="magic"), [("unknown", "kind")])

    def test_a_grouping_that_the_model_does_not_have_is_refused(self):
        codes = self._codes(threshold=1.0, group_by="workcenter")
        self.assertEqual(codes, [("mismatch", "group_by")])

    def test_what_a_kind_needs_is_asked_for(self):
        self.assertEqual(self._codes(), [("missing", "threshold")])
        codes = self._codes(kind="stage_mean", threshold=1.3)
        self.assertEqual(
            codes, [("missing", "min_samples"), ("missing", "period_days")]
        )
        codes = self._codes(kind="domain", minutes=10)
        self.assertEqual(codes, [("missing", "domain")])

    def test_numbers_are_numbers_and_not_below_zero(self):
        self.assertEqual(self._codes(threshold=math.nan), [("number", "threshold")])
        self.assertEqual(self._codes(threshold=math.inf), [("number", "threshold")])
        self.assertEqual(self._codes(threshold=-1.0), [("negative", "threshold")])
        codes = self._codes(threshold=1.0, minutes=-5)
        self.assertEqual(codes, [("negative", "minutes")])

    def test_an_indicator_may_be_negative_and_has_its_own_direction(self):
        values = {"kind": "indicator", "model": "order.hub.indicator"}
        self.assertEqual(self._codes(**values, threshold=-5.0, clear=-6.0), [])
        codes = self._codes(**values, threshold=-5.0, clear=-6.0, direction=BELOW)
        self.assertEqual(codes, [("clear", "clear")])

    def test_a_warning_that_would_open_at_once_again_is_refused(self):
        codes = self._codes(threshold=24.0, clear=25.0)
        self.assertEqual(codes, [("clear", "clear")])
        codes = self._codes(kind="promise_risk", threshold=48.0, clear=40.0)
        self.assertEqual(codes, [("clear", "clear")])


class TestDomains(BaseCase):
    def _codes(self, text):
        return [row.code for row in domain_mistakes(text)]

    def test_domains_of_every_shape_are_read(self):
        for text in (
            "",
            "[]",
            "[('state', '=', 'sale')]",
            "['|', ('a', '=', 1), '!', ('b', 'in', [1, 2]), ('c', '>', 'now -1d')]",
            "[('order_line', 'any', [('product_id.type', '!=', 'service')])]",
        ):
            self.assertEqual(self._codes(text), [], text)

    def test_what_is_no_list_of_conditions_is_refused(self):
        for text in (
            "state = sale",
            "{'a': 1}",
            "[('a', '=')]",
            "['&', ('a', '=', 1)]",
            "['!']",
            "['x']",
            "[7]",
            "[" * 3000,
            "[('a', '=', " + "1" * 4000 + ")]",
            "[" + "('a', '=', 1)," * 61 + "]",
        ):
            self.assertEqual(self._codes(text), ["domain"], text[:40])

    def test_code_is_data(self):
        for text in (
            "[('a', '=', __import__('os').system('true'))]",
            "[('a', '=', uid)]",
            "[('a', '=', lambda: 1)]",
        ):
            self.assertEqual(self._codes(text), ["domain"], text)

    def test_comparisons_that_go_around_access_are_refused(self):
        # pylint: disable-next=deprecated-inselect-operator
        for operator in ("any!", "not any!", "inselect", "==", ["="], None):
            domain = [("partner_id", operator, [])]
            text = repr(domain)
            self.assertEqual(self._codes(text), ["operator"], text)

    def test_secrets_cannot_be_asked_for_letter_by_letter(self):
        for path in (
            "user_id.password",
            "access_token",
            "partner_id.signup_token",
            "user_id.totp_secret",
            "a.b.c.d.e",
            "__class__",
            "a..b",
            "A",
            "",
            7,
        ):
            self.assertEqual(self._codes(repr([(path, "like", "a%")])), ["field"], path)
            nested = [("partner_id", "any", [(path, "like", "a%")])]
            self.assertEqual(self._codes(repr(nested)), ["field"], path)

    def test_domains_do_not_nest_for_ever(self):
        domain = [("a", "=", 1)]
        for _level in range(5):
            domain = [("partner_id", "any", domain)]
        self.assertEqual(self._codes(repr(domain)), ["domain"])

    def test_the_fields_of_a_domain_are_known_through_any(self):
        text = "['|', ('a', '=', 1), ('b', 'any', [('c.d', '=', 2)])]"
        self.assertEqual(domain_fields(parse_domain(text)), {"a", "b", "b.c.d"})

    @given(st.text(max_size=200))
    def test_nothing_typed_makes_it_fall_over(self, text):
        self.assertIsInstance(domain_mistakes(text), list)

    @given(
        st.recursive(
            st.one_of(st.none(), st.integers(), st.text(max_size=5), st.booleans()),
            lambda inner: st.one_of(
                st.lists(inner, max_size=4), st.tuples(inner, inner, inner)
            ),
            max_leaves=20,
        )
    )
    def test_nor_does_any_literal(self, value):
        self.assertIsInstance(domain_mistakes(repr([value])), list)
