from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..engine.version import Content, apply, diff
from .common import OrderHubCommon


class VersionsCommon(OrderHubCommon):
    """Ends transactions where a user's would end."""

    def _commit(self):
        """Do what is due before a commit, then forget what a commit forgets."""
        self.cr.flush()
        self.cr.postcommit.clear()
        self.env.invalidate_all()

    def _confirmed(self, **vals):
        order = self._order(**vals)
        order.action_confirm()
        self._commit()
        return order

    def _text(self, markup):
        return " ".join(html.fromstring(str(markup)).text_content().split())


@tagged("post_install", "-at_install")
class TestVersions(VersionsCommon):
    # === WHEN ONE IS TAKEN === #

    def test_confirming_makes_the_first_version(self):
        order = self._order()
        self._commit()
        self.assertFalse(order.hub_version_ids)
        order.with_user(self.sales).action_confirm()
        self._commit()
        version = order.hub_version_ids
        self.assertEqual((version.number, version.amount_total), (1, 1600.0))
        self.assertEqual((version.user_id, version.source), (self.sales, "user"))
        self.assertEqual(version.company_id, order.company_id)
        self.assertTrue(version.is_current)
        self.assertFalse(version.confirmed_by_customer)
        self.assertEqual(version.summary, "As accepted")

    def test_a_change_makes_the_next_one_with_who_and_why(self):
        order = self._confirmed()
        order.with_user(self.supervisor).write(
            {
                "order_line": [
                    Command.update(order.order_line.id, {"product_uom_qty": 12})
                ],
                "commitment_date": "2031-03-05 08:00:00",
                "hub_change_reason": "Customer called",
                "hub_change_voucher": "Mail of 3 March",
            }
        )
        self._commit()
        new, old = order.hub_version_ids
        self.assertEqual((old.number, new.number), (1, 2))
        self.assertEqual(new.user_id, self.supervisor)
        self.assertEqual(
            (new.reason, new.voucher), ("Customer called", "Mail of 3 March")
        )
        self.assertIn("10 → 12", new.summary)
        self.assertIn("Agreed delivery date", new.summary)
        self.assertEqual((old.is_current, new.is_current), (False, True))

    def test_several_writes_of_one_transaction_are_one_version(self):
        order = self._confirmed()
        for quantity in (11, 12, 13):
            order.order_line.product_uom_qty = quantity
        order.client_order_ref = "PO-7"
        self._commit()
        self.assertEqual(order.hub_version_ids.mapped("number"), [2, 1])

    def test_savepoints_do_not_multiply_versions(self):
        order = self._confirmed()
        order.order_line.product_uom_qty = 11
        with self.cr.savepoint():
            order.order_line.product_uom_qty = 12
        with self.cr.savepoint():
            order.client_order_ref = "PO-8"
        self._commit()
        new, old = order.hub_version_ids
        self.assertEqual((old.number, new.number), (1, 2))
        [line] = new._content().lines.values()
        self.assertEqual(line["quantity"], 12)
        self.assertEqual(new._content().header["customer_ref"], "PO-8")
        self.assertEqual(new._content().content_hash(), new.content_hash)

    def test_what_is_rolled_back_leaves_no_version(self):
        order = self._confirmed()
        with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
            order.order_line.product_uom_qty = 11
            self.cr.flush()
            raise ZeroDivisionError
        order.order_line.product_uom_qty = 12
        self._commit()
        new, old = order.hub_version_ids
        self.assertEqual((old.number, new.number), (1, 2))
        self.assertIn("10 → 12", new.summary)

    def test_a_write_that_changes_nothing_makes_no_version(self):
        order = self._confirmed()
        order.write({"client_order_ref": False, "partner_id": order.partner_id.id})
        order.order_line.product_uom_qty = 10.0
        self._commit()
        self.assertEqual(len(order.hub_version_ids), 1)

    def test_what_is_the_companys_own_course_makes_no_version(self):
        order = self._confirmed()
        self._deliver(order)
        order.user_id = self.supervisor
        order._create_invoices()
        self._commit()
        self.assertEqual(len(order.hub_version_ids), 1)

    def test_lines_added_removed_and_moved_make_versions(self):
        order, other = self._confirmed(), self._confirmed()
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 3})
        ]
        self._commit()
        self.assertIn("added", order.hub_version_ids[0].summary)
        note = self.env["sale.order.line"].create(
            {"order_id": other.id, "display_type": "line_note", "name": "Fragile"}
        )
        self._commit()
        self.assertEqual(len(other.hub_version_ids), 2)
        note.unlink()
        self._commit()
        self.assertIn("removed", other.hub_version_ids[0].summary)

    def test_orders_under_way_before_versions_were_kept_get_their_first(self):
        old, gone = self._order(), self._order()
        (old | gone).action_confirm()
        self._deliver(gone)
        self.env.flush_all()
        self.cr.precommit.data.pop("order_hub.versions")
        for _update in range(2):
            self.env["order.hub.order.version"]._take_first_versions()
            self.cr.postcommit.clear()
        self.assertEqual(old.hub_version_ids.number, 1)
        self.assertFalse(gone.hub_version_ids)
        old.order_line.product_uom_qty = 12
        self._commit()
        self.assertIn("10 → 12", old.hub_version_ids[0].summary)

    def test_an_edited_address_is_in_the_next_version_only(self):
        self.partner.write({"street": "1 Lake Road", "city": "Wuxi"})
        order = self._confirmed()
        self.partner.street = "2 Hill Road"
        order.client_order_ref = "PO-9"
        self._commit()
        new, old = order.hub_version_ids
        self.assertEqual(old._content().header["shipping"]["street"], "1 Lake Road")
        self.assertEqual(new._content().header["shipping"]["street"], "2 Hill Road")

    # === CONFIRMED BY THE CUSTOMER === #

    def test_a_signed_version_is_marked_and_the_next_is_not(self):
        order = self._order()
        order.state = "sent"
        order.write({"signed_by": "Li Wei", "signed_on": "2026-11-20 09:00:00"})
        order.action_confirm()
        self._commit()
        signed = order.hub_version_ids
        self.assertEqual(signed.confirmed_by_customer, "signature")
        self.assertEqual(signed.confirmed_by, "Li Wei")
        self.assertEqual(str(signed.confirmed_at), "2026-11-20 09:00:00")
        order.order_line.product_uom_qty = 11
        self._commit()
        self.assertFalse(order.hub_version_ids[0].confirmed_by_customer)
        self.assertTrue(signed.confirmed_by_customer)

    def test_a_quotation_changed_after_it_was_signed_is_another_version(self):
        order = self._order()
        order.state = "sent"
        order.write({"signed_by": "Li Wei", "signed_on": "2026-11-20 09:00:00"})
        self._commit()
        order.order_line.product_uom_qty = 11
        order.action_confirm()
        self._commit()
        marks = order.hub_version_ids.mapped("confirmed_by_customer")
        self.assertEqual(marks, [False, "signature"])

    def test_a_confirmation_without_a_change_marks_the_last_version_once(self):
        order = self._confirmed()
        for name in ("Li Wei", "Somebody Else"):
            order._hub_mark_version(
                confirmed={"how": "portal", "by": name, "at": "2026-11-20 09:00:00"}
            )
            self._commit()
        version = order.hub_version_ids
        self.assertEqual(
            (version.confirmed_by_customer, version.confirmed_by), ("portal", "Li Wei")
        )

    # === READ AND COMPARED === #

    def test_versions_say_the_same_as_their_fingerprint(self):
        order = self._confirmed()
        order.order_line.price_unit = 150.5
        self._commit()
        for version in order.hub_version_ids:
            self.assertEqual(version._content().content_hash(), version.content_hash)
            self.assertEqual(
                Content.from_json(version.content).to_json(), version.content
            )
        new, old = order.hub_version_ids
        difference = diff(old._content(), new._content())
        self.assertEqual(apply(difference, old._content()), new._content())

    def test_a_version_reads_as_what_was_agreed(self):
        order = self._confirmed(client_order_ref="PO-1")
        text = self._text(order.hub_version_ids.content_html)
        for word in ("Taihu Auto Repair", "PO-1", "10 Units", "160.00", "1,600.00"):
            self.assertIn(word, text)
        self.assertFalse(order.hub_version_ids.difference_html)

    def test_any_two_versions_are_compared_in_words(self):
        order = self._confirmed()
        order.order_line.product_uom_qty = 12
        self._commit()
        order.order_line.product_uom_qty = 10
        self._commit()
        third, second, first = order.hub_version_ids
        text = self._text(second.difference_html)
        for word in ("Quantity", "Steering knuckle", "10", "12", "1,920.00"):
            self.assertIn(word, text)
        action = third.with_user(self.sales).action_compare()
        compare = (
            self.env[action["res_model"]]
            .with_user(self.sales)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual((compare.old_id, compare.new_id), (second, third))
        compare.old_id = first
        self.assertIn("say the same", self._text(compare.difference_html))

    def test_versions_of_two_orders_are_not_compared(self):
        first, second = self._confirmed(), self._confirmed()
        compare = self.env["order.hub.version.compare"].create(
            {
                "order_id": first.id,
                "old_id": first.hub_version_ids.id,
                "new_id": second.hub_version_ids.id,
            }
        )
        self.assertFalse(compare.difference_html)

    def test_texts_of_an_order_are_shown_as_text(self):
        order = self._confirmed(client_order_ref="<script>alert(1)</script>")
        self.assertNotIn("<script", str(order.hub_version_ids.content_html))

    def test_deleted_records_do_not_break_an_old_version(self):
        term = self.env["account.payment.term"].create({"name": "After the harvest"})
        order = self._confirmed(payment_term_id=term.id)
        order.payment_term_id = False
        self._commit()
        term.unlink()
        old = order.hub_version_ids[1]
        self.assertIn("deleted", self._text(old.content_html))

    # === PROMISES === #

    def test_the_first_promise_is_what_was_expected_on_confirming(self):
        order = self._confirmed()
        expected = order.hub_promised_date
        self.assertTrue(expected)
        order.with_user(self.supervisor).write(
            {
                "commitment_date": "2031-03-05 08:00:00",
                "hub_change_reason": "Late steel",
            }
        )
        order.write({"commitment_date": "2031-03-09 08:00:00"})
        self._commit()
        later, first = order.hub_promise_ids
        moments = (later | first)._promise_moments()
        self.assertEqual(moments[first.id][0], expected)
        self.assertEqual(str(moments[first.id][1]), "2031-03-05 08:00:00")
        self.assertEqual(str(moments[later.id][0]), "2031-03-05 08:00:00")
        self.assertEqual((first.reason, first.user_id), ("Late steel", self.supervisor))
        self.assertIn("3/5/31", first.promise_new)

    # === THE WRONG SIDE === #

    def test_versions_are_append_only_for_everybody(self):
        version = self._confirmed().hub_version_ids
        admin = self.env.ref("base.user_admin")
        for keeper in (version.with_user(admin), version.sudo()):
            with self.assertRaises(UserError):
                keeper.write({"amount_total": 1})
            with self.assertRaises(UserError):
                keeper.write({"confirmed_by_customer": "signature"})
            with self.assertRaises(UserError):
                keeper.unlink()
            with self.assertRaises(UserError):
                keeper.create({"order_id": version.order_id.id, "number": 9})

    def test_versions_cannot_be_written_through_the_order(self):
        order = self._confirmed()
        for name in ("hub_version_ids", "hub_promise_ids"):
            with self.assertRaises(UserError):
                order.write({name: [Command.clear()]})

    def test_versions_are_closed_to_customers_and_other_salespeople(self):
        version = self._confirmed().hub_version_ids
        portal = new_test_user(self.env, "hub_v_portal", groups="base.group_portal")
        stranger = self._user("hub_v_other", "order_hub.order_hub_group_user")
        for user in (portal, stranger):
            with self.assertRaises(AccessError):
                version.with_user(user).read(["content"])
        self.assertTrue(version.with_user(self.sales).read(["content"]))
        self.assertTrue(version.with_user(self.operator).read(["content"]))

    def test_versions_are_closed_to_another_company(self):
        version = self._confirmed().hub_version_ids
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user = self._user(
            "hub_v_else",
            "order_hub.order_hub_group_manager",
        )
        user.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            version.with_user(user).read(["content"])

    def test_comparing_needs_the_right_to_read(self):
        order = self._confirmed()
        order.order_line.product_uom_qty = 12
        self._commit()
        new, old = order.hub_version_ids
        stranger = self._user("hub_v_peek", "order_hub.order_hub_group_user")
        compare = self.env["order.hub.version.compare"].with_user(stranger)
        pair = compare.new({"order_id": order.id, "old_id": old.id, "new_id": new.id})
        self.assertFalse(pair.difference_html)
        with self.assertRaises(AccessError):
            new.with_user(stranger).action_compare()

    # === COST === #

    def test_versions_of_a_batch_cost_two_queries(self):
        orders = self._orders(51)
        self._commit()
        self.env.flush_all()
        counts = [self._take_queries(orders[:1]), self._take_queries(orders[1:])]
        self.assertEqual(len(orders.hub_version_ids), 51)
        self.assertLessEqual(max(counts), 2)

    def _take_queries(self, orders):
        orders.action_confirm()
        self.env.flush_all()
        before = self.cr.sql_log_count
        orders._hub_take_versions()
        return self.cr.sql_log_count - before

    def test_marking_orders_costs_no_query(self):
        orders = self._orders(50)
        orders.action_confirm()
        self._commit()
        orders.mapped("state")
        before = self.cr.sql_log_count
        orders._hub_mark_version()
        self.assertLessEqual(self.cr.sql_log_count - before, 1)

    def test_drafts_cost_nothing(self):
        orders = self._orders(10)
        self._commit()
        orders.write({"client_order_ref": "PO"})
        self.assertFalse(self.cr.precommit.data.get("order_hub.versions"))

    def test_the_list_of_versions_costs_a_fixed_number_of_queries(self):
        orders = self._orders(20)
        orders.action_confirm()
        self._commit()
        orders.order_line.write({"product_uom_qty": 2})
        self._commit()
        names = ["number", "made_at", "user_id", "summary", "is_current"]
        versions = self.env["order.hub.order.version"].search(
            [("order_id", "in", orders.ids)]
        )
        versions[:1].read(names)
        one = self._queries(lambda: versions.browse(versions[:1].ids).read(names))
        forty = self._queries(lambda: versions.browse(versions.ids).read(names))
        self.assertLessEqual(forty, one)
