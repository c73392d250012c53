import math

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from .ecn_common import EcnCommon
from .test_change_requests import ChangeCommon

#: What no caller may hand to a revision that the hub makes.
FORGED = {
    "default_hub_revision_state": "released",
    "default_hub_content_hash": "0" * 64,
    "default_hub_released_at": "2020-01-01 00:00:00",
    "default_hub_effective_until": "2020-01-01",
}


@tagged("post_install", "-at_install")
class TestFrozenFromTheWrongSide(EcnCommon):
    """Ways around revisions, freezing and engineering changes."""

    # === REVISIONS === #

    def test_defaults_of_a_caller_release_no_revision(self):
        forged = self.board_bom.with_user(self.engineer).with_context(**FORGED)
        forged.action_hub_new_revision()
        [draft] = self.board_bom.hub_successor_ids
        self.assertEqual(draft.hub_revision_state, "draft")
        self.assertFalse(draft.hub_content_hash or draft.hub_released_at)
        self.assertFalse(draft.hub_effective_until)

    def test_defaults_of_a_caller_release_no_draft_of_a_change(self):
        ecns = self.env["order.hub.ecn"].with_user(self.engineer)
        ecn = ecns.with_context(**FORGED).create(
            {
                "title": "Forged",
                "bom_ids": [Command.create({"bom_id": self.board_bom.id})],
            }
        )
        self.assertEqual(ecn.bom_ids.draft_bom_id.hub_revision_state, "draft")

    def test_a_bill_is_not_put_into_the_chain_of_another_one(self):
        boms = self.env["mrp.bom"].with_user(self.engineer)
        forged = boms.with_context(
            default_hub_origin_id=self.board_bom.id,
            default_hub_content_hash="0" * 64,
        )
        with self.assertRaises(UserError):
            forged.create({"product_tmpl_id": self.module.product_tmpl_id.id})

    # === ENGINEERING CHANGES === #

    def test_a_bom_is_not_carried_to_the_change_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.engineer.company_ids |= other
        self.board_bom.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE mrp_bom SET company_id = %s WHERE id = %s",
            [self.env.company.id, self.board_bom.id],
        )
        self.env.invalidate_all()
        ecn = self._change({self.capacitor: 1})
        ecns = self.env["order.hub.ecn"].with_user(self.engineer)
        away = ecns.with_context(
            allowed_company_ids=(self.env.company | other).ids
        ).create({"title": "Elsewhere", "company_id": other.id})
        with self.assertRaises(UserError):
            ecn.bom_ids.with_env(away.env).write({"ecn_id": away.id})
            self.env.flush_all()

    def test_leaving_orders_undecided_spares_no_approval(self):
        self.capacitor.standard_price = 100
        order = self._frozen()
        self.making.cost_from = 50
        ecn = self._reviewed({self.capacitor: 1})
        self.assertIn(self.making, ecn._roles_asked())
        self._row(ecn, order).with_user(self.engineer).write({"choice": "decide"})
        ecn.with_user(self.engineer).action_refresh()
        self.assertIn(self.making, ecn._roles_asked())

    def test_switching_kept_orders_afterwards_is_not_possible(self):
        order = self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        self._row(ecn, order).with_user(self.engineer).write({"choice": "keep"})
        ecn.with_user(self.engineer).action_refresh()
        self._approve(ecn)
        with self.assertRaises(UserError):
            self._row(ecn, order).with_user(self.engineer).write({"choice": "switch"})

    def test_kept_orders_are_not_switched_while_others_are_applied(self):
        order = self._frozen()
        ecn = self._reviewed({self.capacitor: 1})
        row = self._row(ecn, order)
        row.with_user(self.engineer).write({"choice": "keep"})
        ecn._inside().state = "applying"
        with self.assertRaises(UserError):
            row.with_user(self.engineer).write({"choice": "switch"})

    def test_nonsense_as_a_choice_is_answered_with_a_sentence(self):
        order = self._frozen()
        row = self._row(self._reviewed({self.capacitor: 1}), order)
        model = self.env["order.hub.ecn.order"].with_user(self.engineer)
        for choice in (False, None, "", "burn"):
            with self.subTest(choice=choice):
                with self.assertRaises(UserError):
                    call_kw(model, "write", [row.ids, {"choice": choice}], {})
                    self.env.flush_all()

    def test_figures_of_a_role_are_numbers(self):
        for vals in (
            {"hours": math.nan},
            {"hours": math.inf},
            {"hours": 1e300},
        ):
            with self.subTest(vals=vals):
                with self.assertRaises(UserError):
                    self.design.write(vals)

    def test_what_people_write_does_nothing_in_reports(self):
        wicked = "=cmd|' /C calc'!A0 <script>alert(1)</script> \x0b\x07"
        self.capacitor.name = wicked
        self.partner.name = wicked
        order = self._frozen()
        ecn = self._reviewed(
            {self.capacitor: 1},
            title=wicked + "x" * 40_000,
            description="<script>alert(1)</script><img src=x onerror=alert(1)>",
        )
        self.assertNotIn("script", ecn.description)
        self.assertNotIn("onerror", ecn.description)
        self.assertTrue(self._row(ecn, order))
        self.assertTrue(self.env["order.hub.ecn.workbook"]._workbook(ecn))
        html = self.env["ir.actions.report"]._render_qweb_html(
            "order_hub.order_hub_ecn_impact_action", ecn.ids
        )[0]
        self.assertNotIn(b"<script>alert", html)

    def test_the_report_of_a_change_is_for_those_who_may_read_it(self):
        ecn = self._reviewed({self.capacitor: 1})
        portal = self._user("hub_portal_report", "base.group_portal")
        stranger = self._user("hub_plain_report", "base.group_user")
        for user in (portal, stranger):
            with self.assertRaises(AccessError):
                self.env["ir.actions.report"].with_user(user)._render_qweb_html(
                    "order_hub.order_hub_ecn_impact_action", ecn.ids
                )

    # === ORDERS === #

    def test_taking_a_line_to_nothing_and_back_brings_no_newer_revision(self):
        order = self._frozen()
        self._revise(self.board_bom, {self.resistor: 7})
        line = order.order_line.with_user(self.supervisor).sudo()
        for quantity in (0, 5):
            order.write(
                {"order_line": [Command.update(line.id, {"product_uom_qty": quantity})]}
            )
        self.assertEqual(self._in_force(order).bom_id, self.board_bom)

    def test_a_row_of_a_draft_meets_whoever_releases_it_at_the_same_time(self):
        draft = self.board_bom._hub_new_revision()
        line, step = draft.bom_line_ids[0], draft.operation_ids[0]
        for change in (
            lambda: line.write({"product_qty": 9}),
            lambda: line.copy({"bom_id": draft.id}),
            lambda: line.unlink(),
            lambda: step.write({"time_cycle_manual": 9}),
        ):
            before = self._place(draft)
            change()
            self.env.flush_all()
            self.assertNotEqual(self._place(draft), before)

    def _place(self, bom):
        self.env.cr.execute("SELECT ctid FROM mrp_bom WHERE id = %s", [bom.id])
        return self.env.cr.fetchone()

    # === MANUFACTURING === #

    def test_a_copy_of_a_frozen_manufacturing_order_keeps_its_recipe(self):
        order = self._frozen()
        production = self._mos(order).with_user(self.engineer)
        draft = self.board_bom._hub_new_revision()
        for attempt in (
            lambda: production.copy({"bom_id": draft.id}),
            lambda: production.with_context(default_bom_id=draft.id).copy(),
        ):
            try:
                with self.env.cr.savepoint():
                    copied = attempt()
            except UserError:
                continue
            if order in copied._hub_frozen_orders():
                self.assertEqual(copied.bom_id, self.board_bom)


@tagged("post_install", "-at_install")
class TestChangesFromTheWrongSide(ChangeCommon):
    """Ways around what a customer change checks."""

    def draft(self, order, kind, user=None, **vals):
        requests = self.env["order.hub.change.request"].with_user(user or self.sales)
        return requests.create({"order_id": order.id, "kind": kind, **vals})

    def test_lines_do_not_come_along_to_another_order(self):
        shipped, open_order = self.confirmed(), self.confirmed()
        line = self.line(shipped)
        asked = self.draft(
            shipped,
            "quantity",
            line_ids=[Command.create({"line_id": line.id, "quantity_new": 3})],
        )
        with self.assertRaises(UserError):
            asked.order_id = open_order
            self.env.flush_all()
            asked.action_ask()

    def test_who_asks_vouches_and_not_whose_draft_it_was(self):
        order = self.confirmed()
        asked = self.draft(order, "address")
        mine = asked.with_user(self.operator)
        mine.shipping_id = self.new_home
        mine.action_ask()
        self.assertNotEqual(asked.state, "done")
        self.assertEqual(order.partner_shipping_id, self.partner)

    def test_what_is_no_number_is_refused_wherever_it_comes_from(self):
        order = self.confirmed()
        line = self.line(order)
        for value in (math.nan, math.inf, 1e300, "nan", "many", [3]):
            for way in ("quantity_new", "default_quantity_new"):
                with self.subTest(value=value, way=way):
                    self.assertNotEqual(self.outcome(line, way, value), "taken")
                    self.assertEqual(line.product_uom_qty, 10)

    def outcome(self, line, way, value):
        """Return what comes of asking for a quantity given in one of two ways."""
        vals = {"line_id": line.id}
        context = {way: value} if way.startswith("default_") else {}
        vals |= {} if context else {way: value}
        try:
            with self.env.cr.savepoint():
                asked = self.draft(line.order_id, "quantity")
                asked.with_context(**context).line_ids = [Command.create(vals)]
                asked.action_ask()
                if asked.state not in ("refused", "withdrawn"):
                    return "taken"
                raise UserError(asked.state)
        except (UserError, ValueError, TypeError, OverflowError) as error:
            return repr(error)

    def test_days_beyond_the_calendar_are_answered(self):
        order = self.confirmed()
        api = self.env["order.hub.api"].with_user(self.sales)
        for date in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2500-01-01"):
            with self.subTest(date=date):
                answer = api.request_change("date", hub_ref=order.hub_ref, date=date)
                self.assertFalse(answer["ok"], answer)

    def test_a_customers_day_beyond_the_calendar_is_told(self):
        order = self.confirmed()
        for day in ("0001-01-01", "9999-12-31", "1970-01-01", "tomorrow", ""):
            with self.subTest(day=day), self.assertRaises(UserError):
                order._hub_asked("date", {"date": day})

    def test_a_quotation_is_not_changed_through_a_request(self):
        order = self._order()
        asked = self.draft(
            order,
            "quantity",
            line_ids=[
                Command.create({"line_id": self.line(order).id, "quantity_new": 3})
            ],
        )
        try:
            with self.env.cr.savepoint():
                asked.action_ask()
        except UserError:
            return
        self.assertEqual(asked.state, "refused")

    def test_customers_words_do_nothing_on_screens(self):
        order = self.confirmed()
        wicked = "<script>alert(1)</script>" + "x" * 20_000
        asked = self.draft(
            order,
            "specification",
            note=wicked,
            line_ids=[
                Command.create(
                    {"line_id": self.line(order).id, "specification": wicked}
                )
            ],
        )
        asked.action_ask()
        for record in (asked, order):
            for message in record.message_ids:
                self.assertNotIn("<script>", str(message.body))
