from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import ormcache

from ..engine import routing as engine
from ..engine import rule_check


class OrderHubRoutingRuleset(models.Model):
    """One version of a company's routing rules.

    A version is a draft until it is published; then nobody changes it any more,
    and every decision can name the version it was taken by. To change the rules,
    one makes a draft of the live version, tries it, and publishes that.
    """

    _name = "order.hub.routing.ruleset"
    _description = "Version of the Routing Rules"
    _inherit = ["mail.thread", "order.hub.plan"]
    _order = "company_id, version desc"
    _check_company_auto = True

    name = fields.Char(
        required=True, default=lambda self: self.env._("Rules"), tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    version = fields.Integer(readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("live", "In Force"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    rule_ids = fields.One2many(
        "order.hub.routing.rule", "ruleset_id", "Rules", copy=False
    )
    rule_count = fields.Integer(compute="_compute_rule_count")
    published_date = fields.Datetime("Published On", readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    note = fields.Text("What Is New", help="For those who ask later why.")
    problems = fields.Text(compute="_compute_problems")

    _live_uniq = models.UniqueIndex(
        "(company_id) WHERE state = 'live'",
        "Another version of the rules is live for this company.",
    )
    _version_uniq = models.UniqueIndex(
        "(company_id, version)", "This version exists already."
    )

    # === COMPUTE === #

    @api.depends("name", "version", "state")
    def _compute_display_name(self):
        for ruleset in self:
            ruleset.display_name = self.env._(
                "%(name)s, version %(version)s",
                name=ruleset.name or "",
                version=ruleset.version,
            )

    @api.depends("rule_ids")
    def _compute_rule_count(self):
        for ruleset in self:
            ruleset.rule_count = len(ruleset.rule_ids)

    @api.depends("rule_ids.problem")
    def _compute_problems(self):
        for ruleset in self:
            found = ruleset.rule_ids.filtered("problem")
            ruleset.problems = "\n".join(f"{r.name}: {r.problem}" for r in found)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["state"] = "draft"
            company_id = vals.setdefault("company_id", self.env.company.id)
            vals["version"] = self._next_version(company_id)
        return super().create(vals_list)

    def _next_version(self, company_id):
        last = self.sudo().search(
            [("company_id", "=", company_id)], order="version desc", limit=1
        )
        return last.version + 1

    def write(self, vals):
        if {"state", "version", "published_date", "published_by_id"} & set(vals):
            raise UserError(
                self.env._("A version is published with its button, nothing else.")
            )
        if {"company_id", "rule_ids"} & set(vals):
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_draft()

    def _check_draft(self):
        for ruleset in self:
            if ruleset.state != "draft":
                raise UserError(
                    self.env._(
                        "%(version)s has been published: decisions name it, so it "
                        "stays as it is. Make a draft of it and change that.",
                        version=ruleset.display_name,
                    )
                )

    # === VERSIONS === #

    def action_new_draft(self):
        """Make a draft from this version, or open the one that is being worked on."""
        self.ensure_one()
        self.check_access("write")
        draft = self.search(
            [("company_id", "=", self.company_id.id), ("state", "=", "draft")], limit=1
        )
        if not draft:
            draft = self.copy()
            self.rule_ids._copy_to(draft)
        return draft.get_formview_action()

    def action_publish(self):
        """Make this draft the live version; the live one retires.

        :raise UserError: when it is no draft, or has rules that never apply
        """
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        self._check_publishable()
        live = self._live(self.company_id)
        live._set_state({"state": "retired"})
        live.flush_recordset()
        self._set_state(
            {
                "state": "live",
                "published_date": fields.Datetime.now(),
                "published_by_id": self.env.uid,
            }
        )
        return True

    def _set_state(self, vals):
        """Write what :meth:`write` refuses to everybody else."""
        # pylint: disable-next=super-method-mismatch
        return super().write(vals)

    def _check_publishable(self):
        findings = rule_check.check(self._rules())
        broken = [f for f in findings if f.code != rule_check.OVERLAPS]
        if broken:
            rule = self.rule_ids.browse(broken[0].rule_id)
            raise ValidationError(
                self.env._(
                    "Rule “%(rule)s” would never apply. %(problem)s",
                    rule=rule.name,
                    problem=rule.problem,
                )
            )

    def action_retire(self):
        """Take the live version out of use: orders are routed without rules."""
        self.check_access("write")
        live = self.filtered(lambda ruleset: ruleset.state == "live")
        live._set_state({"state": "retired"})
        return True

    def action_try(self):
        """Open the trial of this version on past or waiting orders."""
        self.ensure_one()
        return {
            "name": self.env._("Try %s", self.display_name),
            "type": "ir.actions.act_window",
            "res_model": "order.hub.routing.trial",
            "view_mode": "form",
            "target": "current",
            "context": {"default_ruleset_id": self.id},
        }

    # === EXPLAIN === #

    def _explain(self, order):
        """Return for every rule whether it fits one order and why not (see
        ``sale.order.hub_rules_explained``).

        The ready-made conditions are asked on the facts that were kept when the
        order was routed last; a domain on the order as it is now.
        """
        self.ensure_one()
        facts = self._facts_of(order)
        words = self.env["order.hub.routing.words"]._for_company(self.company_id)
        explained = []
        for rule in self.rule_ids.filtered("active"):
            why = rule._why_not(order, facts, words)
            explained.append(
                {
                    "id": rule.id,
                    "name": rule.name,
                    "fits": not why,
                    "why": why or rule.condition_text,
                    "decides": rule.decision_text,
                }
            )
        return explained

    def _facts_of(self, order):
        """Return the facts one order was routed on, else those of now."""
        kept = self.env["order.hub.decision"]._facts_of(order).get(order.id)
        if kept:
            return engine.Facts.from_json(kept)
        types = {order.id: order.hub_order_type_id}
        return self.env["order.hub.routing"]._facts(order, types, self._rules())[
            order.id
        ]

    # === ROUTING === #

    @api.model
    def _live(self, company):
        """Return the live version of a company (sudo), or an empty recordset."""
        return self.sudo().browse(self._live_id(company.id) or [])

    @ormcache("company_id")
    def _live_id(self, company_id):
        return (
            self.sudo()
            .search([("company_id", "=", company_id), ("state", "=", "live")], limit=1)
            .id
        )

    @api.model
    @ormcache()
    def _any_live(self):
        """Tell whether any company has rules at all."""
        return bool(self.sudo().search_count([("state", "=", "live")], limit=1))

    def _rules(self):
        """Return the active rules in order, as ``engine.routing.Rule`` objects."""
        self.ensure_one()
        return tuple(
            rule._as_engine_rule()
            for rule in self.sudo().rule_ids.sorted(lambda r: (r.sequence, r.id))
            if rule.active
        )

    @ormcache("self.id")
    def _compiled(self):
        """Like :meth:`_rules`, kept in memory: a published version never changes."""
        return self._rules()

    def _route(self, orders, types, facts=None):
        """Return ``{order id: engine.routing.Outcome}`` for orders of one company.

        :param types: ``{order id: order type}`` as the types' own conditions say
        :param facts: ``{order id: Facts}``; read from the database when not given
        """
        self.ensure_one()
        rules = self._compiled() if self.state == "live" else self._rules()
        if facts is None:
            facts = self.env["order.hub.routing"]._facts(orders, types, rules)
        in_domain = self._domain_test(orders)
        typing = [rule for rule in rules if "order_type" in rule.decisions]
        decided = self._decide_types(typing, orders, facts, in_domain)
        found = engine.route(rules, self._retyped(facts, decided), in_domain)
        return {key: self._with_type(o, decided.get(key)) for key, o in found.items()}

    def _decide_types(self, rules, orders, facts, in_domain):
        """Return ``{order id: Choice}`` of the order types that rules decide."""
        manual = set(orders.filtered("hub_is_type_manual").ids)
        open_facts = {key: f for key, f in facts.items() if key not in manual}
        found = engine.route(rules, open_facts, in_domain) if rules else {}
        return {
            key: outcome.choices["order_type"]
            for key, outcome in found.items()
            if "order_type" in outcome.choices
        }

    def _retyped(self, facts, decided):
        types = self.env["order.hub.order.type"].sudo()
        is_rush = {
            type_id: types.browse(type_id).is_rush
            for type_id in {choice.value for choice in decided.values()}
        }
        return {
            key: engine.retyped(f, decided[key].value, is_rush[decided[key].value])
            if key in decided
            else f
            for key, f in facts.items()
        }

    def _with_type(self, outcome, choice):
        """Put the type decided first in; drop what a later look would decide."""
        choices = {k: c for k, c in outcome.choices.items() if k != "order_type"}
        if choice:
            choices["order_type"] = choice
        return engine.Outcome(outcome.facts, outcome.matched, choices)

    def _domain_test(self, orders):
        """Return the callable that answers for rules with a domain, in batch."""
        domains = self._domains_kept() if self.state == "live" else self._domains()

        def in_domain(rule_id, keys):
            fitting = orders.browse(keys).filtered_domain(domains[rule_id])
            return frozenset(fitting.ids)

        return in_domain

    def _domains(self):
        """Return ``{rule id: domain}`` of the rules that have one of their own."""
        rules = self.sudo().rule_ids.filtered(lambda rule: rule._has_domain())
        return {rule.id: rule._checked_domain() for rule in rules}

    @ormcache("self.id")
    def _domains_kept(self):
        """Like :meth:`_domains`, kept in memory: a published version never changes."""
        return self._domains()
