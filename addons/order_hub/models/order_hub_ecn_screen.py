from odoo import api, fields, models
from odoo.fields import Domain


class OrderHubEcn(models.Model):
    """What people see: whose turn it is, how far it is, what is wrong."""

    _inherit = "order.hub.ecn"

    can_decide = fields.Boolean(
        "Waits for Me",
        compute="_compute_can_decide",
        search="_search_can_decide",
        help="You fill a role that has not decided yet.",
    )
    can_apply_first = fields.Boolean(compute="_compute_can_apply_first")
    waits_for = fields.Char(compute="_compute_waits_for")
    loud_text = fields.Char(compute="_compute_waits_for")
    is_outdated = fields.Boolean(
        compute="_compute_is_outdated",
        help="The impact report is not about what the change does by now.",
    )
    moved_text = fields.Char(compute="_compute_is_outdated")
    order_count = fields.Integer(compute="_compute_counts")
    done_count = fields.Integer("Settled", compute="_compute_counts")
    decide_count = fields.Integer("Left to Decide", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    progress = fields.Float("Progress (%)", compute="_compute_counts")
    product_names = fields.Char("Products", compute="_compute_product_names")

    # === WHOSE TURN === #

    @api.depends("state", "approver_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for ecn in self:
            ecn.can_decide = self.env.user in ecn.sudo().approver_ids

    @api.model
    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("approver_ids", "in", [self.env.uid])

    @api.depends("state", "urgency")
    @api.depends_context("uid")
    def _compute_can_apply_first(self):
        roles = self.env["order.hub.ecn.role"]._of_user(self.env.user)
        companies = roles.filtered("may_apply_first").company_id
        for ecn in self:
            ecn.can_apply_first = (
                ecn.state == "review"
                and ecn.urgency == "emergency"
                and ecn.company_id in companies
            )

    @api.depends("state", "missing_role_ids", "is_unapproved")
    @api.depends_context("lang")
    def _compute_waits_for(self):
        for ecn in self:
            known = ecn.sudo()
            ecn.waits_for = "; ".join(
                f"{role.name}: {role._approver_words()}"
                for role in known.missing_role_ids
            )
            ecn.loud_text = known._loud_words() if known.is_unapproved else False

    # === HOW FAR === #

    @api.depends("state", "impact_key", "impact_at")
    def _compute_is_outdated(self):
        for ecn in self:
            known = ecn.sudo()
            is_open = known.state in ("draft", "review")
            moved = known.bom_ids._moved() if is_open and known.bom_ids else {}
            ecn.moved_text = ", ".join(bom.display_name for bom in moved.values())
            ecn.is_outdated = known.state == "review" and known._is_impact_outdated()

    @api.depends("order_ids.state", "order_ids.choice")
    def _compute_counts(self):
        rows = self.env["order.hub.ecn.order"].sudo()
        found = rows._read_group(
            [("ecn_id", "in", self.ids)], ["ecn_id", "state", "choice"], ["__count"]
        )
        counts = {}
        for ecn, state, choice, count in found:
            of_ecn = counts.setdefault(ecn.id, {})
            kind = "decide" if (state, choice) == ("todo", "decide") else state
            of_ecn[kind] = of_ecn.get(kind, 0) + count
        for ecn in self:
            found = counts.get(ecn.id, {})
            total = sum(found.values())
            done = found.get("done", 0) + found.get("skipped", 0)
            ecn.order_count, ecn.done_count = total, done
            ecn.decide_count = found.get("decide", 0)
            ecn.failed_count = found.get("failed", 0)
            ecn.progress = 100.0 * done / total if total else 0.0

    @api.depends("bom_ids")
    def _compute_product_names(self):
        for ecn in self:
            names = ecn.sudo().bom_ids.product_tmpl_id.mapped("display_name")
            ecn.product_names = ", ".join(names)
