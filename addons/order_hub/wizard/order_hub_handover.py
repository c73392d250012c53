from markupsafe import Markup

from odoo import api, fields, models


class OrderHubHandover(models.TransientModel):
    """Hands an order over to a stage: shows the checks, takes the evidence."""

    _name = "order.hub.handover"
    _description = "Hand-over"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    flow_id = fields.Many2one(related="order_id.hub_flow_id")
    stage_id = fields.Many2one(
        "order.hub.stage",
        "To",
        required=True,
        domain="[('flow_id', '=', flow_id)]",
    )
    checks = fields.Html(compute="_compute_checks", sanitize=False)
    is_blocked = fields.Boolean(compute="_compute_checks")
    can_overrule = fields.Boolean(compute="_compute_checks")
    wants_photo = fields.Boolean(compute="_compute_checks")
    wants_signature = fields.Boolean(compute="_compute_checks")
    wants_file = fields.Boolean(compute="_compute_checks")
    wants_note = fields.Boolean(compute="_compute_checks")
    photo = fields.Binary()
    photo_name = fields.Char()
    signature = fields.Binary()
    signed_by = fields.Char()
    file = fields.Binary()
    file_name = fields.Char()
    note = fields.Text()
    is_public = fields.Boolean("Show the Customer")
    is_overrule = fields.Boolean("Overrule the Gates")

    @api.depends("stage_id", "order_id")
    def _compute_checks(self):
        self.order_id.check_access("read")
        for wizard in self:
            order = wizard.order_id.sudo()
            path = order._hub_path(order, wizard.stage_id) if wizard.stage_id else []
            found = (
                order._hub_examine({order.id: path}, "user")[order.id] if path else []
            )
            wanted = {kind for check in found for kind in check.missing}
            wizard.checks = wizard._checks_html(order, found)
            wizard.is_blocked = order.hub_is_held or any(
                result.blocks for check in found for result in check.results
            )
            wizard.can_overrule = wizard.is_blocked and self.env.user.has_group(
                "order_hub.order_hub_group_supervisor"
            )
            for kind in ("photo", "signature", "file", "note"):
                wizard[f"wants_{kind}"] = kind in wanted

    def _checks_html(self, order, checks):
        Gate = self.env["order.hub.gate"].sudo()
        rows = [
            (self._level(result), Gate.browse(result.gate_id), result)
            for check in checks
            for result in check.results
        ]
        items = [
            Markup("<li class='text-%s'><i class='fa %s me-2'></i>%s</li>")
            % (colour, icon, gate._explain(result, order.currency_id))
            for (colour, icon), gate, result in rows
        ]
        items += [
            Markup(
                "<li class='text-danger'><i class='fa fa-hand-paper-o me-2'></i>%s</li>"
            )
            % reason
            for reason in (order._hub_reasons([]) if order.hub_is_held else [])
        ]
        if not items:
            return Markup("<p class='text-muted'>%s</p>") % self.env._(
                "Nothing to check here."
            )
        return Markup("<ul class='list-unstyled mb-0'>%s</ul>") % Markup("").join(items)

    def _level(self, result):
        if result.ok:
            return "success", "fa-check"
        if result.blocks:
            return "danger", "fa-times"
        return "warning", "fa-exclamation-triangle"

    def action_confirm(self):
        """Keep the evidence and move the order; both or neither."""
        self.ensure_one()
        self.order_id.check_access("read")
        self.order_id._hub_check_same_flow(self.stage_id)
        self.order_id._hub_check_may_enter(self.stage_id, "user")
        self._keep_evidence()
        self.order_id._hub_request_stage(
            self.stage_id, note=self.note, overrule=self.is_overrule
        )
        return {"type": "ir.actions.act_window_close"}

    def _keep_evidence(self):
        """Put each piece of evidence on the stage of the path that wants it."""
        order = self.order_id.sudo()
        path = order._hub_path(order, self.stage_id)
        Evidence = self.env["order.hub.evidence"]
        for item in self._items():
            asking = path.filtered(lambda s, k=item["kind"]: k in s._evidence_kinds())
            Evidence._add(order, asking[:1] or self.stage_id.sudo(), [item])

    def _items(self):
        common = {"is_public": self.is_public}
        given = [
            {"kind": "photo", "content": self.photo, "filename": self.photo_name},
            {
                "kind": "signature",
                "content": self.signature,
                "filename": "signature.png",
                "signed_by": self.signed_by,
            },
            {"kind": "file", "content": self.file, "filename": self.file_name},
        ]
        items = [{**item, **common} for item in given if item["content"]]
        if self.note and self.wants_note:
            items.append({"kind": "note", "note": self.note, **common})
        return items
