from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..engine import nps
from .survey_common import APRIL, FIRST, MARCH, SurveyCommon


@tagged("post_install", "-at_install")
class TestSurveyDraw(SurveyCommon):
    def test_a_finished_order_is_asked_about_on_the_next_day(self):
        order = self._finished()
        self.assertFalse(self._ask(MARCH), "the day is not over yet")
        draw = self._ask()
        self.assertEqual((draw.order_id, draw.state), (order, "asked"))
        self.assertEqual(draw.finished_at, MARCH)
        self.assertEqual(draw.deadline, MARCH + timedelta(days=15))
        self.assertEqual(draw.input_id.partner_id, self.partner)
        self.assertEqual(draw.input_id.deadline, draw.deadline)
        self.assertEqual(draw.categ_id, self.product.categ_id)

    def test_the_invitation_holds_the_link_the_last_day_and_the_way_out(self):
        draw = self._asked()
        mail = self.env["mail.mail"].search(
            [("model", "=", draw._name), ("res_id", "=", draw.id)]
        )
        self.assertEqual(mail.recipient_ids, self.partner)
        self.assertIn(draw.order_id.name, mail.subject)
        for part in (
            draw.input_id.access_token,
            f"/hub/survey/stop/{draw.id}/{draw._stop_token()}",
            draw._mail_deadline(),
        ):
            self.assertIn(part, mail.body_html)

    def test_an_order_is_asked_about_once(self):
        self._finished()
        self.assertTrue(self._ask())
        self.assertFalse(self._ask(MARCH + timedelta(days=3)))
        self.assertFalse(self._ask(APRIL + timedelta(days=3)))

    def test_an_order_noted_as_finished_too_late_is_drawn_on_the_next_day(self):
        self._finished()
        self._ask()
        late = self._finished(at=MARCH - timedelta(hours=3))
        self.assertEqual(self._ask(MARCH + timedelta(days=2)).order_id, late)

    def test_orders_finished_before_the_survey_began_are_left_alone(self):
        self._finished(at=MARCH - timedelta(days=40))
        self.assertFalse(self._ask())

    def test_a_cancelled_order_is_left_alone(self):
        self._finished().write({"state": "cancel"})
        self.assertFalse(self._ask())

    def test_so_many_are_asked_a_month_and_no_more(self):
        self.scheme.size = 5
        self._finished(8)
        self._finished(8, at=MARCH + timedelta(days=5))
        drawn = self._ask(APRIL)
        self.assertEqual(len(drawn), 5)
        self.assertTrue(self.scheme.round_ids.is_closed)
        self.assertEqual(self.scheme.round_ids.finished_count, 16)

    def test_of_a_busy_month_the_rest_is_asked_when_it_is_over(self):
        """February had 20 orders: of 8 to ask in March 4 in 5 come early."""
        self.scheme.begins_on = FIRST - relativedelta(months=2)
        self._finished(20, at=MARCH - timedelta(days=28))
        self.scheme.size = 8
        self._ask(MARCH - timedelta(days=28))  # closes nothing of March
        self._finished(20)
        early = self._ask().filtered(lambda draw: draw.round_id.month == FIRST)
        month = self.scheme.round_ids.filtered(lambda each: each.month == FIRST)
        self.assertAlmostEqual(month.limit, 0.8 * 8 / 20)
        late = self._ask(APRIL).filtered(lambda draw: draw.round_id.month == FIRST)
        self.assertEqual(len(early) + len(late), 8)
        self.assertTrue(all(draw.share <= month.limit for draw in early))
        for draw in late:
            self.assertTrue(all(first.share < draw.share for first in early))

    def test_a_month_can_be_drawn_again_from_its_seed(self):
        self.scheme.size = 6
        self._finished(10)
        self._finished(10, at=MARCH + timedelta(days=7))
        self._ask(MARCH + timedelta(days=3))
        self._ask(APRIL)
        month = self.scheme.round_ids
        again = month._draw_again()
        self.assertEqual(
            {(row.order, row.day) for row in again},
            {(draw.order_id.id, draw.drawn_on) for draw in month.draw_ids},
        )

    def test_who_cannot_be_asked_is_replaced_and_kept_on_record(self):
        silent = self.partner.create({"name": "No address"})
        unwilling = self.partner.create(
            {"name": "No, thanks", "email": "no@x.example", "hub_survey_optout": True}
        )
        listed = self.partner.create({"name": "Listed", "email": "black@x.example"})
        self.env["mail.blacklist"]._add("black@x.example")
        for partner in (silent, unwilling, listed):
            self._finished(partner_id=partner.id)
        asked = self._finished()
        drawn = self._ask()
        self.assertEqual(
            drawn.filtered(lambda draw: draw.state == "asked").order_id, asked
        )
        obstacles = {draw.partner_id: draw.obstacle for draw in drawn}
        self.assertEqual(obstacles[silent], "no_address")
        self.assertEqual(obstacles[unwilling], "optout")
        self.assertEqual(obstacles[listed], "optout")
        self.assertFalse(drawn.filtered("obstacle").input_id)

    def test_our_own_companies_are_not_asked(self):
        house = self.env["res.company"].create({"name": "Sister"}).partner_id
        house.email = "sister@x.example"
        self._finished(partner_id=house.id)
        self.assertEqual(self._ask().obstacle, "own")

    def test_a_contact_is_asked_about_one_order_at_a_time(self):
        self.scheme.rest_days = 14
        self._finished(3)
        states = sorted(self._ask().mapped("state"))
        self.assertEqual(states, ["asked", "skipped", "skipped"])
        later = self._finished(at=MARCH + timedelta(days=5))
        drawn = self._ask(MARCH + timedelta(days=6))
        self.assertEqual((drawn.order_id, drawn.obstacle), (later, "resting"))

    def test_the_day_of_an_order_is_that_of_the_company(self):
        """Five in the afternoon UTC is one in the morning of the next day there."""
        self._finished(at=MARCH.replace(hour=17))
        next_morning = (MARCH + timedelta(days=1)).replace(hour=8)
        self.assertFalse(self._ask(next_morning), "it is still that day in Shanghai")
        self.assertTrue(self._ask(next_morning + timedelta(days=1)))

    def test_orders_of_another_company_take_no_part(self):
        other = self.env["res.company"].create({"name": "Other"})
        order = self._finished()
        self.env["order.hub.writer"]._update(
            order, {order.id: {"company_id": other.id}}
        )
        self.env.cr.execute(
            "UPDATE order_hub_stage_event SET company_id = %s WHERE order_id = %s",
            [other.id, order.id],
        )
        self.assertFalse(self._ask())

    def test_what_was_drawn_cannot_be_deleted(self):
        draw = self._asked()
        with self.assertRaises(UserError):
            draw.unlink()

    # === REMIND, GIVE UP === #

    def test_who_has_not_answered_is_reminded_once(self):
        draw = self._asked()
        now = MARCH + timedelta(days=7)
        due = self.Draw._due(self.scheme, now, "remind")
        self.assertEqual(due, draw)
        due._remind(now)
        self.assertEqual(draw.reminded_at, now)
        self.assertFalse(self.Draw._due(self.scheme, now + timedelta(days=3), "remind"))
        mails = self.env["mail.mail"].search(
            [("model", "=", draw._name), ("res_id", "=", draw.id)]
        )
        self.assertEqual(len(mails), 2)

    def test_who_answered_or_wants_no_reminder_gets_none(self):
        now = MARCH + timedelta(days=7)
        self._answer(self._asked())
        self.assertFalse(self.Draw._due(self.scheme, now, "remind"))
        self._asked(at=MARCH)
        self.scheme.reminder_days = 0
        self.assertFalse(self.Draw._due(self.scheme, now, "remind"))

    def test_after_the_last_day_nobody_is_waited_for(self):
        draw = self._asked()
        late = draw.deadline + timedelta(hours=1)
        self.Draw._due(self.scheme, late, "give_up")._give_up(late)
        self.assertEqual(draw.state, "expired")
        self.assertFalse(draw.order_id._hub_survey_url())

    def test_while_the_survey_is_closed_nobody_is_asked_and_later_it_is_too_late(self):
        self.survey.active = False
        self._finished()
        draw = self._ask()
        self.assertEqual(draw.state, "drawn")
        late = MARCH + timedelta(days=60)
        self.survey.active = True
        self.assertFalse(self.Draw._due(self.scheme, late, "ask"))
        self.Draw._due(self.scheme, late, "give_up")._give_up(late)
        self.assertEqual(draw.state, "expired")

    def test_who_opts_out_is_neither_asked_nor_reminded_again(self):
        draw = self._asked()
        draw._stop()
        self.assertTrue(self.partner.hub_survey_optout)
        self.assertEqual(draw.state, "expired")
        self._finished(at=MARCH + timedelta(days=2))
        self.assertEqual(self._ask(MARCH + timedelta(days=4)).obstacle, "optout")

    def test_the_nightly_job_draws_asks_and_reminds_in_one_go(self):
        """Through the real job: what finished yesterday is asked about."""
        now = fields.Datetime.now()
        self.scheme.begins_on = (now - timedelta(days=5)).date()
        order = self._finished(at=now - timedelta(days=2))
        with self.enter_registry_test_mode():
            self.env.ref("order_hub.ir_cron_survey").method_direct_trigger()
        draw = self.Draw.search([("order_id", "=", order.id)])
        self.assertEqual(draw.state, "asked")

    # === COST === #

    def test_drawing_fifty_orders_costs_no_more_queries_than_one(self):
        self._finished(1)
        few = self._queries(
            lambda: self.Round._draw_until(self.scheme, MARCH + timedelta(days=1))
        )
        self._finished(50, at=MARCH + timedelta(days=1))
        many = self._queries(
            lambda: self.Round._draw_until(self.scheme, MARCH + timedelta(days=2))
        )
        self.assertLessEqual(many, few)

    def test_who_has_no_survey_pays_nothing(self):
        Scheme = self.env["order.hub.survey.scheme"].with_context(active_test=False)
        Scheme.search([]).unlink()
        order = self._order()
        self.assertFalse(order._hub_survey_url())
        before = self.env.cr.sql_log_count
        order._hub_survey_url()
        self.assertEqual(self.env.cr.sql_log_count, before)


@tagged("post_install", "-at_install")
class TestSurveyAnswer(SurveyCommon):
    def test_an_answer_gives_index_group_and_points(self):
        draw = self._answer(self._asked(), 9, "same_day", 8, "Well packed.")
        self.assertEqual(draw.state, "answered")
        self.assertAlmostEqual(draw.experience_index, 36 + 21 + 24)
        self.assertEqual(draw.nps_group, "passive")
        self.assertEqual(draw.comment, "Well packed.")
        points = {each.question: each.points for each in draw.answer_ids}
        self.assertEqual(points, {"delivery": 9, "notice": 7, "recommend": 8})
        self.assertFalse(draw.is_low)

    def test_an_answer_of_nought_is_an_answer(self):
        draw = self._answer(self._asked(), 0, "never", 0)
        self.assertEqual(draw.experience_index, 0)
        self.assertTrue(draw.has_index)
        self.assertEqual(draw.nps_group, "detractor")

    def test_nothing_changed_counts_for_nothing(self):
        draw = self._answer(self._asked(), 10, "nothing", 5)
        self.assertAlmostEqual(draw.experience_index, 100 * (40 + 15) / 70, 2)
        notice = draw.answer_ids.filtered(lambda each: each.question == "notice")
        self.assertFalse(notice.has_points)

    def test_weights_are_those_of_the_company(self):
        self.scheme.write(
            {"weight_delivery": 100, "weight_notice": 0, "weight_recommend": 0}
        )
        draw = self._answer(self._asked(), 7, "never", 0)
        self.assertEqual(draw.experience_index, 70)

    def test_only_the_first_answer_counts(self):
        draw = self._answer(self._asked(), 9, "same_day", 9)
        draw.input_id._mark_done()
        self.assertEqual(len(draw.answer_ids), 3)

    def test_an_answer_after_giving_up_still_counts(self):
        draw = self._asked()
        draw._give_up(draw.deadline)
        self.assertEqual(self._answer(draw).state, "answered")

    def test_an_answer_counts_after_the_company_has_stopped_asking(self):
        draw = self._asked()
        self.scheme.active = False
        self.assertEqual(self._answer(draw).state, "answered")

    def test_a_trial_of_the_survey_is_nobodys_answer(self):
        sheet = self.survey._create_answer(user=self.env.user, test_entry=True)
        sheet._mark_done()
        self.assertFalse(self.Draw.search([("input_id", "=", sheet.id)]))

    def test_answers_are_kept_as_they_came(self):
        draw = self._answer(self._asked())
        with self.assertRaises(UserError):
            draw.answer_ids.sudo().write({"points": 10})
        with self.assertRaises(UserError):
            draw.answer_ids.sudo().unlink()

    # === LOW === #

    def test_a_low_answer_opens_one_problem_for_who_has_the_order(self):
        draw = self._asked()
        draw.order_id.hub_owner_id = self.supervisor
        self._answer(draw, 3, "nothing", 9, "A crate was broken.")
        hold = draw.order_id.hub_exception_ids
        self.assertEqual(hold.kind_id.code, "low_survey")
        self.assertEqual(hold.owner_id, self.supervisor)
        self.assertFalse(hold.is_blocking)
        self.assertIn("A crate was broken.", hold.description)
        self.assertIn("3", hold.description)

    def test_the_company_says_what_is_low(self):
        self.scheme.low_points = -1
        draw = self._answer(self._asked(), 0, "never", 0)
        self.assertFalse(draw.order_id.hub_exception_ids)

    # === NOTICE === #

    def test_the_answer_stands_beside_when_the_customer_was_really_told(self):
        draw = self._asked()
        known = MARCH - timedelta(days=4)
        self._promise_moved(draw.order_id, known)
        self._told(draw.order_id, known + timedelta(hours=1, minutes=30))
        self._answer(draw, claim="at_once")
        self.assertEqual((draw.notice_claim, draw.notice_fact), ("at_once", "at_once"))
        self.assertEqual(draw.known_at, known)
        self.assertAlmostEqual(draw.notice_hours, 1.5)
        self.assertEqual(draw.told_count, 1)
        self.assertEqual(draw.notice_verdict, "agrees")
        self.assertFalse(draw.is_contradiction)

    def test_a_customer_who_was_told_at_once_and_says_never_is_a_contradiction(self):
        draw = self._asked()
        known = MARCH - timedelta(days=4)
        self._promise_moved(draw.order_id, known)
        self._told(draw.order_id, known + timedelta(hours=1))
        self._answer(draw, claim="never")
        self.assertEqual(draw.notice_verdict, "later")
        self.assertTrue(draw.is_contradiction)
        self.assertIn("later", draw.order_id.hub_exception_ids.description)

    def test_a_message_that_did_not_arrive_or_went_to_a_colleague_told_nobody(self):
        draw = self._asked()
        known = MARCH - timedelta(days=4)
        self._promise_moved(draw.order_id, known)
        self._told(draw.order_id, known + timedelta(hours=1), "exception")
        self._told(
            draw.order_id, known + timedelta(hours=1), reader=self.sales.partner_id
        )
        self._answer(draw, claim="at_once")
        self.assertEqual((draw.notice_fact, draw.told_count), ("never", 0))
        self.assertEqual(draw.notice_verdict, "sooner")

    def test_a_promise_moved_to_an_earlier_day_is_no_delay(self):
        draw = self._asked()
        self._promise_moved(draw.order_id, MARCH - timedelta(days=4), days=-2)
        self._answer(draw, claim="nothing")
        self.assertEqual((draw.notice_fact, draw.notice_verdict), ("nothing", "agrees"))

    def test_a_colleague_of_the_contact_may_have_been_told(self):
        draw = self._asked()
        known = MARCH - timedelta(days=4)
        colleague = self.partner.create({"name": "Lu", "parent_id": self.partner.id})
        self._promise_moved(draw.order_id, known)
        self._told(draw.order_id, known + timedelta(hours=5), reader=colleague)
        self._answer(draw, claim="same_day")
        self.assertEqual((draw.notice_fact, draw.notice_hours), ("same_day", 5))

    # === FIGURES === #

    def _answered(self):
        """Six answers of two teams; return their draws."""
        teams = self.env["crm.team"].create([{"name": "North"}, {"name": "South"}])
        orders = self._finished(3, team_id=teams[0].id)
        orders |= self._finished(4, team_id=teams[1].id)
        draws = self._ask().sorted(lambda draw: draw.order_id.id)
        marks = [(10, 10), (9, 9), (8, 2), (10, 10), (7, 7), (2, 3)]
        for draw, (delivery, recommend) in zip(draws, marks, strict=False):
            self._answer(draw, delivery, "at_once", recommend)
        return draws, teams

    def test_the_month_says_how_many_answered_index_and_score(self):
        draws, _teams = self._answered()
        month = draws.round_id
        self.assertEqual((month.asked_count, month.answered_count), (7, 6))
        self.assertAlmostEqual(month.answer_rate, 600 / 7)
        answered = draws.filtered(lambda draw: draw.state == "answered")
        self.assertAlmostEqual(
            month.experience_index, sum(answered.mapped("experience_index")) / 6
        )
        self.assertAlmostEqual(month.nps, 100 * (3 - 2) / 6)
        self.assertIn("6", month.nps_text)

    def test_figures_by_team_and_product_line_are_those_of_the_engine(self):
        draws, teams = self._answered()
        self.env.flush_all()
        rows = self.env["order.hub.survey.month"].search([("month", "=", FIRST)])
        total = rows.filtered(lambda row: row.split == "total")
        found = nps.score(3, 1, 2)
        self.assertAlmostEqual(total.nps, found.value)
        self.assertAlmostEqual(total.nps_low, found.low, 4)
        self.assertAlmostEqual(total.nps_high, found.high, 4)
        north = rows.filtered(lambda row: row.team_id == teams[0])
        self.assertEqual((north.asked_count, north.answered_count), (3, 3))
        self.assertAlmostEqual(north.nps, 100 * (2 - 1) / 3)
        line = rows.filtered(lambda row: row.split == "line")
        self.assertEqual(line.categ_id, self.product.categ_id)
        self.assertAlmostEqual(line.experience_index, total.experience_index)

    def test_the_mean_of_the_analysis_is_the_score(self):
        draws, _teams = self._answered()
        self.env.flush_all()
        [[index, score, answered]] = self.env["order.hub.survey.report"]._read_group(
            [("month", "=", FIRST)],
            [],
            ["experience_index:avg", "nps:avg", "answered_count:sum"],
        )
        self.assertAlmostEqual(index, draws.round_id.experience_index)
        self.assertAlmostEqual(score, 100 / 6)
        self.assertEqual(answered, 6)

    def test_the_order_shows_its_answer(self):
        draw = self._answer(self._asked(), 10, "at_once", 10)
        order = draw.order_id.with_user(self.supervisor)
        self.assertEqual(order.hub_survey_text, "100")
        self.assertEqual(order.action_hub_view_survey()["res_id"], draw.id)

    # === SET-UP === #

    def test_weights_add_up_to_a_hundred(self):
        with self.assertRaises(ValidationError):
            self.scheme.weight_delivery = 50
        with self.assertRaises(ValidationError):
            self.scheme.write({"weight_delivery": -10, "weight_notice": 80})

    def test_figures_out_of_range_are_refused(self):
        for vals in ({"size": 0}, {"answer_days": 0}, {"low_points": 11}):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.scheme.write(vals)

    def test_a_survey_without_the_three_questions_is_refused(self):
        other = self.env["survey.survey"].create({"title": "Something else"})
        with self.assertRaises(ValidationError):
            self.scheme.survey_id = other

    def test_a_question_that_counts_is_a_scale_or_a_choice(self):
        with self.assertRaises(ValidationError):
            self.delivery.question_type = "text_box"

    def test_a_company_of_its_own_questions_gets_points_from_its_scale(self):
        self.recommend.write({"scale_min": 1, "scale_max": 5})
        draw = self._answer(self._asked(), 10, "at_once", 5)
        self.assertEqual(draw.nps_group, "promoter")
        self.assertEqual(draw.experience_index, 100)
