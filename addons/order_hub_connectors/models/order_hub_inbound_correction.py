import json
import math

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.order_hub.engine.payload import clean_text

from ..engine.event import is_event_path
from ..engine.order import get_at, is_path

MAX_TEXT = 2000
MAX_CORRECTIONS = 200


class OrderHubInboundCorrection(models.Model):
    """A value that a person put in the place of what was understood."""

    _name = "order.hub.inbound.correction"
    _inherit = "order.hub.append.only"
    _description = "Correction of an Inbound Order"
    _order = "id"
    _rec_name = "field"
    _created_through_orm = True

    inbound_id = fields.Many2one(
        "order.hub.inbound", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="inbound_id.company_id", store=True)
    field = fields.Char(required=True)
    old = fields.Char("Understood")
    new = fields.Json("Corrected")
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    date = fields.Datetime(required=True)

    @api.model
    def _add(self, inbound, values):
        """Keep corrections of one inbound order.

        :param dict values: ``{path: text, number or null}``
        """
        if not isinstance(values, dict) or len(values) > MAX_CORRECTIONS:
            raise UserError(self.env._("Corrections are pairs of a field and a value."))
        understood = inbound.sudo().values or {}
        rows = [
            {
                "inbound_id": inbound.id,
                "company_id": inbound.company_id.id,
                "field": self._checked_path(path),
                "old": json.dumps(get_at(understood, path), ensure_ascii=False)[:200],
                "new": self._checked_value(path, value),
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
            }
            for path, value in values.items()
        ]
        if rows:
            self.sudo().create(rows)
            inbound.sudo().write({"is_corrected": True})

    def _checked_path(self, path):
        """A path that nothing reads could never be taken back: refused at once."""
        if not isinstance(path, str) or not (is_path(path) or is_event_path(path)):
            shown = clean_text(str(path)[:80])
            raise UserError(self.env._("“%s” names no field of the order.", shown))
        return path

    def _checked_value(self, path, value):
        is_plain = value is None or isinstance(value, (str, int, float, bool))
        if isinstance(value, float) and not math.isfinite(value):
            is_plain = False
        if not is_plain or len(str(value)) > MAX_TEXT:
            raise UserError(
                self.env._("“%s” takes a text or a number of bounded length.", path)
            )
        return clean_text(value) if isinstance(value, str) else value
