import base64
import io
from contextlib import contextmanager
from email.message import EmailMessage
from unittest.mock import patch

from PIL import Image

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..engine.picture.process import PictureError
from ..engine.picture.sheet import Reading
from ..models.picture import order_hub_picture_read
from .common import ConnectorsCommon
from .test_engine_picture import HEADER, page, row

ORDER = [
    ("订单编号：PO-2026-7", 50, 60),
    ("采购方：Taihu Auto Repair", 50, 100),
    ("联系电话：+86 510 8123 4567", 600, 100),
    ("交货日期：2026-03-25", 600, 60),
    *HEADER,
    *row(1, 240, "ZXJ-0123", "转向节", "件", "300", "160.00", "48,000.00"),
    *row(2, 280, "BZ-0456", "半轴", "件", "20", "95.00", "1,900.00"),
    ("合计", 110, 320),
    ("49,900.00", 820, 320),
]
WRONG_SUM = [r for r in ORDER if r[0] != "48,000.00"] + [("43,000.00", 820, 240)]
PDF_WITH_SCRIPT = b"%PDF-1.4\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n%%EOF"


def photo(shade=200):
    """Return a JPEG as a telephone makes it: with place and device."""
    picture = Image.new("RGB", (300, 400), (shade, shade, shade))
    exif = Image.Exif()
    exif[0x010F] = "Secret Phone"
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


class PicturesCommon(ConnectorsCommon):
    """A channel for pictures that confirms what is in no doubt."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.is_company = True
        cls.papers = cls._papers_channel("papers")

    @classmethod
    def _papers_channel(cls, code, **vals):
        channel = cls.env["order.hub.channel"].create(
            {
                "name": "Paper",
                "code": code,
                "adapter": "picture",
                "auto_confirm": True,
                "duplicate_mode": "off",
                **vals,
            }
        )
        channel.action_switch_on()
        return channel

    def _hand_in(self, name="order.jpg", raw=None, channel=None):
        """Return the inbound order of a picture, its first job done."""
        inbound = (channel or self.papers)._receive_picture(
            name, raw or photo(), "Wang"
        )
        inbound.filtered(lambda r: r.state == "received")._process_now()
        inbound.invalidate_recordset()
        return inbound

    @contextmanager
    def _reader(self, rows=ORDER, error=None):
        """Have the reader find certain words, or fail."""

        def read_file(raw, is_pdf):
            if error:
                raise PictureError(error)
            return Reading((page(rows),)), [photo()]

        with patch.object(order_hub_picture_read, "read_file", read_file):
            yield

    def _read(self, inbound, rows=ORDER, error=None):
        """Do the jobs of a picture; return it."""
        picture = inbound.picture_ids
        with self._reader(rows, error):
            picture._job_read()
        picture._job_take()
        self.env.invalidate_all()
        return picture

    def _problems(self, inbound):
        return {(problem.code, problem.field) for problem in inbound.problem_ids}


@tagged("post_install", "-at_install")
class TestPictures(PicturesCommon):
    """Orders on paper: handed in, read by a job, looked at by a person."""

    # === THE DOOR === #

    def test_a_picture_is_stored_before_it_is_read_and_waits_for_its_job(self):
        inbound = self._hand_in()
        self.assertEqual(inbound.state, "reading")
        self.assertRegex(inbound.external_ref, r"PIC-[0-9A-F]{12}")
        job = self.env["queue.job"].search(
            [("identity_key", "=", f"order_hub_picture_{inbound.picture_ids.id}")]
        )
        self.assertEqual(len(job), 1)

    def test_place_and_device_of_a_photo_are_not_kept(self):
        inbound = self._hand_in()
        kept = base64.b64decode(inbound.with_context(bin_size=False).payload)
        self.assertNotIn(b"Secret Phone", kept)
        self.assertEqual(Image.open(io.BytesIO(kept)).size, (300, 400))

    def test_the_same_file_twice_is_one_order(self):
        first, second = self._hand_in(), self._hand_in("again.jpg")
        self.assertEqual(first, second)
        self.assertEqual(len(first.picture_ids), 1)
        self.assertEqual(first.repeat_count, 1)

    def test_files_that_act_or_are_no_paper_are_refused_and_not_kept(self):
        before = self.env["order.hub.inbound"].search_count([])
        for name, raw in (
            ("order.pdf", PDF_WITH_SCRIPT),
            ("order.jpg", b"MZ\x90\x00 a program"),
            ("order.png", b"<svg onload='alert(1)'/>"),
            ("order.jpg", b""),
        ):
            with self.subTest(name=name), self.assertRaises(UserError):
                self.papers._receive_picture(name, raw)
        self.assertEqual(self.env["order.hub.inbound"].search_count([]), before)

    def test_an_operator_drops_several_and_is_told_what_became_of_each(self):
        files = [
            {"name": "a.jpg", "data": base64.b64encode(photo(10)).decode()},
            {"name": "b.jpg", "data": base64.b64encode(photo(90)).decode()},
            {"name": "c.jpg", "data": base64.b64encode(photo(10)).decode()},
            {"name": "d.txt", "data": base64.b64encode(b"words").decode()},
            {"name": "e.jpg", "data": "no base64!"},
        ]
        channels = self.env["order.hub.channel"].with_user(self.operator)
        answer = channels.receive_pictures(files)
        self.assertEqual(len(answer["pictures"]), 2)
        self.assertEqual(len(answer["refused"]), 2)
        again = channels.receive_pictures(files[:1])
        self.assertEqual(again["known"], 1)

    def test_salespeople_and_odd_calls_are_refused(self):
        channels = self.env["order.hub.channel"]
        with self.assertRaises(AccessError):
            channels.with_user(self.sales).receive_pictures([])
        mine = channels.with_user(self.operator)
        for files in (None, "x", [None], [{"name": "x", "data": "AAAA" * 4_000_000}]):
            with self.subTest(kind=type(files)):
                try:
                    answer = mine.receive_pictures(files)
                except UserError:
                    continue
                self.assertEqual(answer["pictures"], [])

    # === NEVER BY ITSELF === #

    def test_nothing_becomes_an_order_before_a_person_has_looked(self):
        inbound = self._hand_in()
        self._read(inbound)
        self.assertEqual(inbound.state, "attention")
        self.assertFalse(inbound.order_id)
        self.assertIn(("unchecked", "picture.checked"), self._problems(inbound))
        inbound.with_user(self.operator).action_replay()
        self.assertFalse(inbound.order_id)

    def test_who_has_looked_makes_it_an_order_with_one_press(self):
        inbound = self._hand_in()
        picture = self._read(inbound)
        state = picture.with_user(self.operator).confirm()
        self.assertEqual(state, "done", self._problems(inbound))
        order = inbound.order_id
        self.assertEqual(order.client_order_ref, "PO-2026-7")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [300, 20])
        self.assertEqual(order.amount_total, 49900)
        looked = inbound.correction_ids.filtered(lambda r: r.field == "picture.checked")
        self.assertEqual(looked.user_id, self.operator)

    def test_a_correction_and_a_line_left_out_come_with_the_confirmation(self):
        inbound = self._hand_in()
        picture = self._read(inbound)
        picture.with_user(self.operator).confirm(
            {
                "lines[0].left_out": True,
                "lines[1].quantity": "25",
                "lines[1].amount": "2375",
                "total": "2375",
            }
        )
        self.assertEqual(inbound.order_id.order_line.mapped("product_uom_qty"), [25])
        self.assertEqual(inbound.order_id.order_line.product_id, self.products[1])

    def test_a_line_left_out_can_be_taken_back(self):
        inbound = self._hand_in()
        picture = self._read(inbound).with_user(self.operator)
        picture.correct({"lines[0].left_out": True})
        self.assertTrue(picture.screen()["rows"][0]["is_left_out"])
        picture.correct({"lines[0].left_out": False})
        picture.confirm()
        self.assertEqual(len(inbound.order_id.order_line), 2)

    def test_an_order_of_which_all_lines_are_left_out_waits(self):
        inbound = self._hand_in()
        picture = self._read(inbound).with_user(self.operator)
        state = picture.confirm({"lines[0].left_out": True, "lines[1].left_out": True})
        self.assertEqual(state, "attention")
        self.assertIn(("no_lines_left", "lines"), self._problems(inbound))

    # === WHAT IS READ WRONG === #

    def test_figures_that_a_sum_contradicts_are_marked_with_what_would_be_right(self):
        inbound = self._hand_in()
        picture = self._read(inbound, WRONG_SUM)
        screen = picture.with_user(self.operator).screen()
        self.assertEqual([r["sum"] for r in screen["rows"]], ["fails", "holds"])
        cells = {cell["path"]: cell for cell in screen["rows"][0]["cells"]}
        self.assertEqual(cells["lines[0].amount"]["level"], "unknown")
        offered = [row["value"] for row in cells["lines[0].amount"]["candidates"]]
        self.assertIn("48000", offered)
        self.assertEqual(len(cells["lines[0].amount"]["box"]), 4)

    def test_a_code_that_looks_like_another_one_is_offered_never_put(self):
        worn = [(t.replace("ZXJ-0123", "ZXJ-O123"), x, y) for t, x, y in ORDER]
        inbound = self._hand_in()
        picture = self._read(inbound, worn)
        screen = picture.with_user(self.operator).screen()
        cell = next(
            c for c in screen["rows"][0]["cells"] if c["path"] == "lines[0].sku"
        )
        self.assertEqual(cell["value"], "ZXJ-O123")
        self.assertLess(cell["confidence"], 0.9)
        self.assertIn("ZXJ-0123", [row["value"] for row in cell["candidates"]])

    def test_a_picture_that_cannot_be_read_says_why_and_can_be_read_again(self):
        inbound = self._hand_in()
        picture = self._read(inbound, error="missing")
        self.assertEqual((inbound.state, picture.state), ("attention", "failed"))
        self.assertIn("rapidocr", picture.why)
        picture.with_user(self.operator).action_read_again()
        self.assertEqual((inbound.state, picture.state), ("reading", "waiting"))
        self._read(inbound)
        self.assertEqual(picture.state, "read")
        self.assertEqual(len(inbound.values["lines"]), 2)

    def test_an_order_can_be_typed_in_beside_a_picture_that_nobody_can_read(self):
        inbound = self._hand_in()
        picture = self._read(inbound, error="nothing").with_user(self.operator)
        state = picture.confirm(
            {
                "customer.company": "Taihu Auto Repair",
                "customer.phone": "+86 510 8123 4567",
                "lines[0].sku": "ZXJ-0123",
                "lines[0].quantity": "5",
            }
        )
        self.assertEqual(state, "attention")
        self.assertIn("picture_nothing", {p.code for p in inbound.problem_ids})

    def test_what_was_put_aside_while_it_was_read_stays_aside(self):
        inbound = self._hand_in()
        inbound.with_user(self.operator).action_ignore()
        self._read(inbound)
        self.assertEqual(inbound.state, "ignored")

    def test_a_second_job_reads_nothing_twice(self):
        inbound = self._hand_in()
        picture = self._read(inbound)
        with self._reader(error="crashed"):
            picture._job_read()
        self.assertEqual(picture.state, "read")

    # === E-MAIL === #

    def test_a_paper_attached_to_an_e_mail_becomes_an_order_on_paper(self):
        self.env["mail.alias.domain"].create({"name": "paper.example.com"})
        mails = self.env["order.hub.channel"].create(
            {
                "name": "Mail",
                "code": "paper-mail",
                "adapter": "email",
                "alias_name": "paper-orders",
            }
        )
        mails.action_switch_on()
        letter = EmailMessage()
        letter["From"], letter["To"] = (
            "wang@taihu.example.com",
            "paper-orders@paper.example.com",
        )
        letter["Subject"], letter["Message-Id"] = "Order", "<paper-1@taihu.example.com>"
        letter.set_content("Please find our order attached.")
        noise = Image.effect_noise((400, 400), 90)
        stream = io.BytesIO()
        noise.save(stream, "JPEG", quality=90)
        letter.add_attachment(
            stream.getvalue(), maintype="image", subtype="jpeg", filename="po.jpg"
        )
        self.env["mail.thread"].message_process(False, letter.as_bytes())
        inbound = self.env["order.hub.inbound"].search([("channel_id", "=", mails.id)])
        self.assertEqual(len(inbound), 1)
        self.assertEqual(inbound.picture_ids.name, "po.jpg")
        inbound._process_now()
        self._read(inbound)
        self.assertEqual(inbound.state, "attention")
        self.assertEqual(inbound.values["lines"][0]["sku"], "ZXJ-0123")

    # === COST === #

    def test_other_channels_ask_nothing_about_pictures(self):
        seen = []
        execute = type(self.env.cr).execute

        def watch(cursor, query, *args, **kwargs):
            seen.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", watch):
            self._take(self._message("P-0"))
            self.env.flush_all()
        self.assertFalse([query for query in seen if "order_hub_picture" in query])

    def test_fifty_pictures_are_looked_up_with_the_queries_of_one(self):
        inbound = self.env["order.hub.inbound"].sudo()
        for shade in range(50):
            inbound |= self._hand_in(raw=photo(shade * 5))
        works = inbound._works()
        one = self._queries(lambda: inbound._pictures_of(works[:1]))
        fifty = self._queries(lambda: inbound._pictures_of(works))
        self.assertLessEqual(one, 3)
        self.assertEqual(fifty, one)


@tagged("post_install", "-at_install")
class TestPicturesFromTheWrongSide(PicturesCommon):
    """Customers, other salespeople, other companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "paper_portal", groups="base.group_portal")
        other = cls.env["res.company"].create({"name": "Other"})
        cls.foreign = new_test_user(
            cls.env,
            "paper_foreign",
            groups="order_hub.order_hub_group_operator",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )

    def setUp(self):
        super().setUp()
        self.inbound = self._hand_in()
        self.picture = self._read(self.inbound)

    def test_nobody_else_sees_picture_pages_or_values(self):
        page_ = self.picture.page_ids
        self.assertTrue(page_)
        for user in (self.portal, self.sales, self.foreign):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    page_.with_user(user).read(["image"])
                with self.assertRaises(AccessError):
                    self.picture.with_user(user).screen()
                with self.assertRaises(AccessError):
                    self.picture.with_user(user).confirm()

    def test_a_salesperson_sees_the_paper_of_an_own_order_and_changes_nothing(self):
        self.inbound.order_id = self._order(user=self.sales)
        picture = self.picture.with_user(self.sales)
        self.assertFalse(picture.screen()["can_correct"])
        self.assertTrue(picture.page_ids.image)
        with self.assertRaises(AccessError):
            picture.correct({"note": "mine"})

    def test_what_was_read_is_not_written_over_by_anybody(self):
        operator = self.picture.with_user(self.operator)
        with self.assertRaises(AccessError):
            operator.write({"reading": {}})
        with self.assertRaises(AccessError):
            operator.page_ids.write({"image": False})
        with self.assertRaises(AccessError):
            self.env["order.hub.picture"].with_user(self.operator).create(
                {"name": "x", "inbound_id": self.inbound.id}
            )

    def test_a_delivery_that_calls_itself_a_picture_is_none(self):
        kind = "application/vnd.order-hub.picture+jpeg"
        message = self._message("P-FAKE")
        message = type(message)("order", "P-FAKE", message.raw, kind)
        inbound = self._take(message)
        self.assertEqual(inbound.state, "done")
        self.assertFalse(inbound.picture_ids)
