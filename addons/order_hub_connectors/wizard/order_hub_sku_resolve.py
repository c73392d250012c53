from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import FINAL_STATES
from ..models.order_hub_unknown_sku import CODES

#: Messages that run again while the person waits.
MOST_NOW = 100


class OrderHubSkuResolve(models.TransientModel):
    """Answers for codes that nobody knows: which product, for once or always."""

    _name = "order.hub.sku.resolve"
    _description = "Answer Unknown Codes"

    channel_id = fields.Many2one("order.hub.channel", required=True, readonly=True)
    company_id = fields.Many2one(related="channel_id.company_id")
    inbound_id = fields.Many2one(
        "order.hub.inbound",
        "Inbound Order",
        readonly=True,
        help="Only this one; empty: all that wait for these codes.",
    )
    line_ids = fields.One2many("order.hub.sku.resolve.line", "resolve_id", "Codes")

    @api.model
    def _for_codes(self, channel, codes, inbound=None):
        """Return a new form for codes (unknown codes, or problems of a message).

        Candidates are those that intake found; where it looked for none, they are
        looked up now. None is chosen: that is the person's.
        """
        asked = [self._asked(code) for code in codes]
        missing = {sku: name for sku, name, options in asked if not options}
        finder = self.env["order.hub.product.finder"]
        looked_up = finder._candidates(channel, missing)
        return self.create(
            {
                "channel_id": channel.id,
                "inbound_id": inbound.id if inbound else False,
                "line_ids": [
                    Command.create(
                        {
                            "sku": sku,
                            "name": name,
                            "candidate_ids": self._products(
                                options or looked_up.get(sku, [])
                            ),
                            "is_always": not inbound,
                        }
                    )
                    for sku, name, options in asked
                ],
            }
        )

    def _asked(self, code):
        """Return code, name and candidates of an unknown code or of a problem."""
        if code._name == "order.hub.unknown.sku":
            return code.sku, code.name or "", code.options
        figures = code.figures or {}
        return code.value, figures.get("name") or "", figures.get("options")

    def _products(self, options):
        products = self.env["product.product"].browse(
            row["product_id"] for row in options
        )
        return [Command.set(products.exists().ids)]

    def action_apply(self):
        """Keep the answers and run the messages that waited for them again.

        :raise UserError: an answer that cannot be kept
        """
        self.ensure_one()
        answered = self.line_ids.filtered("product_id")
        if not answered:
            raise UserError(self.env._("Choose a product for at least one code."))
        waiting = self._waiting(answered)
        self._keep_always(answered.filtered("is_always"))
        self._correct_once(answered.filtered(lambda line: not line.is_always), waiting)
        self._run_again(waiting.inbound_id)
        return {"type": "ir.actions.act_window_close"}

    def _run_again(self, inbounds):
        """Run messages again: the first now, what is more by jobs."""
        if not inbounds:
            return
        inbounds[:MOST_NOW].action_replay()
        later = inbounds[MOST_NOW:].sudo()
        if later:
            later.write({"state": "received", "attempts": 0})
            self.channel_id._issue_tickets()

    def _waiting(self, lines):
        """Return the problems that the answers solve, of messages still open."""
        domain = [
            ("channel_id", "=", self.channel_id.id),
            ("step", "=", "products"),
            ("code", "in", CODES),
            ("value", "in", lines.mapped("sku")),
            ("inbound_id.state", "not in", FINAL_STATES),
        ]
        if self.inbound_id:
            domain.append(("inbound_id", "=", self.inbound_id.id))
        return self.env["order.hub.inbound.problem"].search(domain)

    def _keep_always(self, lines):
        rows = [
            {
                "sku": line.sku,
                "product_id": line.product_id.id,
                "factor": line.factor,
                "uom_id": line.uom_id.id,
            }
            for line in lines
        ]
        if rows:
            self.env["order.hub.channel.product"]._learn(self.channel_id, rows)

    def _correct_once(self, lines, waiting):
        """Correct the code in the messages, and nowhere else."""
        for line in lines:
            code = line._code()
            for problem in waiting.filtered(lambda p, sku=line.sku: p.value == sku):
                self.env["order.hub.inbound.correction"]._add(
                    problem.inbound_id, {problem.field: code}
                )
