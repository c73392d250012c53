import json
import time
from decimal import Decimal

import jmespath
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.converters import CONVERTERS
from ..engine.expression import BadSource, TooMuch, column_key, compile_path
from ..engine.mapping import resolve
from ..engine.mapping_trial import differences, leaves, watched
from .mappings import compiled, fault, one

trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(-5, 5)
    | st.text("ab1.,-", max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4)
    ),
    max_leaves=12,
)
paths = st.sampled_from(
    [
        "a",
        "a.b",
        "a[0].b",
        "a[-1]",
        "a || b",
        "[a, b]",
        "a[*].b",
        "a[]",
        "@",
        "`1`",
        "a.b || c.d || 'x'",
        "a[?b].c",
        "keys(a)",
        "a | b",
        "*.a",
        "a[0][1]",
        "a.[b, c]",
    ]
)


class TestEngineMapping(BaseCase):
    """From a tree to the order: bounded, explained, nothing raised."""

    # === SOURCES === #

    @given(paths, trees)
    def test_closures_say_what_jmespath_says(self, source, tree):
        try:
            wanted = jmespath.search(source, tree)
        except jmespath.exceptions.JMESPathError:
            wanted = None
        self.assertEqual(compile_path(source)(tree), wanted)

    def test_money_is_added_and_divided_to_the_cent(self):
        document = {
            "price": "0.1",
            "n": 3,
            "off": [{"v": "0.05"}, {"v": 0.1}, {"v": ""}],
        }
        for source, result in (
            ("times(price, n)", "0.3"),
            ("sum_of(off[].v)", "0.15"),
            ("minus(times(price, n), sum_of(off[].v))", "0.15"),
            ("divided(`1`, n)", "0.333333333333"),
            ("plus(missing, n)", "3"),
        ):
            self.assertEqual(one(source, document, "number")[0], result, source)
        self.assertEqual(one("divided(n, `0`)", document), (None, []))
        self.assertEqual(one("times(price, 'x')", document), (None, []))

    def test_sources_that_are_wrong_are_said_with_an_example(self):
        for source, code in (
            ("a..b", "bad_source"),
            ("订单号", "bad_source"),
            ("a" * 301, "source_long"),
            ("(" * 21 + "a" + ")" * 21, "source_nested"),
            ("!" * 250 + "a", "source_nested"),
            ("system('ls')", "unknown_function"),
            ("", "source_missing"),
        ):
            self.assertEqual(fault(source), code, source)

    def test_an_expression_that_grows_is_stopped(self):
        doubling = "|".join(["[@, @][]"] * 30)
        document = {"rows": list(range(1000))}
        began = time.process_time()
        with self.assertRaises(TooMuch):
            compile_path(f"rows | {doubling}")(document)
        _value, troubles = one(f"rows | {doubling}", document)
        self.assertEqual(troubles[0].code, "too_much")
        long = {"a": "x" * 100_000}
        _value, troubles = one(f"join(a, `{json.dumps(['b'] * 40)}`)", long)
        self.assertEqual(troubles[0].code, "too_much")
        self.assertLess(time.process_time() - began, 20)

    def test_a_text_of_many_references_is_not_spelt_out(self):
        source = "|".join(["[@, @]"] * 30) + "|to_string(@)"
        self.assertEqual(one(source, {"a": 1})[1][0].code, "not_single")

    def test_columns_are_found_however_their_header_is_written(self):
        self.assertEqual(column_key(" *数 量：\n"), column_key("数量"))
        mapping, _faults = compiled(
            [{"source": "客户 | Customer Name", "target": "customer.name"}],
            is_table=True,
        )
        for row in (
            {"客户": "甲"},
            {"customername": "甲"},
            {"客户": "", "customername": "甲"},
        ):
            self.assertEqual(
                mapping.map({"first": row}).values["customer"]["name"], "甲"
            )
        self.assertEqual(mapping.map({}).values, {})

    # === CONVERTERS === #

    def test_numbers_come_in_cents_and_in_any_spelling(self):
        self.assertEqual(
            one("a", {"a": 12345}, "number", "divide by = 100")[0], "123.45"
        )
        self.assertEqual(one("a", {"a": "￥1.234,5"}, "number")[0], "1234.5")
        value, troubles = one("a", {"a": "many"}, "number", target="total")
        self.assertIsNone(value)
        self.assertEqual(
            (
                troubles[0].code,
                troubles[0].field,
                troubles[0].value,
                troubles[0].is_blocking,
            ),
            ("not_number", "total", "many", True),
        )

    def test_dates_are_moments_in_utc(self):
        value, _none = one(
            "a", {"a": "2026-03-15 08:00:00"}, "date", "zone = Asia/Shanghai", "date"
        )
        self.assertEqual(value, "2026-03-15T00:00:00Z")
        _value, troubles = one("a", {"a": "soon"}, "date", target="promised_date")
        self.assertFalse(troubles[0].is_blocking, "An order is not stopped by a date.")

    def test_words_become_our_words_or_are_shown(self):
        words = "WAIT = paid\nDONE = closed"
        self.assertEqual(one("a", {"a": "wait"}, "enum", words)[0], "paid")
        _value, troubles = one("a", {"a": "NEW"}, "enum", words)
        self.assertEqual(troubles[0].code, "unknown_value")
        self.assertEqual(troubles[0].figures["known"], "WAIT, DONE")
        self.assertEqual(
            one("a", {"a": "NEW"}, "enum", f"{words}\n* = other")[0], "other"
        )
        self.assertEqual(one("a", {"a": "NEW"}, "enum", f"{words}\n* = *")[0], "NEW")

    def test_parts_are_joined_and_empty_ones_left_out(self):
        document = {"city": "无锡", "town": "", "street": " 蠡湖路 "}
        value, _none = one(
            "[city, town, street]", document, "concat", 'separator = ", "'
        )
        self.assertEqual(value, "无锡, 蠡湖路")

    def test_patterns_take_and_replace(self):
        document = {"a": "颜色:黑色;尺码:L"}
        self.assertEqual(
            one("a", document, "extract", "pattern = 尺码:([^;]+)")[0], "L"
        )
        _value, troubles = one("a", document, "extract", "pattern = 型号:(.+)")
        self.assertEqual(troubles[0].code, "no_match")
        kept = "pattern = 型号:(.+)\nno match = keep"
        self.assertEqual(one("a", document, "extract", kept)[0], document["a"])
        phone = one("a", {"a": "86-138"}, "replace", 'pattern = ^86-?\nwith = "0"')
        self.assertEqual(phone[0], "0138")
        _value, troubles = one("a", {"a": "x" * 5000}, "extract", "pattern = .*y.*z")
        self.assertEqual(troubles[0].code, "text_long")

    def test_fixed_values_defaults_and_chains(self):
        self.assertEqual(one("", {}, "constant", "value = CNY")[0], "CNY")
        self.assertEqual(one("a", {}, default="CNY")[0], "CNY")
        self.assertEqual(
            one("a", {"a": " yes "}, "flag", "true = yes | 是", "confirm")[0], True
        )
        value, _none = one(
            "a",
            {"a": "￥ 86-12"},
            "extract",
            "pattern = [0-9-]+",
            then="replace: pattern = ^86-; with = \nnumber: divide by = 10",
        )
        self.assertEqual(value, "1.2")

    def test_what_is_required_and_missing_stops_the_order(self):
        for nothing in ({}, {"a": ""}, {"a": "  "}, {"a": None}, {"a": []}):
            _value, troubles = one("a", nothing, is_required=True)
            self.assertEqual(
                (troubles[0].code, troubles[0].is_blocking), ("missing", True)
            )
        self.assertEqual(
            one("a", {"a": 0}, target="shipping_price", is_required=True), (0, [])
        )
        self.assertEqual(
            one("a", {"a": False}, target="confirm", is_required=True), (False, [])
        )

    def test_several_values_are_not_silently_one(self):
        _value, troubles = one("a", {"a": ["x", "y"]})
        self.assertEqual(troubles[0].code, "not_single")
        self.assertEqual(one("a", {"a": ["x"]})[0], "x")

    def test_long_numbers_of_orders_keep_their_digits(self):
        self.assertEqual(
            one("a", {"a": 2309562516205559351}, target="customer_ref")[0],
            "2309562516205559351",
        )
        self.assertEqual(one("a", {"a": 123.0}, target="customer_ref")[0], "123")

    def test_arguments_that_are_wrong_are_said_with_an_example(self):
        for converter, arguments, code in (
            ("number", "decimal = ;", "argument_value"),
            ("number", "divide by = 0", "argument_value"),
            ("number", "cents", "argument_row"),
            ("number", "decimal = .\ndecimal = ,", "argument_twice"),
            ("date", "zone = Mars", "unknown_zone"),
            ("date", "time = noon", "argument_value"),
            ("date", "timezone = UTC", "argument_unknown"),
            ("enum", "", "argument_missing"),
            ("constant", "", "argument_missing"),
            ("extract", "pattern = (a+)+", "pattern_nested"),
            ("extract", "pattern = [", "bad_pattern"),
            ("lookup", "", "argument_missing"),
            (
                "lookup",
                "table = res.users\nby = login\ngive = password",
                "lookup_model",
            ),
            ("lookup", "table = res.partner\nby = ref\ngive = email", "lookup_fields"),
            (
                "lookup",
                "table = product.product\nby = default_code\ngive = standard_price",
                "lookup_fields",
            ),
            ("lookup", "table = units\nby = name\ngive = name", "lookup_fields"),
            ("eval", "", "unknown_converter"),
        ):
            self.assertEqual(
                fault("a", converter, arguments), code, (converter, arguments)
            )
        self.assertEqual(fault(target="margin"), "unknown_target")
        self.assertEqual(fault(target="lines[].sku"), "unknown_target")
        self.assertEqual(
            fault(then="\n".join(["text: case = upper"] * 6)), "too_many_steps"
        )

    def test_every_converter_takes_its_own_example(self):
        for name, converter in CONVERTERS.items():
            arguments = converter.example
            self.assertIsNone(fault("a", name, arguments), name)

    # === LINES === #

    def test_several_lists_become_lines_in_their_order(self):
        mapping, faults = compiled(
            [{"source": "cur", "target": "currency"}],
            [
                (
                    "items",
                    [
                        {"source": "code", "target": "lines[].sku"},
                        {"source": "$.cur", "target": "lines[].unit"},
                    ],
                ),
                ("gifts[?free]", [{"source": "id", "target": "lines[].sku"}]),
            ],
        )
        self.assertFalse(faults)
        mapped = mapping.map(
            {
                "cur": "EUR",
                "items": [{"code": "A"}, "junk", {"code": "B"}],
                "gifts": [{"id": "G", "free": True}, {"id": "H"}],
            }
        )
        self.assertEqual(
            mapped.values["lines"],
            [{"sku": "A", "unit": "EUR"}, {"sku": "B", "unit": "EUR"}, {"sku": "G"}],
        )

    def test_problems_of_a_line_name_the_line(self):
        mapping, _faults = compiled(
            [],
            [
                (
                    "items",
                    [
                        {
                            "source": "n",
                            "target": "lines[].quantity",
                            "converter": "number",
                            "is_required": True,
                        }
                    ],
                )
            ],
        )
        mapped = mapping.map({"items": [{"n": 1}, {"n": "two"}, {}]})
        self.assertEqual(
            [(trouble.code, trouble.field) for trouble in mapped.troubles],
            [("not_number", "lines[1].quantity"), ("missing", "lines[2].quantity")],
        )

    def test_ten_thousand_lines_are_refused(self):
        mapping, _faults = compiled(
            [], [("items", [{"source": "n", "target": "lines[].sku"}])]
        )
        mapped = mapping.map({"items": [{"n": 1}] * 10_000})
        self.assertEqual(mapped.troubles[0].code, "too_many_lines")
        self.assertNotIn("lines", {k: v for k, v in mapped.values.items() if v})

    def test_look_ups_of_a_batch_are_one_call_a_table(self):
        mapping, _faults = compiled(
            [
                {
                    "source": "cur",
                    "target": "currency",
                    "converter": "lookup",
                    "arguments": "table = res.currency\nby = symbol\ngive = name",
                }
            ],
            [
                (
                    "items",
                    [
                        {
                            "source": "u",
                            "target": "lines[].unit",
                            "converter": "lookup",
                            "arguments": "table = units\ndefault = Units",
                            "then": "text: case = upper",
                        }
                    ],
                )
            ],
        )
        calls = []

        def find(lookup, keys):
            calls.append((lookup.table, sorted(keys)))
            return {"¥": "CNY", "箱": "Box"}

        batch = [
            mapping.map({"cur": "¥", "items": [{"u": "箱"}, {"u": "?"}]}),
            mapping.map({"cur": "£", "items": []}),
        ]
        resolve(batch, find)
        self.assertEqual(
            sorted(calls), [("res.currency", ["£", "¥"]), ("units", ["?", "箱"])]
        )
        self.assertEqual(batch[0].values["currency"], "CNY")
        self.assertEqual(
            [line["unit"] for line in batch[0].values["lines"]], ["BOX", "UNITS"]
        )
        self.assertEqual(
            (batch[1].troubles[0].code, batch[1].troubles[0].value), ("not_found", "£")
        )

    @given(
        trees,
        paths,
        st.sampled_from([*CONVERTERS]),
        st.sampled_from(["note", "total", "date", "confirm", "customer.name"]),
    )
    def test_no_payload_makes_a_mapping_break(self, tree, source, name, target):
        rule = {
            "source": source,
            "target": target,
            "converter": name,
            "arguments": CONVERTERS[name].example,
        }
        row = {**rule, "target": "lines[].sku"}
        for is_table in (False, True):
            rows = [("rows" if is_table else source, [row])]
            head = {**rule, "source": "a | b"} if is_table else rule
            mapping, faults = compiled([head], rows, is_table)
            self.assertFalse([one for one in faults if not is_table])
            mapped = mapping.map(tree)
            resolve([mapped], lambda lookup, keys: {})
            json.dumps(mapped.values)
            self.assertFalse(mapped.pending)

    def test_a_hundred_orders_are_mapped_in_a_moment(self):
        rules = [
            {"source": f"a.f{n}", "target": target, "converter": kind}
            for n, (target, kind) in enumerate(
                [
                    ("total", "number"),
                    ("date", "date"),
                    ("note", ""),
                    ("customer.name", ""),
                ]
                * 5
            )
        ]
        lines = [
            {"source": f"f{n}", "target": target, "converter": kind}
            for n, (target, kind) in enumerate(
                [("lines[].quantity", "number"), ("lines[].sku", "")] * 10
            )
        ]
        mapping, _faults = compiled(rules, [("items", lines)])
        row = {f"f{n}": "12.5" for n in range(20)}
        document = {
            "a": {**row, **{f"f{n}": "2026-01-01" for n in range(1, 20, 4)}},
            "items": [row] * 3,
        }
        mapping.map(document)
        best = min(self._seconds(mapping, document) for _try in range(5))
        self.assertLess(best, 0.06 * 5, "Five times the promise, for busy machines.")

    def _seconds(self, mapping, document):
        began = time.process_time()
        for _order in range(100):
            mapping.map(document)
        return time.process_time() - began

    # === TRIAL === #

    def test_what_is_read_of_a_payload_is_told_from_what_is_not(self):
        seen = set()
        document = {
            "a": {"b": 1, "c": 2},
            "rows": [{"sku": "X", "colour": "red"}],
            "e": "",
        }
        mapping, _faults = compiled(
            [{"source": "times(a.b, `2`)", "target": "total"}],
            [("rows[?sku]", [{"source": "sku", "target": "lines[].sku"}])],
        )
        mapped = mapping.map(watched(document, "", seen), is_trial=True)
        self.assertEqual(mapped.values["total"], "2")
        used = {leaf.path: leaf.is_used for leaf in leaves(document, seen)}
        self.assertEqual(
            used,
            {"a.b": True, "a.c": False, "rows[0].sku": True, "rows[0].colour": False},
        )
        self.assertEqual(
            [(t.field, t.raw, t.value) for t in mapped.tried],
            [("total", Decimal(2), "2"), ("lines[0].sku", "X", "X")],
        )

    def test_differences_name_path_before_and_after(self):
        old = {"a": 1, "lines": [{"sku": "A"}, {"sku": "B"}]}
        new = {"a": 1, "lines": [{"sku": "A2"}], "note": "x"}
        self.assertEqual(
            differences(old, new),
            [("lines[0].sku", "A", "A2"), ("lines[1]", "{1}", ""), ("note", "", "x")],
        )

    def test_a_bad_source_is_an_error_of_the_mapping_not_of_the_order(self):
        with self.assertRaises(BadSource):
            compile_path("[")
