from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .sale_order import INSIDE

#: Orders that one step of the job writes about.
CRON_BATCH = 50
#: A promise that was moved longer ago is no news.
NEWS_DAYS = 3


class SaleOrder(models.Model):
    """Customers are written to when their order comes later: once for each new day."""

    _inherit = "sale.order"

    hub_told_day = fields.Date(
        "Customer Told",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="The later day that the customer was last written to about.",
    )

    hub_customer_sentence = fields.Char(
        "Told to the Customer",
        compute="_compute_hub_customer_words",
        compute_sudo=True,
        groups=INSIDE,
        help="Whether the order is late and why, as its page says it.",
    )
    hub_customer_link = fields.Char(
        "Link for the Customer",
        compute="_compute_hub_customer_words",
        compute_sudo=True,
        groups=INSIDE,
        help="The address of the page; it opens without a login if the company allows.",
    )

    @api.depends_context("lang", "tz")
    def _compute_hub_customer_words(self):
        for order in self:
            zone = order.company_id._hub_time_zone() if order.company_id else "UTC"
            told = order.with_context(tz=zone)
            order.hub_customer_sentence = told._hub_page_status()["sentence"]
            order.hub_customer_link = order.hub_ref and order._hub_link_url()

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {"hub_told_day"}

    @api.model
    def _cron_hub_tell_delays(self):
        """Write to customers whose order comes later than they know.

        Where the company wants it. An order is written about once for each later
        day; a job that was killed goes on with those that are left.
        """
        ids = self._hub_delayed_ids(fields.Datetime.now())
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), CRON_BATCH):
            batch = ids[start : start + CRON_BATCH]
            self.sudo().browse(batch).exists()._hub_tell_delay()
            if not Cron._commit_progress(len(batch)):
                break

    @api.model
    def _hub_delayed_ids(self, now):
        """Return the ids of open orders with a later day, oldest first; one query.

        Later by what suppliers say, or by a promise that our people have moved: one
        that was moved by a change of the customer's own has its own answer.

        :param datetime now: naive UTC
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id
                     FROM sale_order o
                     JOIN res_company company ON company.id = o.company_id
                    WHERE company.hub_tell_delays AND o.hub_is_open
                      AND o.state = 'sale'
                      AND (o.hub_expected_date IS NOT NULL OR EXISTS (
                           SELECT FROM order_hub_change change
                            WHERE change.order_id = o.id
                              AND change.field_name = 'commitment_date'
                              AND change.voucher IS NULL AND change.date >= %s
                              AND left(change.new_value, 10)
                                  > left(change.old_value, 10)))
                 ORDER BY o.id""",
                now - timedelta(days=NEWS_DAYS),
            )
        )
        return [row[0] for row in rows]

    def _hub_tell_delay(self):
        """Write to the customers of these orders about a day they do not know yet.

        :return: the orders that were written about
        """
        told = self.browse()
        for order in self:
            day = order._hub_company_day(
                order.hub_expected_date or order.hub_promised_date
            )
            if day == order.hub_told_day or not order.partner_id.email:
                continue
            if order._hub_mail_delay():
                told |= order
                order._hub_note_told(day)
        return told

    def _hub_note_told(self, day):
        self.env["order.hub.writer"]._update(self, {self.id: {"hub_told_day": day}})

    def _hub_mail_delay(self):
        """Write to one customer; tell whether there is a text to write."""
        self.ensure_one()
        template = self.env.ref(
            "order_hub.mail_template_delay", raise_if_not_found=False
        )
        if not template:
            return False
        self.message_post_with_source(
            template,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
        )
        return True
