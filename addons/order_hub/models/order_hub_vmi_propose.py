import hashlib
from datetime import timedelta

import pytz

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Command, Domain

from ..engine import vmi as engine


class OrderHubVmi(models.Model):
    """Suppliers propose deliveries of agreed stock, and are told when it is short."""

    _inherit = "order.hub.vmi"

    # === WHAT THE SUPPLIER SEES === #

    @api.model
    def _for_supplier(self, partner, company, now):
        """Return the agreed items of a supplier as plain values (as superuser).

        :param partner: commercial partner of the visitor
        :param datetime now: naive UTC
        """
        agreements = self._agreed_with(partner, company, now)
        positions = agreements._positions()
        labels = agreements._labels()
        return [
            {
                "id": agreement.id,
                "label": labels[agreement],
                "warehouse": agreement.warehouse_id.name,
                "unit": agreement.uom_id.name,
                "until": agreement.date_until,
                "mark": agreement._mark(positions[agreement.id]),
                "words": agreement._position_words(positions[agreement.id]),
                **agreement._position_values(positions[agreement.id]),
            }
            for agreement in agreements
        ]

    @api.model
    def _agreed_with(self, partner, company, now):
        """Return the agreements with a supplier that hold today (as superuser)."""
        today = self._today(company, now)
        return self.sudo().search(
            self._valid_domain(today)
            & Domain("commercial_partner_id", "=", partner.id)
            & Domain("company_id", "=", company.id)
        )

    @api.model
    def _today(self, company, now):
        """Return the day of a moment (naive UTC) where the company is."""
        zone = pytz.timezone(company.sudo().partner_id.tz or "UTC")
        return pytz.utc.localize(now).astimezone(zone).date()

    def _position_values(self, position):
        return {
            "stock": position.stock,
            "coming": position.coming,
            "minimum": position.minimum,
            "maximum": position.maximum,
            "room": position.room,
            "state": position.state,
            "is_short": position.is_short,
            "bar": engine.bar(position),
        }

    def _position_words(self, position):
        """Return the quantities with their unit, as the reader writes them."""
        words = self.env["order.hub.answer.words"]
        return {
            name: words._quantity(getattr(position, name), self.uom_id)
            for name in ("stock", "coming", "minimum", "maximum", "room")
        }

    def _mark(self, position):
        """Return what tells two states of an agreement apart, as far as one proposes.

        A form sent twice finds that the first one has changed it.
        """
        seen = repr((self.id, position))
        return hashlib.sha256(seen.encode()).hexdigest()[:32]

    # === PROPOSE === #

    def _propose(self, quantity, day, mark, now, author=None):
        """Take a proposal: an order within the agreed limit, else a request.

        Whoever calls has checked that the visitor may speak for the supplier.

        :param float quantity: in the unit of the agreement
        :param date day: of arrival, where the company is
        :param mark: what the page was made from
        :param datetime now: naive UTC
        :param author: ``res.partner`` who proposes, for the log
        :return: the purchase order (superuser)
        :raise UserError: why the proposal cannot be taken, and what to do
        """
        self.ensure_one()
        agreement = self.with_user(SUPERUSER_ID).with_company(self.company_id)
        agreement._lock_for_proposal()
        position = agreement._positions()[agreement.id]
        if mark != agreement._mark(position):
            raise UserError(agreement._overtaken_words())
        agreement._check_proposal(position, quantity, day, now)
        order = agreement._make_purchase(quantity, day, author)
        agreement._confirm_if_agreed(order, now)
        return order

    def _lock_for_proposal(self):
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(self._overtaken_words()) from error

    def _overtaken_words(self):
        return self.env._(
            "The stock has changed or something was proposed since you opened the "
            "page. Nothing was stored. Look at it as it is now and propose again."
        )

    def _check_proposal(self, position, quantity, day, now):
        """:raise UserError: the proposal cannot be taken"""
        ahead = (day - self._today(self.company_id, now)).days
        found = engine.refusal(position, quantity, ahead)
        if found:
            raise UserError(self._refusal_words(found, position))

    def _refusal_words(self, refusal, position):
        unit = self.uom_id.name
        return {
            engine.NO_QUANTITY: self.env._(
                "Say how much you want to deliver: a quantity above 0."
            ),
            engine.PAST: self.env._(
                "The day of arrival has passed. Choose today or a later day."
            ),
            engine.NO_ROOM: self.env._(
                "There is no room: stock and what is on the way reach the agreed "
                "maximum of %(high)g %(unit)s. Propose again when some was used.",
                high=position.maximum,
                unit=unit,
            ),
            engine.TOO_MUCH: self.env._(
                "There is room for %(room)g %(unit)s up to the agreed maximum of "
                "%(high)g %(unit)s. Propose that much or less.",
                room=round(position.room, 3),
                high=position.maximum,
                unit=unit,
            ),
        }[refusal]

    def _make_purchase(self, quantity, day, author):
        order = self.env["purchase.order"].create(self._purchase_vals(quantity, day))
        body = self.env._(
            "%(quantity)g %(unit)s proposed for %(day)s: %(order)s.",
            quantity=quantity,
            unit=self.uom_id.name,
            day=fields.Date.to_string(day),
            order=order.name,
        )
        self.message_post(body=body, author_id=author.id if author else None)
        return order

    def _purchase_vals(self, quantity, day):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "picking_type_id": self.warehouse_id.in_type_id.id,
            "user_id": self.user_id.id,
            "hub_vmi_id": self.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": self.product_id.id,
                        "product_qty": quantity,
                        "product_uom_id": self.uom_id.id,
                        "date_planned": self._noon(day),
                    }
                )
            ],
        }

    def _noon(self, day):
        """Return noon of a day where the company is, naive UTC."""
        zone = pytz.timezone(self.company_id.partner_id.tz or "UTC")
        start = fields.Datetime.to_datetime(day) + timedelta(hours=12)
        return zone.localize(start).astimezone(pytz.utc).replace(tzinfo=None)

    def _confirm_if_agreed(self, order, now):
        """Confirm a proposal within the limit, as answered; else ask the buyer."""
        amount = order.currency_id._convert(
            order.amount_untaxed,
            self.currency_id,
            self.company_id,
            self._today(self.company_id, now),
        )
        if not engine.is_confirmed_at_once(amount, self.confirm_amount):
            self._ask_buyer(order, amount)
            return
        order.button_confirm()
        if order.state == "purchase":
            words = [{"line_id": order.order_line.id, "kind": "confirm"}]
            order._hub_answer(words, "portal", now)

    def _ask_buyer(self, order, amount):
        if not self.user_id:
            return
        words = self.with_context(lang=self.user_id.lang or self.env.lang).env
        order.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.user_id.id,
            summary=words._("Delivery proposed for agreed stock"),
            note=words._(
                "%(supplier)s proposes to deliver %(item)s for %(amount)s. Confirm or "
                "cancel the request.",
                supplier=self.partner_id.name,
                item=self.product_id.display_name,
                amount=self._amount_text(amount),
            ),
        )

    # === TELL === #

    @api.model
    def _cron_tell(self):
        """Tell suppliers once, and then every so many days, that stock is short."""
        now = fields.Datetime.now()
        groups = self.sudo()._read_group([("active", "=", True)], ["company_id"])
        companies = [company for (company,) in groups]
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(companies))
        for company in companies:
            self.sudo()._tell_company(company, now)
            if not Cron._commit_progress(1):
                break

    @api.model
    def _tell_company(self, company, now):
        """Tell the suppliers of one company.

        :return: the agreements whose suppliers were told
        """
        today = self._today(company, now)
        agreements = self.search(
            self._valid_domain(today) & Domain("company_id", "=", company.id)
        )
        positions = agreements._positions()
        short = agreements.filtered(lambda each: positions[each.id].is_short)
        (agreements - short).filtered("told_on").told_on = False
        again = today - timedelta(days=company.hub_remind_every_days)
        telling = short.filtered(lambda each: not each.told_on or each.told_on <= again)
        for agreement in telling:
            agreement.message_post_with_source(
                self.env.ref("order_hub.mail_template_vmi_short"),
                email_layout_xmlid="mail.mail_notification_light",
                subtype_xmlid="mail.mt_comment",
            )
        telling.told_on = today
        return telling
