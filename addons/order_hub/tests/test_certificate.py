from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_shipment_notice import ShipmentCommon


@tagged("post_install", "-at_install")
class TestCertificate(ShipmentCommon):
    """Certificates: checked by the buyer, remembered before they run out."""

    def _certificate(self, kind="iso9001", until=30, **vals):
        today = fields.Date.context_today(self.mill)
        return self.env["order.hub.certificate"].create(
            {
                "partner_id": self.mill.id,
                "kind_id": self.env.ref(f"order_hub.certificate_kind_{kind}").id,
                "number": "C-1",
                "valid_until": until is not None and today + timedelta(days=until),
                "attachment_ids": [
                    Command.create({"name": "c.pdf", "raw": b"%PDF-1.4"})
                ],
                **vals,
            }
        )

    def test_the_buyer_approves_and_it_holds(self):
        certificate = self._certificate().with_user(self.buyer)
        certificate.action_approve()
        self.assertEqual(certificate.checked_by_id, self.buyer)
        Certificate = self.env["order.hub.certificate"]
        today = fields.Date.context_today(certificate)
        held = Certificate._holding(self.mill, self.company, today)
        self.assertEqual(held, certificate)
        late = today + timedelta(days=31)
        self.assertFalse(Certificate._holding(self.mill, self.company, late))

    def test_rejecting_needs_a_reason(self):
        certificate = self._certificate().with_user(self.buyer)
        with self.assertRaises(UserError):
            certificate.action_reject()
        certificate.action_reject("Not readable")
        self.assertEqual(certificate.state, "rejected")

    def test_without_a_paper_nothing_is_approved(self):
        with self.assertRaises(UserError):
            self._certificate(attachment_ids=False).action_approve()

    def test_attaching_a_file_opens_it_to_nobody(self):
        secret = self.env["ir.attachment"].create(
            {"name": "wages.pdf", "raw": b"%PDF-1.4"}
        )
        foreign = [Command.link(secret.id)]
        certificate = self._certificate().with_user(self.buyer)
        with self.assertRaises(AccessError):
            certificate.write({"attachment_ids": foreign})
        self.assertFalse(secret.res_id)
        self.assertNotIn(secret, certificate._papers())

    def test_what_was_checked_stays_as_it_is(self):
        certificate = self._certificate().with_user(self.buyer)
        with self.assertRaises(AccessError):
            certificate.state = "approved"
        certificate.action_approve()
        with self.assertRaises(UserError):
            certificate.valid_until = date(2099, 1, 1)
        with self.assertRaises(UserError):
            certificate.unlink()
        certificate.action_reset()
        certificate.valid_until = date(2099, 1, 1)

    def test_it_cannot_end_before_it_begins(self):
        with self.assertRaises(UserError):
            self._certificate(valid_from=date(2099, 1, 1))

    def _todos(self, certificate):
        return certificate.activity_ids

    def test_the_buyer_is_reminded_once(self):
        certificate = self._certificate(until=30)
        certificate.action_approve()
        self.env["order.hub.certificate"]._cron_remind()
        self.env["order.hub.certificate"]._cron_remind()
        self.assertEqual(self._todos(certificate).user_id, self.buyer)
        self.assertEqual(len(self._todos(certificate)), 1)

    def test_a_later_certificate_makes_the_reminder_needless(self):
        old, new = self._certificate(until=30), self._certificate(until=300)
        (old | new).action_approve()
        self.env["order.hub.certificate"]._cron_remind()
        self.assertFalse(self._todos(old | new))

    def test_those_that_are_not_near_their_end_are_left_alone(self):
        far, endless = self._certificate(until=200), self._certificate(until=None)
        unwatched = self._certificate("material", until=3)
        (far | endless | unwatched).action_approve()
        self.env["order.hub.certificate"]._cron_remind()
        self.assertFalse(self._todos(far | endless | unwatched))

    def test_run_out_ones_are_found(self):
        past, future = self._certificate(until=-1), self._certificate(until=1)
        Certificate = self.env["order.hub.certificate"]
        mine = [("id", "in", (past | future).ids)]
        self.assertEqual(Certificate.search([*mine, ("is_expired", "=", True)]), past)
        self.assertEqual(
            Certificate.search([*mine, ("is_expired", "=", False)]), future
        )

    def test_a_portal_user_reaches_nothing(self):
        certificate = self._certificate()
        portal = self._user("mill_portal", "base.group_portal")
        portal.partner_id.parent_id = self.mill
        for method in ("read", "action_approve", "action_reset"):
            with self.assertRaises(AccessError):
                getattr(certificate.with_user(portal), method)()

    def test_sales_read_but_do_not_check(self):
        sales = self.sales
        certificate = self._certificate().with_user(sales)
        self.assertTrue(certificate.number)
        with self.assertRaises(AccessError):
            certificate.action_approve()
