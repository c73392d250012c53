import base64
import json
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger

from ..adapters.base import Message
from ..engine.work import Work
from .common import ConnectorsCommon


class MappingCommon(ConnectorsCommon):
    """A mapping of our own for the paper shop, whose keys are not ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator_sales = cls._user(
            "hub_operator_sales",
            "order_hub.order_hub_group_operator,sales_team.group_sale_salesman",
        )
        cls.mapping = cls._mapping("Paper")
        cls.channel.mapping_id = cls.mapping

    @classmethod
    def _mapping(cls, name, **vals):
        return cls.env["order.hub.mapping"].create(
            {
                "name": name,
                "line_ids": [
                    cls._line("cur", "currency"),
                    cls._line("buyer.name", "customer.name"),
                    cls._line("buyer.mail", "customer.email"),
                    cls._line("buyer_message", "special_request"),
                    cls._line("pay_time", "paid_at", "date", "zone = Asia/Shanghai"),
                ],
                "rows_ids": [
                    Command.create(
                        {
                            "name": "Products",
                            "source": "items",
                            "line_ids": [
                                cls._line("code", "lines[].sku"),
                                cls._line(
                                    "n",
                                    "lines[].quantity",
                                    "number",
                                    is_required=True,
                                ),
                                cls._line("price", "lines[].unit_price", "number"),
                            ],
                        }
                    )
                ],
                **vals,
            }
        )

    @classmethod
    def _line(cls, source, target, converter=False, arguments=False, **vals):
        return Command.create(
            {
                "source": source,
                "target": target,
                "converter": converter,
                "arguments": arguments,
                **vals,
            }
        )

    def _document(self, **values):
        return {
            "cur": self.company.currency_id.name,
            "buyer": {"name": self.customer.name, "mail": self.customer.email},
            "items": [{"code": "ZXJ-0123", "n": "2", "price": "160.00"}],
            **values,
        }

    def _paper_order(self, number, **values):
        return Message("order", number, json.dumps(self._document(**values)).encode())

    def _work(self, **values):
        return Work(0, "order", "W", b"", "", None, document=self._document(**values))

    def _mapped(self, **values):
        """Return the work of one document after the step."""
        work = self._work(**values)
        self.env["order.hub.inbound"]._step_map(self.channel, [work])
        return work

    def _add(self, *args, mapping=None, **vals):
        """Add a line to the mapping."""
        (mapping or self.mapping).line_ids = [self._line(*args, **vals)]


class TestMapping(MappingCommon):
    """Field mappings: set up by key users, safe, followed at once."""

    # === WHO MAY === #

    def test_salespeople_and_operators_cannot_change_a_mapping(self):
        for user in (self.sales, self.operator):
            mapping = self.mapping.with_user(user)
            self.assertTrue(mapping.name)
            for work in (
                lambda m=mapping: m.write({"name": "Mine"}),
                lambda m=mapping: m.line_ids[0].write({"source": "x"}),
                lambda m=mapping: m.rows_ids.write({"source": "x"}),
                lambda m=mapping: m.line_ids.unlink(),
                lambda m=mapping: m.copy(),
                lambda m=mapping: m.create({"name": "New"}),
            ):
                with self.assertRaises(AccessError):
                    work()

    def test_what_ships_is_changed_in_a_copy_only(self):
        shipped = self.env["order.hub.mapping"].search([("code", "=", "taobao")])
        mine = shipped.with_user(self.configurator)
        for work in (
            lambda: mine.write({"name": "Mine"}),
            lambda: mine.line_ids[0].write({"source": "x"}),
            lambda: mine.rows_ids.line_ids[0].unlink(),
            lambda: mine.rows_ids[0].write({"source": "x"}),
            lambda: mine.line_ids.create(
                {"mapping_id": mine.id, "source": "x", "target": "note"}
            ),
            mine.unlink,
        ):
            with self.assertRaises(UserError):
                work()
        copy = mine.copy()
        copy.line_ids[0].source = "other"
        self.assertFalse(copy.is_shipped or copy.code)
        self.assertEqual(len(copy.line_ids), len(shipped.line_ids))
        self.assertEqual(len(copy.rows_ids.line_ids), len(shipped.rows_ids.line_ids))
        self.assertNotEqual(shipped.line_ids[0].source, "other")

    def test_a_channel_without_a_mapping_takes_the_one_that_ships(self):
        channel = self.env["order.hub.channel"].create(
            {"name": "Files", "code": "test_files", "adapter": "table"}
        )
        self.assertEqual(channel._mapping().code, "table")
        channel.mapping_id = self.mapping
        self.assertEqual(channel._mapping(), self.mapping)

    def test_a_mapping_of_another_company_is_not_seen(self):
        other = self.env["res.company"].create({"name": "Xishan Parts"})
        mapping = self._mapping("Theirs", company_id=other.id)
        mine = mapping.with_user(self.configurator)
        for records in (mine, mine.line_ids, mine.rows_ids, mine.rows_ids.line_ids):
            with self.assertRaises(AccessError):
                records.sudo(False).with_user(self.configurator).read(
                    ["id", "source"] if "source" in records._fields else ["name"]
                )
        with self.assertRaises(UserError):
            self.channel.mapping_id = mapping

    # === CHECKS WHEN SAVED === #

    def test_a_wrong_line_is_refused_with_the_line_and_an_example(self):
        for vals, words in (
            (("a..b", "note"), "customer.email"),
            (("a", "note", "extract", "pattern = (a+)+"), "take for ever"),
            (("a", "note", "enum", ""), "* = other"),
            (("a", "date", "date", "zone = Mars"), "Asia/Shanghai"),
            (
                (
                    "a",
                    "note",
                    "lookup",
                    "table = res.users\nby = login\ngive = password",
                ),
                "res.currency",
            ),
            (("a", "lines[].sku"), "Lines of the Order"),
            (("", "note"), "fixed value"),
        ):
            with self.assertRaises(ValidationError) as caught:
                self._add(*vals)
            self.assertIn(words, str(caught.exception))

    def test_a_line_belongs_to_the_order_or_to_its_lines(self):
        Line = self.env["order.hub.mapping.line"]
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            Line.create({"source": "a", "target": "note"})
            Line.flush_model()

    def test_columns_instead_of_paths_are_checked_together(self):
        with self.assertRaises(ValidationError):
            self._mapping(
                "Rows", line_ids=[self._line("客户 | Customer", "customer.name")]
            )
        mapping = self._mapping(
            "Rows",
            source_kind="column",
            line_ids=[self._line("客户 | Customer", "customer.name")],
            rows_ids=False,
        )
        with self.assertRaises(ValidationError):
            mapping.source_kind = "path"

    # === THE STEP === #

    def test_a_payload_with_keys_of_its_own_becomes_an_order(self):
        row = self._take(
            self._paper_order(
                "P-1", buyer_message="轻放", pay_time="2026-03-15 16:00:00"
            )
        )
        self.assertEqual(row.state, "done")
        self.assertEqual(row.order_id.hub_special_request, "轻放")
        self.assertEqual(row.values["paid_at"], "2026-03-15T08:00:00")
        self.assertEqual(row.order_id.order_line.product_uom_qty, 2)
        self.assertIn(("map", "mapped"), self._codes(row))

    def test_a_missing_quantity_waits_for_a_person_who_is_told_where_to_look(self):
        row = self._take(self._paper_order("P-2", items=[{"code": "ZXJ-0123"}]))
        self.assertEqual(row.state, "attention")
        problem = row.problem_ids.filtered(lambda p: p.code == "missing")
        self.assertEqual(problem.field, "lines[0].quantity")
        self.assertIn("“n”", problem.message)

    def test_a_person_corrects_what_the_mapping_could_not_read(self):
        row = self._take(
            self._paper_order(
                "P-3", items=[{"code": "ZXJ-0123", "n": "some", "price": "1"}]
            )
        )
        self.assertEqual(row.state, "attention")
        row.with_user(self.operator_sales).correct({"lines[0].quantity": 4})
        self.assertEqual(row.order_id.order_line.product_uom_qty, 4)

    def test_a_changed_line_is_followed_by_the_next_order(self):
        self.assertEqual(self._mapped(other="x").values.get("note"), None)
        self._add("other", "note")
        self.assertEqual(self._mapped(other="x").values["note"], "x")
        line = self.mapping.line_ids[-1]
        line.write({"converter": "text", "arguments": "case = upper"})
        self.assertEqual(self._mapped(other="x").values["note"], "X")
        line.unlink()
        self.assertNotIn("note", self._mapped(other="x").values)

    def test_a_line_that_became_wrong_is_left_out_not_run(self):
        self._add("other", "note")
        line = self.mapping.line_ids[-1]
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE order_hub_mapping_line
                  SET converter = 'lookup',
                      arguments = 'table = res.users' || chr(10) ||
                                  'by = login' || chr(10) || 'give = password'
                WHERE id = %s""",
            [line.id],
        )
        self.env.invalidate_all()
        self.mapping._touch()
        self.assertNotIn("note", self._mapped(other="admin").values)

    def test_fifty_orders_cost_no_more_queries_than_one(self):
        self.env["order.hub.mapping.table"].create(
            {
                "name": "Units",
                "code": "units",
                "row_ids": [Command.create({"key": "箱", "value": "Box"})],
            }
        )
        self.mapping.rows_ids.line_ids = [
            self._line("u", "lines[].unit", "lookup", "table = units\ndefault = Units")
        ]
        items = [{"code": "A", "n": 1, "u": "箱"}, {"code": "B", "n": 1, "u": "?"}]
        step = self.env["order.hub.inbound"]._step_map
        one = self._queries(lambda: step(self.channel, [self._work(items=items)]))
        works = [self._work(items=items) for _number in range(50)]
        many = self._queries(lambda: step(self.channel, works))
        self.assertLessEqual(many, one)
        self.assertLessEqual(many, 12)
        self.assertEqual([line["unit"] for line in works[49].lines], ["Box", "Units"])

    # === LOOK-UPS === #

    def test_a_channels_own_table_goes_before_the_general_one(self):
        Table = self.env["order.hub.mapping.table"]
        for name, value, channel in (
            ("All", "Unit", False),
            ("Own", "Box", self.channel.id),
        ):
            Table.create(
                {
                    "name": name,
                    "code": "units",
                    "channel_id": channel,
                    "row_ids": [Command.create({"key": "箱", "value": value})],
                }
            )
        self._add("u", "ship_method", "lookup", "table = units")
        self.assertEqual(self._mapped(u="箱").values["ship_method"], "Box")
        other = self._paper_channel("second", mapping_id=self.mapping.id)
        work = self._work(u="箱")
        self.env["order.hub.inbound"]._step_map(other, [work])
        self.assertEqual(work.values["ship_method"], "Unit")

    def test_what_is_not_found_or_there_twice_is_a_problem(self):
        arguments = "table = res.partner\nby = ref\ngive = vat"
        self._add("ref", "customer.vat", "lookup", arguments)
        self.customer.write({"ref": "C1", "vat": "BE0477472701"})
        work = self._mapped(ref="C1")
        self.assertEqual(work.values["customer"]["vat"], "BE0477472701")
        self.customer.copy({"ref": "C1"})
        for ref in ("C1", "C2"):
            codes = [problem.code for problem in self._mapped(ref=ref).problems]
            self.assertIn("not_found", codes)

    def test_a_look_up_sees_only_records_of_the_company(self):
        other = self.env["res.company"].create({"name": "Xishan Parts"})
        self.customer.write(
            {"ref": "C1", "vat": "BE0477472701", "company_id": other.id}
        )
        arguments = "table = res.partner\nby = ref\ngive = vat"
        self._add("ref", "customer.vat", "lookup", arguments)
        self.assertIn("not_found", [p.code for p in self._mapped(ref="C1").problems])


class TestMappingHistory(MappingCommon):
    """What a phone order does not say is as it was the last time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mapping.write(
            {
                "is_filled_address": True,
                "is_filled_pricelist": True,
                "is_filled_salesperson": True,
            }
        )
        cls.branch = cls.env["res.partner"].create(
            {
                "name": "Branch Binhu",
                "parent_id": cls.customer.id,
                "type": "delivery",
                "street": "5 Lake Road",
                "city": "Wuxi",
                "phone": "0510-1",
            }
        )
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "Regulars", "currency_id": cls.company.currency_id.id}
        )
        cls.last = cls._last(cls.branch, cls.sales)

    @classmethod
    def _last(cls, shipping, user, **vals):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "partner_shipping_id": shipping.id,
                "pricelist_id": cls.pricelist.id,
                "user_id": user.id,
                "date_order": fields.Datetime.now() - timedelta(days=60),
                **vals,
            }
        )

    def _phone(self, number, **values):
        values.setdefault("items", [{"code": "ZXJ-0123", "n": 1}])
        return self._take(self._paper_order(number, **values))

    def test_address_prices_and_salesperson_are_those_of_the_last_order(self):
        row = self._phone("H-1")
        order = row.order_id
        self.assertEqual(order.partner_shipping_id, self.branch)
        self.assertEqual(order.pricelist_id, self.pricelist)
        self.assertEqual(order.user_id, self.sales)
        said = [f["message"] for step in row.trace_words() for f in step["findings"]]
        self.assertTrue([text for text in said if self.last.name in text])

    def test_what_the_order_says_is_not_replaced(self):
        self._add("to", "ship_to.street")
        row = self._phone(
            "H-2",
            to="9 Dock Street",
            items=[{"code": "ZXJ-0123", "n": 1, "price": "150"}],
        )
        codes = self._codes(row)
        self.assertNotIn(("customer", "last_address"), codes)
        self.assertNotIn(("customer", "last_pricelist"), codes)

    def test_the_customers_own_salesperson_stays(self):
        self.customer.user_id = self.supervisor
        row = self._phone("H-3")
        self.assertNotIn(("customer", "last_salesperson"), self._codes(row))

    def test_a_cancelled_order_and_those_of_other_companies_do_not_count(self):
        self.last.action_cancel()
        row = self._phone("H-4")
        self.assertNotIn(("customer", "last_address"), self._codes(row))

    def test_it_is_switched_off_one_by_one(self):
        self.mapping.is_filled_address = False
        codes = self._codes(self._phone("H-5"))
        self.assertNotIn(("customer", "last_address"), codes)
        self.assertIn(("customer", "last_salesperson"), codes)

    def test_history_of_fifty_orders_is_one_query(self):
        inbound = self.env["order.hub.inbound"]

        def fill(count):
            works = [self._work(items=[{"n": 1}]) for _number in range(count)]
            for work in works:
                work.found["partner_id"] = self.customer.id
            inbound._fill_from_history(self.channel, self.mapping, works)
            return works

        one = self._queries(lambda: fill(1))
        many = self._queries(lambda: fill(50))
        self.assertLessEqual(many, one)
        self.assertEqual(fill(50)[49].found["shipping_id"], self.branch.id)


class TestMappingTrial(MappingCommon):
    """A mapping is tried before it is used."""

    def _trial(self, **vals):
        return (
            self.env["order.hub.mapping.trial"]
            .with_user(self.configurator)
            .create({"mapping_id": self.mapping.id, **vals})
        )

    def test_a_received_payload_is_shown_beside_what_it_becomes(self):
        row = self._take(self._paper_order("T-1", colour="red", pay_time="soon"))
        before = row.read()
        trial = self._trial(inbound_id=row.id)
        for word in ("buyer.name", "Taihu Auto Repair", "ZXJ-0123", "colour", "soon"):
            self.assertIn(word, trial.result)
        self.assertEqual((trial.problem_count, trial.unused_count), (1, 1))
        self.assertEqual(row.read(), before)

    def test_a_pasted_payload_is_tried_and_nothing_it_holds_is_run(self):
        nasty = "<script>alert(1)</script>"
        trial = self._trial(payload=json.dumps(self._document(buyer_message=nasty)))
        self.assertIn("&lt;script&gt;", trial.result)
        self.assertNotIn("<script>", trial.result)

    def test_a_pasted_list_is_tried_with_the_mapping_for_lists(self):
        table = self.env["order.hub.mapping"].search([("code", "=", "table")])
        trial = self._trial(
            mapping_id=table.id, payload="订单号,客户,型号,数量,颜色\n1,太湖,A,2,红\n"
        )
        self.assertIn("太湖", trial.result)
        self.assertEqual((trial.problem_count, trial.value_count), (0, 3))
        self.assertIn("rows[0].颜色", trial.result)

    def test_what_cannot_be_read_is_said(self):
        for payload in ("{", "[1]", "x" * (2 * 1024 * 1024 + 1)):
            self.assertIn("alert-danger", self._trial(payload=payload).result)
        self.assertFalse(self._trial().result)

    def test_a_trial_is_for_configurators(self):
        for user in (self.sales, self.operator):
            for model in ("order.hub.mapping.trial", "order.hub.mapping.compare"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).create(
                        {"mapping_id": self.mapping.id, "channel_id": self.channel.id}
                        if model.endswith("compare")
                        else {"mapping_id": self.mapping.id}
                    )

    def test_a_draft_is_compared_over_what_was_received(self):
        self._take(*(self._paper_order(f"D-{n}", colour="red") for n in range(3)))
        draft = self.mapping.copy()
        self._add("colour", "note", mapping=draft)
        compare = self.env["order.hub.mapping.compare"].create(
            {"mapping_id": draft.id, "channel_id": self.channel.id}
        )
        self.assertEqual(compare.current_id, self.mapping)
        self.assertEqual(
            (compare.tried_count, compare.different_count, compare.worse_count),
            (3, 3, 0),
        )
        self.assertIn("D-2", compare.result)
        draft.line_ids[-1].write({"converter": "date", "target": "promised_date"})
        compare.invalidate_recordset()
        self.assertEqual(compare.worse_count, 3)
        draft.line_ids[-1].unlink()
        compare.invalidate_recordset()
        self.assertEqual(compare.different_count, 0)
        compare.with_user(self.configurator).action_use()
        self.assertEqual(self.channel.mapping_id, draft)


class TestFileUpload(ConnectorsCommon):
    """Files are looked at before they are received."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = cls.env["order.hub.channel"].create(
            {"name": "Files", "code": "test_files", "adapter": "table"}
        )
        cls.files.action_switch_on()

    def _upload(self, text, name="orders.csv", user=None):
        return (
            self.env["order.hub.file.upload"]
            .with_user(user or self.operator)
            .create(
                {
                    "channel_id": self.files.id,
                    "file": base64.b64encode(text.encode()),
                    "filename": name,
                }
            )
        )

    def test_a_file_is_shown_then_received_order_by_order(self):
        text = (
            "订单号,客户,型号,数量\nF-1,太湖汽修,ZXJ-0123,2\nF-1,,BZ-0456,1\n"
            "F-2,锡山,SCP-0789,many\n合计,,,3\n"
        )
        upload = self._upload(text)
        self.assertEqual((upload.order_count, upload.problem_count), (2, 1))
        for word in ("F-1", "订单号", "many", "Rows left out"):
            self.assertIn(word, upload.preview)
        Inbound = self.env["order.hub.inbound"]
        self.assertFalse(Inbound.search([("channel_id", "=", self.files.id)]))
        action = upload.action_receive()
        rows = Inbound.search(action["domain"])
        self.assertEqual(set(rows.mapped("external_ref")), {"F-1", "F-2"})
        rows.sudo()._process(self.files)
        first = rows.filtered(lambda row: row.external_ref == "F-1")
        self.assertEqual(len(first.values["lines"]), 2)
        again = self._upload(text).action_receive()
        self.assertIn("0 new", again["name"])

    def test_a_file_that_cannot_be_read_is_said_and_not_received(self):
        upload = self._upload("PK\x03\x04 broken", "orders.xlsx")
        self.assertIn("alert-danger", upload.preview)
        with self.assertRaises(UserError):
            upload.action_receive()

    def test_salespeople_do_not_receive_files(self):
        with self.assertRaises(AccessError):
            self._upload("订单号,型号\n1,A", user=self.sales)

    def test_a_channel_of_a_platform_takes_no_files(self):
        upload = self._upload("订单号,型号\n1,A\n")
        upload.sudo().channel_id = self.channel
        with self.assertRaises(UserError):
            upload.action_receive()
