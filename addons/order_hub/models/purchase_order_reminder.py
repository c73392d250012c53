import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import reminder as engine
from .order_hub_link import INSIDE

_logger = logging.getLogger(__name__)

KINDS = [
    (engine.ANSWER, "Answer missing"),
    (engine.DUE, "Goods due"),
    (engine.OVERDUE, "Goods overdue"),
]


class PurchaseOrder(models.Model):
    """Suppliers are reminded until everything is there.

    What was sent last is kept with the order, and what is next follows from it and
    from what is open today: a first partial receipt does not end the reminders, and a
    day on which the job did not run is made up for once.
    """

    _inherit = "purchase.order"

    hub_remind_count = fields.Integer(
        "Reminded", copy=False, readonly=True, groups=INSIDE
    )
    hub_reminded_at = fields.Datetime(
        "Last Reminder", copy=False, readonly=True, groups=INSIDE
    )
    hub_reminded_kind = fields.Selection(
        KINDS, "Reminded Of", copy=False, readonly=True, groups=INSIDE
    )
    hub_reminded_due = fields.Date(
        "Reminded of the Day", copy=False, readonly=True, groups=INSIDE
    )
    hub_next_reminder = fields.Date(
        "Next Reminder",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="As things stood when the job ran last; it looks every day.",
    )
    hub_is_not_reminded = fields.Boolean(
        "No Reminders",
        copy=False,
        groups=INSIDE,
        help="The supplier is not reminded of this order by itself.",
    )

    # === WHO IS TO BE REMINDED === #

    @api.model
    def _cron_hub_remind(self):
        """Remind suppliers of what is missing today; an order at a time.

        Each order is committed by itself: whoever stops the job loses nothing, and
        the next run goes on where this one ended.
        """
        now = fields.Datetime.now()
        companies = self.env["res.company"].sudo().search([("hub_remind", "=", True)])
        if not companies:
            return
        wanted = self._hub_plan_reminders(companies, now)
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(wanted))
        for order_id, kind in wanted.items():
            self.browse(order_id)._hub_try_to_remind(kind, now)
            if not Cron._commit_progress(1):
                break

    @api.model
    def _hub_plan_reminders(self, companies, now):
        """Say when the open orders of companies are reminded next.

        :param datetime now: naive UTC
        :return: ``{order id: kind}`` of what is to be sent today
        """
        found, changed = {}, {}
        plans = {each.id: each._hub_reminder_plan() for each in companies}
        for row in self._hub_reminder_rows(companies, now):
            order, last, today = self._hub_reminder_facts(row)
            following = engine.next_reminder(order, plans[row.company_id], last, today)
            day = following[0] if following else None
            if following and day <= today:
                found[row.id] = following[1]
            if day != row.hub_next_reminder:
                changed[row.id] = {"hub_next_reminder": day}
        self.env["order.hub.writer"]._update(self.browse(), changed)
        return found

    @staticmethod
    def _hub_reminder_facts(row):
        """Return what the engine is asked with: order, last reminder, today."""
        last = row.reminded_on and engine.Reminder(
            row.reminded_on, row.hub_reminded_kind, row.hub_reminded_due
        )
        order = engine.Order(row.ordered, row.due, row.is_open, row.is_unanswered)
        return order, last, row.today

    def _hub_reminder_rows(self, companies, now):
        """Return what is known of the orders under way, one statement.

        :return: rows: id, company_id, ordered, due, is_open, is_unanswered,
            reminded_on (days where the company is), hub_reminded_kind,
            hub_reminded_due, hub_next_reminder, today
        """
        self.env["purchase.order.line"].flush_model()
        self.flush_model()
        return self.env["order.hub.chain"]._cr_rows(
            SQL(
                """SELECT bought.id, bought.company_id, bought.hub_reminded_kind,
                          bought.hub_reminded_due, bought.hub_next_reminder,
                          (%(now)s AT TIME ZONE 'UTC' AT TIME ZONE place.tz)::date
                              AS today,
                          (COALESCE(bought.date_approve, bought.date_order)
                              AT TIME ZONE 'UTC' AT TIME ZONE place.tz)::date
                              AS ordered,
                          (bought.hub_reminded_at
                              AT TIME ZONE 'UTC' AT TIME ZONE place.tz)::date
                              AS reminded_on,
                          (missing.due AT TIME ZONE 'UTC' AT TIME ZONE place.tz)::date
                              AS due,
                          missing.count > 0 AS is_open,
                          bought.hub_answer_state = 'waiting' AS is_unanswered
                     FROM purchase_order bought
                     JOIN res_company company ON company.id = bought.company_id
                     JOIN res_partner home ON home.id = company.partner_id
               CROSS JOIN LATERAL (SELECT COALESCE(home.tz, 'UTC') AS tz) place
               CROSS JOIN LATERAL (
                          SELECT count(*), min(GREATEST(line.date_planned,
                                              line.hub_expected_date)) AS due
                            FROM purchase_order_line line
                            JOIN product_product product
                                 ON product.id = line.product_id
                            JOIN product_template template
                                 ON template.id = product.product_tmpl_id
                                AND template.type <> 'service'
                           WHERE line.order_id = bought.id
                             AND line.display_type IS NULL
                             AND line.product_qty > COALESCE(line.qty_received, 0)
                          ) missing
                    WHERE bought.company_id = ANY(%(companies)s)
                      AND bought.state = 'purchase'
                      AND bought.hub_is_not_reminded IS NOT TRUE
                      AND (missing.count > 0 OR bought.hub_next_reminder IS NOT NULL)
                 ORDER BY bought.id""",
                now=now,
                companies=companies.ids,
            )
        )

    # === REMIND === #

    def _hub_try_to_remind(self, kind, now):
        """Remind of one order; a failure is logged and does not stop the others."""
        try:
            with self.env.cr.savepoint():
                self._hub_remind(kind, now)
        except psycopg2.OperationalError:
            raise  # a conflict with another transaction: the next run tries again
        except Exception:  # mail templates and addresses are what users made of them
            _logger.warning(
                "Reminder of purchase order %s failed", self.id, exc_info=True
            )

    def _hub_remind(self, kind, now):
        """Write to the supplier, or have the buyer do so where there is no address.

        :param kind: ``engine.reminder.ANSWER``, ``DUE`` or ``OVERDUE``
        :param datetime now: naive UTC
        """
        self.ensure_one()
        if self.partner_id.email:
            self._hub_mail_reminder(kind)
        else:
            self._hub_ask_buyer_to_remind()
        self.env["order.hub.writer"]._update(
            self,
            {
                self.id: {
                    "hub_remind_count": self.hub_remind_count + 1,
                    "hub_reminded_at": now,
                    "hub_reminded_kind": kind,
                    "hub_reminded_due": self._hub_due_day(),
                }
            },
        )
        self._hub_plan_reminders(self.company_id, now)

    def _hub_mail_reminder(self, kind):
        self.with_context(is_reminder=True).message_post_with_source(
            self.env.ref(f"order_hub.mail_template_reminder_{kind}"),
            email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
            subtype_xmlid="mail.mt_comment",
        )

    def _hub_ask_buyer_to_remind(self):
        """Give the buyer a to-do: the supplier has no address to write to."""
        buyer = self.user_id or self.env.ref("base.user_admin")
        words = self.with_context(lang=buyer.lang or self.env.lang).env
        self.activity_schedule(
            "mail.mail_activity_data_call",
            user_id=buyer.id,
            summary=words._("Remind %s", self.partner_id.name),
            note=words._(
                "%(supplier)s has no e-mail address and was not reminded of "
                "%(order)s. Call, and add the address.",
                supplier=self.partner_id.name,
                order=self.name,
            ),
        )

    def _hub_open_lines(self):
        """Return the lines of which goods are still to come, the earliest first."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and line.product_id.type != "service"
                and line.product_uom_id.compare(line.product_qty, line.qty_received) > 0
            )
        ).sorted("date_planned")

    def _hub_due_day(self):
        """Return the day on which the next open goods are due where the company is."""
        lines = self.sudo()._hub_open_lines()
        days = [
            max(each.date_planned, each.hub_expected_date or each.date_planned)
            for each in lines
            if each.date_planned
        ]
        return self._hub_company_day(min(days)) if days else None

    def action_hub_remind(self):
        """Remind the supplier now, of whatever is most urgent.

        :raise AccessError: for whoever may not change these orders
        :raise UserError: when nothing is missing
        """
        self.check_access("write")
        now = fields.Datetime.now()
        for order in self:
            order._hub_remind(order._hub_reminder_kind(now), now)
        return True

    def _hub_reminder_kind(self, now):
        """Return what the supplier is to be reminded of now.

        :raise UserError: nothing is missing
        """
        self.ensure_one()
        due, today = self._hub_due_day(), self._hub_company_day(now)
        if self.state != "purchase" or not self._hub_open_lines():
            raise UserError(
                self.env._(
                    "Nothing is missing of %s: there is nothing to remind the supplier "
                    "of.",
                    self.name,
                )
            )
        if due and due < today:
            return engine.OVERDUE
        is_unanswered = self.hub_answer_state == "waiting"
        return engine.ANSWER if is_unanswered else engine.DUE

    # === ODOO'S OWN REMINDER === #

    @api.model
    def _get_orders_to_remind(self):
        """Leave orders to the hub where it reminds: nobody is written to twice."""
        orders = super()._get_orders_to_remind()
        return orders.filtered(lambda order: not order.company_id.sudo().hub_remind)
