from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.image import ImageProcess

from ..engine import flow as flow_engine

MAX_SIGNATURE_BYTES = 2 * 1024 * 1024
MAX_SIGNER_NAME = 100


class SaleOrder(models.Model):
    """The customer page: the receipt that customers sign."""

    _inherit = "sale.order"

    def _hub_receipt_stage(self):
        """Return the later stage that a signed receipt carries the order into."""
        self.ensure_one()
        steps = self.hub_flow_id._steps() if self.hub_flow_id else []
        stages = self.hub_flow_id.stage_ids
        return stages.filtered(
            lambda stage: (
                stage.trigger == "signed"
                and stage != self.hub_stage_id
                and flow_engine.is_forward(steps, self.hub_stage_id.id, stage.id)
            )
        )[:1]

    def _hub_can_sign_receipt(self):
        """Tell whether everything is delivered and only the receipt is missing."""
        self.ensure_one()
        if not self.hub_is_open or not self._hub_receipt_stage():
            return False
        facts = self._hub_facts()[self.id]
        return "delivered" in facts and "signed" not in facts

    def _hub_sign_receipt(self, signed_by, signature):
        """Keep the customer's signature and carry the order on.

        The caller has checked that the visitor may see the order.

        :param signed_by: name of who signs
        :param signature: the picture, base64
        :raise UserError: too early, signed already, no name, no picture, too large
        """
        self.ensure_one()
        self._hub_take_turn()
        if not self._hub_can_sign_receipt():
            raise UserError(
                self.env._("There is nothing to sign: not delivered yet, or signed.")
            )
        item = {
            "kind": "signature",
            "content": self._hub_checked_signature(signature),
            "filename": "receipt.png",
            "signed_by": self._hub_checked_signer(signed_by),
            "is_public": True,
        }
        stage = self._hub_receipt_stage()
        self.env["order.hub.evidence"]._add(self, stage, [item])
        self._hub_sync()

    def _hub_take_turn(self):
        """Let two signatures of one order happen one after the other.

        Touching the row, unlike locking it, makes whoever comes second start again
        on a fresh snapshot and find the receipt signed.
        """
        self.env.execute_query(
            SQL(
                "UPDATE sale_order SET write_date = write_date WHERE id = %s "
                "RETURNING id",
                self.id,
            )
        )

    def _hub_checked_signer(self, name):
        name = " ".join(name.split()) if isinstance(name, str) else ""
        if not name or len(name) > MAX_SIGNER_NAME:
            raise ValidationError(
                self.env._("Write your name, at most %s letters.", MAX_SIGNER_NAME)
            )
        return name

    def _hub_checked_signature(self, signature):
        """Return the base64 text of a signature that is one and of sane size."""
        if not signature or not isinstance(signature, str):
            raise ValidationError(self.env._("The signature is missing."))
        if len(signature) > MAX_SIGNATURE_BYTES * 4 // 3 + 4:
            raise ValidationError(
                self.env._("The picture is too large to be a signature.")
            )
        Evidence = self.env["order.hub.evidence"]
        content = Evidence._decoded(signature)
        Evidence._check_size_and_type("signature", content)
        ImageProcess(content, verify_resolution=True)
        return signature
