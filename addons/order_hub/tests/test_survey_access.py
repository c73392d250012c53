import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..controllers.portal import REFUSALS
from ..controllers.portal_survey import STOPS
from .survey_common import SurveyCommon

STOP = "/hub/survey/stop/<int:draw_id>/<token>"
#: The tests that try each route as a stranger.
ACCESS_TESTS = {
    STOP: {"test_a_guessed_link_stops_nothing", "test_opening_the_link_stops_nothing"},
    f"{STOP}/confirm": {"test_a_guessed_link_stops_nothing"},
}


@tagged("post_install", "-at_install")
class TestSurveyRights(SurveyCommon):
    def test_answers_are_read_by_who_has_the_order_and_by_operators(self):
        draw = self._answer(self._asked())
        stranger = self._user("hub_else", "order_hub.order_hub_group_user")
        readers = ((self.sales, 1), (self.operator, 1), (stranger, 0))
        for user, count in readers:
            with self.subTest(user.login):
                Draw = self.Draw.with_user(user)
                found = Draw.search_count([("id", "=", draw.id)])
                self.assertEqual(found, count)
                answers = self.env["order.hub.survey.answer"].with_user(user)
                self.assertEqual(
                    answers.search_count([("draw_id", "=", draw.id)]), 3 * count
                )

    def test_nobody_writes_what_was_drawn_or_answered(self):
        draw = self._answer(self._asked())
        manager = self._user("hub_manager", "order_hub.order_hub_group_configurator")
        for record in (draw, draw.answer_ids[0], draw.round_id):
            with self.subTest(record._name), self.assertRaises(UserError):
                record.with_user(manager).write({"company_id": self.company.id})
            with self.assertRaises(UserError):
                record.with_user(manager).unlink()
        with self.assertRaises(AccessError):
            self.Draw.with_user(manager).create({"order_id": self._order().id})

    def test_only_configurators_set_up_and_ask(self):
        for user in (self.user, self.operator, self.supervisor):
            scheme = self.scheme.with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                scheme.size = 10
            with self.assertRaises(AccessError):
                scheme.action_ask_now()

    def test_a_configurator_asks_now(self):
        order = self._finished(at=fields.Datetime.now() - timedelta(days=2))
        chief = self._user("hub_chief", "order_hub.order_hub_group_configurator")
        self.scheme.with_user(chief).action_ask_now()
        draw = self.Draw.search([("order_id", "=", order.id)])
        self.assertEqual(draw.state, "asked")

    def test_the_seed_is_hidden_while_it_decides(self):
        self._asked()
        month = self.scheme.round_ids.with_user(self.supervisor)
        self.assertTrue(month.finished_count)
        with self.assertRaises(AccessError):
            month.read(["seed"])

    def test_customers_read_nothing_of_it(self):
        draw = self._answer(self._asked())
        portal = new_test_user(self.env, "survey_portal", "base.group_portal")
        portal.partner_id.parent_id = self.partner
        for name in ("scheme", "round", "draw", "answer", "report", "month"):
            Model = self.env[f"order.hub.survey.{name}"].with_user(portal)
            with self.subTest(name), self.assertRaises(AccessError):
                Model.search_read([], ["id"])
        order = draw.order_id.with_user(portal)
        with self.assertRaises(AccessError):
            order.read(["hub_survey_draw_ids"])
        with self.assertRaises(AccessError):
            order.action_hub_view_survey()

    def test_another_company_sees_nothing(self):
        draw = self._answer(self._asked())
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user = self._user("hub_elsewhere", "order_hub.order_hub_group_configurator")
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for record in (draw, draw.answer_ids, draw.round_id, self.scheme):
            Model = record.with_user(user)
            with self.subTest(record._name):
                self.assertFalse(Model.search([("id", "in", record.ids)]))
        for name in ("report", "month"):
            Model = self.env[f"order.hub.survey.{name}"].with_user(user)
            self.assertFalse(Model.search([("company_id", "=", self.company.id)]))


@tagged("post_install", "-at_install")
class TestSurveyPages(SurveyCommon, HttpCase):
    def setUp(self):
        super().setUp()
        REFUSALS.clear()
        STOPS.clear()
        now = fields.Datetime.now()
        self.order = self._finished(at=now - timedelta(days=2))
        self.draw = self._ask(now)
        self.sheet = self.draw.input_id
        self.url = self.draw._answer_url()
        self.portal = new_test_user(self.env, "survey_guest", "base.group_portal")

    def _submit(self, token=None, **answers):
        questions = {
            "delivery": self.delivery,
            "notice": self.notice,
            "recommend": self.recommend,
        }
        given = {
            "delivery": "9",
            "notice": str(self._choice("nothing").id),
            "recommend": "10",
            **answers,
        }
        token = token or self.sheet.access_token
        return self.make_jsonrpc_request(
            f"/survey/submit/{self.survey.access_token}/{token}",
            {str(questions[name].id): value for name, value in given.items()},
        )

    def _stop_url(self, draw=None):
        return f"/hub/survey/stop/{(draw or self.draw).id}/{self.draw._stop_token()}"

    # === THREE QUESTIONS === #

    def test_the_link_opens_the_questions_without_a_login(self):
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        self.url_open(
            f"/survey/begin/{self.survey.access_token}/{self.sheet.access_token}"
        )
        self.assertIn(self.sheet.access_token, page.url)

    def test_the_link_opens_the_questions_for_a_colleague_who_is_logged_in(self):
        self.authenticate("survey_guest", "survey_guest")
        page = self.url_open(self.url)
        self.assertIn(self.sheet.access_token, page.url)

    def test_other_surveys_still_ask_who_is_logged_in(self):
        other = self.survey.copy({"title": "Not ours"})
        sheet = other._create_answer(partner=self.partner, check_attempts=False)
        self.authenticate("survey_guest", "survey_guest")
        page = self.url_open(sheet.get_start_url())
        self.assertNotIn(f"/{sheet.access_token}", page.url)

    def test_three_answers_sent_off_reach_the_order(self):
        self._submit()
        self.assertEqual(self.draw.state, "answered")
        self.assertEqual(self.draw.nps_group, "promoter")

    def test_nought_can_be_answered(self):
        self._submit(delivery="0", recommend="0")
        self.assertEqual(self.draw.nps_group, "detractor")

    def test_a_sheet_is_sent_off_once(self):
        self._submit(delivery="9")
        self._submit(delivery="1")
        delivery = self.draw.answer_ids.filtered(lambda row: row.question == "delivery")
        self.assertEqual(delivery.points, 9)

    def test_what_is_not_offered_is_refused(self):
        other = self.env["survey.question.answer"].create({"value": "Forged"})
        for forged in (
            {"delivery": "99"},
            {"recommend": "-1"},
            {"delivery": "x"},
            {"delivery": ""},
            {"notice": str(other.id)},
            {"notice": ""},
        ):
            with self.subTest(forged):
                _page, error = self._submit(**forged)
                self.assertEqual(error["error"], "validation")
                self.assertEqual(self.draw.state, "asked")

    def test_a_guessed_sheet_takes_no_answer(self):
        _page, error = self._submit(token="0" * 36)
        self.assertEqual(error["error"], "token_wrong")

    def test_after_the_last_day_no_answer_is_taken(self):
        self.sheet.deadline = fields.Datetime.now() - timedelta(hours=1)
        _page, error = self._submit()
        self.assertEqual(error["error"], "answer_deadline")

    # === THE ORDER'S PAGE === #

    def test_the_mailed_link_leads_to_the_questions_and_the_paper_does_not(self):
        path = f"/my/hub/{self.order.hub_ref}?access_token="
        self.order._portal_ensure_token()
        self.env.flush_all()
        mailed = self.url_open(path + self.order.access_token)
        self.assertIn(self.sheet.access_token, mailed.text)
        paper = self.url_open(path + self.order._hub_page_token())
        self.assertEqual(paper.status_code, 200)
        self.assertNotIn(self.sheet.access_token, paper.text)
        self.assertNotIn("/survey/", paper.text)

    def test_an_order_that_was_not_drawn_has_no_questions(self):
        self.assertFalse(self._order()._hub_survey_url())

    def test_an_answered_order_has_no_questions_any_more(self):
        self._answer(self.draw)
        self.assertFalse(self.order._hub_survey_url())

    # === NOT AGAIN === #

    def test_opening_the_link_stops_nothing(self):
        page = self.url_open(self._stop_url())
        self.assertEqual(page.status_code, 200)
        self.assertFalse(self.partner.hub_survey_optout)

    def test_confirming_stops_further_surveys(self):
        page = self.url_open(self._stop_url())
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        done = self.url_open(f"{self._stop_url()}/confirm", {"csrf_token": token})
        self.assertEqual(done.status_code, 200)
        self.assertTrue(self.partner.hub_survey_optout)
        self.assertEqual(self.draw.state, "expired")

    @mute_logger("odoo.http")
    def test_a_guessed_link_stops_nothing(self):
        other = self._finished(partner_id=self.partner.id)
        for url in (
            f"/hub/survey/stop/{self.draw.id}/{'0' * 32}",
            f"/hub/survey/stop/{self.draw.id + 1}/{self.draw._stop_token()}",
            f"/hub/survey/stop/{other.id}/%C3%A4",
            "/hub/survey/stop/999999999/x",
            f"/hub/survey/stop/0/{'0' * 32}",
        ):
            with self.subTest(url):
                self.assertEqual(self.url_open(url).status_code, 404)
                page = self.url_open(self._stop_url())
                token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
                refused = self.url_open(f"{url}/confirm", {"csrf_token": token})
                self.assertEqual(refused.status_code, 404)
        self.assertFalse(self.partner.hub_survey_optout)

    def test_guessing_is_slowed_down(self):
        for _number in range(60):
            REFUSALS.count("127.0.0.1", time.monotonic())
        self.assertEqual(self.url_open(self._stop_url()).status_code, 404)
