from datetime import datetime

from babel.numbers import format_decimal

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import (
    SQL,
    babel_locale_parse,
    format_date,
    format_datetime,
    get_lang,
)
from odoo.tools.image import ImageProcess

from ..engine import flow as flow_engine

#: Sources of stage events behind which a person of the company stands.
PERSONAL_SOURCES = ("user", "scan", "document")
MAX_SIGNATURE_BYTES = 2 * 1024 * 1024
MAX_SIGNER_NAME = 100

#: How each status looks: colour, icon. Never colour alone, a word goes with it.
STATUS_LOOKS = {
    "cancelled": ("secondary", "fa-ban"),
    "done": ("success", "fa-check-circle"),
    "held": ("warning", "fa-commenting-o"),
    "late": ("danger", "fa-exclamation-circle"),
    "later": ("warning", "fa-clock-o"),
    "on_time": ("success", "fa-clock-o"),
    "open": ("info", "fa-hourglass-half"),
    "quote": ("info", "fa-file-text-o"),
}


class SaleOrder(models.Model):
    """What customers see of their order, and the receipt they sign.

    Everything a page shows leaves here as plain words, figures and addresses:
    no template ever holds a record with superuser rights, so nothing that is
    not named in this file can get into the page by a slip in a template.
    """

    _inherit = "sale.order"

    @api.model
    def _hub_portal_domain(self, partner):
        """Return the orders a customer finds in the list: theirs, and sent by now.

        A draft that came through a channel is the customer's own order; any other
        draft is a quotation that somebody is still writing.
        """
        theirs = Domain("partner_id", "child_of", partner.commercial_partner_id.ids)
        sent = Domain("state", "in", ("sent", "sale"))
        return (
            theirs
            & Domain("hub_ref", "!=", False)
            & (sent | Domain("hub_channel_id", "!=", False))
        )

    # === PAGES === #

    def _hub_customer_rows(self):
        """Return one dict per order for the list of a customer (sudo)."""
        return [
            {
                "name": order.name,
                "ref": order.hub_ref,
                "your_ref": order.client_order_ref or order.hub_external_ref or "",
                "url": order._hub_page_url(),
                "stage": order._hub_public_stage_name(),
                "promised": order._hub_day(order.hub_promised_date),
                "status": order._hub_page_status(),
            }
            for order in self.sudo()
        ]

    def _hub_customer_page(self):
        """Return everything the customer page shows, in plain values (sudo)."""
        self.ensure_one()
        order = self.sudo()
        return {
            "name": order.name,
            "ref": order.hub_ref,
            "your_ref": order.client_order_ref or order.hub_external_ref or "",
            "contact": order._hub_page_contact(),
            "status": order._hub_page_status(),
            "steps": order._hub_page_steps(),
            "promised": order._hub_day(order.hub_promised_date),
            "promise_changes": order._hub_page_promise_changes(),
            "parts": order._hub_page_parts(),
            "lines": order._hub_page_lines(),
            "evidence": order._hub_page_evidence(),
            "can_sign": order._hub_can_sign_receipt(),
        }

    def _hub_page_contact(self):
        """Return whom to ask: the company as it stands on its papers."""
        company = self.company_id
        return {
            "name": company.name,
            "phone": company.phone or "",
            "email": company.email or "",
        }

    # === STAGES === #

    def _hub_stages_for_customer(self):
        """Return the stages reached and those to come, public ones only."""
        self.ensure_one()
        main = self.hub_flow_id.stage_ids.filtered(lambda s: s.milestone != "cancelled")
        if self.hub_milestone == "cancelled":
            passed = main & self.hub_event_ids.stage_id
            reached, ahead = passed | self.hub_stage_id, main.browse()
        else:
            ids = main.ids
            current = self.hub_stage_id.id
            here = ids.index(current) + 1 if current in ids else 0
            reached, ahead = main[:here], main[here:]
        return reached.filtered("is_public"), ahead.filtered("is_public")

    def _hub_public_stage_name(self):
        reached, _ahead = self._hub_stages_for_customer()
        return reached[-1]._public_label() if reached else ""

    def _hub_page_steps(self):
        """Return the progress line: label, state (done, now, next), when, by whom."""
        reached, ahead = self._hub_stages_for_customer()
        events = self._hub_last_entries(reached)
        steps = [self._hub_step_done(stage, events.get(stage)) for stage in reached]
        if steps and not self._hub_is_finished(ahead):
            steps[-1]["state"] = "now"
        coming = {"state": "next", "when": "", "who": ""}
        return steps + [{"label": s._public_label(), **coming} for s in ahead]

    def _hub_is_finished(self, ahead):
        """Nothing is waited for any more: closed, or delivered as the last stage."""
        last = self.hub_flow_id.stage_ids.filtered(
            lambda stage: stage.milestone != "cancelled"
        )[-1:]
        return not self.hub_is_open or (not ahead and self.hub_stage_id == last)

    def _hub_last_entries(self, stages):
        """Return ``{stage: event}``: when the order last entered each stage."""
        found = {}
        for event in self.hub_event_ids.sorted("id"):
            if event.stage_id in stages:
                found[event.stage_id] = event
        return found

    def _hub_step_done(self, stage, event):
        return {
            "label": stage._public_label(),
            "state": "done",
            "when": self._hub_moment(event.date) if event else "",
            "who": self._hub_actor(event) if event else "",
        }

    def _hub_actor(self, event):
        """Return in public words who brought the order into a stage.

        Whoever signed, else the person of the company, else the company itself:
        no name of a technical user, of an integration or of a job.
        """
        signer = event.evidence_ids.filtered(lambda e: e.kind == "signature").mapped(
            "signed_by"
        )
        if signer and signer[0]:
            return signer[0]
        user = event.user_id
        is_person = user and user.id != SUPERUSER_ID and user._is_internal()
        if is_person and event.source in PERSONAL_SOURCES:
            return user.name
        return self.company_id.name

    # === STATUS === #

    def _hub_page_status(self):
        """Return level, icon, word and one sentence: on time, late or done."""
        self.ensure_one()
        code, sentence = self._hub_status_sentence()
        level, icon = STATUS_LOOKS[code]
        words = self._hub_status_words()
        return {
            "code": code,
            "level": level,
            "icon": icon,
            "word": words[code],
            "sentence": sentence,
        }

    def _hub_status_words(self):
        return {
            "cancelled": self.env._("Cancelled"),
            "done": self.env._("Done"),
            "held": self.env._("One question open"),
            "late": self.env._("Late"),
            "later": self.env._("Later than promised"),
            "on_time": self.env._("On time"),
            "open": self.env._("In work"),
            "quote": self.env._("Quotation"),
        }

    def _hub_status_sentence(self):
        """Return the status code and its sentence; the first that holds wins."""
        pickings = self._hub_customer_pickings()
        done = pickings.filtered(lambda picking: picking.state == "done")
        if self.state == "cancel" or self.hub_milestone == "cancelled":
            return "cancelled", self.env._("This order was cancelled.")
        if self._hub_is_delivered(pickings, done):
            return "done", self._hub_done_sentence(done)
        if self.hub_is_held:
            return "held", self.env._(
                "We are clarifying something about your order and will come back "
                "to you."
            )
        if self.state == "sent":
            return "quote", self.env._("We begin as soon as you accept it.")
        return self._hub_promise_status(pickings - done, done)

    def _hub_is_delivered(self, pickings, done):
        return self.hub_milestone in ("delivered", "closed") or (
            bool(pickings) and pickings == done
        )

    def _hub_done_sentence(self, done):
        dates = [date for date in done.mapped("date_done") if date]
        if not dates:
            return self.env._("Everything about this order is done.")
        return self.env._("Everything was delivered on %s.", self._hub_day(max(dates)))

    def _hub_promise_status(self, waiting, done):
        """Compare what is promised with what is planned for the rest."""
        promised = self.hub_promised_date
        if not promised:
            return "open", self.env._(
                "We are working on it and tell you the delivery date as soon as it "
                "is known."
            )
        planned = max(
            (date for date in waiting.mapped("scheduled_date") if date),
            default=promised,
        )
        days = {"promised": self._hub_day(promised), "planned": self._hub_day(planned)}
        if promised < fields.Datetime.now():
            return "late", self._hub_late_sentence(done, days)
        if planned > promised and days["planned"] != days["promised"]:
            return "later", self.env._(
                "Promised for %(promised)s; we now expect %(planned)s.", **days
            )
        if done:
            return "on_time", self.env._(
                "A part was delivered; the rest is promised for %(promised)s.", **days
            )
        return "on_time", self.env._("Promised for %(promised)s.", **days)

    def _hub_late_sentence(self, done, days):
        if done:
            return self.env._(
                "A part was delivered; the rest was promised for %(promised)s and is "
                "late. We are working on it.",
                **days,
            )
        return self.env._(
            "It was promised for %(promised)s and is late. We are working on it.",
            **days,
        )

    # === PROMISE === #

    def _hub_page_promise_changes(self):
        """Return how the promised date changed: from, to, when; newest first."""
        changes = self.hub_change_ids.filtered(
            lambda change: change.field_name == "commitment_date"
        )
        rows = [
            {
                "old": self._hub_logged_day(change.old_value),
                "new": self._hub_logged_day(change.new_value),
                "when": self._hub_moment(change.date),
            }
            for change in changes.sorted("id", reverse=True)
        ]
        return [row for row in rows if row["old"] != row["new"]]

    def _hub_logged_day(self, text):
        """Return a moment of the change log as a day in the reader's words."""
        try:
            return self._hub_day(datetime.fromisoformat(text or ""))
        except ValueError:
            return ""

    # === DELIVERIES === #

    def _hub_customer_pickings(self):
        """Return the deliveries to the customer that were not given up."""
        return self.picking_ids.filtered(
            lambda picking: (
                picking.state != "cancel"
                and picking.location_dest_id.usage == "customer"
            )
        ).sorted(lambda picking: (picking.scheduled_date or datetime.max, picking.id))

    def _hub_page_parts(self):
        """Return the deliveries: what is in each, its state in words, when."""
        return [
            {
                "name": picking.name,
                "is_done": picking.state == "done",
                **self._hub_part_words(picking),
                "lines": self._hub_part_lines(picking),
                **self._hub_part_tracking(picking),
            }
            for picking in self._hub_customer_pickings()
        ]

    def _hub_part_words(self, picking):
        """Return the state of a delivery in words, with its icon and day."""
        if picking.state == "done":
            day = self._hub_day(picking.date_done)
            return {
                "state": self.env._("Delivered on %s", day),
                "icon": "fa-check-circle",
            }
        is_planned = (
            picking.scheduled_date and picking.scheduled_date > fields.Datetime.now()
        )
        day = self._hub_day(picking.scheduled_date) if is_planned else ""
        if picking._hub_part_state() == "preparing":
            word = self.env._("Goods set aside for you")
            dated = self.env._("Goods set aside for you, planned for %s", day)
            icon = "fa-archive"
        else:
            word = self.env._("Not ready yet")
            dated = self.env._("Planned for %s", day)
            icon = "fa-calendar"
        return {"state": dated if day else word, "icon": icon}

    def _hub_part_lines(self, picking):
        """Return name, quantity and unit of what a delivery brings.

        Components of a kit are the company's business: the customer reads the name
        of what was ordered, once and without a quantity.
        """
        lines = {}
        for move in picking.move_ids.filtered(lambda m: m.state != "cancel"):
            line = move.sale_line_id
            if line and line.product_id != move.product_id:
                lines[line] = {"name": self._hub_line_name(line), "quantity": ""}
                continue
            amount = move.quantity if move.state == "done" else move.product_uom_qty
            lines[move] = {
                "name": self._hub_line_name(line) if line else move.product_id.name,
                "quantity": self._hub_quantity(amount, move.product_uom),
            }
        return list(lines.values())

    def _hub_part_tracking(self, picking):
        """Return number and address of the parcel where a carrier gives them."""
        number = "carrier_tracking_ref" in picking and picking.carrier_tracking_ref
        url = number and picking.carrier_tracking_url
        is_address = bool(url) and url.startswith(("http://", "https://"))
        return {"tracking": number or "", "tracking_url": url if is_address else ""}

    # === LINES === #

    def _hub_page_lines(self):
        """Return what was ordered and how much of it was delivered."""
        return [
            {
                "name": self._hub_line_name(line),
                "ordered": self._hub_quantity(
                    line.product_uom_qty, line.product_uom_id
                ),
                "delivered": self._hub_quantity(
                    line.qty_delivered, line.product_uom_id
                ),
            }
            for line in self.order_line
            if not line.display_type and not line.is_downpayment
        ]

    def _hub_line_name(self, line):
        return (line.name or line.product_id.name or "").split("\n")[0]

    def _hub_quantity(self, amount, unit):
        """Return an amount with its unit, without digits that say nothing."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return f"{format_decimal(amount, locale=locale)} {unit.name}"

    # === EVIDENCE === #

    def _hub_public_evidence(self):
        """Return the evidence meant for the customer (sudo)."""
        self.ensure_one()
        return self.sudo().hub_evidence_ids.filtered("is_public")

    def _hub_page_evidence(self):
        """Return photos, notes, signatures and files meant for the customer."""
        return [
            {
                "id": evidence.id,
                "kind": evidence.kind,
                "stage": evidence.stage_id._public_label()
                if evidence.stage_id.is_public
                else "",
                "when": self._hub_moment(evidence.create_date),
                "note": evidence.note or "",
                "signed_by": evidence.signed_by or "",
                "filename": evidence.attachment_id.name or "",
            }
            for evidence in self._hub_public_evidence()
        ]

    # === RECEIPT === #

    def _hub_receipt_stage(self):
        """Return the later stage that a signed receipt carries the order into."""
        self.ensure_one()
        steps = self.hub_flow_id._steps() if self.hub_flow_id else []
        stages = self.hub_flow_id.stage_ids
        return stages.filtered(
            lambda stage: (
                stage.trigger == "signed"
                and stage != self.hub_stage_id
                and flow_engine.is_forward(steps, self.hub_stage_id.id, stage.id)
            )
        )[:1]

    def _hub_can_sign_receipt(self):
        """Tell whether everything is delivered and only the receipt is missing."""
        self.ensure_one()
        if not self.hub_is_open or not self._hub_receipt_stage():
            return False
        facts = self._hub_facts()[self.id]
        return "delivered" in facts and "signed" not in facts

    def _hub_sign_receipt(self, signed_by, signature):
        """Keep the customer's signature and carry the order on.

        The caller has checked that the visitor may see the order.

        :param signed_by: name of who signs
        :param signature: the picture, base64
        :raise UserError: too early, signed already, no name, no picture, too large
        """
        self.ensure_one()
        self._hub_take_turn()
        if not self._hub_can_sign_receipt():
            raise UserError(
                self.env._("There is nothing to sign: not delivered yet, or signed.")
            )
        item = {
            "kind": "signature",
            "content": self._hub_checked_signature(signature),
            "filename": "receipt.png",
            "signed_by": self._hub_checked_signer(signed_by),
            "is_public": True,
        }
        stage = self._hub_receipt_stage()
        self.env["order.hub.evidence"]._add(self, stage, [item])
        self._hub_sync()

    def _hub_take_turn(self):
        """Let two signatures of one order happen one after the other.

        Touching the row, unlike locking it, makes whoever comes second start again
        on a fresh snapshot and find the receipt signed.
        """
        self.env.execute_query(
            SQL(
                "UPDATE sale_order SET write_date = write_date WHERE id = %s "
                "RETURNING id",
                self.id,
            )
        )

    def _hub_checked_signer(self, name):
        name = " ".join(name.split()) if isinstance(name, str) else ""
        if not name or len(name) > MAX_SIGNER_NAME:
            raise ValidationError(
                self.env._("Write your name, at most %s letters.", MAX_SIGNER_NAME)
            )
        return name

    def _hub_checked_signature(self, signature):
        """Return the base64 text of a signature that is one and of sane size."""
        if not signature or not isinstance(signature, str):
            raise ValidationError(self.env._("The signature is missing."))
        if len(signature) > MAX_SIGNATURE_BYTES * 4 // 3 + 4:
            raise ValidationError(
                self.env._("The picture is too large to be a signature.")
            )
        Evidence = self.env["order.hub.evidence"]
        content = Evidence._decoded(signature)
        Evidence._check_size_and_type("signature", content)
        ImageProcess(content, verify_resolution=True)
        return signature

    # === WORDS === #

    def _hub_day(self, moment):
        """Return a moment as a day in the reader's language and time zone."""
        return format_date(self.env, moment) if moment else ""

    def _hub_moment(self, moment):
        """Return a moment as day and time in the reader's language and zone."""
        if not moment:
            return ""
        zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
        return format_datetime(self.env, moment, tz=zone, dt_format="short")
