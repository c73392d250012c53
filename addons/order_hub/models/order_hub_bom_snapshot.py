from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import freeze as freeze_engine
from ..engine.bom import Node


class OrderHubBomSnapshot(models.Model):
    """A multi-level bill of materials as it stood when orders were frozen on it.

    One row for all orders of a company that are frozen on the same content and
    revisions; nobody changes it.
    """

    _name = "order.hub.bom.snapshot"
    _inherit = ["order.hub.append.only"]
    _description = "Frozen Bill of Materials"
    _order = "id desc"
    _rec_name = "content_hash"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    bom_id = fields.Many2one(
        "mrp.bom", "BOM", required=True, readonly=True, ondelete="restrict", index=True
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="restrict", index=True
    )
    content_hash = fields.Char(
        required=True, readonly=True, size=64, help="SHA-256 of what is built and how."
    )
    pins_hash = fields.Char(required=True, readonly=True, size=64)
    pins = fields.Json(readonly=True)
    parts = fields.Json(readonly=True)
    content = fields.Json(readonly=True, prefetch=False, groups="mrp.group_mrp_user")
    date = fields.Datetime("Made On", required=True, readonly=True)

    _content_uniq = models.UniqueIndex(
        "(bom_id, product_id, content_hash, pins_hash, company_id)",
        "This bill of materials has been kept before.",
    )

    def _append_only_message(self):
        return self.env._(
            "A frozen bill of materials is proof of what was promised. Nobody adds, "
            "changes or deletes it by hand."
        )

    def _node(self):
        """Return the frozen tree as ``engine.bom.Node``."""
        self.ensure_one()
        return Node.from_json(self.content)

    @api.model
    def _keep(self, company_id, nodes):
        """Return ``{position: snapshot id}`` of nodes, new ones kept: two queries.

        :param company_id: whose orders are frozen
        :param nodes: list of ``engine.bom.Node``
        """
        rows = [self._row(company_id, node) for node in nodes]
        unique = {self._identity(row): row for row in rows}
        if unique:
            self.env["order.hub.writer"]._insert(
                self, list(unique.values()), skip_known=True
            )
        known = self._known(company_id, {row["bom_id"] for row in rows})
        return {
            position: known[self._identity(row)] for position, row in enumerate(rows)
        }

    def _row(self, company_id, node):
        pins = node.pins()
        return {
            "company_id": company_id,
            "bom_id": node.bom,
            "product_id": node.product,
            "content_hash": node.content_hash(),
            "pins_hash": freeze_engine.key(pins),
            "pins": pins,
            "parts": freeze_engine.parts(node),
            "content": node.to_json(),
            "date": fields.Datetime.now(),
        }

    def _identity(self, row):
        names = ("bom_id", "product_id", "content_hash", "pins_hash")
        return tuple(row[name] for name in names)

    def _known(self, company_id, bom_ids):
        rows = self.env.execute_query(
            SQL(
                """SELECT bom_id, product_id, content_hash, pins_hash, id
                     FROM order_hub_bom_snapshot
                    WHERE bom_id = ANY(%s) AND company_id = %s""",
                list(bom_ids),
                company_id,
            )
        )
        return {tuple(row[:4]): row[4] for row in rows}
