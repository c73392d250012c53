from datetime import date

from odoo import models
from odoo.exceptions import UserError

#: Lines that one call may answer.
MOST_LINES = 500


class PurchaseOrder(models.Model):
    """Suppliers' answers for programs: EDI, a mailbox, a buyer's own tool."""

    _inherit = "purchase.order"

    def hub_answer(self, lines):
        """Record what the supplier answered to lines of this order.

        For buyers and integrations; suppliers answer on their page.

        :param list lines: dicts of ``line_id`` (int) and ``kind`` (confirm, split or
            refuse); for a split ``parts``, dicts of ``quantity`` (unit of the line)
            and ``date`` (``2026-11-09``, zone of the order), and ``refused``; the code
            of a ``reason`` where something is refused; ``note``
        :return: ``{"state": …, "lines": [{"line_id", "kind", "late", "early",
            "refused", "taken"}]}``; ``state`` is waiting, differs, refused, confirmed
            or settled
        :raise AccessError: for whoever may not change the order
        :raise UserError: with all that is wrong; nothing is stored then
        """
        self.ensure_one()
        self._hub_check_may_settle()
        if not isinstance(lines, list) or len(lines) > MOST_LINES:
            raise UserError(
                self.env._("A list of at most %s lines is expected.", MOST_LINES)
            )
        reasons = self._hub_reasons(lines)
        words = [self._hub_word_of(line, reasons) for line in lines]
        answers = self._hub_answer(words, "api")
        return {
            "state": self.sudo().hub_answer_state,
            "lines": [
                {
                    "line_id": answer.line_id.id,
                    "kind": answer.kind,
                    "late": answer.late,
                    "early": answer.early,
                    "refused": answer.refused,
                    "taken": answer.is_taken,
                }
                for answer in answers
            ],
        }

    def _hub_reasons(self, lines):
        """Return ``{code: id}`` of the reasons named in lines.

        :raise UserError: for one that is not known
        """
        named = {line.get("reason") for line in lines if isinstance(line, dict)}
        codes = [code for code in named if code]
        if not all(isinstance(code, str) for code in codes):
            raise UserError(self.env._("A reason is named by its code, a text."))
        Reason = self.env["order.hub.answer.reason"].sudo()
        known = {each.code: each.id for each in Reason.search([("code", "in", codes)])}
        for code in codes:
            if code not in known:
                raise UserError(
                    self.env._("There is no reason with the code “%s”.", code[:64])
                )
        return known

    def _hub_word_of(self, line, reasons):
        """Return one line of a call as :meth:`_hub_answer` takes it.

        :raise UserError: for what cannot be read
        """
        try:
            return {
                "line_id": int(line["line_id"]),
                "kind": {"confirm": "confirm", "split": "split", "refuse": "refuse"}[
                    line["kind"]
                ],
                "parts": [
                    {
                        "quantity": float(part["quantity"]),
                        "date": date.fromisoformat(part["date"]),
                    }
                    for part in line.get("parts") or ()
                ],
                "refused": float(line.get("refused") or 0),
                "reason_id": reasons.get(line.get("reason")),
                "note": str(line.get("note") or ""),
            }
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UserError(
                self.env._(
                    "A line cannot be read: %s. Each needs line_id and kind (confirm, "
                    "split, refuse); parts need quantity and date (2026-11-09).",
                    str(line)[:200],
                )
            ) from error
