from collections.abc import Hashable
from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.bom import Line, Node, Operation, Pins, unique_keys
from ..engine.explosion import MAX_DEPTH


class Root(NamedTuple):
    """What a tree is wanted of.

    :param key: by which the caller finds the tree
    :param product: id of the ``product.product``
    :param bom: id of the revision of the root; None: the one that is in force
    :param pins: revisions of this pins by product
    :param never: ids of chosen attribute values that make no variant
    """

    key: Hashable
    product: int
    bom: int | None = None
    pins: Pins = Pins()
    never: tuple[int, ...] = ()


class OrderHubBomTree(models.AbstractModel):
    """Multi-level bills of materials as plain values (``engine.bom.Node``).

    A bounded number of queries for all products together. Reads as superuser:
    callers decide what their reader may see. Follows Odoo's own explosion: a kit
    goes before a manufactured bill, lines for other variants are left out.
    """

    _name = "order.hub.bom.tree"
    _description = "Structure of Products"

    def _trees(self, products, company=None, pins_by_product=None, boms=None):
        """Return ``{product id: Node}``; products that are not made are left out.

        :param products: ``product.product`` records
        :param company: whose bills and costs count; the current one by default
        :param pins_by_product: ``{root product id: Pins}``
        :param boms: ``{root product id: mrp.bom id}``: revision of the root
        :raise UserError: when a product contains itself
        """
        pins, boms = pins_by_product or {}, boms or {}
        return self._nodes(
            [
                Root(product, product, boms.get(product), pins.get(product) or Pins())
                for product in products.ids
            ],
            company,
        )

    def _nodes(self, roots, company=None):
        """Return ``{root key: Node}`` for many ``Root``, of one product or of many.

        :raise UserError: when a product contains itself
        """
        reader = _Reader(self.env, company or self.env.company)
        reader.load(roots)
        nodes = {}
        for root in roots:
            if bom := reader.bom_of(root):
                nodes[root.key] = reader.node(root, bom)
        return nodes

    def _own(self, boms):
        """Return ``{bom id: Node}`` of this level only, for all variants at once."""
        reader = _Reader(self.env, self.env.company)
        return {bom.id: reader.own(bom) for bom in boms.sudo()}


class _Reader:
    """Reads pinss level by level, then puts the nodes together.

    Everything is kept by *pins*: the pins it follows. Products without a pin
    are found once for all pinss.
    """

    def __init__(self, env, company):
        self.company = company
        self.env = env(su=True)
        context = dict(
            env.context, display_default_code=False, allowed_company_ids=company.ids
        )
        context.pop("order_hub_pins", None)
        self.products = self.env(context=context)["product.product"]
        self.boms = self.env(context=context)["mrp.bom"]
        self.values = self.env["product.template.attribute.value"]
        self.all_products = self.products
        self.all_boms = self.boms
        self.found = {}
        self.made = {}
        self.built = {}

    # === READING === #

    def load(self, roots):
        """Find the bills of all levels below the roots."""
        self.all_boms = self.boms.browse({root.bom for root in roots if root.bom})
        self._survey(roots)
        wanted = {(root.pins, root.product) for root in roots}
        self._choose({root.product for root in roots if not root.bom}, wanted)
        level = {
            (root.pins, root.product, bom.id)
            for root in roots
            if (bom := self.bom_of(root))
        }
        seen = set()
        while level:
            seen |= level
            level = self._below(level) - seen
        self.all_boms = self.boms.browse({bom for _pins, _product, bom in seen})
        self.all_products = self.products.browse(
            {product for _pins, product, _bom in seen}
        )
        self._read_ahead()

    def _survey(self, roots):
        """Read whatever bills may be met below the roots in one round, not by level.

        More than is needed: what superseded revisions take, too.
        """
        for model, names in (
            ("mrp.bom", ["product_tmpl_id", "product_id"]),
            ("mrp.bom.line", ["bom_id", "product_id"]),
        ):
            self.env[model].flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE below(product_id) AS (
                       SELECT unnest(%s::int[])
                        UNION
                       SELECT line.product_id
                         FROM below
                         JOIN product_product product ON product.id = below.product_id
                         JOIN mrp_bom bom
                              ON bom.product_tmpl_id = product.product_tmpl_id
                         JOIN mrp_bom_line line ON line.bom_id = bom.id)
                   SELECT product_id FROM below""",
                list({root.product for root in roots}),
            )
        )
        self._find(self.products.browse(product for [product] in rows))
        found = {bom.id for bom in self.found.values() if bom}
        pinned = {bom for root in roots for bom in root.pins.values()}
        bills = self.boms.browse(found | pinned | set(self.all_boms.ids))
        bills.mapped("bom_line_ids.product_id.product_tmpl_id")

    def _read_ahead(self):
        """Read for all bills at once what nodes are put together from, bill by bill."""
        bills, made = self.all_boms, self.all_products
        steps, lines = bills.operation_ids, bills.bom_line_ids
        products = made | lines.product_id | bills.byproduct_ids.product_id
        for name in (
            "standard_price",
            "product_template_attribute_value_ids",
            "display_name",
        ):
            products.mapped(name)
        for rows in (steps, lines, bills.byproduct_ids):
            rows.mapped("bom_product_template_attribute_value_ids")
        steps.mapped("name")
        steps.mapped("workcenter_id.display_name")

    def _below(self, level):
        """Choose the bills of the components of a level; return the next level."""
        boms = self.boms.browse({bom for _pins, _product, bom in level})
        components = {bom.id: set(bom.bom_line_ids.product_id.ids) for bom in boms}
        wanted = {
            (pins, component)
            for pins, _product, bom in level
            for component in components[bom]
        }
        self._choose({product for _pins, product in wanted}, wanted)
        return {(*pair, bom.id) for pair in wanted if (bom := self.made.get(pair))}

    def _choose(self, products, wanted):
        """Fill ``made``: ``{(pins, product): bill}`` for what is made."""
        self._find(self.products.browse(products - self.found.keys()))
        for pins, product in wanted - self.made.keys():
            pinned = pins.get(product)
            if bom := self.boms.browse(pinned) if pinned else self.found.get(product):
                self.made[pins, product] = bom

    def _find(self, products):
        """Fill ``found``: kits first, as Odoo explodes."""
        self.found.update(dict.fromkeys(products.ids))
        for kind in ("phantom", False):
            rest = products.filtered(lambda product: not self.found[product.id])
            boms = self.boms._bom_find(rest, company_id=self.company.id, bom_type=kind)
            self.found.update({product.id: bom for product, bom in boms.items()})

    def bom_of(self, root):
        """Return the bill of the root, or None when it is not made."""
        if root.bom:
            return self._one(root.bom, self.all_boms)
        return self.made.get((root.pins, root.product))

    def _one(self, record_id, records):
        """Return one record that is read together with all of them."""
        return records.browse(record_id).with_prefetch(records._ids)

    # === NODES === #

    def node(self, root, bom):
        """Return the node of a root with all levels below."""
        never = self.values.browse(root.never)
        product = self.products.browse(root.product)
        return self._node(root.pins, product, bom, never, ())

    def _node(self, pins, product, bom, never, above):
        if product.id in above or len(above) > MAX_DEPTH:
            raise UserError(self._loop_message((*above, product.id)))
        key = (pins, product.id, bom.id, never)
        if key not in self.built:
            bom = self._one(bom.id, self.all_boms)
            product = self._one(product.id, self.all_products)
            below = (pins, never, (*above, product.id))
            self.built[key] = self._assemble(product, bom, never, below)
        return self.built[key]

    def _assemble(self, product, bom, never, below):
        steps = bom.operation_ids.filtered(
            lambda step: not step._skip_operation_line(product, never)
        )
        lines = bom.bom_line_ids.filtered(
            lambda line: not line._skip_bom_line(product, never)
        )
        byproducts = bom.byproduct_ids.filtered(
            lambda line: not line._skip_byproduct_line(product, never)
        )
        keys = self._step_keys(steps)
        return Node(
            **self._header(product, bom),
            operations=self._operations(steps, keys),
            lines=self._lines(lines, keys, below),
            byproducts=self._lines(byproducts, keys),
        )

    def own(self, bom):
        """Return the node of one level with the lines of all variants."""
        bom = bom.with_env(self.boms.env)
        keys = self._step_keys(bom.operation_ids)
        return Node(
            **self._header(bom.product_id, bom),
            operations=self._operations(bom.operation_ids, keys, True),
            lines=self._lines(bom.bom_line_ids, keys, whole=True),
            byproducts=self._lines(bom.byproduct_ids, keys, whole=True),
        )

    def _header(self, product, bom):
        shown = product or bom.product_tmpl_id
        return {
            "product": product.id or -bom.product_tmpl_id.id,
            "code": shown.default_code or "",
            "name": shown.display_name,
            "bom": bom.id,
            "kind": bom.type,
            "revision": bom.hub_revision,
            "label": bom.hub_revision_label,
            "quantity": bom.product_qty,
            "unit": bom.product_uom_id.id,
            "unit_name": bom.product_uom_id.name,
            "own_quantity": bom.product_uom_id._compute_quantity(
                bom.product_qty, shown.uom_id, round=False, raise_if_failure=False
            ),
            "lead_days": bom.produce_delay,
        }

    def _step_keys(self, steps):
        keys = unique_keys((step.name or "").strip().lower() for step in steps)
        return dict(zip(steps.ids, keys, strict=True))

    def _operations(self, steps, keys, whole=False):
        return tuple(
            Operation(
                key=keys[step.id],
                name=step.name,
                workcenter=step.workcenter_id.id,
                workcenter_name=step.workcenter_id.display_name,
                minutes=step.time_cycle_manual,
                sequence=step.sequence,
                cost_hour=step.workcenter_id.costs_hour,
                after=self._after(step, keys),
                variants=self._variants(step) if whole else (),
            )
            for step in steps
        )

    def _after(self, step, keys):
        if not step.allow_operation_dependencies:
            return ()
        before = (keys.get(other) for other in step.blocked_by_operation_ids.ids)
        return tuple(sorted(filter(None, before)))

    def _variants(self, row):
        return tuple(sorted(row.bom_product_template_attribute_value_ids.ids))

    def _lines(self, rows, keys, below=None, whole=False):
        names = unique_keys(row.product_id.id for row in rows)
        return tuple(
            self._line(row, name, keys, below, whole)
            for row, name in zip(rows, names, strict=True)
        )

    def _line(self, row, key, operations, below, whole):
        product, unit = row.product_id, row.product_uom_id
        return Line(
            key=key,
            product=product.id,
            code=product.default_code or "",
            name=product.display_name,
            quantity=row.product_qty,
            unit=unit.id,
            unit_name=unit.name,
            own_quantity=unit._compute_quantity(
                row.product_qty, product.uom_id, round=False, raise_if_failure=False
            ),
            operation=operations.get(row.operation_id.id, ""),
            cost=product.standard_price,
            child=self._child(product, below) if below else None,
            share=row.cost_share if "cost_share" in row._fields else 0.0,
            variants=self._variants(row) if whole else (),
        )

    def _child(self, product, below):
        pins, never, above = below
        bom = self.made.get((pins, product.id))
        if not bom:
            return None
        never = never if bom.type == "phantom" else self.values
        return self._node(pins, product, bom, never, above)

    def _loop_message(self, products):
        names = self.products.browse(products).mapped("display_name")
        return self.env._(
            "%(product)s contains itself: %(path)s. Take it out of one of these bills "
            "of materials.",
            product=names[-1],
            path=" → ".join(names),
        )
