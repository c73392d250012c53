from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from ..adapters.registry import ADAPTERS
from ..engine.mail_lines import account, order_lines, own_text
from .common import ConnectorsCommon

MAIL = """From: Wang Li <buyer@taihu.example.com>
To: orders@hub.example.com
Subject: Order for next week
Message-Id: <{number}@taihu.example.com>
Date: Mon, 16 Mar 2026 08:00:00 +0000
MIME-Version: 1.0
{rest}"""
TEXT = 'Content-Type: text/plain; charset="utf-8"\n\n{text}\n'
WITH_FILE = """Content-Type: multipart/mixed; boundary="x"

--x
Content-Type: text/plain

Please see the list.
--x
Content-Type: {type}; name="{name}"
Content-Disposition: attachment; filename="{name}"

{content}
--x--
"""


@tagged("post_install", "-at_install")
class TestMailLines(BaseCase):
    """Only what stands in plain sight is read."""

    def test_plain_lines_are_read_in_both_orders(self):
        text = "Hello,\nZXJ-0123 * 50pcs\n20 x BZ-0456\n- SCP-0789: 5\n\nRegards"
        self.assertEqual(
            [(row["sku"], row["quantity"]) for row in order_lines(text)],
            [("ZXJ-0123", "50"), ("BZ-0456", "20"), ("SCP-0789", "5")],
        )

    def test_sentences_numbers_and_dates_are_no_lines(self):
        text = "We need 50 knuckles\n2026-03-15\nTel 0510 81234567\nPO 4711\nM8 bolts"
        self.assertEqual(order_lines(text), [])

    def test_quotes_and_signatures_are_not_read(self):
        text = "ZXJ-0123 x 5\n> BZ-0456 x 9\n-- \nSCP-0789 x 1"
        self.assertEqual([row["sku"] for row in order_lines(text)], ["ZXJ-0123"])
        self.assertNotIn("SCP", own_text(text))

    def test_courtesy_and_signatures_are_accounted_for(self):
        text = (
            "Dear Mr Li,\n\nPlease find below our order:\nZXJ-0123 x 12\n\n"
            "Best regards,\nWang Li\nPurchasing Manager\nTaihu Auto Repair Co., Ltd.\n"
            "Tel: +86 510 81234567\n\nThis e-mail is confidential and intended only\n"
            "for the recipient."
        )
        body = account(text)
        self.assertEqual([row["sku"] for row in body.orders], ["ZXJ-0123"])
        self.assertEqual(body.left, [])

    def test_what_is_no_plain_line_is_left_over_wherever_it_stands(self):
        for line in (
            "and 20 brake discs please",
            "plus the usual knuckles",
            "By Friday please",
            "Do you have these?",
            "Please do not send before Monday",
            "再来二十个转向节",
            "Add 20 brake discs",
        ):
            for text in (
                f"ZXJ-0123 x 12\n{line}",
                f"{line}\nZXJ-0123 x 12",
                f"ZXJ-0123 x 12\nThanks\n{line}",
            ):
                self.assertEqual(account(text).left, [line], text)

    def test_lines_behind_a_drawn_line_or_a_quote_are_read(self):
        drawn = "ZXJ-0123 x 5\n----------\nBZ-0456 x 2"
        below = "On Mon, 2 Mar 2026 the hub wrote:\n> What?\nBZ-0456 x 2"
        for text in (drawn, below):
            self.assertEqual(order_lines(text)[-1]["sku"], "BZ-0456")


@tagged("post_install", "-at_install")
class TestEmail(ConnectorsCommon):
    """An e-mail becomes orders, and the start of their talk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.alias.domain"].create({"name": "hub.example.com"})
        cls.mails = cls.env["order.hub.channel"].create(
            {
                "name": "E-mail",
                "code": "mail",
                "adapter": "email",
                "alias_name": "orders",
            }
        )
        cls.mails.action_switch_on()

    def _send(self, number, rest):
        raw = MAIL.format(number=number, rest=rest)
        self.env["mail.thread"].message_process(None, raw)
        return (
            self.env["order.hub.inbound"]
            .sudo()
            .search([("channel_id", "=", self.mails.id)])
        )

    def test_order_lines_in_the_text_become_an_order(self):
        inbound = self._send(1, TEXT.format(text="Please send\nZXJ-0123 x 12"))
        inbound._process(self.mails)
        self.assertEqual(inbound.state, "done", inbound.trace)
        order = inbound.order_id
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_line.product_id, self.products[0])
        self.assertEqual(order.order_line.product_uom_qty, 12)
        self.assertIn("Please send", inbound.message_ids.mapped("body")[0])

    def test_a_line_beside_the_plain_ones_is_never_lost(self):
        text = "ZXJ-0123 x 12\nand as many of the usual discs"
        inbound = self._send(11, TEXT.format(text=text))
        inbound._process(self.mails)
        self.assertEqual(inbound.state, "attention")
        self.assertFalse(inbound.order_id)

    def test_a_wish_beside_the_plain_lines_is_read(self):
        text = "Dear Sirs,\nZXJ-0123 x 12\nBZ-0456 x 3\nby 2026-12-15\nBest regards"
        inbound = self._send(12, TEXT.format(text=text))
        inbound._process(self.mails)
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertEqual(len(inbound.order_id.order_line), 2)
        self.assertEqual(inbound.values["promised_date"][:10], "2026-12-15")

    def test_a_question_about_an_attached_table_makes_no_order(self):
        content = (
            "Order No,Customer,E-mail,SKU,Quantity\n"
            "T-9,Taihu Auto Repair,buyer@taihu.example.com,ZXJ-0123,5\n"
        )
        rest = WITH_FILE.format(type="text/csv", name="list.csv", content=content)
        rest = rest.replace("Please see the list.", "Please quote the attached list.")
        inbound = self._send(13, rest)
        inbound._process(self.mails)
        self.assertEqual(inbound.mapped("external_ref"), ["T-9"])
        self.assertFalse(inbound.order_id)
        self.assertEqual(inbound.state, "attention")

    def test_a_subject_that_takes_back_is_read_with_the_lines(self):
        for number, subject in enumerate(("Cancel this", "Request for quotation")):
            rest = TEXT.format(text="ZXJ-0123 x 12")
            raw = MAIL.format(number=20 + number, rest=rest)
            raw = raw.replace("Order for next week", subject)
            self.env["mail.thread"].message_process(None, raw)
        rows = self.env["order.hub.inbound"].sudo()
        rows = rows.search([("channel_id", "=", self.mails.id)])
        rows._process(self.mails)
        self.assertEqual(len(rows), 2)
        self.assertFalse(rows.order_id)

    def test_more_lines_beside_an_attached_table_are_another_message(self):
        content = (
            "Order No,Customer,E-mail,SKU,Quantity\n"
            "T-8,Taihu Auto Repair,buyer@taihu.example.com,ZXJ-0123,5\n"
        )
        rest = WITH_FILE.format(type="text/csv", name="list.csv", content=content)
        rest = rest.replace("Please see the list.", "See the list.\nBZ-0456 x 7")
        self.assertEqual(len(self._send(14, rest)), 2)

    def test_the_same_mail_delivered_twice_is_one_order(self):
        self._send(2, TEXT.format(text="ZXJ-0123 x 12"))
        self.assertEqual(len(self._send(2, TEXT.format(text="ZXJ-0123 x 12"))), 1)

    def test_an_attached_table_becomes_its_orders(self):
        content = (
            "Order No,Customer,E-mail,SKU,Quantity\n"
            "T-1,Taihu Auto Repair,buyer@taihu.example.com,ZXJ-0123,5\n"
            "T-2,Taihu Auto Repair,buyer@taihu.example.com,BZ-0456,7\n"
        )
        rest = WITH_FILE.format(type="text/csv", name="list.csv", content=content)
        rows = self._send(3, rest)
        rows._process(self.mails)
        self.assertEqual(sorted(rows.mapped("external_ref")), ["T-1", "T-2"])
        self.assertEqual(set(rows.mapped("state")), {"done"}, rows.mapped("trace"))

    def test_a_mail_without_order_lines_waits_for_a_person(self):
        inbound = self._send(4, TEXT.format(text="As last time please, but blue"))
        inbound._process(self.mails)
        self.assertEqual(inbound.state, "attention")
        inbound.with_user(self.operator).correct(
            {"lines[0].sku": "ZXJ-0123", "lines[0].quantity": "3"}
        )
        self.assertEqual(inbound.state, "done", inbound.trace)
        self.assertEqual(inbound.order_id.order_line.product_uom_qty, 3)

    def test_a_broken_attachment_is_kept_and_waits_for_a_person(self):
        rest = WITH_FILE.format(type="application/zip", name="a.xlsx", content="PK no")
        inbound = self._send(5, rest)
        inbound._process(self.mails)
        self.assertEqual(inbound.state, "attention")
        self.assertTrue(inbound.problem_ids.message)

    def test_an_address_whose_channel_is_off_takes_nothing(self):
        self.mails.action_switch_off()
        with self.assertRaises(UserError):
            self._send(6, TEXT.format(text="ZXJ-0123 x 12"))
        self.assertFalse(
            self.env["order.hub.inbound"]
            .sudo()
            .search([("channel_id", "=", self.mails.id)])
        )

    def test_the_settings_of_attached_tables_can_be_translated(self):
        """The words of the screen are those of the adapter, term by term."""
        words = self.mails.parameter_ids[:1]._words()
        for row in ADAPTERS["email"].parameters:
            told = words[row.name]
            self.assertEqual((told["label"], told["help"]), (row.label, row.help))

    def test_platforms_are_named_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        names = dict(self.mails.with_context(lang="zh_CN")._adapter_selection())
        self.assertEqual(names["email"], "电子邮件")
        self.assertEqual(names["shopify"], ADAPTERS["shopify"].label)
        english = dict(self.mails.with_context(lang="en_US")._adapter_selection())
        self.assertEqual(english, {c: a.label for c, a in ADAPTERS.items()})

    def test_a_message_that_is_no_json_says_so_in_plain_words(self):
        words = self.env["order.hub.inbound"]._inbound_words()
        figures = {"why": "not_json", "reason": "Expecting value: line 1"}
        told = self.env["order.hub.inbound"]._in_words(
            words, "parse", "unreadable", figures
        )
        self.assertIn("it is not JSON", told)
        self.assertNotIn("Expecting", told)
