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
        if any(picking.state != "done" for picking in self._hub_customer_pickings()):
            return False  # facts cost two queries more
        facts = self._hub_facts()[self.id]
        return "delivered" in facts and "signed" not in facts

    def _hub_unsigned_deliveries(self):
        """Return the deliveries that are done and whose receipt nobody signed.

        None where the order's flow waits for no receipt, or it was signed for all.
        """
        self.ensure_one()
        done = self._hub_customer_pickings().filtered(lambda p: p.state == "done")
        if not done or not self.hub_is_open or not self._hub_receipt_stage():
            return done.browse()
        signed = self.hub_evidence_ids.filtered(lambda e: e.kind == "signature")
        for_all = signed.filtered(lambda e: e.stage_id.trigger == "signed")
        return done.browse() if for_all else done - signed.picking_id

    def _hub_sign_receipt(self, signed_by, signature, delivery_id=None):
        """Keep the customer's signature and carry the order on.

        The caller has checked that the visitor may see the order. A signature for
        one delivery of several carries the order on with the last one.

        :param signed_by: name of who signs
        :param signature: the picture, base64
        :param delivery_id: the delivery it is for; ``None``: everything
        :raise UserError: too early, signed already, no name, no picture, too large
        """
        self.ensure_one()
        self._hub_take_turn()
        stage, delivery = self._hub_what_is_signed(delivery_id)
        item = {
            "kind": "signature",
            "content": self._hub_checked_signature(signature),
            "filename": "receipt.png",
            "signed_by": self._hub_checked_signer(signed_by),
            "is_public": True,
            "is_from_customer": True,
            "picking_id": delivery.id,
        }
        self.env["order.hub.evidence"]._add(self, stage, [item])
        self._hub_sync()

    def _hub_what_is_signed(self, delivery_id):
        """Return the stage a signature is for, and the delivery if it is for one.

        :raise UserError: when there is nothing to sign
        """
        waiting = self._hub_unsigned_deliveries()
        delivery = waiting.filtered(lambda picking: picking.id == delivery_id)
        if not (delivery if delivery_id else self._hub_can_sign_receipt()):
            raise UserError(
                self.env._("There is nothing to sign: not delivered yet, or signed.")
            )
        is_last = not delivery or (waiting == delivery and self._hub_can_sign_receipt())
        return self._hub_receipt_stage() if is_last else self.hub_stage_id, delivery

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
