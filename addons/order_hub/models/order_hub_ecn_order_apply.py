from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import FINAL_MILESTONES, INTERNAL
from ..engine import ecn as engine


class OrderHubEcnOrder(models.Model):
    """One order's turn: skipped, kept, left to a person, refused, or switched."""

    _inherit = "order.hub.ecn.order"

    def _due_domain(self):
        """Return the domain of rows that can be settled without a person."""
        return Domain("state", "=", "todo") & Domain("choice", "!=", "decide")

    def _is_due(self):
        return self.state == "todo" and self.choice != "decide"

    def _is_order_open(self):
        """Tell whether the order is neither cancelled nor closed by now."""
        self.ensure_one()
        order = self.order_id
        return order.state != "cancel" and order.hub_milestone not in FINAL_MILESTONES

    def _settle(self, state, message):
        """Write what became of the orders: one query.

        :param message: text, or ``{row: text}``
        """
        texts = message if isinstance(message, dict) else dict.fromkeys(self, message)
        values = {row.id: {"state": state, "message": texts[row]} for row in self}
        self.env["order.hub.writer"]._update(self, values)

    # === APPLY === #

    def _apply(self):
        """Settle these rows; an order that cannot be switched stops no other.

        :raise Exception: what is no refusal, with nothing of the batch done
        """
        rows = self._inside()
        for ecn, of_ecn in rows.grouped("ecn_id").items():
            of_ecn._apply_or_fail(ecn)
        return True

    def _apply_or_fail(self, ecn):
        try:
            with self.env.cr.savepoint():
                self._apply_together(ecn)
        except UserError as error:
            self.env.invalidate_all(flush=False)
            if len(self) > 1:
                for row in self:
                    row._apply_or_fail(ecn)
            else:
                self._settle("failed", str(error)[:1000])

    def _apply_together(self, ecn):
        self.order_id._hub_lock()
        news = ecn._new_nodes()
        productions = self._productions(ecn)
        lost = self._lost(productions, news)
        by_fate = self.grouped(lambda row: row._fate(lost[row]))
        none = self.browse()
        by_fate.get("skip", none)._settle(
            "skipped", self.env._("The order is cancelled or closed.")
        )
        by_fate.get("keep", none)._keep()
        by_fate.get("refuse", none)._refuse(lost)
        by_fate.get("switch", none)._switch(ecn, productions, news)

    def _fate(self, lost):
        self.ensure_one()
        return engine.fate(engine.Case(self.choice, self._is_order_open(), lost))

    # === MANUFACTURING ORDERS === #

    def _productions(self, ecn):
        """Return ``{row: MOs that are made from a revision to be replaced}``."""
        replaced = ecn._replaced_boms()
        productions = self.order_id._hub_productions().filtered(
            lambda mo: mo.state not in ("done", "cancel") and mo.bom_id in replaced
        )
        by_order = {}
        for production in productions:
            orders = production.reference_ids.sale_ids
            for order in orders | production.sale_line_id.order_id:
                by_order.setdefault(order.id, productions.browse())
                by_order[order.id] |= production
        return {row: by_order.get(row.order_id.id, productions[:0]) for row in self}

    def _lost(self, productions, news):
        """Return ``{row: products that its MOs took and would not want any more}``."""
        everything = self.env["mrp.production"].sudo().union(*productions.values())
        consumed = everything._hub_consumed()
        lost = {}
        for production in everything.filtered(lambda mo: mo.id in consumed):
            node = news.get((production.bom_id.id, production.product_id.id))
            if node:
                wanted = engine.materials(node, production.product_uom_qty)
                lost[production] = engine.surplus(consumed[production.id], wanted)
        return {
            row: tuple(
                sorted({id_ for mo in productions[row] for id_ in lost.get(mo, ())})
            )
            for row in self
        }

    # === OUTCOMES === #

    def _keep(self):
        if not self:
            return
        self._settle("done", self.env._("Keeps what it has."))

    def _refuse(self, lost):
        if not self:
            return
        texts = {}
        for row in self:
            products = self.env["product.product"].browse(lost[row])
            texts[row] = self.env._(
                "Manufacturing has taken %(products)s, which the new revision has no "
                "room for. Return them and try again, or keep the old revision.",
                products=", ".join(products.mapped("display_name")),
            )
        self._settle("failed", texts)

    def _switch(self, ecn, productions, news):
        """Freeze the orders on the new revisions; their MOs follow."""
        if not self:
            return
        Freeze = self.env["order.hub.bom.freeze"]
        freezes = ecn._affected_freezes(self.order_id)
        nodes = ecn._switched_nodes(freezes, news)
        Freeze._switch(freezes, nodes, ecn)
        followed = self._follow(ecn, productions)
        self._settle("done", self._switched_texts(freezes, nodes, followed))
        self._tell_orders(ecn, followed)
        ecn._be_loud(self)

    def _follow(self, ecn, productions):
        """Rebuild the orders' MOs from the new revision, by Odoo's own method.

        :return: ``{row: MOs that follow}``
        """
        new_boms = {
            old: row.draft_bom_id
            for row in ecn.bom_ids
            for old in row.bom_id._hub_revisions() - row.draft_bom_id
        }
        concerned = self.env["mrp.production"].sudo()
        concerned = concerned.union(*(productions[row] for row in self))
        for production in concerned.with_context(order_hub_bom=INTERNAL):
            production._link_bom(new_boms[production.bom_id])
        concerned.filtered("is_outdated_bom").is_outdated_bom = False
        return {row: productions[row] for row in self}

    def _switched_texts(self, freezes, nodes, followed):
        """Return ``{row: text}``: from which revision to which, and which MOs."""
        by_order = freezes.grouped("order_id")
        texts = {}
        for row in self:
            steps = [
                f"{freeze.product_id.display_name} {freeze.revision_label} → "
                f"{nodes[freeze.id].label} · {nodes[freeze.id].content_hash()[:10]}"
                for freeze in by_order.get(row.order_id, ())
            ]
            mos = followed[row].mapped("name")
            texts[row] = "; ".join([*dict.fromkeys(steps), *mos])[:1000] or (
                self.env._("Takes the new revision by itself.")
            )
        return texts
