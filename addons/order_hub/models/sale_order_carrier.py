from dataclasses import replace

from odoo import api, models

from ..const import INTERNAL
from ..engine import carrier as engine

#: Candidates that a decision keeps, those that could do it first.
MAX_CANDIDATES = 12
#: Carriers that a problem names.
MAX_TOLD = 5


class SaleOrder(models.Model):
    """Which carrier brings an order that is not to travel with just anybody.

    Only orders with a shipping constraint or goods to be kept cold are decided; all
    others are left to Odoo. A carrier that a person chose is never replaced, but
    said to be unfit where it is.
    """

    _inherit = "sale.order"

    def _hub_after_routing(self, fresh):
        result = super()._hub_after_routing(fresh)
        self._hub_decide_carrier(fresh)
        return result

    def _hub_content_changed(self):
        """Orders at their beginning are routed again anyway."""
        result = super()._hub_content_changed()
        moved_on = self.filtered(
            lambda o: o.hub_is_open and (o.state == "sale" or not o._hub_is_at_start())
        )
        moved_on._hub_decide_carrier()
        return result

    def write(self, vals):
        result = super().write(vals)
        inside = self.env.context.get("order_hub_routing") is INTERNAL
        if "carrier_id" in vals and not inside:
            self.sudo()._hub_decide_carrier()
        return result

    def copy_data(self, default=None):
        """The copy of an order is decided anew: it may go elsewhere."""
        chosen = self._hub_carriers_of_hub()
        vals_list = super().copy_data(default)
        for order, vals in zip(self, vals_list, strict=True):
            if vals.get("carrier_id") and vals["carrier_id"] == chosen.get(order.id):
                vals.pop("carrier_id")
        return vals_list

    def _hub_carriers_of_hub(self):
        """Return ``{order id: carrier id}`` of the carriers that the hub chose."""
        with_carrier = self.filtered("carrier_id")
        if not with_carrier or not self._hub_any_shipping():
            return {}
        known = self.env["order.hub.decision"]._in_force(with_carrier, ["carrier"])
        return {
            order_id: (found.value or {}).get("carrier_id")
            for (order_id, _kind), found in known.items()
            if found.source != "person"
        }

    # === NEEDS === #

    @api.model
    def _hub_any_shipping(self):
        """Tell whether any order could need a certain carrier; no query as a rule."""
        return bool(
            self.env["order.hub.shipping.constraint"]._in_use()
            or self.env["product.category"]._hub_cold_ids()
            or self.env["product.template"]._hub_any_cold()
        )

    def _hub_needs(self):
        """Return ``{order: engine.carrier.Need}`` of the orders that need anything.

        A constraint that any carrier can do is for the warehouse: it needs nothing.
        """
        cold_ids = self.env["product.category"]._hub_cold_ids()
        has_constraints = self.env["order.hub.shipping.constraint"]._in_use()
        needs = {}
        for order in self:
            asked = order.hub_shipping_constraint_ids if has_constraints else ()
            need = engine.Need(
                any(constraint.is_cold_chain for constraint in asked)
                or order._hub_has_cold_goods(cold_ids),
                tuple(
                    (constraint.id, frozenset(constraint.carrier_ids.ids))
                    for constraint in asked
                    if constraint.carrier_ids
                ),
            )
            if need != engine.Need():
                needs[order] = need
        return needs

    def _hub_has_cold_goods(self, cold_ids):
        self.ensure_one()
        templates = self.order_line.product_id.product_tmpl_id
        return any(
            template.hub_needs_cold_chain or template.categ_id.id in cold_ids
            for template in templates
        )

    # === DECIDE === #

    def _hub_decide_carrier(self, fresh=False):
        """Choose carriers where it matters; keep candidates, prices and why.

        :param fresh: the orders are new: nothing was decided before
        """
        if not self or not self._hub_any_shipping():
            return
        Decision = self.env["order.hub.decision"].sudo()
        needs = self.sudo()._hub_needs()
        known = {} if fresh else Decision._in_force(self, ["carrier"])
        known = {order_id: found for (order_id, _kind), found in known.items()}
        overruled = {id_ for id_, found in known.items() if found.reason}
        self._hub_forget_carriers(needs, known)
        plans = {
            order: order._hub_carrier_plan(need, carriers)
            for order, need, carriers in self._hub_with_carriers(needs)
            if order.id not in overruled
        }
        if plans:
            rows = [
                order._hub_carrier_row(plan, candidates, known.get(order.id))
                for order, (plan, candidates) in plans.items()
            ]
            Decision._record([row for row in rows if row], fresh)
            self._hub_apply_plans(plans, known)

    def _hub_with_carriers(self, needs):
        """Return ``[(order, need, carriers of its company)]``."""
        found = []
        by_company = self.env["sale.order"].union(*needs).grouped("company_id")
        for company, orders in by_company.items():
            carriers = self.env["delivery.carrier"]._hub_of_company(company)
            found += [(order, needs[order], carriers) for order in orders]
        return found

    def _hub_carrier_plan(self, need, carriers):
        """Return ``(plan, candidates with their prices)`` of one order."""
        self.ensure_one()
        ship = self.partner_shipping_id
        place = engine.Place(
            ship.country_id.id or 0, ship.state_id.id or 0, ship.zip or ""
        )
        limits = {carrier.id: carrier._hub_limits(self) for carrier in carriers}
        known = [carrier._hub_as_engine_carrier() for carrier in carriers]
        found = engine.examine(known, need, place, limits)
        candidates = [self._hub_priced(each, carriers) for each in found]
        return engine.plan(candidates), candidates

    def _hub_priced(self, candidate, carriers):
        """Ask the price of a candidate that could do it, were it only in its cover."""
        if not candidate.is_able:
            return candidate
        cost, word = carriers.browse(candidate.carrier.id)._hub_price(self)
        missing = candidate.missing + ((word,) if word else ())
        return replace(candidate, missing=missing, cost=cost)

    def _hub_carrier_row(self, plan, candidates, before):
        """Return the row of ``order.hub.decision`` for one order, ``None`` for none.

        What a person chose on the order itself is kept as that person's decision; a
        confirmed order whose carrier still fits is not decided again.
        """
        self.ensure_one()
        best, source = plan.chosen, "policy"
        mine = next((c for c in candidates if c.carrier.id == self.carrier_id.id), None)
        if not self._hub_carrier_is_free(before):
            best, source = mine or plan.chosen, "person"
        elif self.state not in ("draft", "sent") and mine and mine.fits:
            return None
        return {
            "order": self,
            "kind": "carrier",
            "source": source,
            "value": {
                "carrier_id": best.carrier.id if best else None,
                "cost": best.cost if best else None,
            },
            "figures": self._hub_carrier_figures(plan, candidates),
        }

    def _hub_carrier_figures(self, plan, candidates):
        """Return what a plan was made on, in JSON; amounts in the order's currency."""
        ranked = sorted(candidates, key=lambda c: (not c.fits, not c.is_able))
        ranked = ranked[:MAX_CANDIDATES]
        carriers = self.env["delivery.carrier"].sudo()
        carriers = carriers.browse(found.carrier.id for found in ranked)
        return {
            "currency": self.currency_id.id,
            "place": self._hub_place_text(),
            "preferred": plan.preferred.carrier.id if plan.preferred else None,
            "difference": plan.difference,
            "candidates": [
                {
                    "carrier_id": carrier.id,
                    "name": carrier.name,
                    "covers": found.covers,
                    "missing": list(found.missing),
                    "cost": found.cost,
                    "excluded": not found.fits,
                }
                for found, carrier in zip(ranked, carriers, strict=True)
            ],
        }

    def _hub_place_text(self):
        """Return the destination as a reader knows it: city, state, zip, country."""
        ship = self.partner_shipping_id
        parts = (ship.city, ship.state_id.name, ship.zip, ship.country_id.name)
        return ", ".join(part for part in parts if part)

    # === APPLY === #

    def _hub_apply_plans(self, plans, known):
        """Write the carriers of orders that are still open for it; say what is wrong.

        :param plans: ``{order: (plan, candidates)}``
        :param known: ``{order id: decision in force}``
        """
        chosen, problems = {}, {}
        for order, (plan, candidates) in plans.items():
            kept = order._hub_carrier_to_have(plan, known.get(order.id))
            if kept != order.carrier_id.id:
                chosen[order.id] = {"carrier_id": kept}
            if kept not in {found.carrier.id for found in candidates if found.fits}:
                problems[order] = order._hub_shipping_problem(kept, plan, candidates)
        self.env["order.hub.writer"]._update(self.browse(chosen), chosen)
        settled = self.union(*plans).filtered(lambda order: order not in problems)
        settled._hub_settle("shipping")
        if problems:
            self.env["order.hub.exception"]._note("shipping", problems)

    def _hub_carrier_to_have(self, plan, before):
        """Return the carrier id that the order should have from now on.

        One that a person chose stays, and so does the one of a confirmed order: its
        deliveries carry it already.
        """
        is_open = self.state in ("draft", "sent")
        if not is_open or not self._hub_carrier_is_free(before):
            return self.carrier_id.id
        return plan.chosen.carrier.id if plan.chosen else False

    def _hub_carrier_is_free(self, before):
        """Tell whether nobody but the hub chose the carrier that the order has."""
        if not self.carrier_id:
            return True
        by_hub = before and before.source != "person" and before.value
        return bool(by_hub) and by_hub.get("carrier_id") == self.carrier_id.id

    def _hub_forget_carriers(self, needs, known):
        """Take back what was chosen for orders that need no certain carrier now."""
        past = self.filtered(
            lambda o: (
                o not in needs and o.id in known and known[o.id].source == "policy"
            )
        )
        if not past:
            return
        chosen = past.filtered(
            lambda o: (
                o.state in ("draft", "sent")
                and o.carrier_id
                and o._hub_carrier_is_free(known[o.id])
            )
        )
        none = {order.id: {"carrier_id": False} for order in chosen}
        self.env["order.hub.writer"]._update(chosen, none)
        past._hub_settle("shipping")
        self.env["order.hub.decision"].sudo()._record(
            [
                {"order": order, "kind": "carrier", "source": "default", "value": None}
                for order in past
            ]
        )

    def _hub_overrule_carrier(self, value):
        """A person names the carrier: the problem, if there was one, is over."""
        result = super()._hub_overrule_carrier(value)
        self._hub_settle("shipping")
        return result

    # === WORDS === #

    def _hub_shipping_problem(self, carrier_id, plan, candidates):
        """Return name and description of why an order cannot travel, what to do."""
        words = self.env["order.hub.carrier.words"]
        place = self._hub_place_text() or self.env._("an address without a country")
        if carrier_id:
            name = self.env._(
                "%(carrier)s cannot bring it to %(place)s",
                carrier=words._carrier(carrier_id),
                place=place,
            )
        else:
            name = self.env._("No carrier can bring it to %s", place)
        lines = [
            self.env._(
                "%(carrier)s: %(missing)s.",
                carrier=words._carrier(found.carrier.id),
                missing=words._missing(found.missing),
            )
            for found in self._hub_worth_telling(carrier_id, plan, candidates)
        ]
        return name, "\n".join([*lines, *self._hub_ways_out(plan, words)])

    def _hub_worth_telling(self, carrier_id, plan, candidates):
        """Return the carriers whose lack a reader wants to know: the one the order
        has and, where nobody fits, those that come nearest."""
        unfit = [found for found in candidates if found.missing]
        if plan.chosen:
            return [found for found in unfit if found.carrier.id == carrier_id]
        nearest = sorted(unfit, key=lambda f: (not f.is_able, len(f.missing)))
        return nearest[:MAX_TOLD]

    def _hub_ways_out(self, plan, words):
        """Return what can be done, one way a sentence."""
        if plan.chosen:
            return [
                self.env._(
                    "What can be done: choose %(carrier)s (%(cost)s).",
                    carrier=words._carrier(plan.chosen.carrier.id),
                    cost=words._cost(plan.chosen.cost, self.currency_id),
                )
            ]
        return [
            self.env._(
                "What can be done: add a delivery method that goes there, extend the "
                "availability of one, deliver to another address, or decide the "
                "carrier by hand with a reason."
            )
        ]
