from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.order_hub.tests.properties import given

from ..engine.order import clean, get_at, set_at

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


@tagged("post_install", "-at_install")
class TestEngineOrder(BaseCase):
    """The canonical order: cleaned, bounded, mended at a path."""

    def _order(self, **values):
        return {"external_ref": "A", "lines": [{"sku": "S", "quantity": 1}], **values}

    def test_a_value_is_put_where_its_path_says(self):
        order = self._order()
        for path in ("note", "customer.phone", "lines[0].sku", "ship_to.city"):
            self.assertTrue(set_at(order, path, "new"))
            self.assertEqual(get_at(order, path), "new")

    def test_the_line_after_the_last_one_is_new_and_no_other(self):
        order = self._order()
        self.assertTrue(set_at(order, "lines[1].sku", "T"))
        self.assertTrue(set_at(order, "lines[1].quantity", 2))
        self.assertEqual(order["lines"][1], {"sku": "T", "quantity": 2})
        for path in ("lines[7].sku", "lines[-1].sku", "lines[x].sku", "a.b", "lines.0"):
            self.assertFalse(set_at(order, path, "new"), path)
        self.assertEqual(len(order["lines"]), 2)

    def test_what_the_hub_does_not_know_is_told_and_not_lost_silently(self):
        _values, problems = clean(self._order(promissed_date="2026-03-15"))
        self.assertEqual([row["code"] for row in problems], ["unknown_field"])

    @given(JSON)
    def test_no_document_makes_it_raise(self, document):
        values, problems = clean(document)
        self.assertIsInstance(values["lines"], list)
        self.assertTrue(problems or values["external_ref"])

    @given(
        st.dictionaries(st.text(max_size=12), JSON, max_size=5), st.text(max_size=20)
    )
    def test_no_path_makes_it_raise(self, order, path):
        set_at(order, path, 1)
        get_at(order, path)
