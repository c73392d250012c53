from odoo import api, fields, models

from ..const import APPROVAL_PATHS, INTERNAL, PRIORITIES, QUALITY_LEVELS
from ..engine import assign
from .sale_order import INSIDE

#: Kinds whose decision is one column of the order, with what holds when no rule
#: says anything; ``...`` leaves the column as it is.
COLUMNS = {
    "priority": ("hub_priority", "0"),
    "quality": ("hub_quality_level", "normal"),
    "policy": ("hub_sourcing_policy_id", None),
    "owner": ("hub_owner_id", ...),
    "team": ("team_id", ...),
}


class SaleOrder(models.Model):
    """Routing: what the rules decide for an order, and how that is carried out.

    Deciding is ``order.hub.routing.ruleset._route`` (plain Python on facts that
    one query collects); here the choices become columns, links and decisions.
    """

    _inherit = "sale.order"

    hub_priority = fields.Selection(
        PRIORITIES, "Priority", default="0", copy=False, readonly=True, groups=INSIDE
    )
    hub_quality_level = fields.Selection(
        QUALITY_LEVELS,
        default="normal",
        copy=False,
        readonly=True,
        groups=INSIDE,
    )
    hub_approval_path = fields.Selection(
        APPROVAL_PATHS, "Approval Path", copy=False, readonly=True, groups=INSIDE
    )
    hub_approver_id = fields.Many2one(
        "res.users", "Approved By One", copy=False, readonly=True, groups=INSIDE
    )
    hub_sourcing_policy_id = fields.Many2one(
        "order.hub.sourcing.policy",
        "Sourcing Policy",
        copy=False,
        readonly=True,
        ondelete="set null",
        groups=INSIDE,
    )
    hub_shipping_constraint_ids = fields.Many2many(
        "order.hub.shipping.constraint",
        string="Shipping Constraints",
        copy=False,
        readonly=True,
        groups=INSIDE,
    )
    hub_decision_ids = fields.One2many(
        "order.hub.decision", "order_id", "Decisions", readonly=True, groups=INSIDE
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {
            "hub_priority",
            "hub_quality_level",
            "hub_approval_path",
            "hub_approver_id",
            "hub_sourcing_policy_id",
            "hub_shipping_constraint_ids",
            "hub_decision_ids",
        }

    # === DECIDE === #

    def _hub_route(self, types):
        """Return ``{order id: Outcome}``; empty where no version of rules is live.

        What a person decided is left out: nothing overrules a person but a person.

        :param types: ``{order id: order type}`` as the types' own conditions say
        """
        outcomes = {}
        for company, orders in self.grouped("company_id").items():
            ruleset = self.env["order.hub.routing.ruleset"]._live(company)
            if ruleset:
                outcomes.update(ruleset._route(orders, types))
        return outcomes

    def _hub_routed_types(self, types, outcomes):
        """Return ``types`` with what the rules decided put in."""
        Type = self.env["order.hub.order.type"].sudo()
        return {
            order_id: Type.browse(outcomes[order_id].choices["order_type"].value)
            if order_id in outcomes and "order_type" in outcomes[order_id].choices
            else order_type
            for order_id, order_type in types.items()
        }

    def _hub_routed_flow(self, outcome):
        """Return the flow that rules decided for one order, if it can be entered."""
        choice = outcome and outcome.choices.get("flow")
        flow = self.env["order.hub.flow"].sudo().browse(choice.value if choice else [])
        return flow.filtered(lambda f: f.active and f.stage_ids)

    # === CARRY OUT === #

    def _hub_carry_out(self, outcomes, fresh=False):
        """Make the choices of the rules true and keep them as decisions.

        :param outcomes: ``{order id: Outcome}``, see :meth:`_hub_route`
        :param fresh: the orders are new: nothing was decided before
        """
        routed = self.sudo().filtered(lambda order: order.id in outcomes)
        if routed:
            Decision = self.env["order.hub.decision"].sudo()
            known = {} if fresh else Decision._in_force(routed)
            choices = routed._hub_open_choices(outcomes, known)
            routed._hub_resolve_owners(choices, known)
            routed._hub_write_choices(choices, known)
            Decision._record(routed._hub_decision_rows(outcomes, choices, known), fresh)
        self.sudo()._hub_after_routing(fresh)

    def _hub_open_choices(self, outcomes, known):
        """Return ``{order id: {kind: Choice}}`` without what persons decided."""
        by_hand = {key for key, found in known.items() if found.source == "person"}
        choices = {
            order.id: {
                kind: choice
                for kind, choice in outcomes[order.id].choices.items()
                if (order.id, kind) not in by_hand
            }
            for order in self
        }
        for order in self.filtered("hub_is_type_manual"):
            if order._hub_shortens_by_hand(choices[order.id].get("approval")):
                del choices[order.id]["approval"]
        return choices

    def _hub_shortens_by_hand(self, choice):
        """Tell whether an approval is left out only because somebody chose a type.

        Whoever may not overrule approvals must not get round them by calling an
        order rush: the type counts if its condition found it, or a supervisor did.
        """
        self.ensure_one()
        if not choice or choice.value["path"] == "full":
            return False
        rule = self.env["order.hub.routing.rule"].sudo().browse(choice.rules[0])
        asked = {condition.fact for condition in rule._conditions()}
        if asked.isdisjoint({"order_type", "is_rush"}):
            return False
        user = self.hub_type_user_id
        return not (user and user.has_group("order_hub.order_hub_group_supervisor"))

    def _hub_resolve_owners(self, choices, known):
        """Replace pools of owners by a person, turn by turn or by load.

        Whoever has an order by the same rule keeps it.
        """
        waiting = {}
        for order in self:
            choice = choices[order.id].get("owner")
            if not choice:
                continue
            before = known.get((order.id, "owner"))
            if (
                before
                and before.source == "rule"
                and before.value in choice.value["pool"]
            ):
                self._hub_set_owner(choices, order.id, before.value)
            else:
                pool = (
                    choice.value["how"],
                    tuple(choice.value["pool"]),
                    choice.rules[0],
                )
                waiting.setdefault(pool, []).append(order.id)
        for (how, pool, rule_id), order_ids in waiting.items():
            persons = self._hub_next_owners(how, pool, rule_id, len(order_ids))
            for order_id, person in zip(order_ids, persons, strict=True):
                self._hub_set_owner(choices, order_id, person)

    def _hub_set_owner(self, choices, order_id, person):
        choice = choices[order_id]["owner"]
        choices[order_id]["owner"] = type(choice)(person, choice.rules)

    def _hub_next_owners(self, how, pool, rule_id, count):
        if how == "turns":
            last = self.env["order.hub.decision"]._last_given(rule_id)
            return assign.in_turns(pool, last, count)
        if how == "load":
            return assign.least_loaded(pool, self._hub_load(pool), count)
        return [pool[0]] * count

    def _hub_load(self, user_ids):
        """Return ``{user id: orders in flight}``."""
        rows = self.sudo()._read_group(
            [("hub_owner_id", "in", list(user_ids)), ("hub_is_open", "=", True)],
            ["hub_owner_id"],
            ["__count"],
        )
        return {user.id: count for user, count in rows}

    def _hub_write_choices(self, choices, known):
        """Write columns in one query, links and follow-ups where they change."""
        values = {
            order.id: order._hub_choice_columns(choices[order.id], known)
            for order in self
        }
        self.env["order.hub.writer"]._update(self, values)
        self._hub_write_tags(choices, known)
        self._hub_write_shipping(choices, known)
        self._hub_write_holds(choices)
        self._hub_write_follow_ups(choices)

    def _hub_choice_columns(self, choices, known):
        """Return the columns of one order; a decision by hand keeps its column."""
        self.ensure_one()
        columns = {}
        for kind, (name, otherwise) in COLUMNS.items():
            current = self[name].id if self._fields[name].relational else self[name]
            keeps = otherwise is ... or self._hub_is_by_hand(kind, known)
            default = current if keeps else otherwise
            columns[name] = choices[kind].value if kind in choices else default
        approval = choices.get("approval")
        if self._hub_is_by_hand("approval", known):
            path, approver = self.hub_approval_path, self.hub_approver_id.id
        else:
            path = approval.value["path"] if approval else None
            approver = approval.value["approver"] if approval else None
        return {**columns, "hub_approval_path": path, "hub_approver_id": approver}

    def _hub_is_by_hand(self, kind, known):
        found = known.get((self.id, kind))
        return bool(found) and found.source == "person"

    def _hub_inside_routing(self):
        """Return the orders with the mark that writing here is the hub's own."""
        return self.with_context(order_hub_routing=INTERNAL)

    def _hub_write_tags(self, choices, known):
        """Add the tags of the rules; take away those that rules gave before."""
        added, removed = [], []
        for order in self:
            choice = choices[order.id].get("tags")
            wanted = set(choice.value) if choice else set()
            now, given = set(order.tag_ids.ids), order._hub_tags_by_rule(known)
            added += [(order.id, tag) for tag in wanted - now]
            removed += [(order.id, tag) for tag in given & now - wanted]
        if added or removed:
            self.env["order.hub.writer"]._relate(self, "tag_ids", added, removed)

    def _hub_tags_by_rule(self, known):
        before = known.get((self.id, "tags"))
        return set(before.value or ()) if before and before.source == "rule" else set()

    def _hub_write_shipping(self, choices, known):
        """Set the constraints of the rules; those that a person set stay."""
        added, removed = [], []
        for order in self:
            if order._hub_is_by_hand("shipping", known):
                continue
            choice = choices[order.id].get("shipping")
            wanted = set(choice.value) if choice else set()
            now = set(order.hub_shipping_constraint_ids.ids)
            added += [(order.id, constraint) for constraint in wanted - now]
            removed += [(order.id, constraint) for constraint in now - wanted]
        if added or removed:
            self.env["order.hub.writer"]._relate(
                self, "hub_shipping_constraint_ids", added, removed
            )

    def _hub_write_holds(self, choices):
        Exception_ = self.env["order.hub.exception"]
        held = {
            order: (
                choices[order.id]["hold"].value[0],
                "\n".join(choices[order.id]["hold"].value),
            )
            for order in self
            if "hold" in choices[order.id]
        }
        self.filtered(lambda order: order not in held)._hub_settle("routing")
        if held:
            Exception_._note("routing", held)

    def _hub_write_follow_ups(self, choices):
        wanted = {
            order: choices[order.id]["follow_up"].value
            for order in self
            if "follow_up" in choices[order.id]
        }
        if wanted:
            self._hub_follow_up(wanted)

    # === KEEP === #

    def _hub_decision_rows(self, outcomes, choices, known):
        """Return the rows of ``order.hub.decision`` for one run of the rules."""
        of_rules = {}
        for (order_id, _kind), found in known.items():
            if found.source == "rule":
                of_rules.setdefault(order_id, []).append(found)
        rows = []
        for order in self:
            common = {
                "order": order,
                "ruleset": self.env["order.hub.routing.ruleset"]._live(
                    order.company_id
                ),
            }
            chosen = choices[order.id]
            rows.append({**common, **self._hub_run_row(outcomes[order.id])})
            rows += [{**common, **self._hub_rule_row(*item)} for item in chosen.items()]
            rows += [
                {**common, "kind": kind, "source": "default", "value": None}
                for kind in self._hub_kinds_no_longer(chosen, of_rules.get(order.id))
            ]
        return rows

    def _hub_run_row(self, outcome):
        """Return the row of the run itself: the rules that fit, the facts they saw."""
        return {
            "kind": "route",
            "source": "policy",
            "value": list(outcome.matched),
            "figures": outcome.facts.to_json(),
        }

    def _hub_rule_row(self, kind, choice):
        """Return the row of one choice; several rules are named in the figures."""
        several = {"rules": list(choice.rules)} if len(choice.rules) > 1 else None
        return {
            "kind": kind,
            "source": "rule",
            "rule": self.env["order.hub.routing.rule"].sudo().browse(choice.rules[0]),
            "value": choice.value,
            "figures": several,
        }

    def _hub_kinds_no_longer(self, choices, of_rules):
        """Return the kinds that a rule decided before and none decides any more."""
        return [found.kind for found in of_rules or () if found.kind not in choices]

    # === HOOKS FOR WHAT FOLLOWS === #

    def _hub_after_routing(self, fresh):
        """Decide what follows from the rules; extended by sourcing, credit …

        Called (sudo, a whole batch) when orders were made and whenever orders at
        the beginning of their flow are looked at again.

        :param fresh: the orders are new
        """

    def _hub_confirm_refusals(self):
        """Return ``{order: [sentence, …]}``: why orders may not be confirmed now.

        Asked on every road that confirms, before anything is written.
        """
        return {}

    def _hub_confirming(self):
        """Act after all checks passed, before Odoo makes the documents."""

    def _hub_confirmed(self):
        """Act after Odoo made the documents of confirmed orders."""

    def _hub_content_changed(self):
        """Act after customer, lines, prices, dates or terms of orders changed."""
