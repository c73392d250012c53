import io

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common_ecn_impact import EcnImpactCommon

#: Tests that try the address from the wrong side, by address.
ACCESS_TESTS = {
    "/hub/ecn/<int:ecn_id>/impact.xlsx": {
        "test_the_workbook_is_for_those_who_may_read_the_change",
        "test_a_guessed_number_and_a_foreign_change_look_the_same",
    }
}


@tagged("post_install", "-at_install")
class TestEcnImpactReport(HttpCase, EcnImpactCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sold(10, days=6)
        cls._stock(cls.old_part, 260)
        cls.purchase = cls._bought(cls.old_part, 100, 5, price=0.09)
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere Ltd"})
        cls.ecn._make_impact()
        cls.env.flush_all()

    def _book(self, user=None, **context):
        env = self.env(user=user or self.operator, context={**context})
        ecn = self.ecn.with_env(env)
        content = env["order.hub.ecn.workbook"]._workbook(ecn)
        return load_workbook(io.BytesIO(content))

    def _table(self, sheet):
        """Return the rows of a sheet as dicts by head."""
        heads, *rows = sheet.iter_rows(values_only=True)
        return [dict(zip(heads, row, strict=True)) for row in rows]

    # === WORKBOOK === #

    def test_the_workbook_has_a_sheet_for_every_question(self):
        book = self._book()
        self.assertEqual(
            book.sheetnames,
            [
                "Summary",
                "Orders",
                "Components",
                "Manufacturing",
                "Purchases",
                "To Tell",
            ],
        )
        for sheet in book.worksheets[1:]:
            self.assertEqual(sheet.freeze_panes, "B2")
        [order] = self._table(book["Orders"])
        self.assertEqual(order["Order"], self.order.name)
        self.assertAlmostEqual(order["Cost Difference"], 4.0)
        self.assertEqual(order["Days Later"], 9)

    def test_figures_are_numbers_and_days_are_days(self):
        book = self._book()
        sheet = book["Orders"]
        heads = [cell.value for cell in sheet[1]]
        money = sheet.cell(2, heads.index("Cost Difference") + 1)
        self.assertEqual(money.data_type, "n")
        self.assertIn("0.00", money.number_format)
        promise = sheet.cell(2, heads.index("New Promise") + 1)
        self.assertTrue(promise.is_date)
        self.assertEqual(promise.number_format, "yyyy-mm-dd")

    def test_the_sums_of_the_summary_are_those_of_the_sheets(self):
        book = self._book()
        summary = {
            row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True)
        }
        components = self._table(book["Components"])
        self.assertAlmostEqual(
            summary["Stranded Value"], sum(row["Stranded Value"] for row in components)
        )

    def test_text_that_looks_like_a_formula_stays_text(self):
        for text in ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1"):
            self.partner.name = text
            self.old_part.name = text
            self.ecn.title = text
            book = self._book()
            for sheet in book.worksheets:
                for row in sheet.iter_rows():
                    for cell in row:
                        self.assertNotEqual(cell.data_type, "f", cell.value)
            self.assertEqual(self._table(book["Orders"])[0]["Customer to Tell"], text)

    def test_links_are_not_made_of_text(self):
        self.partner.name = "https://example.com/?a=1"
        book = self._book()
        self.assertFalse(any(sheet._hyperlinks for sheet in book.worksheets))

    def test_a_change_without_orders_has_a_workbook_too(self):
        lamp = self._product("Lamp", "LMP")
        bom = self._bom(lamp, {self.capacitor: 1})
        bom._hub_release()
        ecn = self._ecn(bom)
        ecn._make_impact()
        content = self.env["order.hub.ecn.workbook"]._workbook(ecn)
        book = load_workbook(io.BytesIO(content))
        self.assertFalse(book["Orders"]["A2"].value)

    # === WHO MAY === #

    def _url(self, ecn):
        return f"/hub/ecn/{ecn.id}/impact.xlsx"

    def test_the_workbook_is_sent_as_a_file(self):
        self.authenticate("hub_operator", "hub_operator")
        answer = self.url_open(self._url(self.ecn))
        self.assertEqual(answer.status_code, 200)
        self.assertIn("spreadsheetml", answer.headers["Content-Type"])
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn("Orders", load_workbook(io.BytesIO(answer.content)).sheetnames)

    def test_the_workbook_is_for_those_who_may_read_the_change(self):
        new_test_user(self.env, "hub_portal", "base.group_portal")
        new_test_user(self.env, "hub_nobody", "base.group_user")
        for login in ("hub_portal", "hub_nobody", "hub_user"):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(self._url(self.ecn)).status_code, 404)
        self.authenticate(None, None)
        answer = self.url_open(self._url(self.ecn), allow_redirects=False)
        self.assertIn(answer.status_code, (302, 303))

    def test_a_guessed_number_and_a_foreign_change_look_the_same(self):
        self.operator.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        self.authenticate("hub_operator", "hub_operator")
        foreign = self.url_open(self._url(self.ecn))
        guessed = self.url_open("/hub/ecn/999999999/impact.xlsx")
        self.assertEqual((foreign.status_code, guessed.status_code), (404, 404))
        self.assertNotIn(self.ecn.name, foreign.text)

    def test_who_may_not_read_the_change_gets_no_paper(self):
        portal = new_test_user(self.env, "hub_portal", "base.group_portal")
        report = self.env.ref("order_hub.order_hub_ecn_impact_action")
        with self.assertRaises(AccessError):
            report.with_user(portal)._render_qweb_html(report.id, self.ecn.ids)
        self.operator.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        with self.assertRaises(AccessError):
            report.with_user(self.operator)._render_qweb_html(report.id, self.ecn.ids)
        for method in ("action_impact_pdf", "action_impact_xlsx"):
            with self.assertRaises(AccessError):
                getattr(self.ecn.with_user(self.operator), method)()

    def test_the_rows_are_of_ones_own_companies(self):
        self.operator.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        for model in ("order", "item", "mo", "purchase", "party"):
            rows = self.env[f"order.hub.ecn.{model}"].with_user(self.operator)
            self.assertFalse(rows.search([("ecn_id", "=", self.ecn.id)]))

    def test_a_report_counts_its_own_company_alone(self):
        """Stock, purchases and demand of another company do not help or hurt."""
        place = self.env["stock.warehouse"].search(
            [("company_id", "=", self.other_company.id)], limit=1
        )
        self.env["stock.quant"]._update_available_quantity(
            self.new_part, place.lot_stock_id, 5000
        )
        self.ecn._make_impact()
        self.assertEqual(self._item(self.new_part).on_hand, 0)

    # === PAPER === #

    def _paper(self, ecn=None, **context):
        report = self.env.ref("order_hub.order_hub_ecn_impact_action")
        report = report.with_user(self.operator).with_context(**context)
        html = report._render_qweb_html(report.id, (ecn or self.ecn).ids)[0]
        return html.decode()

    def test_the_paper_says_what_changes_and_for_whom(self):
        html = self._paper()
        for text in (
            self.ecn.name,
            "Another resistor",
            self.order.name,
            self.purchase.name,
            "Yageo Agents",
            "Delivery moves",
        ):
            self.assertIn(text, html)

    def test_the_paper_has_a_line_for_everybody_who_has_to_sign(self):
        self.env["order.hub.ecn.role"].create(
            {
                "name": "Head of production",
                "user_ids": [Command.set(self.supervisor.ids)],
            }
        )
        self.ecn.action_review()
        self.assertIn("Head of production", self._paper())

    def test_what_people_wrote_is_no_markup_on_paper(self):
        self.partner.name = "<script>alert(1)</script>"
        self.assertNotIn("<script>alert(1)", self._paper())

    def test_a_long_list_is_cut_on_paper_and_says_so(self):
        for _number in range(3):
            self._sold(1, days=6)
        self.ecn._make_impact()
        model = self.env["report.order_hub.report_ecn_impact"]
        self.patch(type(model), "_rows_limit", lambda self: 2)
        self.assertIn("Not shown:", self._paper())

    def test_the_form_opens_for_everybody_who_reads_changes(self):
        """No name of a document on the form asks for more rights than the form."""
        reader = self._user("hub_reader", "order_hub.order_hub_group_operator")
        rows = self.ecn.with_user(reader)
        spec = {
            "order_id": {"fields": {"display_name": {}}},
            "stage_id": {"fields": {"display_name": {}}},
        }
        read = rows.web_read({"order_ids": {"fields": spec}})
        self.assertEqual(
            read[0]["order_ids"][0]["order_id"]["display_name"], self.order.name
        )
        purchases = rows.web_read(
            {
                "purchase_ids": {
                    "fields": {"purchase_id": {"fields": {"display_name": {}}}}
                }
            }
        )
        self.assertIn(
            self.purchase.name,
            purchases[0]["purchase_ids"][0]["purchase_id"]["display_name"],
        )
