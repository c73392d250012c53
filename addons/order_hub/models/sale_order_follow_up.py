import logging
from datetime import timedelta
from uuid import uuid4

import psycopg2
import pytz
from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Command

from ..engine import meeting as engine
from .sale_order import INSIDE

_logger = logging.getLogger(__name__)

#: How far ahead a free half hour is looked for.
SEARCH_DAYS = 14


class SaleOrder(models.Model):
    """Key accounts: one person follows a large order up, at once."""

    _inherit = "sale.order"

    hub_follow_up_user_id = fields.Many2one(
        "res.users",
        "Followed Up By",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The person named by a routing rule for this order and its customer.",
        groups=INSIDE,
    )
    hub_follow_up_date = fields.Datetime(
        "Followed Up Since", copy=False, readonly=True, groups=INSIDE
    )
    hub_follow_up_event_id = fields.Many2one(
        "calendar.event",
        "Meeting",
        copy=False,
        readonly=True,
        ondelete="set null",
        groups=INSIDE,
    )
    hub_is_meeting_asked = fields.Boolean(
        "Meeting Asked For",
        copy=False,
        readonly=True,
        help="The customer was invited once; nothing invites again.",
        groups=INSIDE,
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {
            "hub_follow_up_user_id",
            "hub_follow_up_date",
            "hub_follow_up_event_id",
            "hub_is_meeting_asked",
        }

    # === WHO === #

    def _hub_follow_up(self, wanted):
        """Give orders the person who follows them up; batch, however often called.

        Whoever is new on an order gets a to-do at once. Where asked, a meeting is
        put into that person's next free half hour and the customer is invited: once
        an order, even when another person takes over later.

        :param wanted: ``{order: {"user_id": id, "hours": hours until the to-do is
            due, "meeting": whether to invite the customer}}``
        """
        wanted = {order.sudo(): what for order, what in wanted.items()}
        orders = self.env["sale.order"].sudo().union(*wanted)
        fresh = orders.filtered(
            lambda order: order.hub_follow_up_user_id.id != wanted[order]["user_id"]
        )
        inviting = orders.filtered(
            lambda order: (
                wanted[order].get("meeting") and not order.hub_is_meeting_asked
            )
        )
        fresh._hub_name_followers(wanted)
        fresh._hub_give_follow_ups(wanted)
        inviting._hub_invite(wanted)

    def _hub_name_followers(self, wanted):
        now = fields.Datetime.now()
        self.env["order.hub.writer"]._update(
            self,
            {
                order.id: {
                    "hub_follow_up_user_id": wanted[order]["user_id"],
                    "hub_follow_up_date": now,
                }
                for order in self
            },
        )

    def _hub_give_follow_ups(self, wanted):
        """Give the persons a to-do on their orders; take it from whoever had it.

        Odoo mails the person about a single order; a whole batch is in the list of
        to-dos without a mail an order.
        """
        if not self:
            return
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id("sale.order")
        self._hub_take_follow_ups()
        is_batch = len(self) > 1
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=is_batch
        ).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": order.id,
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "summary": order._hub_follow_up_summary(),
                    "user_id": wanted[order]["user_id"],
                    "date_deadline": order._hub_follow_up_deadline(wanted[order]),
                }
                for order in self
            ]
        )

    def _hub_take_follow_ups(self):
        """Take back the to-dos of persons who no longer follow these orders up."""
        mine = self.env["mail.activity"].sudo()
        summaries = {order.id: order._hub_follow_up_summary() for order in self}
        found = mine.search(
            [
                ("res_model", "=", "sale.order"),
                ("res_id", "in", self.ids),
                ("automated", "=", True),
                ("summary", "in", list(summaries.values())),
            ]
        )
        found.unlink()

    def _hub_follow_up_summary(self):
        self.ensure_one()
        person = self.hub_follow_up_user_id
        lang = self.with_context(lang=person.lang or self.env.lang)
        return lang.env._("Follow up key order %s", self.name)

    def _hub_follow_up_deadline(self, what):
        """Return the day, where the person is, on which the to-do is due."""
        person = self.env["res.users"].sudo().browse(what["user_id"])
        zone = pytz.timezone(person.tz or "UTC")
        due = fields.Datetime.now() + timedelta(hours=what.get("hours") or 0)
        return pytz.utc.localize(due).astimezone(zone).date()

    # === MEETING === #

    def _hub_invite(self, wanted):
        """Put meetings into calendars and invite the customers.

        A meeting that cannot be made is a problem on the order with a person to
        solve it; it never takes the order with it.
        """
        if not self:
            return
        for person_id in dict.fromkeys(wanted[order]["user_id"] for order in self):
            person = self.env["res.users"].sudo().browse(person_id)
            orders = self.filtered(
                lambda order, who=person_id: wanted[order]["user_id"] == who
            )
            orders._hub_invite_with(person)

    def _hub_invite_with(self, person):
        """Make the meetings of one person, all or none of them."""
        try:
            with self.env.cr.savepoint():
                slots = self._hub_free_slots(person, len(self))
                events = self._hub_make_meetings(person, slots)
        except psycopg2.OperationalError:
            raise  # a conflict with another transaction: Odoo tries the whole again
        except Exception as error:  # mail servers and calendars of any kind
            _logger.warning("Meeting of %s failed", self.mapped("name"), exc_info=True)
            self._hub_note_no_meeting(person, str(error))
            return
        placed = self[: len(events)]
        self.env["order.hub.writer"]._update(
            self,
            {
                order.id: {
                    "hub_follow_up_event_id": event.id,
                    "hub_is_meeting_asked": True,
                }
                for order, event in zip(placed, events, strict=True)
            },
        )
        (self - placed)._hub_note_no_meeting(
            person, self.env._("No free half hour within %s days.", SEARCH_DAYS)
        )

    def _hub_note_no_meeting(self, person, reason):
        if not self:
            return
        name = self.env._("No meeting with the customer was made")
        text = self.env._(
            "%(person)s should meet the customer of this order. Arrange it by hand. "
            "%(reason)s",
            person=person.name,
            reason=reason,
        )
        self.env["order.hub.exception"]._note(
            "action", {order: (name, text) for order in self}
        )

    def _hub_make_meetings(self, person, slots):
        """Create the events of the first orders of self, as many as there are slots."""
        Event = self.env["calendar.event"].sudo()
        values = [
            order._hub_prepare_meeting_vals(person, start)
            for order, start in zip(self, slots, strict=False)
        ]
        return Event.create(values) if values else Event

    def _hub_prepare_meeting_vals(self, person, start):
        """Return the values of the meeting about one order.

        :param person: ``res.users`` who follows the order up
        :param start: naive UTC datetime
        """
        self.ensure_one()
        Event = self.env["calendar.event"]
        token = uuid4().hex
        customer = self.partner_id
        words = self.with_context(lang=customer.lang or self.env.lang).env
        return {
            "name": words._("Your order %s", self.name),
            "description": Markup("<p>%s</p>")
            % words._("We would like to go through your order with you."),
            "start": start,
            "stop": start + engine.STEP,
            "user_id": person.id,
            "partner_ids": [Command.set((person.partner_id | customer).ids)],
            "res_model_id": self.env["ir.model"]._get_id("sale.order"),
            "res_model": "sale.order",
            "res_id": self.id,
            "access_token": token,
            "videocall_location": "/".join(
                (Event.get_base_url(), Event.DISCUSS_ROUTE, token)
            ),
        }

    def _hub_free_slots(self, person, count):
        """Return up to ``count`` free half hours of a person as naive UTC starts."""
        now = fields.Datetime.now()
        until = now + timedelta(days=SEARCH_DAYS)
        working = self._hub_working_hours(person, now, until)
        busy = self._hub_busy_hours(person, now, until)
        slots = []
        while len(slots) < count:
            start = engine.next_free(now, working, busy)
            if start is None:
                break
            slots.append(start)
            busy.append((start, start + engine.STEP))
        return slots

    @api.model
    def _hub_working_hours(self, person, start, end):
        """Return ``[(start, end)]`` in naive UTC: the person's, in his time zone."""
        calendar = person.resource_calendar_id or person.company_id.resource_calendar_id
        if not calendar:
            return [(start, end)]
        zone = pytz.timezone(person.tz or calendar.tz or "UTC")
        found = calendar.sudo()._work_intervals_batch(
            pytz.utc.localize(start), pytz.utc.localize(end), tz=zone
        )[False]
        return [
            tuple(each.astimezone(pytz.utc).replace(tzinfo=None) for each in part[:2])
            for part in found
        ]

    @api.model
    def _hub_busy_hours(self, person, start, end):
        """Return ``[(start, end)]`` in naive UTC of what a person's calendar holds."""
        events = (
            self.env["calendar.event"]
            .sudo()
            .search(
                [
                    ("partner_ids", "in", person.partner_id.ids),
                    ("show_as", "=", "busy"),
                    ("stop", ">", start),
                    ("start", "<", end),
                ]
            )
        )
        return [(event.start, event.stop) for event in events]

    def action_hub_view_meeting(self):
        """Open the meeting with the customer."""
        self.ensure_one()
        return self.hub_follow_up_event_id.get_formview_action()
