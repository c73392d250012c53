from datetime import datetime, timedelta
from unittest.mock import patch

import pytz

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import OrderHubCommon

#: A Monday, 09:10 in Shanghai.
NOW = datetime(2026, 3, 2, 1, 10)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestFollowUp(OrderHubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.email = "buyer@taihu.example"
        cls.follower = cls._user("hub_key_account", "order_hub.order_hub_group_user")
        cls.follower.write({"tz": "Asia/Shanghai", "email": "key@hub.example"})
        calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "Asia/Shanghai",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Day",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 12,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        cls.company.resource_calendar_id = calendar

    def _wanted(self, orders, **what):
        values = {"user_id": self.follower.id, "hours": 4, "meeting": True, **what}
        return dict.fromkeys(orders, values)

    def _follow_up(self, orders, **what):
        self.env["sale.order"]._hub_follow_up(self._wanted(orders, **what))

    def _meetings(self, orders):
        return self.env["calendar.event"].search(
            [("res_model", "=", "sale.order"), ("res_id", "in", orders.ids)],
            order="start",
        )

    # === WHO === #

    def test_a_key_order_has_its_person_and_a_to_do_at_once(self):
        order = self._order()
        self._follow_up(order, meeting=False)
        self.assertEqual(order.hub_follow_up_user_id, self.follower)
        self.assertEqual(order.activity_ids.user_id, self.follower)
        self.assertEqual(order.activity_ids.date_deadline, NOW.date())
        self.assertIn(order.name, order.activity_ids.summary)
        self.assertFalse(self._meetings(order))

    def test_the_to_do_is_due_on_the_day_it_is_where_the_person_is(self):
        order = self._order()
        self._follow_up(order, meeting=False, hours=16)
        self.assertEqual(order.activity_ids.date_deadline, datetime(2026, 3, 3).date())

    def test_routing_again_repeats_nothing(self):
        order = self._order()
        for _time in range(3):
            self._follow_up(order)
        self.assertEqual(len(self._meetings(order)), 1)
        todo = self.env.ref("mail.mail_activity_data_todo")
        activities = order.activity_ids.filtered(
            lambda each: each.activity_type_id == todo
        )
        self.assertEqual(len(activities), 1)

    def test_another_person_takes_over_without_a_second_invitation(self):
        order = self._order()
        self._follow_up(order)
        self._follow_up(order, user_id=self.supervisor.id)
        self.assertEqual(order.hub_follow_up_user_id, self.supervisor)
        todo = order.activity_ids.filtered(lambda each: not each.calendar_event_id)
        self.assertEqual(todo.user_id, self.supervisor)
        self.assertEqual(len(self._meetings(order)), 1)

    def test_a_deleted_meeting_does_not_come_back(self):
        order = self._order()
        self._follow_up(order)
        self._meetings(order).unlink()
        self._follow_up(order)
        self.assertFalse(self._meetings(order))

    # === MEETING === #

    def test_the_meeting_is_in_the_next_free_half_hour_of_working_time(self):
        order = self._order()
        self._follow_up(order)
        meeting = self._meetings(order)
        self.assertEqual(meeting.start, datetime(2026, 3, 2, 1, 30))
        self.assertEqual(meeting.stop - meeting.start, timedelta(minutes=30))
        local = pytz.utc.localize(meeting.start).astimezone(
            pytz.timezone("Asia/Shanghai")
        )
        self.assertEqual((local.hour, local.minute), (9, 30))
        self.assertEqual(order.hub_follow_up_event_id, meeting)

    def test_the_meeting_waits_for_the_next_working_day(self):
        order = self._order()
        with freeze_time(datetime(2026, 3, 6, 9)):
            self._follow_up(order)
        self.assertEqual(self._meetings(order).start, datetime(2026, 3, 9, 1))

    def test_no_meeting_lies_on_top_of_another(self):
        busy = self.env["calendar.event"].create(
            {
                "name": "Stand-up",
                "start": datetime(2026, 3, 2, 1, 0),
                "stop": datetime(2026, 3, 2, 2, 15),
                "partner_ids": [Command.set(self.follower.partner_id.ids)],
            }
        )
        orders = self._orders(3)
        self._follow_up(orders)
        starts = self._meetings(orders).mapped("start")
        self.assertEqual(
            starts,
            [
                datetime(2026, 3, 2, 2, 30),
                datetime(2026, 3, 2, 3, 0),
                datetime(2026, 3, 2, 3, 30),
            ],
        )
        self.assertGreaterEqual(min(starts), busy.stop)

    def test_customer_and_person_are_invited_with_odoo_s_video_link(self):
        order = self._order()
        self._follow_up(order)
        meeting = self._meetings(order)
        self.assertEqual(
            meeting.attendee_ids.partner_id, self.partner | self.follower.partner_id
        )
        self.assertEqual(meeting.user_id, self.follower)
        self.assertEqual(meeting.videocall_source, "discuss")
        self.assertIn(meeting.access_token, meeting.videocall_location)

    def test_the_customer_gets_odoo_s_invitation(self):
        order = self._order()
        sent = []
        attendee = type(self.env["calendar.attendee"])
        notify = attendee._send_invitation_emails
        with patch.object(
            attendee,
            "_send_invitation_emails",
            lambda self: (sent.extend(self.partner_id.ids), notify(self))[1],
        ):
            self._follow_up(order)
        self.assertIn(self.partner.id, sent)
        message = self.env["mail.message"].search(
            [
                ("partner_ids", "in", self.partner.ids),
                ("model", "=", "calendar.event"),
            ],
            limit=1,
        ) or self.env["mail.mail"].search(
            [("recipient_ids", "in", self.partner.ids)], limit=1
        )
        self.assertTrue(message)

    def test_a_mail_that_fails_does_not_lose_the_order(self):
        order = self._order()
        attendee = type(self.env["calendar.attendee"])

        def broken(_attendees):
            raise ConnectionError("no mail server")

        with (
            patch.object(attendee, "_send_invitation_emails", broken),
            mute_logger("odoo.addons.order_hub.models.sale_order_follow_up"),
        ):
            self._follow_up(order)
        self.assertEqual(order.hub_follow_up_user_id, self.follower)
        self.assertFalse(self._meetings(order))
        problem = order.hub_exception_ids
        self.assertEqual(problem.kind_id.code, "action")
        self.assertIn("no mail server", problem.description)
        self._follow_up(order)
        self.assertTrue(self._meetings(order))

    def test_a_full_calendar_is_a_problem_with_a_person_to_solve_it(self):
        self.env["calendar.event"].create(
            {
                "name": "Away",
                "start": NOW,
                "stop": NOW + timedelta(days=30),
                "partner_ids": [Command.set(self.follower.partner_id.ids)],
            }
        )
        order = self._order()
        self._follow_up(order)
        self.assertFalse(self._meetings(order))
        self.assertIn("No free half hour", order.hub_exception_ids.description)

    def test_following_up_a_batch_costs_a_fixed_number_of_queries(self):
        small, large = self._orders(2), self._orders(50)
        self._follow_up(self._orders(2), meeting=False)
        of_small = self._queries(lambda: self._follow_up(small, meeting=False))
        of_large = self._queries(lambda: self._follow_up(large, meeting=False))
        self.assertLessEqual(of_large, of_small + 2)

    def _queries(self, work):
        self.env.flush_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    # === FROM THE WRONG SIDE === #

    def test_nobody_writes_or_copies_the_follow_up(self):
        order = self._order()
        self._follow_up(order)
        for name, value in (
            ("hub_follow_up_user_id", self.sales.id),
            ("hub_follow_up_event_id", False),
            ("hub_follow_up_date", fields.Datetime.now()),
            ("hub_is_meeting_asked", False),
        ):
            for user in (self.sales, self.supervisor):
                with self.assertRaises(UserError):
                    order.with_user(user).write({name: value})
        copied = order.copy()
        self.assertFalse(copied.hub_follow_up_user_id)
        self.assertFalse(copied.hub_is_meeting_asked)

    # === EXCEPTION OWNERS === #

    def test_problems_go_to_their_owner_by_kind_and_order_type(self):
        kind = self.env["order.hub.exception.kind"].create(
            {
                "name": "Paint",
                "code": "test_paint",
                "owner_id": self.supervisor.id,
                "owner_ids": [
                    Command.create(
                        {
                            "order_type_id": self.order_type.id,
                            "user_id": self.operator.id,
                        }
                    )
                ],
            }
        )
        other_type = self.env["order.hub.order.type"].create(
            {"name": "Other", "code": "test_other"}
        )
        self.flow.order_type_ids += other_type
        mine = self._order()
        other = self._order(hub_order_type_id=other_type.id)
        self.env["order.hub.exception"]._note(
            kind.code, {mine: ("Scratched", ""), other: ("Scratched", "")}
        )
        self.assertEqual(mine.hub_exception_ids.owner_id, self.operator)
        self.assertEqual(other.hub_exception_ids.owner_id, self.supervisor)
        kind.owner_id = False
        third = self._order(hub_order_type_id=other_type.id)
        self.env["order.hub.exception"]._note(kind.code, {third: ("Scratched", "")})
        self.assertEqual(
            third.hub_exception_ids.owner_id, third.hub_owner_id or third.user_id
        )
