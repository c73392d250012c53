from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import INTERNAL
from ..engine import freeze as freeze_engine

#: What decides which orders a manufacturing order is for.
LINK_FIELDS = frozenset({"reference_ids", "sale_line_id"})
#: What says for which orders a new one is meant.
NAMING_FIELDS = LINK_FIELDS | {"bom_id"}
#: Changes after which what is consumed is compared again.
WATCHED_FIELDS = frozenset({"bom_id", "product_qty", "product_uom_id", "state"})


class MrpProduction(models.Model):
    """Manufacturing orders of frozen orders are made from what is pinned."""

    _inherit = "mrp.production"

    hub_frozen_bom_id = fields.Many2one(
        "mrp.bom", "Frozen BOM", compute="_compute_hub_frozen", compute_sudo=True
    )
    hub_bom_label = fields.Char(
        "Revision", compute="_compute_hub_frozen", compute_sudo=True
    )
    hub_bom_hash = fields.Char(
        "Content Hash",
        compute="_compute_hub_frozen",
        compute_sudo=True,
        help="First characters of the SHA-256 of what the order was frozen on.",
    )
    hub_bom_mark = fields.Char(
        "Frozen on", compute="_compute_hub_frozen", compute_sudo=True
    )
    hub_bom_mismatch = fields.Text(
        "Built Differently",
        compute="_compute_hub_bom_mismatch",
        compute_sudo=True,
        help="How the components differ from the frozen bill of materials.",
    )
    hub_can_rebuild = fields.Boolean(
        compute="_compute_hub_bom_mismatch", compute_sudo=True
    )

    # === COMPUTE === #

    @api.depends("product_id", "reference_ids", "sale_line_id", "bom_id")
    def _compute_hub_frozen(self):
        parts = self._hub_parts()
        for production in self:
            part = parts.get(production._origin.id, {})
            production.hub_frozen_bom_id = part.get("bom")
            production.hub_bom_label = part.get("label")
            production.hub_bom_hash = freeze_engine.as_frozen(part.get("hash", ""))
            production.hub_bom_mark = bool(part) and self.env._(
                "Rev. %(revision)s · %(hash)s",
                revision=part["label"],
                hash=production.hub_bom_hash,
            )

    @api.depends(
        "product_id",
        "reference_ids",
        "bom_id",
        "state",
        "product_qty",
        "move_raw_ids.product_id",
        "move_raw_ids.product_uom_qty",
        "move_raw_ids.quantity",
        "move_raw_ids.state",
    )
    def _compute_hub_bom_mismatch(self):
        texts = self._hub_mismatches()
        for production in self:
            text = texts.get(production._origin.id, "")
            production.hub_bom_mismatch = text
            production.hub_can_rebuild = bool(text) and production.state in (
                "draft",
                "confirmed",
            )

    # === FROZEN ON WHAT === #

    def _hub_frozen_orders(self):
        """Return the orders of this manufacturing order that are frozen (sudo)."""
        return self.sudo()._origin._hub_all_orders().filtered("hub_is_frozen")

    def _hub_all_orders(self):
        """Return the orders of these manufacturing orders.

        A subcontractor's has a reference of its own that ties it to the receipt;
        the receipt knows the order.
        """
        orders = self.reference_ids.sale_ids | self.sale_line_id.order_id
        bought = self.filtered(lambda mo: mo.bom_id.type == "subcontract")
        return orders | bought.reference_ids.move_ids.reference_ids.sale_ids

    def _hub_pins(self):
        """Return ``{id: Pins}`` of those made for frozen orders: one query for all.

        One made for several orders follows what they agree on.
        """
        if not self.env["order.hub.bom.freeze"]._is_in_use():
            return {}
        self.sudo()._origin._hub_all_orders().mapped("hub_is_frozen")  # for all at once
        orders_of = {mo._origin.id: mo._hub_frozen_orders() for mo in self}
        orders = self.env["sale.order"].sudo().union(*orders_of.values())
        pins = orders._hub_pins() if orders else {}
        return {
            id_: freeze_engine.agreed(pins[order.id] for order in of_mo & orders)
            for id_, of_mo in orders_of.items()
            if id_ and any(order.id in pins for order in of_mo)
        }

    def _hub_pinned_id(self, pins):
        """Return the id of the bill this one has to be made from, or None.

        :param pins: what :meth:`_hub_pins` returns
        """
        self.ensure_one()
        return pins.get(self._origin.id, {}).get(self.product_id.id)

    def _hub_parts(self):
        """Return ``{id: frozen part}`` (``engine.freeze.parts``), also of closed
        orders, newest freeze first, the line's own before others'."""
        Freeze = self.env["order.hub.bom.freeze"]
        if not Freeze._is_in_use():
            return {}
        productions = self._origin.sudo()
        orders = productions._hub_all_orders()
        rows = Freeze._last_of(orders).grouped("order_id") if orders else {}
        parts = {mo.id: mo._hub_part(rows) for mo in productions}
        return {id_: part for id_, part in parts.items() if part}

    def _hub_part(self, rows):
        self.ensure_one()
        orders = self._hub_all_orders()
        of_mo = self.env["order.hub.bom.freeze"].union(
            *(rows[order] for order in orders if order in rows)
        )
        product = str(self.product_id.id)
        for row in of_mo.sorted(lambda row: row.line_id != self.sale_line_id):
            if part := row.snapshot_id.parts.get(product):
                return part
        return None

    # === MADE FROM IT === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["order.hub.bom.freeze"]._is_in_use():
            vals_list = self._hub_with_pinned(vals_list)
        productions = super().create(vals_list)
        productions._hub_watch()
        return productions

    def _hub_with_pinned(self, vals_list):
        """Return vals in which what is for a frozen order has the pinned bill.

        :raise UserError: when a person names another one
        """
        drafts = [
            self.new({name: vals[name] for name in NAMING_FIELDS if name in vals})
            for vals in vals_list
        ]
        orders = [draft._hub_named_orders() for draft in drafts]
        pins = self.env["sale.order"].sudo().union(*orders)._hub_pins()
        prepared = []
        for vals, of_mo in zip(vals_list, orders, strict=True):
            agreed = freeze_engine.agreed(pins[o.id] for o in of_mo if o.id in pins)
            pinned = agreed.get(vals.get("product_id"))
            named = vals.get("bom_id")
            if pinned and named and named != pinned and not self._hub_may_swap():
                self._hub_refuse(of_mo, vals["product_id"])
            prepared.append({**vals, "bom_id": pinned} if pinned else vals)
        return prepared

    def _hub_named_orders(self):
        """Return the frozen orders that values for a new one lead to (sudo)."""
        named = self.sudo()
        orders = named.reference_ids._origin.sale_ids
        orders |= named.sale_line_id._origin.order_id
        if named.bom_id.type == "subcontract":
            moves = named.reference_ids._origin.move_ids
            orders |= moves.reference_ids.sale_ids
        return orders.filtered("hub_is_frozen")

    def _compute_bom_id(self):  # pylint: disable=missing-return
        for productions in self._hub_by_pins():
            super(MrpProduction, productions)._compute_bom_id()

    def _compute_move_raw_ids(self):  # pylint: disable=missing-return
        for productions in self._hub_by_pins():
            super(MrpProduction, productions)._compute_move_raw_ids()

    def _compute_workorder_ids(self):  # pylint: disable=missing-return
        for productions in self._hub_by_pins():
            super(MrpProduction, productions)._compute_workorder_ids()

    def _hub_by_pins(self):
        """Return the productions in groups, each with its pins in the context."""
        pins = self._hub_pins()
        if not pins and not self.env.context.get("order_hub_pins"):
            return [self]
        return list(self.env["order.hub.bom.freeze"]._by_pins(self, pins))

    def _link_bom(self, bom):
        pins = self._hub_pins()
        if not pins:
            return super()._link_bom(bom)
        pinned = self._hub_pinned_id(pins)
        if pinned not in (None, bom.id) and not self._hub_is_hub():
            self._hub_refuse(self._hub_frozen_orders(), self.product_id.id)
        inside = self.with_context(order_hub_pins=pins[self.id], order_hub_bom=INTERNAL)
        return super(MrpProduction, inside)._link_bom(bom)

    def _hub_rebuild(self):
        """Give manufacturing orders the components and work orders they are frozen
        on, by Odoo's own method.

        :return: those that are frozen
        """
        pins = self._hub_pins()
        frozen = self.filtered(lambda mo: mo._hub_pinned_id(pins))
        for production in frozen.with_context(order_hub_bom=INTERNAL):
            bom = self.env["mrp.bom"].browse(production._hub_pinned_id(pins))
            production._link_bom(bom)
        frozen.filtered("is_outdated_bom").is_outdated_bom = False
        frozen._hub_watch()
        return frozen

    def action_hub_rebuild(self):
        """Give the components back that the frozen bill names; not when started.

        :raise UserError: when one has been started
        """
        self.check_access("write")
        started = self.filtered(lambda mo: mo.state not in ("draft", "confirmed"))
        if started:
            raise UserError(
                self.env._(
                    "%s has been started: what it took cannot be taken back by a "
                    "click. Correct its components, or ask for an engineering change.",
                    started[0].name,
                )
            )
        self._hub_rebuild()
        return True

    # === GUARD === #

    def write(self, vals):
        if not self.env["order.hub.bom.freeze"]._is_in_use():
            return super().write(vals)
        self._hub_check_swap(vals)
        changing = self
        if vals.get("is_outdated_bom"):
            changing = self._hub_without_frozen()
        if LINK_FIELDS.isdisjoint(vals):
            result = super(MrpProduction, changing).write(vals)
        else:
            with self._hub_keeping_pins():
                result = super(MrpProduction, changing).write(vals)
        if WATCHED_FIELDS.intersection(vals):
            self._hub_watch()
        return result

    def _hub_without_frozen(self):
        """Return those whose bill may be replaced by another revision."""
        pins = self._hub_pins()
        return self.filtered(lambda mo: not mo._hub_pinned_id(pins))

    def _hub_check_swap(self, vals):
        """Refuse to give what is frozen another bill or product."""
        if self._hub_is_hub() or not {"bom_id", "product_id"} & vals.keys():
            return
        pins = self._hub_pins()
        for production in self:
            pinned = production._hub_pinned_id(pins)
            new = (
                vals.get("product_id", production.product_id.id),
                vals.get("bom_id", production.bom_id.id),
            )
            old = (production.product_id.id, production.bom_id.id)
            if pinned and new != old and new != (production.product_id.id, pinned):
                self._hub_refuse(
                    production._hub_frozen_orders(), production.product_id.id
                )

    @contextmanager
    def _hub_keeping_pins(self):
        """Refuse to untie manufacturing orders from what they are frozen on."""
        before = {} if self._hub_is_hub() else self._hub_pins()
        pinned = {
            mo: (mo._hub_pinned_id(before), mo._hub_frozen_orders())
            for mo in self
            if mo.id in before
        }
        yield
        after = self.exists()._hub_pins() if pinned else {}
        for production, (bom, orders) in pinned.items():
            if (
                bom
                and after.get(production.id, {}).get(production.product_id.id) != bom
            ):
                self._hub_refuse(orders, production.product_id.id)

    def _hub_is_hub(self):
        return self.env.context.get("order_hub_bom") is INTERNAL

    def _hub_may_swap(self):
        """Tell whether a bill was named by Odoo's own steps, not by a person."""
        return self.env.su or self._hub_is_hub()

    def _hub_refuse(self, orders, product_id):
        """Say why a recipe stays, and how it is changed.

        :raise UserError: always
        """
        order = orders[:1]
        rows = self.env["order.hub.bom.freeze"]._last_of(order)
        product = self.env["product.product"].sudo().browse(product_id)
        parts = (row.snapshot_id.parts.get(str(product_id)) for row in rows)
        part = next(filter(None, parts), {})
        raise UserError(
            self.env._(
                "Order %(order)s is frozen on revision %(revision)s of %(product)s "
                "(%(hash)s). What is made for it keeps this recipe. Ask for an "
                "engineering change (ECN) to build it differently.",
                order=order.name,
                revision=part.get("label", "–"),
                product=product.display_name,
                hash=freeze_engine.as_frozen(part.get("hash", "")),
            )
        )

    def action_update_bom(self):
        pins = self._hub_pins()
        for production in self:
            if production._hub_pinned_id(pins):
                self._hub_refuse(
                    production._hub_frozen_orders(), production.product_id.id
                )
        return super().action_update_bom()

    def _pre_action_split_merge_hook(self, merge=False, split=False):
        result = super()._pre_action_split_merge_hook(merge=merge, split=split)
        if merge:
            self._hub_check_merge()
        return result

    def _hub_check_merge(self):
        """Refuse to merge what is frozen on different content."""
        pins = self._hub_pins()
        parts = self._hub_parts() if pins else {}
        contents = {part["hash"] for id_, part in parts.items() if id_ in pins}
        if len(contents) > 1:
            raise UserError(
                self.env._(
                    "These manufacturing orders are for orders that are frozen on "
                    "different content of %s: they cannot be merged.",
                    self.product_id[:1].display_name,
                )
            )
