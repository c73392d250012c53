from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.i18n import format_list

from ..const import DECISION_KINDS
from ..engine import routing as engine

#: Orders that one step of a trial looks at.
BATCH = 1000
#: Most orders that one trial looks at.
MAX_ORDERS = 50_000
#: Kinds that only the newest run of rules knows, not the trial.
COMPARED = [(k, label) for k, label in DECISION_KINDS if k in engine.KINDS]


class OrderHubRoutingTrial(models.TransientModel):
    """Runs a version of the rules over orders without deciding anything."""

    _name = "order.hub.routing.trial"
    _description = "Trial of Routing Rules"

    ruleset_id = fields.Many2one(
        "order.hub.routing.ruleset", "Version", required=True, ondelete="cascade"
    )
    ruleset_state = fields.Selection(
        related="ruleset_id.state", string="State of the Version"
    )
    scope = fields.Selection(
        [("past", "The last orders"), ("waiting", "Orders that still wait")],
        "On",
        default="past",
        required=True,
        help="Waiting: quotations in the first stage of their flow.",
    )
    limit = fields.Integer("How Many", default=200)
    state = fields.Selection([("new", "New"), ("done", "Done")], default="new")
    order_count = fields.Integer("Orders Tried", readonly=True)
    changed_count = fields.Integer("Decided Differently", readonly=True)
    summary = fields.Text(readonly=True)
    line_ids = fields.One2many(
        "order.hub.routing.trial.line", "trial_id", "Differences", readonly=True
    )

    @api.depends("ruleset_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for trial in self:
            version = trial.ruleset_id.display_name
            trial.display_name = self.env._("Trial of %s", version)

    def action_run(self):
        """Compare what the rules decided then with what this version would decide.

        Reads only: no order, decision or counter is written.
        """
        self.ensure_one()
        self.ruleset_id.check_access("read")
        orders = self._orders()
        self.line_ids.unlink()
        changed, kinds = set(), Counter()
        for start in range(0, len(orders), BATCH):
            rows = self._compare(orders[start : start + BATCH])
            self._keep(rows)
            changed |= {row["order_id"] for row in rows}
            kinds.update(row["kind"] for row in rows)
            orders.invalidate_recordset(flush=False)
        self.write(
            {
                "state": "done",
                "order_count": len(orders),
                "changed_count": len(changed),
                "summary": self._summary(kinds),
            }
        )
        return True

    def action_apply(self):
        """Route the waiting orders again by the live version.

        :raise UserError: for a version that is not live
        """
        self.ensure_one()
        self.ruleset_id.check_access("write")
        if self.ruleset_state != "live" or self.scope != "waiting":
            raise UserError(
                self.env._(
                    "Only the live version is applied, and only to waiting orders. "
                    "Publish this version first."
                )
            )
        ids = self._orders().ids
        for start in range(0, len(ids), BATCH):
            self.env["sale.order"].sudo().browse(
                ids[start : start + BATCH]
            )._hub_retype()
        return self.action_run()

    # === COMPARE === #

    def _orders(self):
        """Return the orders to try, newest first, as far as the user sees them."""
        domain = [("company_id", "=", self.ruleset_id.company_id.id)]
        if self.scope == "waiting":
            domain += [("state", "in", ("draft", "sent")), ("hub_is_open", "=", True)]
        limit = min(max(self.limit, 1), MAX_ORDERS)
        found = self.env["sale.order"].search(domain, order="id desc", limit=limit)
        if self.scope == "waiting":
            found = found.filtered(lambda order: order._hub_is_at_start())
        return found

    def _compare(self, orders):
        """Return the differences of some orders, one row an order and kind.

        Of waiting orders those that applying the version would make: what a person
        decided is none.
        """
        orders = orders.sudo()
        Decision = self.env["order.hub.decision"]
        kept = Decision._decided_by_rules(orders, [kind for kind, _label in COMPARED])
        in_force = Decision._in_force(orders) if self.scope == "waiting" else {}
        chosen = orders._hub_open_choices(self._outcomes(orders), in_force)
        rows = []
        for order in orders:
            before = kept.get(order.id, {})
            for kind, (old, new) in engine.changed(before, chosen[order.id]).items():
                by_hand = order._hub_is_by_hand(kind, in_force)
                if not by_hand and not _same_pool(kind, old, new):
                    choice = chosen[order.id].get(kind)
                    rows.append(self._row(order, kind, old, new, choice))
        return rows

    def _outcomes(self, orders):
        """Route orders on the facts kept when they were decided, else on today's."""
        types = {order.id: order.hub_order_type_id for order in orders}
        ruleset = self.ruleset_id.sudo()
        rules = ruleset._rules()
        facts = self.env["order.hub.routing"]._facts(
            orders, types, rules, at_creation=self.scope == "past"
        )
        if self.scope == "past":
            facts.update(self._facts_kept(orders, facts))
        return ruleset._route(orders, types, facts)

    def _facts_kept(self, orders, facts):
        """Return the facts of those orders that were routed before.

        What was not asked then (and so not kept) is taken from today.
        """
        routed = self.env["order.hub.decision"]._facts_of(orders)
        return {
            order_id: engine.Facts.from_json({**facts[order_id].to_json(), **figures})
            for order_id, figures in routed.items()
        }

    def _row(self, order, kind, old, new, choice):
        return {
            "trial_id": self.id,
            "order_id": order.id,
            "kind": kind,
            "before": old,
            "after": new,
            "rule_id": choice.rules[0] if choice else None,
            "create_uid": self.env.uid,
            "create_date": fields.Datetime.now(),
        }

    def _keep(self, rows):
        if rows:
            lines = self.env["order.hub.routing.trial.line"]
            self.env["order.hub.writer"]._insert(lines, rows)
            self.invalidate_recordset(["line_ids"], flush=False)

    def _summary(self, kinds):
        """Return how many decisions of each kind would be different."""
        field = self.env["order.hub.decision"]._fields["kind"]
        labels = dict(field._description_selection(self.env))
        parts = [
            self.env._("%(count)s × %(kind)s", kind=labels[kind], count=count)
            for kind, count in kinds.most_common()
        ]
        return format_list(self.env, parts) if parts else ""


def _same_pool(kind, old, new):
    """An owner out of the pool that would be asked now is no difference."""
    return (
        kind == "owner"
        and isinstance(new, dict)
        and isinstance(old, int)
        and old in new["pool"]
        and (new["how"] != "fixed" or old == new["pool"][0])
    )


class OrderHubRoutingTrialLine(models.TransientModel):
    """One decision that would have been different."""

    _name = "order.hub.routing.trial.line"
    _description = "Difference in a Trial"
    _order = "trial_id, id"

    trial_id = fields.Many2one(
        "order.hub.routing.trial", required=True, ondelete="cascade", index=True
    )
    order_id = fields.Many2one("sale.order", ondelete="cascade")
    partner_id = fields.Many2one(related="order_id.partner_id")
    kind = fields.Selection(DECISION_KINDS, "Decision")
    before = fields.Json()
    after = fields.Json()
    before_text = fields.Char("Was", compute="_compute_texts")
    after_text = fields.Char("Would Be", compute="_compute_texts")
    rule_id = fields.Many2one("order.hub.routing.rule", ondelete="cascade")

    @api.depends("before", "after", "kind")
    @api.depends_context("lang")
    def _compute_texts(self):
        words = self.env["order.hub.routing.words"]
        for line in self:
            line.before_text = words.chosen(line.kind, line.before)
            line.after_text = words.chosen(line.kind, line.after)

    def action_open_order(self):
        """Open the order of the line."""
        self.ensure_one()
        return self.order_id.get_formview_action()
