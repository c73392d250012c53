from odoo import api, fields, models

from .order_hub_version_content import ORDER_FIELDS
from .sale_order import INSIDE

#: Orders that this transaction touched, until it commits: ``{id: note}``.
MARKS = "order_hub.versions"
#: Changes after which the content is looked at.
WATCHED = frozenset({*ORDER_FIELDS, "order_line", "pricelist_id", "fiscal_position_id"})


class SaleOrder(models.Model):
    """Versions of an order: taken once a transaction, right before it commits."""

    _inherit = "sale.order"

    hub_version_ids = fields.One2many(
        "order.hub.order.version",
        "order_id",
        "Versions",
        readonly=True,
        copy=False,
        groups=INSIDE,
    )
    hub_version_count = fields.Integer(
        "Version", compute="_compute_hub_version_count", groups=INSIDE
    )
    hub_promise_ids = fields.One2many(
        "order.hub.change",
        "order_id",
        "Promises",
        domain=[("field_name", "=", "commitment_date")],
        readonly=True,
        groups=INSIDE,
    )

    @api.depends("hub_version_ids")
    def _compute_hub_version_count(self):
        last = self.env["order.hub.order.version"]._last_numbers(self.ids)
        for order in self:
            order.hub_version_count = last.get(order.id, 0)

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {"hub_version_ids", "hub_promise_ids"}

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._hub_mark_version()
        return orders

    def write(self, vals):
        reason = {
            name: vals.get(f"hub_change_{name}") for name in ("reason", "voucher")
        }
        result = super().write(vals)
        if WATCHED.intersection(vals):
            note = {**reason, **self._hub_signature_note(vals)}
            self._hub_mark_version(**note)
        return result

    def _hub_signature_note(self, vals):
        """Return what the signature in vals says about the version it confirms."""
        if not vals.get("signed_on"):
            return {}
        by = vals.get("signed_by") or self[:1].signed_by
        at = fields.Datetime.to_datetime(vals["signed_on"])
        confirmed = {"how": "signature", "by": by, "at": at}
        return {"confirmed": confirmed, "source": "portal"}

    # === MARKED === #

    def _hub_mark_version(self, **note):
        """Remember orders for a version at the end of this transaction.

        What is said first stays, apart from what was said as nothing: whoever knows
        why an order changes marks it before it is written.

        :param note: ``user_id``, ``source`` (of ``const.SOURCES``), ``reason``,
            ``voucher``, ``confirmed`` (``{"how", "by", "at"}``); what is left out
            follows from user and context
        """
        accepted = self.sudo().filtered(lambda o: o.state == "sale" or o.signed_on)
        if not accepted:
            return
        note = {name: value for name, value in note.items() if value}
        usual = {**self._hub_usual_note(), **note}
        marks = self._hub_version_marks()
        for order_id in accepted.ids:
            marks[order_id] = {**usual, **marks.get(order_id, {})}

    def _hub_usual_note(self):
        """Return who changes orders here, from where and why, as the context says."""
        context, user = self.env.context, self.env.user
        source = "portal" if user.share else self._hub_default_source()
        note = {
            "user_id": user.id,
            "source": source,
            "reason": context.get("order_hub_reason"),
            "voucher": context.get("order_hub_voucher"),
        }
        return {name: value for name, value in note.items() if value}

    @api.model
    def _hub_version_marks(self):
        """Return the marks of this transaction; they are worked on at its end."""
        precommit = self.env.cr.precommit
        marks = precommit.data.get(MARKS)
        if marks is None:
            marks = precommit.data[MARKS] = {}
            precommit.add(self.sudo().browse()._hub_take_versions)
        return marks

    @api.model
    def _hub_take_versions(self):
        """Keep the versions of the orders that this transaction touched."""
        marks = self.env.cr.precommit.data.pop(MARKS, None)
        if marks:
            self.env["order.hub.order.version"].sudo()._take(marks)

    # === SCREEN === #

    def action_hub_view_versions(self):
        """Open the versions of this order, newest first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.order_hub_order_version_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)]}
