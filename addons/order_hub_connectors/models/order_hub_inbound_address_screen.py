from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.address_checked import answer_of
from ..engine.address_foreign import country_code
from ..engine.address_parts import PARTS, SURE


class OrderHubInbound(models.Model):
    """The block "Address" of the form: parts, where they come from, accept, correct."""

    _inherit = "order.hub.inbound"

    address_summary = fields.Json(compute="_compute_address_summary")

    @api.depends("values", "problem_ids", "correction_ids")
    @api.depends_context("lang")
    def _compute_address_summary(self):
        words = self._inbound_words()
        for inbound in self:
            inbound.address_summary = inbound._summary_of_address(words)

    def _summary_of_address(self, words):
        """Return what the block shows of one order, ``False`` if it has no address."""
        path, address = self._address_of(self.sudo().values or {})
        if not address:
            return False
        result = self._split_for_screen(path, address)
        return {
            "path": path,
            "form": result.form,
            "is_sure": result.is_sure,
            "is_open": self.state in ("received", "attention", "failed"),
            "parts": [
                self._part_for_screen(name, result.parts.get(name))
                for name in self._parts_shown(result)
            ],
            "doubts": [
                self._in_words(words, "customer", code, figures)
                for code, figures in self._address_doubts(result)
            ],
            "candidates": self._candidates_for_screen(),
        }

    def _split_for_screen(self, path, address):
        """Return the parts as the step has understood them."""
        country = country_code(address.get("country") or "")
        answers = self.sudo()._corrections().get(self.id, {})
        return self._split_of(answers, path, {**address, "country": country})

    def _parts_shown(self, result):
        """Return the parts in their order; abroad there are no towns and streets."""
        if result.form == "chinese":
            return PARTS
        return [name for name in PARTS if name not in ("town", "street")]

    def _part_for_screen(self, name, part):
        return {
            "name": name,
            "label": self._part_labels()[name],
            "value": part.value if part else "",
            "confidence": round(part.confidence * 100) if part else 0,
            "is_sure": bool(part) and part.confidence >= SURE,
            "words": part.words if part else "",
            "reason": self._reason_labels().get(part.reason, "") if part else "",
        }

    def _part_labels(self):
        return {
            "province": self.env._("Province"),
            "city": self.env._("City"),
            "district": self.env._("District"),
            "town": self.env._("Town"),
            "street": self.env._("Street"),
            "detail": self.env._("House and more"),
            "zip": self.env._("Postcode"),
            "person": self.env._("Name"),
            "phone": self.env._("Telephone"),
        }

    def _reason_labels(self):
        return {
            "follows": self.env._("follows from the other parts"),
            "short": self.env._("short for it"),
            "renamed": self.env._("renamed since"),
            "merged": self.env._("dissolved; proposal"),
            "several": self.env._("fits several places"),
            "contradiction": self.env._("contradicted"),
            "given": self.env._("said by the channel"),
            "labelled": self.env._("after its label"),
            "name": self.env._("looks like a name"),
            "several_names": self.env._("several names"),
            "town": self.env._("official name"),
            "unlisted": self.env._("not in the table of towns"),
            "latin": self.env._("in Latin letters"),
            "by_hand": self.env._("seen by a person"),
        }

    def _candidates_for_screen(self):
        """Return the customers among whom the step could not choose."""
        problem = self.problem_ids.filtered(
            lambda row: row.step == "customer" and row.code == "several"
        )[:1]
        return (problem.figures or {}).get("candidates", [])

    # === ANSWERS === #

    def accept_address(self):
        """Take the proposed parts as they are, and replay.

        :return: the state afterwards
        """
        self.ensure_one()
        path, address = self._address_to_answer()
        result = self._split_for_screen(path, address)
        return self.correct_address({n: result.value(n) for n in PARTS})

    def correct_address(self, parts):
        """Take the parts as a person has typed them, and replay.

        :param dict parts: ``{name: text}`` of ``engine.address.PARTS``
        :return: the state afterwards
        :raise UserError: there is no such part, or the text is too long
        """
        self.ensure_one()
        path, address = self._address_to_answer()
        if not isinstance(parts, dict) or not any(parts.values()):
            raise UserError(self.env._("Fill in the parts of the address."))
        try:
            answer = answer_of(address, parts)
        except ValueError as error:
            raise UserError(
                self.env._("“%s” is no part of an address, or too long.", error)
            ) from error
        return self.correct({f"{path}.checked": answer})

    def choose_customer(self, partner_id):
        """Make the order one of this customer, and replay.

        :return: the state afterwards
        """
        self.ensure_one()
        if not isinstance(partner_id, int) or partner_id < 1:
            raise UserError(self.env._("Choose a customer."))
        self.env["res.partner"].browse(partner_id).check_access("read")
        return self.correct({"customer.partner_id": partner_id})

    def _address_to_answer(self):
        self._check_may_work()
        path, address = self._address_of(self.sudo().values or {})
        if not path:
            raise UserError(self.env._("The order has no address."))
        return path, address
