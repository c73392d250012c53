from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.i18n import format_list

from ..const import DECISION_KINDS, DECISION_SOURCES


class OrderHubDecision(models.Model):
    """Why: what was decided about an order, by what, on which figures.

    Append-only. Of each kind the newest row of an order is the one in force; an
    overruled decision stays, and the row that overrules it points to it.

    A kind of decision is explained by two optional methods, ``_chosen_<kind>``
    (what) and ``_because_<kind>`` (why), both written for the reader when the row
    is read: stored are figures only.
    """

    _name = "order.hub.decision"
    _inherit = ["order.hub.append.only"]
    _description = "Decision"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    hub_ref = fields.Char("Hub Reference", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime("Decided On", readonly=True)
    user_id = fields.Many2one("res.users", "For", readonly=True)
    kind = fields.Selection(DECISION_KINDS, "Decision", readonly=True)
    source = fields.Selection(DECISION_SOURCES, "Decided By", readonly=True)
    rule_id = fields.Many2one("order.hub.routing.rule", readonly=True)
    ruleset_id = fields.Many2one(
        "order.hub.routing.ruleset", "Rule Version", readonly=True
    )
    value = fields.Json(readonly=True, help="What was chosen.")
    figures = fields.Json(readonly=True, help="What it was chosen on.")
    reason = fields.Char(readonly=True, help="Why a person overruled it.")
    overruled_id = fields.Many2one(
        "order.hub.decision", "Overrules", readonly=True, index="btree_not_null"
    )
    is_overruling = fields.Boolean("By Hand Against a Rule", readonly=True)
    is_current = fields.Boolean(
        "In Force", compute="_compute_is_current", search="_search_is_current"
    )
    chosen_text = fields.Char("Chosen", compute="_compute_texts")
    because_text = fields.Text("Because", compute="_compute_texts")

    _order_kind_idx = models.Index("(order_id, kind, id)")
    _rule_idx = models.Index("(rule_id, id) WHERE rule_id IS NOT NULL")
    _company_idx = models.Index("(company_id, id)")

    _COLUMNS = (
        "order_id",
        "hub_ref",
        "company_id",
        "date",
        "user_id",
        "kind",
        "source",
        "rule_id",
        "ruleset_id",
        "value",
        "figures",
        "reason",
        "overruled_id",
        "is_overruling",
    )

    # === COMPUTE === #

    def _compute_is_current(self):
        newest = set(self._newest_ids(self.order_id.ids))
        for decision in self:
            decision.is_current = decision.id in newest

    @api.model
    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        newest = SQL(
            """(SELECT DISTINCT ON (order_id, kind) id FROM order_hub_decision
                 ORDER BY order_id, kind, id DESC)"""
        )
        return [("id", "in", newest)]

    @api.depends("value", "figures", "kind")
    @api.depends_context("lang", "tz", "order_hub_short")
    def _compute_texts(self):
        for decision in self:
            chosen = getattr(self, f"_chosen_{decision.kind}", self._chosen_plain)
            because = getattr(self, f"_because_{decision.kind}", self._because_plain)
            decision.chosen_text = chosen(decision)
            decision.because_text = because(decision)

    # === WORDS === #

    def _chosen_plain(self, decision):
        words = self.env["order.hub.routing.words"]
        if not hasattr(words, f"_chosen_{decision.kind}"):
            return "" if decision.value in (None, False) else str(decision.value)
        return words._for_company(decision.company_id).chosen(
            decision.kind, decision.value
        )

    def _chosen_route(self, decision):
        return self.env._("%s rules fit", len(decision.value or ()))

    def _because_plain(self, decision):
        """Return which rules, which person and why, or that nothing said otherwise."""
        if decision.source == "person":
            return self.env._(
                "%(person)s: %(reason)s",
                person=decision.sudo().user_id.name,
                reason=decision.reason or "–",
            )
        if decision.rule_id:
            ids = (decision.figures or {}).get("rules") or decision.rule_id.ids
            return self._rule_sentence(decision, ids)
        return self.env._("No rule says otherwise.")

    def _rule_sentence(self, decision, rule_ids):
        """Return the rules by name, and what they asked for."""
        rules = self.env["order.hub.routing.rule"].sudo().browse(rule_ids).exists()
        return " ".join(
            self.env._(
                "Rule “%(rule)s”: %(condition)s.",
                rule=rule.name,
                condition=rule.condition_text,
            )
            for rule in rules
        )

    def _because_route(self, decision):
        names = self.env["order.hub.routing.rule"].sudo().browse(decision.value or ())
        return format_list(self.env, names.exists().mapped("name"))

    def _names_of(self, model, ids):
        """Return the names of records in one string, those of deleted ones left out."""
        return self.env["order.hub.routing.words"]._names(model, ids, "display_name")

    def _label_of(self, path, value):
        """Return the label of a selection's value; path is ``model.name.field``."""
        model, _dot, name = path.rpartition(".")
        return self.env["order.hub.routing.words"]._selection(model, name, value)

    # === FOR THE PANEL === #

    def _says_something(self):
        """Tell whether a reader learns anything: a standard nobody asked for is not."""
        self.ensure_one()
        return self.source != "default" or self.value not in (None, False, [])

    def _rule_label(self):
        self.ensure_one()
        rule = self.sudo().rule_id
        if not rule:
            return None
        version = self.sudo().ruleset_id.display_name
        return {"id": rule.id, "name": rule.name, "version": version or ""}

    def _candidates(self):
        """Return the candidates of the decision as a table, or ``None``.

        A kind with candidates has a method ``_candidates_<kind>`` that returns
        ``{"columns": [label], "rows": [{"cells": [text], "chosen": bool,
        "note": text}]}``.
        """
        self.ensure_one()
        candidates = getattr(self, f"_candidates_{self.kind}", None)
        return candidates(self) if candidates else None

    # === WRITE === #

    def _append_only_message(self):
        return self.env._(
            "Decisions are kept as they were taken. Overrule one on its order, "
            "with a reason."
        )

    @api.model
    def _record(self, rows, fresh=False):
        """Keep decisions, one INSERT a batch; what is decided already is not repeated.

        :param rows: list of dicts with ``order`` (``sale.order``), ``kind``,
            ``source``, and where they apply ``rule`` (``order.hub.routing.rule``),
            ``ruleset``, ``value`` and ``figures`` (what JSON can carry), ``reason``
        :param fresh: the orders are new: nothing was decided before
        :return: the new ids
        """
        orders = self.env["sale.order"].union(*(row["order"] for row in rows))
        known = {} if fresh else self._in_force(orders, {row["kind"] for row in rows})
        now = fields.Datetime.now()
        prepared = [
            self._row(row, known.get((row["order"].id, row["kind"])), now)
            for row in rows
            if self._is_news(row, known.get((row["order"].id, row["kind"])))
        ]
        if not prepared:
            return []
        ids = self.env["order.hub.writer"]._insert(self, prepared)
        self.env["sale.order"].invalidate_model(["hub_decision_ids"], flush=False)
        return ids

    def _is_news(self, row, known):
        if not known:
            return True
        rule = row.get("rule")
        same = (known.source, known.value, known.rule_id.key if rule else False)
        return same != (row["source"], row.get("value"), rule.key if rule else False)

    def _row(self, row, known, now):
        order, rule = row["order"], row.get("rule")
        ruleset = row.get("ruleset") or (rule and rule.ruleset_id)
        by_hand = row["source"] == "person"
        return {
            **dict.fromkeys(self._COLUMNS),
            "order_id": order.id,
            "hub_ref": order.hub_ref,
            "company_id": order.company_id.id,
            "date": now,
            "user_id": self.env.uid,
            "kind": row["kind"],
            "source": row["source"],
            "rule_id": rule.id if rule else None,
            "ruleset_id": ruleset.id if ruleset else None,
            "value": row.get("value"),
            "figures": row.get("figures"),
            "reason": row.get("reason"),
            "overruled_id": known.id if by_hand and known else None,
            "is_overruling": bool(by_hand and known and known.source != "person"),
        }

    # === READ === #

    @api.model
    def _newest_ids(self, order_ids, kinds=None):
        """Return the ids of the decisions in force of some orders."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (order_id, kind) id FROM order_hub_decision
                    WHERE order_id = ANY(%s) %s
                 ORDER BY order_id, kind, id DESC""",
                list(order_ids),
                SQL("AND kind = ANY(%s)", list(kinds)) if kinds else SQL(),
            )
        )
        return [id_ for [id_] in rows]

    @api.model
    def _in_force(self, orders, kinds=None):
        """Return ``{(order id, kind): decision}`` of what holds now (sudo)."""
        decisions = self.sudo().browse(self._newest_ids(orders.ids, kinds))
        return {(d.order_id.id, d.kind): d for d in decisions}

    @api.model
    def _by_hand(self, orders, kinds=None):
        """Return ``{(order id, kind)}`` that persons decided: nothing touches those."""
        in_force = self._in_force(orders, kinds)
        return {key for key, found in in_force.items() if found.source == "person"}

    @api.model
    def _decided_by_rules(self, orders, kinds):
        """Return ``{order id: {kind: value}}`` of what rules decided last.

        What a person decided afterwards is not looked at.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (order_id, kind) order_id, kind, value
                     FROM order_hub_decision
                    WHERE order_id = ANY(%s) AND kind = ANY(%s)
                      AND source IN ('rule', 'default')
                 ORDER BY order_id, kind, id DESC""",
                orders.ids,
                list(kinds),
            )
        )
        decided = {}
        for order_id, kind, value in rows:
            decided.setdefault(order_id, {})[kind] = value
        return decided

    @api.model
    def _facts_of(self, orders):
        """Return ``{order id: facts}`` (JSON) that orders were routed on last."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (order_id) order_id, figures
                     FROM order_hub_decision
                    WHERE order_id = ANY(%s) AND kind = 'route'
                 ORDER BY order_id, id DESC""",
                orders.ids,
            )
        )
        return {order_id: figures or {} for order_id, figures in rows}

    def action_open_order(self):
        """Open the order of the decision."""
        self.ensure_one()
        if not self.order_id:
            raise UserError(self.env._("The order of this decision was deleted."))
        return self.order_id.get_formview_action()

    # === RULES === #

    @api.model
    def _last_given(self, rule_id):
        """Return ``{user id: id of the newest decision}`` by a rule, any version.

        Of the newest 200 decisions of each version: who is not among them waited
        longest.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT (recent.value #>> '{}')::int, max(recent.id)
                     FROM order_hub_routing_rule mine
                     JOIN order_hub_routing_rule rule ON rule.key = mine.key
                    CROSS JOIN LATERAL (
                          SELECT decision.id, decision.value
                            FROM order_hub_decision decision
                           WHERE decision.rule_id = rule.id
                             AND decision.kind = 'owner'
                             AND jsonb_typeof(decision.value) = 'number'
                        ORDER BY decision.id DESC LIMIT 200) recent
                    WHERE mine.id = %s
                 GROUP BY 1""",
                rule_id,
            )
        )
        return dict(rows)

    @api.model
    def _counts_by_rule(self, keys):
        """Return ``{rule key: (decisions, overruled ones)}`` over all versions."""
        rows = self.env.execute_query(
            SQL(
                """SELECT rule.key, count(*),
                          count(*) FILTER (WHERE EXISTS (
                              SELECT FROM order_hub_decision later
                               WHERE later.overruled_id = decision.id))
                     FROM order_hub_decision decision
                     JOIN order_hub_routing_rule rule ON rule.id = decision.rule_id
                    WHERE rule.key = ANY(%s) GROUP BY rule.key""",
                [key for key in keys if key],
            )
        )
        return {key: (decided, overruled) for key, decided, overruled in rows}
