import pytz

from odoo import fields, models
from odoo.tools import SQL

from ..const import CHANGE_KINDS
from ..engine import change as engine


class OrderHubChangeRequest(models.Model):
    """Customer changes: the facts that decide about one."""

    _inherit = "order.hub.change.request"

    def _facts(self, effects):
        """Return the ``engine.change.Facts`` of one request (sudo).

        :param effects: what :meth:`_effects` found
        """
        self.ensure_one()
        order, old, new = self.order_id, effects["old"], effects["new"]
        goods = self._goods_facts()
        items = self._items(effects)
        moment = fields.Datetime.to_datetime
        return engine.Facts(
            kind=self.kind,
            source=self.source,
            is_vouched=self._is_vouched(),
            state=order.state,
            is_locked=order.locked and self.kind in ("quantity", "add", "drop"),
            milestone=order.hub_milestone or "",
            at_stages=frozenset(self._stages_entered().ids),
            items=items,
            is_same=self._is_same(),
            is_foreign=self._is_foreign(),
            is_past=self._is_past(),
            **goods,
            total_old=old["total"],
            total_new=new["total"],
            difference=new["company_total"] - old["company_total"],
            promise_old=moment(old["promise"] or None),
            promise_new=moment(new["promise"] or None),
            wanted=self.date_wanted if self.kind == "date" else None,
            hours_short=effects["hours"],
            work_center=effects["place"],
            **self._freight_facts(old, new),
            **self._credit_facts(old, new),
            invoiced=order.amount_invoiced,
            tax_differs=old["fiscal_position"] != new["fiscal_position"],
            approval_due=new["approval"] and not old["approval"],
            problem=effects["problem"],
            open_kinds=self._open_kinds(goods),
        )

    # === WHO AND WHAT === #

    def _is_vouched(self):
        """Tell whether whoever asked may change the order without being asked."""
        if self.source == "portal":
            return False
        user = self.requested_by_id
        return user._is_internal() and self.with_user(user)._may_change()

    def _is_same(self):
        """Tell whether nothing would be different."""
        order = self.order_id
        if self.kind == "address":
            return not self.shipping_id or self.shipping_id == order.partner_shipping_id
        if self.kind == "date":
            return not self.date_wanted or self.date_wanted == order.commitment_date
        if self.kind == "specification":
            return not any(line.specification for line in self.line_ids)
        return False

    def _is_foreign(self):
        """Tell whether a customer names an address that is not the customer's own."""
        if self.kind != "address" or self.source != "portal":
            return False
        owner = self.order_id.partner_id.commercial_partner_id
        return self.shipping_id.commercial_partner_id != owner

    def _is_past(self):
        wanted = self.kind == "date" and self.date_wanted
        return bool(wanted) and wanted < fields.Datetime.now()

    # === HOW FAR === #

    def _stages_entered(self):
        """Return the stages of the order's flow up to the one it is in."""
        stage = self.order_id.hub_stage_id
        return stage.flow_id.stage_ids.filtered(
            lambda s: (s.sequence, s.id) <= (stage.sequence, stage.id)
        )

    def _open_kinds(self, goods=None):
        """Return the kinds of change that the order's stage still allows."""
        rules = self.env["order.hub.change.rule"]
        goods = goods or self._goods_facts()
        left = goods["minutes_left"]
        if goods["is_gone"] or left is not None and left <= 0:
            return ()
        stages = self._stages_entered().ids
        milestone = self.order_id.hub_milestone or ""
        found = (
            (kind, rules._rule_for(self.company_id.id, kind))
            for kind, _label in CHANGE_KINDS
        )
        return tuple(
            kind
            for kind, rule in found
            if engine.stage_allows(rule, milestone, stages)
            and (self.source != "portal" or rule.from_portal)
        )

    def _goods_facts(self):
        """Return what the deliveries say, one query: gone, partly gone, minutes left.

        Only what is reserved or packed can leave with the next carrier.
        """
        self.env["stock.move"].flush_model()
        self.env["stock.picking"].flush_model(["scheduled_date", "state"])
        [[gone, waiting, leaves]] = self.env.execute_query(
            SQL(
                """SELECT count(*) FILTER (
                              WHERE move.state = 'done' AND dest.usage = 'customer'),
                          count(*) FILTER (WHERE move.state NOT IN ('done', 'cancel')),
                          min(picking.scheduled_date) FILTER (
                              WHERE picking.state = 'assigned'
                                AND dest.usage = 'customer')
                     FROM sale_order_line line
                     JOIN stock_move move ON move.sale_line_id = line.id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                     JOIN stock_location final ON final.id =
                          COALESCE(move.location_final_id, move.location_dest_id)
                LEFT JOIN stock_picking picking ON picking.id = move.picking_id
                    WHERE line.order_id = %s AND final.usage = 'customer'""",
                self.order_id.id,
            )
        )
        return {
            "is_gone": bool(gone) and not waiting,
            "is_partly_gone": bool(gone) and bool(waiting),
            "minutes_left": self._minutes_left(leaves) if leaves else None,
        }

    def _minutes_left(self, leaves):
        """Return the minutes until the carrier takes a delivery; negative: taken.

        :param leaves: the moment it is planned for, naive UTC
        """
        zone = pytz.timezone(self._time_zone())
        hour = self.order_id.carrier_id.hub_cut_off or self._rule().cut_off
        now = fields.Datetime.now()
        here = [
            pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)
            for moment in (leaves, now)
        ]
        moment = engine.cut_off_moment(*here, hour)
        return round((moment - here[1]).total_seconds() / 60)

    def _time_zone(self):
        """Return the name of the zone of the warehouse the order leaves from."""
        places = self.order_id.warehouse_id.partner_id | self.company_id.partner_id
        named = [place.tz for place in places if place.tz]
        return (named or [self.order_id.user_id.tz or self.env.user.tz or "UTC"])[0]

    # === PRODUCTS === #

    def _items(self, effects):
        """Return the ``engine.change.Item`` of each product of the request."""
        made = self._made() if self.line_ids else {}
        frozen = self._frozen_labels()
        supply = effects["new"].get("supply") or {}
        found = []
        for line in self.line_ids:
            sold, needs = line.line_id, supply.get(str(line.id)) or {}
            revision = frozen.get(sold.id)
            found.append(
                engine.Item(
                    ref=line.id,
                    label=line.product_id.display_name or "",
                    old=sold.product_uom_qty,
                    new=line.quantity_new
                    if self.kind != "specification"
                    else sold.product_uom_qty,
                    delivered=sold.qty_delivered,
                    invoiced=sold.qty_invoiced,
                    made=made.get(line.product_id.id, 0.0),
                    short=needs.get("short", 0.0),
                    days=needs.get("days", 0),
                    is_frozen=revision is not None,
                    revision=revision or "",
                )
            )
        return tuple(found)

    def _made(self):
        """Return ``{product id: quantity}`` begun or finished for the order."""
        self.env["mrp.production"].flush_model(["state", "product_id", "product_qty"])
        rows = self.env.execute_query(
            SQL(
                """SELECT mo.product_id,
                          SUM(mo.product_qty * unit.factor / own.factor)
                     FROM stock_reference_sale_rel link
                     JOIN stock_reference_production_rel made
                          ON made.reference_id = link.reference_id
                     JOIN mrp_production mo ON mo.id = made.production_id
                     JOIN uom_uom unit ON unit.id = mo.product_uom_id
                     JOIN product_product product ON product.id = mo.product_id
                     JOIN product_template template
                          ON template.id = product.product_tmpl_id
                     JOIN uom_uom own ON own.id = template.uom_id
                    WHERE link.sale_id = %s
                      AND mo.state IN ('progress', 'to_close', 'done')
                 GROUP BY mo.product_id""",
                self.order_id.id,
            )
        )
        return {product: float(quantity) for product, quantity in rows}

    def _frozen_labels(self):
        """Return ``{order line id: revision}`` of the lines whose BOM is frozen."""
        if not self.order_id.hub_is_frozen:
            return {}
        freezes = self.order_id.hub_freeze_ids.filtered(lambda f: f.state == "frozen")
        return {freeze.line_id.id: freeze.revision_label or "" for freeze in freezes}

    # === MONEY === #

    def _freight_facts(self, old, new):
        freight = self.order_id.order_line.filtered("is_delivery")
        is_known = new["rate"] is not None and new["rate"] is not False
        return {
            "has_carrier": bool(freight),
            "freight_old": old["freight"],
            "freight_new": new["freight"] if is_known else None,
            "freight_invoiced": any(line.qty_invoiced for line in freight),
        }

    def _credit_facts(self, old, new):
        """Only an order that grows asks for credit."""
        missing = new["missing"]
        grows = new["company_total"] > old["company_total"]
        return {
            "credit_used": missing is not None and grows,
            "credit_missing": (missing or 0.0) if grows else 0.0,
        }
