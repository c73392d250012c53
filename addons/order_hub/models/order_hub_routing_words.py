from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools import format_amount, formatLang
from odoo.tools.i18n import format_list

#: Models behind the ids that facts and decisions carry.
FACT_MODELS = {
    "order_type": "order.hub.order.type",
    "channel": "order.hub.channel",
    "categories": "product.category",
    "country": "res.country",
    "state": "res.country.state",
}


class OrderHubRoutingWords(models.AbstractModel):
    """Says conditions, facts and decisions of routing in the reader's language."""

    _name = "order.hub.routing.words"
    _description = "Words for Routing"

    @api.model
    def _for_company(self, company):
        """Return the words with amounts in the currency of a company."""
        # pylint: disable-next=context-overridden
        return self.with_context(order_hub_words_company=company.id)

    def _company(self):
        company_id = self.env.context.get("order_hub_words_company")
        return self.env["res.company"].browse(company_id or self.env.company.id)

    # === FACTS AND CONDITIONS === #

    def _fact_label(self, fact):
        return {
            "order_type": self.env._("order type"),
            "is_rush": self.env._("rush"),
            "channel": self.env._("channel"),
            "grade": self.env._("customer grade"),
            "amount": self.env._("amount"),
            "hours_left": self.env._("hours left"),
            "categories": self.env._("product category"),
            "country": self.env._("country"),
            "state": self.env._("province"),
            "city": self.env._("city"),
            "remark": self.env._("remark"),
        }[fact]

    def _value_text(self, fact, value):
        """Return a value of a fact in words; *unknown* for none."""
        if fact == "is_rush":
            return self.env._("yes") if value else self.env._("no")
        if value in (None, "", False) or value == frozenset():
            return self.env._("none")
        if fact in FACT_MODELS:
            return self._names(FACT_MODELS[fact], value)
        if fact == "amount":
            currency = self._company().sudo().currency_id
            return format_amount(self.env, value, currency)
        if fact == "hours_left":
            return formatLang(self.env, value, digits=1)
        if fact == "grade":
            values = [value] if isinstance(value, str) else value
            return format_list(self.env, sorted(v.upper() for v in values))
        if isinstance(value, (tuple, list, frozenset)):
            return format_list(self.env, [f"“{word}”" for word in value])
        return f"“{value[:60]}”"

    def _names(self, model, ids, name="name"):
        """Return the names of records in one string, those of deleted ones left out."""
        ids = [ids] if isinstance(ids, int) else sorted(id_ for id_ in ids or () if id_)
        records = self.env[model].sudo().with_context(active_test=False).browse(ids)
        try:
            names = records.mapped(name)
        except MissingError:
            names = records.exists().mapped(name)
        return format_list(self.env, names)

    def condition(self, condition):
        """Return what an ``engine.routing.Condition`` asks: *amount below ¥ 50*."""
        fact = self._fact_label(condition.fact)
        value = self._value_text(condition.fact, condition.value)
        templates = {
            "one_of": self.env._("%(fact)s: %(value)s"),
            "any_of": self.env._("%(fact)s: %(value)s"),
            "is": self.env._("%(fact)s: %(value)s"),
            "at_least": self.env._("%(fact)s from %(value)s"),
            "below": self.env._("%(fact)s below %(value)s"),
            "at_most": self.env._("%(fact)s up to %(value)s"),
            "contains": self.env._("%(fact)s contains %(value)s"),
        }
        return templates[condition.test] % {"fact": fact, "value": value}

    def failed(self, condition, facts):
        """Return why a condition does not fit: what it asks and what it saw."""
        return self.env._(
            "It asks for %(condition)s; the order has %(seen)s.",
            condition=self.condition(condition),
            seen=self._value_text(condition.fact, getattr(facts, condition.fact)),
        )

    # === DECISIONS === #

    def decision(self, kind, value):
        """Return what a rule decides, e.g. *Approval: No approval*."""
        labels = self.env["order.hub.decision"]._fields["kind"]
        label = dict(labels._description_selection(self.env))[kind]
        return self.env._(
            "%(kind)s: %(value)s", kind=label, value=self.chosen(kind, value)
        )

    def chosen(self, kind, value):
        """Return a decided value in words, *–* for nothing."""
        if value in (None, False, []):
            return "–"
        return getattr(self, f"_chosen_{kind}")(value)

    def _chosen_order_type(self, value):
        return self._names("order.hub.order.type", value)

    def _chosen_flow(self, value):
        return self._names("order.hub.flow", value)

    def _chosen_priority(self, value):
        return self._selection("sale.order", "hub_priority", value)

    def _chosen_owner(self, value):
        if isinstance(value, int):
            return self._names("res.users", value)
        names = self._names("res.users", value["pool"])
        if value["how"] == "turns":
            return self.env._("in turns %s", names)
        if value["how"] == "load":
            return self.env._("whoever has least to do of %s", names)
        return self._names("res.users", value["pool"][:1])

    def _chosen_team(self, value):
        return self._names("crm.team", value)

    def _chosen_tags(self, value):
        return self._names("crm.tag", value)

    def _chosen_approval(self, value):
        if value["path"] == "short":
            return self.env._("%s alone", self._names("res.users", value["approver"]))
        return self._selection("order.hub.routing.rule", "approval_path", value["path"])

    def _chosen_policy(self, value):
        return self._names("order.hub.sourcing.policy", value)

    def _chosen_quality(self, value):
        return self._selection("sale.order", "hub_quality_level", value)

    def _chosen_checks(self, value):
        return self._names("order.hub.quality.check", value)

    def _chosen_shipping(self, value):
        return self._names("order.hub.shipping.constraint", value)

    def _chosen_hold(self, value):
        return format_list(self.env, value)

    def _chosen_follow_up(self, value):
        name = self._names("res.users", value["user_id"])
        if value.get("meeting"):
            return self.env._("%s, with a video meeting", name)
        return name

    def _selection(self, model, field, value):
        labels = self.env[model]._fields[field]._description_selection(self.env)
        return dict(labels).get(value, value or "")
