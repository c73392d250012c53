"""Old orders out of workbooks: read, reviewed, taken in, found, taken back."""

import io
import os
import tempfile
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from unittest.mock import patch

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import config

from odoo.addons.order_hub.tests.common import OrderHubCommon

from ..engine.workbook import TARGETS
from ..models.history import order_hub_history_read, order_hub_history_take
from ..models.history.order_hub_history_folder import FOLDER_NAME, TAKEN

HEADER = ("订单号", "订单日期", "客户名称", "产品编码", "数量", "单价", "金额", "备注")


def workbook(rows, header=HEADER, title=None):
    """Return the bytes of an .xlsx with one sheet called 2019."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "2019"
    if title:
        sheet.append([title])
    for row in [list(header), *rows]:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class HistoryCommon(OrderHubCommon):
    """A source, and files of one form: a title, a header, rows of orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["order.hub.history.source"].create({"name": "Sales desk"})
        cls.File = cls.env["order.hub.history.file"].with_user(cls.operator)
        cls.Row = cls.env["order.hub.history.row"].with_user(cls.operator)
        cls.partner.name = "太湖汽修"

    def setUp(self):
        super().setUp()
        # a job commits between its pieces; a test stores them and goes on
        model = type(self.env["order.hub.history.file"])
        keep = patch.object(model, "_commit_piece", lambda file: file.env.flush_all())
        self.startPatcher(keep)

    def _row(self, number="2019-0007", **vals):
        values = {
            "number": number,
            "day": date(2019, 5, 6),
            "customer": "太湖汽修",
            "code": "ZXJ-0123",
            "quantity": 12,
            "price": 160,
            "amount": 1920,
            "note": None,
            **vals,
        }
        return list(values.values())

    def _received(self, rows, name="orders 2019.xlsx", **kwargs):
        file, is_new = self.File._receive(
            self.source, name, workbook(rows, **kwargs), "upload"
        )
        self.assertTrue(is_new)
        file.sudo()._job_work()
        return file

    def _read(self, rows, **kwargs):
        """Return a file whose columns were confirmed and whose rows were read."""
        file = self._received(rows, **kwargs)
        if file.state == "mapping":
            file.action_confirm_columns()
            file.sudo()._job_work()
        self.assertEqual(file.state, "review", file.problem_text)
        return file

    def _rows_of(self, file):
        return self.Row.search([("file_id", "=", file.id)], order="row_no")

    def _taken(self, rows, **kwargs):
        file = self._read(rows, **kwargs)
        file.action_approve_certain()
        file.action_take_in()
        file.sudo()._job_work()
        return file

    def _orders(self, file):
        return self.env["sale.order"].search([("hub_history_file_id", "=", file.id)])


@tagged("post_install", "-at_install")
class TestHistoryFiles(HistoryCommon):
    """From a file to rows that wait for a person."""

    def test_a_source_is_made_on_its_form(self):
        with Form(self.env["order.hub.history.source"]) as form:
            form.name = "Lists of the old office"
        self.assertEqual(form.record.form_count, 0)
        form.record._remember({"a form": {"a column": "date"}})
        self.assertEqual(form.record.form_count, 1)

    def test_a_person_says_once_what_the_columns_of_a_form_are(self):
        file = self._received([self._row()])
        self.assertEqual(file.state, "mapping")
        screen = file.mapping_screen()
        targets = [choice["target"] for choice in screen["tables"][0]["choices"]]
        self.assertIn("external_ref", targets)
        self.assertIn("lines[].quantity", targets)
        self.assertEqual(screen["tables"][0]["original"][0]["row"], 2)
        result = screen["tables"][0]["result"][0]["values"]
        self.assertEqual(result["external_ref"], "2019-0007")
        self.assertEqual(result["date"], "2019-05-06")
        file.action_confirm_columns()
        second = self._received([self._row("2019-0008")], name="more.xlsx")
        self.assertEqual(second.state, "review")
        self.assertEqual(second.row_total, 1)

    def test_what_a_person_chooses_is_shown_and_remembered(self):
        header = [*HEADER[:2], "Wer", *HEADER[3:]]
        file = self._received([self._row()], header=header)
        with self.assertRaises(UserError):
            file.action_confirm_columns()
        choices = file.mapping_screen()["tables"][0]["choices"]
        at = next(n for n, each in enumerate(choices) if each["label"] == "Wer")
        screen = file.choose_target(0, at, "customer.name")
        shown = screen["tables"][0]["result"][0]["values"]
        self.assertEqual(shown["customer.name"], "太湖汽修")
        file.action_confirm_columns()
        file.sudo()._job_work()
        self.assertEqual(self._rows_of(file).customer, "太湖汽修")
        for wrong in ((5, 0, "date"), (0, 99, "date"), (0, 0, "nothing")):
            with self.assertRaises(UserError):
                file.choose_target(*wrong)

    def test_a_row_keeps_where_it_came_from(self):
        file = self._read([self._row(note="red boxes")], title="Orders of 2019")
        row = self._rows_of(file)
        self.assertEqual((row.sheet, row.row_no), ("2019", 3))
        self.assertEqual((row.number, row.day), ("2019-0007", date(2019, 5, 6)))
        self.assertEqual(row.partner_id, self.partner)
        self.assertEqual(row.product_id, self.product)
        self.assertIn(["备注", "red boxes", 8], row.raw)
        self.assertEqual((row.confidence, row.state), (1.0, "new"))
        self.assertEqual(file.operator_id, self.operator)
        self.assertIn("row 3", row.display_name)

    def test_the_same_file_is_recognised_whatever_it_is_called(self):
        raw = workbook([self._row()])
        first, is_new = self.File._receive(self.source, "a.xlsx", raw, "upload")
        again, is_again = self.File._receive(self.source, "b.xlsx", raw, "folder")
        self.assertEqual((first, is_new, is_again), (again, True, False))

    def test_an_upload_says_which_files_are_known(self):
        self._received([self._row()], name="a.xlsx")
        raws = (("a.xlsx", [self._row()]), ("b.xlsx", [self._row("8")]))
        attachments = self.env["ir.attachment"].with_user(self.operator)
        wizard = self.env["order.hub.history.upload"].with_user(self.operator)
        upload = wizard.create(
            {
                "source_id": self.source.id,
                "file_ids": [
                    Command.set(
                        [
                            attachments.create({"name": n, "raw": workbook(rows)}).id
                            for n, rows in raws
                        ]
                    )
                ],
            }
        )
        action = upload.action_upload()
        self.assertEqual(action["name"], "1 files received, 1 known already")

    def test_files_that_are_no_lists_are_refused_with_words(self):
        for name, raw in (("a.exe", b"MZ"), ("a.xlsx", b"")):
            with self.assertRaises(UserError):
                self.File._receive(self.source, name, raw, "upload")
        file, _new = self.File._receive(self.source, "a.xlsx", b"PK\x03\x04x", "upload")
        file.sudo()._job_work()
        self.assertEqual(file.state, "broken")
        self.assertTrue(file.problem_text)
        empty, _new = self.File._receive(self.source, "b.csv", b"hello\n", "upload")
        empty.sudo()._job_work()
        self.assertEqual(empty.state, "broken")

    def test_a_worker_that_is_killed_loses_its_chunk_and_no_more(self):
        file = self._received([self._row(f"N{number}") for number in range(7)])
        file.action_confirm_columns()
        pieces, keep = [], type(file)._commit_piece

        def die(record):
            keep(record)
            pieces.append(record.position)
            if len(pieces) == 2:
                raise RuntimeError("killed")

        # not assertRaises: that would take back what was stored
        with (
            patch.object(order_hub_history_read, "HISTORY_CHUNK", 2),
            patch.object(type(file), "_commit_piece", die),
            suppress(RuntimeError),
        ):
            file.sudo()._job_work()
        self.assertEqual(len(pieces), 2)
        self.assertEqual((file.position, file.state), (4, "reading"))
        self.assertEqual(len(self._rows_of(file)), 4)
        file.sudo()._job_work()
        self.assertEqual(file.state, "review")
        numbers = self._rows_of(file).mapped("number")
        self.assertEqual(numbers, [f"N{number}" for number in range(7)])

    def test_reading_again_asks_again(self):
        file = self._read([self._row()])
        file.action_read_again()
        self.assertFalse(self._rows_of(file))
        file.sudo()._job_work()
        self.assertEqual(file.state, "mapping")

    def test_every_target_of_the_reader_has_a_label(self):
        labels = self.env["order.hub.history.words"]._targets()
        self.assertFalse(set(TARGETS) - set(labels))

    def test_reading_costs_no_query_a_row(self):
        def cost(count):
            rows = [self._row(f"Q{count}-{number}") for number in range(count)]
            file = self._received(rows, name=f"{count}.xlsx")
            if file.state == "mapping":
                file.action_confirm_columns()
            else:
                file.sudo().row_ids.unlink()
                file.sudo().write({"state": "reading", "position": 0})
            return self._queries(lambda: file.sudo()._job_work())

        cost(2)
        self.assertLessEqual(cost(50), cost(1) + 2)

    def test_reading_costs_no_query_a_product(self):
        codes = [f"QP-{number}" for number in range(40)]
        self.env["product.product"].create(
            [{"name": code, "default_code": code} for code in codes]
        )

        def cost(name, unit, codes):
            rows = [[*self._row(f"{name}-{c}", code=c), unit] for c in codes]
            file = self._received(rows, name=name, header=[*HEADER, "单位"])
            if file.state == "mapping":
                file.action_confirm_columns()
            else:
                file.sudo().row_ids.unlink()
                file.sudo().write({"state": "reading", "position": 0})
            self.env.invalidate_all()
            queries = self._queries(lambda: file.sudo()._job_work())
            self.assertTrue(all(self._rows_of(file).mapped("product_id")))
            return queries

        cost("first.xlsx", None, codes[:1])
        for unit in (None, "个", "nobody's unit"):
            few = cost(f"few {unit}.xlsx", unit, codes[:1])
            many = cost(f"many {unit}.xlsx", unit, codes)
            self.assertLessEqual(many, few + 2, unit)


@tagged("post_install", "-at_install")
class TestHistoryReview(HistoryCommon):
    """What is not certain waits for a person."""

    def test_only_certain_rows_are_approved_together(self):
        rows = [
            self._row("1"),
            self._row("2", amount=99),
            self._row("3", customer="Nobody Ltd"),
            self._row("4", day=None),
        ]
        file = self._read(rows)
        file.action_approve_certain()
        found = self._rows_of(file)
        self.assertEqual(found.mapped("state"), ["approved", "new", "new", "new"])
        self.assertEqual(found[0].reviewed_by_id, self.operator)
        self.assertEqual(
            found.mapped("problem"),
            [False, "amount_differs", "customer_unknown", "no_date"],
        )
        self.assertEqual(found[3].confidence_word, "unknown")
        self.assertIn("1920", found[1].problem_text)

    def test_what_lacks_something_is_not_approved_by_anybody(self):
        row = self._rows_of(self._read([self._row(customer="Nobody Ltd")]))
        with self.assertRaises(UserError):
            row.action_approve()
        self.assertEqual(row.state, "new")

    def test_a_correction_is_judged_and_kept_beside_what_was_written(self):
        row = self._rows_of(self._read([self._row(amount=99)]))
        left = row.correct({"lines[].amount": "1,920"})
        self.assertEqual(left, [])
        self.assertEqual((row.confidence, row.subtotal), (1.0, 1920))
        self.assertIn(["金额", "99", 7], row.raw)
        row.action_approve()
        self.assertEqual(row.state, "corrected")
        screen = row.row_screen()
        amount = next(f for f in screen["fields"] if f["target"] == "lines[].amount")
        self.assertTrue(amount["is_corrected"])

    def test_wrong_corrections_are_refused_with_words(self):
        row = self._rows_of(self._read([self._row()]))
        for values in (
            {"date": "soon"},
            {"lines[].quantity": "many"},
            {"state": "done"},
            {"partner_id": "1"},
        ):
            with self.assertRaises(UserError):
                row.correct(values)

    def test_many_rows_are_corrected_at_once(self):
        rows = self._rows_of(self._read([self._row("1"), self._row("2")]))
        wizard = self.env["order.hub.history.correct"].with_user(self.operator)
        wizard.create(
            {"row_ids": rows.ids, "target": "date", "value": "2018-01-02"}
        ).action_correct()
        self.assertEqual(set(rows.mapped("day")), {date(2018, 1, 2)})

    def test_correcting_costs_no_query_a_row(self):
        def cost(count):
            rows = [self._row(f"{count}-{number}") for number in range(count)]
            found = self._rows_of(self._read(rows, name=f"{count}.xlsx"))
            self.env.invalidate_all()
            return self._queries(lambda: found._correct({"note": "as agreed"}))

        cost(1)
        self.assertLessEqual(cost(40), cost(2) + 2)

    def test_doubts_are_said_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        rows = [self._row("1", quantity="twelve or so"), self._row("2", amount=99)]
        for row in self._rows_of(self._read(rows)):
            english = row.with_context(lang="en_US").problem_text
            chinese = row.with_context(lang="zh_CN").problem_text
            self.assertTrue(english.isascii() or "×" in english, english)
            self.assertRegex(chinese, "[一-鿿]{2}")
            self.assertNotEqual(english, chinese)

    def test_a_customer_is_assigned_once_for_all_rows_and_files(self):
        names = ["Nobody Ltd", "Nobody Ltd", "Somebody"]
        rows = [self._row(str(n), customer=name) for n, name in enumerate(names)]
        found = self._rows_of(self._read(rows))
        wizard = self.env["order.hub.history.assign"].with_user(self.operator)
        with self.assertRaises(UserError):
            wizard.create(
                {"row_ids": found.ids, "partner_id": self.partner.id}
            ).action_assign()
        wizard.create(
            {"row_ids": found[0].ids, "partner_id": self.partner.id}
        ).action_assign()
        self.assertEqual(found[:2].partner_id, self.partner)
        self.assertFalse(found[2].partner_id)
        later = self._read([self._row("9", customer="nobody ltd ")], name="b.xlsx")
        self.assertEqual(self._rows_of(later).partner_id, self.partner)

    def test_names_that_several_have_are_for_a_person(self):
        for _twice in range(2):
            self.env["res.partner"].create({"name": "Wang Lei"})
        row = self._rows_of(self._read([self._row(customer="Wang Lei")]))
        self.assertEqual((row.problem, row.confidence), ("customer_several", 0))

    def test_rows_may_be_left_out_and_taken_up_again(self):
        row = self._rows_of(self._read([self._row()]))
        row.action_reject()
        self.assertEqual(row.state, "rejected")
        row.action_reopen()
        self.assertEqual(row.state, "new")

    def test_certain_rows_approve_themselves_where_the_source_says_so(self):
        self.source.is_certain_approved = True
        file = self._read([self._row("1"), self._row("2", amount=99)])
        self.assertEqual(self._rows_of(file).mapped("state"), ["approved", "new"])


@tagged("post_install", "-at_install")
class TestHistoryOrders(HistoryCommon):
    """Approved rows become closed orders, once, and go again as a whole."""

    def test_rows_become_closed_orders(self):
        rows = [self._row(note="red boxes"), self._row(quantity=1, amount=160)]
        file = self._taken([*rows, self._row("2019-0008", code="OLD-1")])
        self.assertEqual((file.state, file.order_count), ("done", 2))
        first = self._orders(file).filtered(lambda o: o.name == "2019-0007")
        self.assertTrue(first.hub_is_history)
        self.assertEqual(first.state, "sale")
        self.assertEqual(first.amount_total, 2080)
        self.assertEqual(len(first.order_line), 2)
        self.assertEqual(first.order_line.product_id, self.product)
        self.assertEqual(self.company._hub_day_of(first.date_order), date(2019, 5, 6))
        self.assertIn("red boxes", first.note)
        self.assertEqual(first.origin, "orders 2019.xlsx, 2019 2")
        self.assertFalse(first.picking_ids)
        self.assertFalse(first.hub_inbound_id)
        other = self._orders(file) - first
        self.assertEqual(other.order_line.name, "OLD-1")
        self.assertEqual(
            other.order_line.product_id,
            self.env.ref("order_hub_connectors.product_history"),
        )
        row = self._rows_of(file)[0]
        self.assertEqual((row.order_id, row.state), (first, "done"))

    def test_an_order_waits_for_the_last_of_its_rows(self):
        file = self._read([self._row(), self._row(amount=5), self._row("8")])
        file.action_approve_certain()
        file.action_take_in()
        file.sudo()._job_work()
        self.assertEqual(self._orders(file).mapped("name"), ["8"])
        self.assertEqual(file.state, "review")
        self._rows_of(file)[1].correct({"lines[].amount": "1920"})
        self._rows_of(file)[1].action_approve()
        file.action_take_in()
        file.sudo()._job_work()
        self.assertEqual((file.state, len(self._orders(file))), ("done", 2))

    def test_rows_left_out_do_not_keep_their_order(self):
        file = self._read([self._row(), self._row(amount=5)])
        rows = self._rows_of(file)
        rows[1].action_reject()
        rows[0].action_approve()
        file.action_take_in()
        file.sudo()._job_work()
        self.assertEqual(self._orders(file).amount_total, 1920)

    def test_a_number_is_taken_in_once_whatever_file_it_is_in(self):
        self._taken([self._row()])
        second = self._taken([self._row(), self._row("8")], name="b.xlsx")
        rows = self._rows_of(second)
        self.assertEqual(rows.mapped("state"), ["failed", "done"])
        self.assertEqual(rows[0].problem, "known")
        self.assertIn("another file", rows[0].problem_text)
        self.assertEqual(self._orders(second).mapped("name"), ["8"])
        self.assertEqual(second.state, "review")

    def test_rows_that_contradict_each_other_make_no_order(self):
        other = self.env["res.partner"].create({"name": "Other Repair"})
        file = self._taken([self._row(), self._row(customer=other.name)])
        self.assertEqual(
            set(self._rows_of(file).mapped("problem")), {"customers_differ"}
        )
        self.assertFalse(self._orders(file))

    def test_one_half_of_a_name_in_two_languages_is_enough(self):
        self.env["res.partner"].create(
            [
                {"name": "Half Moon Motors 半月汽修厂", "is_company": True},
                {"name": "同名五金 Same Name East", "is_company": True},
                {"name": "同名五金 Same Name West", "is_company": True},
            ]
        )
        names = ["半月汽修厂", "half moon motors", "半月汽修", "同名五金"]
        rows = [self._row(str(n), customer=name) for n, name in enumerate(names)]
        found = self._rows_of(self._read(rows))
        self.assertEqual(
            found.mapped("problem"),
            [False, False, "customer_unknown", "customer_several"],
        )
        self.assertEqual(len(found[:2].partner_id), 1)

    def test_new_customers_are_made_where_the_source_says_so(self):
        self.source.unknown_customers = "make"
        file = self._read(
            [self._row("1", customer="新客户"), self._row("2", customer="新客户")]
        )
        rows = self._rows_of(file)
        self.assertEqual(set(rows.mapped("problem")), {"customer_new"})
        rows.action_approve()
        file.action_take_in()
        file.sudo()._job_work()
        made = self._orders(file).partner_id
        self.assertEqual((len(made), made.name), (1, "新客户"))
        self.assertEqual(rows.partner_id, made)

    def test_a_file_is_taken_back_whole_and_may_be_taken_in_again(self):
        file = self._taken([self._row(), self._row("8")])
        orders = self._orders(file)
        with self.assertRaises(UserError):
            file.sudo().unlink()
        file.action_undo()
        file.sudo()._job_work()
        self.assertFalse(orders.exists())
        self.assertEqual(set(self._rows_of(file).mapped("state")), {"new"})
        self.assertEqual((file.state, file.undone_by_id), ("review", self.operator))
        file.action_approve_certain()
        file.action_take_in()
        file.sudo()._job_work()
        self.assertEqual(len(self._orders(file)), 2)

    def test_a_worker_that_is_killed_makes_no_order_twice(self):
        file = self._read([self._row(f"N{number}") for number in range(5)])
        file.action_approve_certain()
        file.action_take_in()
        pieces, keep = [], type(file)._commit_piece

        def die(record):
            keep(record)
            pieces.append(1)
            if len(pieces) == 2:
                raise RuntimeError("killed")

        with (
            patch.object(order_hub_history_take, "HISTORY_ORDERS", 2),
            patch.object(type(file), "_commit_piece", die),
            suppress(RuntimeError),
        ):
            file.sudo()._job_work()
        self.assertEqual(len(pieces), 2)
        self.assertEqual(len(self._orders(file)), 4)
        file.sudo()._job_work()
        self.assertEqual((len(self._orders(file)), file.state), (5, "done"))

    def test_taking_in_costs_no_query_an_order(self):
        def cost(count):
            rows = [self._row(f"{count}-{number}") for number in range(count)]
            file = self._read(rows, name=f"{count}.xlsx")
            file.action_approve_certain()
            file.action_take_in()
            return self._queries(lambda: file.sudo()._job_work())

        cost(2)
        self.assertLessEqual(cost(50), cost(1) + 2)

    # === FOUND AGAIN === #

    def test_an_order_is_found_by_roughly_its_number_or_customer(self):
        file = self._read([self._row("XS-20190506-001"), self._row("XS-20200101-009")])
        for text in ("20190506", "XS-20190506-001", "xs20190506001"):
            found = self.Row.look_up_rows(text)
            self.assertEqual(found[0]["number"], "XS-20190506-001", text)
            self.assertEqual((found[0]["file"], found[0]["row"]), (file.name, 2))
        self.assertEqual(len(self.Row.look_up_rows("太湖汽修")), 2)
        self.assertEqual(len(self.Row.look_up_rows("太湖汽修厂")), 2)
        self.assertEqual(self.Row.look_up_rows("%"), [])
        self.assertEqual(self.Row.look_up_rows(""), [])
        rows = self.Row.search([("look_up", "ilike", "20200101")])
        self.assertIn("XS-20200101-009", rows.mapped("number"))

    def test_words_of_a_number_are_found_whatever_stands_between_them(self):
        self._read([self._row("XS-20190506-001"), self._row("XS-20190507-001")])
        for text in ("xs 20190506 001", "XS20190506", "2019 0506/001", "xs_20190506"):
            found = self.Row.look_up_rows(text)
            self.assertEqual(found[0]["number"], "XS-20190506-001", text)

    def test_a_rough_likeness_is_shown_when_there_is_nothing_better(self):
        self._read([self._row("XS-20190506-001"), self._row("QZ-20190506-777")])
        found = [row["number"] for row in self.Row.look_up_rows("XS-20190506-002")]
        self.assertEqual(found[0], "XS-20190506-001")
        found = self.Row.look_up_rows("xs20190506001")
        self.assertEqual(found[0]["number"], "XS-20190506-001")

    def test_looking_up_goes_by_an_index(self):
        self.env.cr.execute(
            """SELECT tablename, indexdef FROM pg_indexes
                WHERE indexdef LIKE '%gin_trgm_ops%'
                  AND tablename IN ('order_hub_history_row', 'product_product')"""
        )
        found = self.env.cr.fetchall()
        for table, column in (
            ("order_hub_history_row", "number"),
            ("order_hub_history_row", "customer"),
            ("product_product", "default_code"),
        ):
            self.assertTrue(
                any(t == table and column in text for t, text in found), column
            )


@tagged("post_install", "-at_install")
class TestHistoryFolders(HistoryCommon):
    """Folders are watched below one that the server's set-up names, and no other."""

    def setUp(self):
        super().setUp()
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(lambda: os.system(f"rm -rf '{self.root}'"))
        (self.root / "erp").mkdir()
        options = patch.dict(config.options.maps[0], {FOLDER_NAME: str(self.root)})
        self.startPatcher(options)
        self.source.folder = "erp"

    def _put(self, name, raw, age=60):
        path = self.root / "erp" / name
        path.write_bytes(raw)
        os.utime(path, (time.time() - age,) * 2)
        return path

    def _files(self):
        return self.env["order.hub.history.file"].search(
            [("source_id", "=", self.source.id)]
        )

    def test_a_file_put_there_is_received_and_put_away(self):
        path = self._put("a.xlsx", workbook([self._row()]))
        self._put("b.xlsx", workbook([self._row("8")]), age=0)
        self._put("notes.docx", b"no list")
        self.assertFalse(self.source._take_folder())
        self.assertEqual(self._files().mapped("name"), ["a.xlsx"])
        self.assertFalse(path.exists())
        self.assertTrue((self.root / "erp" / TAKEN / "a.xlsx").exists())

    def test_a_known_file_is_put_away_and_not_read_twice(self):
        self._put("a.xlsx", workbook([self._row()]))
        self.source._take_folder()
        again = self._put("b.xlsx", (self.root / "erp/taken/a.xlsx").read_bytes())
        self.source._take_folder()
        self.assertEqual(len(self._files()), 1)
        self.assertFalse(again.exists())

    def test_nothing_outside_is_read(self):
        outside = self.root.parent / "outside.csv"
        outside.write_bytes(b"a,b\n1,2\n")
        self.addCleanup(outside.unlink)
        os.utime(outside, (time.time() - 60,) * 2)
        os.symlink(outside, self.root / "erp" / "link.csv")
        os.symlink(self.root.parent, self.root / "up")
        self.source._take_folder()
        self.assertFalse(self._files())
        self.source.folder = "up"
        self.assertTrue(self.source._take_folder())
        for folder in ("/etc", "../x", "a/../../b", "~"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.source.folder = folder

    def test_without_a_folder_in_the_set_up_none_is_watched(self):
        with patch.dict(config.options.maps[0], {FOLDER_NAME: ""}):
            self.assertIn(FOLDER_NAME, self.source._take_folder())

    def test_a_folder_that_is_gone_is_said(self):
        self.source.folder = "gone"
        self.assertTrue(self.source._take_folder())


@tagged("post_install", "-at_install")
class TestHistoryFromTheWrongSide(HistoryCommon):
    """Who is no operator decides nothing; who is elsewhere sees nothing."""

    def test_users_read_nothing_and_decide_nothing(self):
        file = self._read([self._row()])
        row = self._rows_of(file).with_user(self.user)
        with self.assertRaises(AccessError):
            row.read(["number"])
        mine = file.with_user(self.user)
        for attempt in (
            row.action_approve,
            row.action_reject,
            row.action_reopen,
            row.action_correct_many,
            row.action_assign_customer,
            lambda: row.correct({"note": "x"}),
            lambda: row.assign_customer(self.partner.id),
            lambda: row.write({"state": "approved"}),
            lambda: row.create({"file_id": file.id}),
            mine.action_take_in,
            mine.action_undo,
            mine.action_approve_certain,
            mine.action_read_again,
            mine.action_confirm_columns,
            lambda: mine.choose_target(0, 0, "date"),
            lambda: mine.write({"state": "done"}),
            mine.unlink,
            lambda: self.source.with_user(self.user).write({"folder": "x"}),
            lambda: self.source.with_user(self.operator).write({"folder": "x"}),
            lambda: self.source.with_user(self.operator).action_forget_forms(),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_operators_change_rows_through_the_review_only(self):
        row = self._rows_of(self._read([self._row()]))
        for values in ({"state": "done"}, {"values": {}}, {"order_id": 1}):
            with self.assertRaises(AccessError):
                row.write(values)

    def test_other_companies_see_nothing(self):
        file = self._read([self._row()])
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            login="history_stranger",
            groups="order_hub.order_hub_group_operator",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(self.Row.with_user(stranger).search([]))
        self.assertFalse(self.Row.with_user(stranger).look_up_rows("2019-0007"))
        with self.assertRaises(AccessError):
            file.with_user(stranger).action_take_in()
        with self.assertRaises(AccessError):
            file.with_user(stranger).mapping_screen()
        upload = self.env["order.hub.history.upload"].with_user(stranger)
        with self.assertRaises(AccessError):
            upload.create({"source_id": self.source.id}).action_upload()

    def test_portals_get_nothing(self):
        portal = new_test_user(
            self.env, login="history_portal", groups="base.group_portal"
        )
        file = self._read([self._row()])
        for record in (file, self._rows_of(file), self.source):
            with self.assertRaises(AccessError):
                record.with_user(portal).read(["display_name"])
        with self.assertRaises(AccessError):
            self.Row.with_user(portal).look_up_rows("2019")
        with self.assertRaises(AccessError):
            self._rows_of(file).with_user(portal).row_screen()

    def test_the_origin_of_an_order_is_not_forged(self):
        file = self._taken([self._row()])
        order = self._order()
        for name, value in (
            ("hub_history_file_id", file.id),
            ("hub_history_source_id", self.source.id),
            ("hub_history_number", "x"),
        ):
            with self.assertRaises(UserError):
                order.with_user(self.supervisor).write({name: value})

    def test_sources_with_files_are_archived_not_deleted(self):
        self._received([self._row()])
        with self.assertRaises(UserError):
            self.source.unlink()
