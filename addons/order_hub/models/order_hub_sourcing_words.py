from datetime import timedelta

from odoo import fields, models
from odoo.tools.misc import format_date, formatLang

#: How many of the candidates the sentences name; the table has them all.
MAX_NAMED = 5


class OrderHubDecision(models.Model):
    """Sourcing in words, for whoever reads the decision."""

    _inherit = "order.hub.decision"

    # === WHAT === #

    def _chosen_sourcing(self, decision):
        value = decision.value or {}
        name = self._names_of("stock.warehouse", value.get("warehouse_id"))
        if decision.source == "person":
            return self.env._("%s, chosen by hand", name)
        if value.get("unplaced"):
            return self.env._("%s for now: the address cannot be placed", name)
        if not value.get("warehouse_id"):
            return self.env._("No warehouse can be placed")
        parts = [self._where(decision, name), *self._steps(value)]
        if value.get("days"):
            parts.append(self.env._("ready %s", self._day(decision, value["days"])))
        return "; ".join(parts)

    def _where(self, decision, name):
        if decision.value.get("lines"):
            others = {warehouse for _line, warehouse in decision.value["lines"]}
            return self._names_of("stock.warehouse", sorted(others))
        found = self._candidate_of(decision, decision.value["warehouse_id"])
        km = found.get("km")
        return self.env._(
            "%(name)s, %(km)s km", name=name, km=self._quantity(round(km or 0))
        )

    def _steps(self, value):
        """Say what is brought, made and bought, in a few words each."""
        steps = []
        for _product, quantity, source, *_rest in value.get("transfers", ()):
            name = self._names_of("stock.warehouse", source)
            steps.append(self._pieces_from(quantity, name))
        words = {
            "make": self.env._("%s to produce"),
            "buy": self.env._("%s to buy"),
            "wait": self.env._("%s missing"),
        }
        for kind, text in words.items():
            missing = [s[1] for s in value.get("supplies", ()) if s[3] == kind]
            if missing:
                steps.append(text % self._quantity(sum(missing)))
        return steps

    def _pieces_from(self, quantity, name):
        if quantity == 1:
            return self.env._("1 piece comes from %s", name)
        return self.env._(
            "%(quantity)s pieces come from %(name)s",
            quantity=self._quantity(quantity),
            name=name,
        )

    # === WHY === #

    def _because_sourcing(self, decision):
        value, figures = decision.value or {}, decision.figures or {}
        if decision.source == "person":
            return decision.reason or ""
        if value.get("unplaced"):
            return self.env._(
                "%s. Once the address is complete, the order finds its warehouse.",
                self._precision(value["unplaced"]),
            )
        is_far = value.get("is_far") and value.get("merged")
        sentences = [
            self._asked(figures),
            self.env._("No warehouse is that near.") if is_far else "",
            self._reason_of_choice(decision),
            *self._why_steps(decision),
        ]
        if not self.env.context.get("order_hub_short"):  # else a table has them
            sentences += self._compared(decision)
        return "\n".join(filter(None, sentences))

    def _asked(self, figures):
        return self.env._(
            "Policy “%(policy)s”: within %(radius)s km of %(place)s (%(precision)s).",
            policy=figures.get("policy_name") or "–",
            radius=self._quantity(figures.get("radius") or 0),
            place=figures.get("place") or self.env._("the address"),
            precision=self._precision(figures.get("precision")),
        )

    def _reason_of_choice(self, decision):
        value, figures = decision.value, decision.figures or {}
        name = self._names_of("stock.warehouse", value.get("warehouse_id"))
        if value.get("merged"):
            mates = self._names_of("sale.order", figures.get("mates"))
            return self.env._(
                "Picked together with %(orders)s, which ship from %(name)s too.",
                orders=mates,
                name=name,
            )
        if value.get("is_far"):
            return self.env._("No warehouse is that near; %s is the best of all.", name)
        if value.get("tier") == "split":
            return self.env._("No single warehouse has everything: split is allowed.")
        if value.get("transfers"):
            return self.env._("No warehouse within the radius has everything.")
        return self.env._("%s has the best score of those that can deliver.", name)

    def _why_steps(self, decision):
        """Say of every transfer and supply how far, how long, and until when."""
        for product, quantity, source, target, km, days in decision.value.get(
            "transfers", ()
        ):
            yield self.env._(
                "%(quantity)s × %(product)s: %(origin)s to %(target)s, %(km)s km, "
                "there on %(day)s.",
                quantity=self._quantity(quantity),
                product=self._names_of("product.product", product),
                origin=self._names_of("stock.warehouse", source),
                target=self._names_of("stock.warehouse", target),
                km=self._quantity(round(km)),
                day=self._day(decision, days),
            )
        for product, quantity, _warehouse, kind, days in decision.value.get(
            "supplies", ()
        ):
            yield self._why_supply(decision, product, quantity, kind, days)

    def _why_supply(self, decision, product, quantity, kind, days):
        names = {
            "quantity": self._quantity(quantity),
            "product": self._names_of("product.product", product),
            "day": self._day(decision, days),
        }
        if kind == "make":
            return self.env._(
                "%(quantity)s × %(product)s: nobody has it; to produce, ready on "
                "%(day)s.",
                **names,
            )
        if kind == "buy":
            return self.env._(
                "%(quantity)s × %(product)s: nobody has it; to buy, here on %(day)s.",
                **names,
            )
        return self.env._(
            "%(quantity)s × %(product)s: nobody has it, and it is neither made nor "
            "bought by a rule; it waits for stock.",
            **names,
        )

    def _compared(self, decision):
        found = (decision.figures or {}).get("candidates", [])
        for candidate in found[:MAX_NAMED]:
            yield self._compared_one(candidate, decision)
        if len(found) > MAX_NAMED:
            yield self.env._("… and %s more warehouses.", len(found) - MAX_NAMED)

    def _compared_one(self, candidate, decision):
        names = {
            "name": candidate["name"],
            "km": self._quantity(round(candidate["km"] or 0)),
            "stock": self._quantity(candidate.get("stock") or 0),
            "coverage": round(100 * (candidate["coverage"] or 0)),
            "score": candidate["score"],
        }
        if candidate["excluded"] == "unplaced":
            return self.env._("%(name)s: its address cannot be placed.", **names)
        if candidate["excluded"] == "far":
            return self.env._(
                "%(name)s: %(km)s km, too far; has %(stock)s (%(coverage)s %%), score "
                "%(score)s.",
                **names,
            )
        return self.env._(
            "%(name)s: %(km)s km, has %(stock)s (%(coverage)s %%), score %(score)s.",
            **names,
        )

    # === WORDS === #

    def _candidate_of(self, decision, warehouse):
        found = (decision.figures or {}).get("candidates", [])
        return next((c for c in found if c["warehouse_id"] == warehouse), {})

    def _precision(self, precision):
        return self._label_of("res.partner.hub_precision", precision)

    def _quantity(self, quantity):
        digits = 0 if float(quantity).is_integer() else 2
        return formatLang(self.env, quantity, digits=digits)

    def _day(self, decision, days):
        """Return a day as people say it: the weekday within a week, else the date."""
        moment = decision.date + timedelta(days=days)
        local = fields.Datetime.context_timestamp(self, moment).date()
        pattern = "EEEE" if days < 7 else None
        return format_date(self.env, local, date_format=pattern)
