from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models

from ..engine import impact as engine
from ..engine.impact import Impact
from ..engine.impact_facts import Order, Part, Recipe
from ..engine.impact_needs import changed
from ..engine.impact_tree import at_rates, switched
from .order_hub_ecn_impact_facts import Case

#: States of manufacturing orders that have taken all they take.
CONSUMED_STATES = ("to_close", "done")


@dataclass
class Report:
    """A case with its figures, ready to be written down.

    :ivar impact: the engine's rows of orders and components
    :ivar pairs: ``{(released bill, product): (Recipe, Recipe)}`` of one piece
    :ivar supplies: ``{component: Supply}``
    :ivar sellers: ``{component: product.supplierinfo}``
    """

    case: Case
    impact: Impact
    pairs: dict
    supplies: dict = field(default_factory=dict)
    sellers: dict = field(default_factory=dict)


class OrderHubEcnImpact(models.AbstractModel):
    """Puts the facts together and has the engine reckon."""

    _inherit = "order.hub.ecn.impact"

    def _report(self, ecn):
        """Return the :class:`Report` of a change as of now. Writes nothing."""
        case = self._case(ecn)
        trees = self._changed_trees(case)
        leaves = {
            product
            for pair in trees.values()
            for tree in pair
            for product in tree.leaves()
        }
        sellers = self._sellers(case, leaves)
        costs = self._costs(case, leaves, sellers)
        recipes = {
            key: tuple(self._recipe(tree, costs) for tree in pair)
            for key, pair in trees.items()
        }
        return self._reckon(case, recipes, costs, sellers)

    def _reckon(self, case, recipes, costs, sellers):
        pairs = {key: pair for (kind, key), pair in recipes.items() if kind == "base"}
        products = {product for pair in recipes.values() for product in changed(*pair)}
        consumed, unposted = self._consumed(case, products)
        supplies = self._supplies(case, products, costs, sellers, unposted)
        orders = self._engine_orders(case, recipes, consumed)
        impact = engine.impact(orders, supplies, case.today, pairs.values())
        return Report(case, impact, pairs, supplies, sellers)

    # === RECIPES === #

    def _changed_trees(self, case):
        """Return ``{key: (tree without, tree with the change)}``.

        For everything orders are made from, and for each bill that changes itself.
        """
        rates = self._rates(case)
        bases = {("base", key): tree for key, tree in case.bases.items()}
        return {
            key: (at_rates(tree, rates), at_rates(switched(tree, case.drafts), rates))
            for key, tree in {**case.trees, **bases}.items()
        }

    def _rates(self, case):
        """Return ``{work center id: cost of an hour}`` as of today."""
        trees = [*case.trees.values(), *case.bases.values(), *case.drafts.values()]
        steps = {
            step.workcenter
            for tree in trees
            for node in tree.nodes()
            for step in node.operations
        }
        centers = self.env["mrp.workcenter"].browse(sorted(steps)).exists()
        return {center.id: center.costs_hour for center in centers}

    def _recipe(self, tree, costs):
        return Recipe(tree.leaves(), tree.unit_cost(costs), tree.lead_time())

    # === ORDERS === #

    def _engine_orders(self, case, recipes, consumed):
        """Return the orders as the engine wants them."""
        parts, past = self._parts(case, recipes), self._made(case)
        orders = []
        for order_id, facts in case.orders.items():
            facts["is_past"] = facts["is_past"] or order_id in past
            orders.append(
                Order(
                    key=order_id,
                    parts=parts[order_id],
                    promised=facts["promised"] and facts["promised"].date(),
                    consumed=consumed.get(order_id, {}),
                    is_past=facts["is_past"],
                    choice=facts["choice"] or "",
                    asks=facts["asks"],
                )
            )
        return orders

    def _made(self, case):
        """Return the ids of orders whose changing products are all made already."""
        open_, done = set(), set()
        for mo in case.mos:
            if mo["order"] and mo["bom"] in case.boms:
                is_done = mo["state"] in CONSUMED_STATES
                (done if is_done else open_).add(mo["order"])
        return done - open_

    def _parts(self, case, recipes):
        """Return ``{order id: tuple of Part}``; lines of one product as one part.

        Finished is what is delivered, or reserved as finished goods if that is more.
        """
        sums = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
        for line in case.lines:
            row = sums[line["order"]][line["key"], line["product"]]
            row[0] += line["pieces"] or 0.0
            row[1] += line["delivered"] or 0.0
        orders = self.env["sale.order"].browse(case.orders)
        served = self.env["order.hub.supply"]._served(orders)
        return {
            order: tuple(
                Part(
                    *recipes[key],
                    pieces,
                    max(delivered, served.get((order, product), 0.0)),
                )
                for (key, product), (pieces, delivered) in rows.items()
            )
            for order, rows in sums.items()
        }
