import re
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq
from odoo.tools.misc import hmac

from ...const import FINAL_STATES
from ...engine.chat_message import is_chat
from ...engine.evidence import CHECKED, CUSTOMER, all_from_json, uncertain

#: Days that a link in a chat opens its page.
LINK_DAYS = 7
SCOPE = "order_hub_connectors.chat"
TOKEN = re.compile(r"(\d{1,15})-(\d{10,11})-([0-9a-f]{40})", re.ASCII)
#: What whoever wrote may mend; customer and prices are not among it.
MENDABLE = re.compile(
    r"lines\[\d{1,3}\]\.(sku|quantity|unit)|promised_date|special_request", re.ASCII
)
MAX_ANSWER = 300


class OrderHubInbound(models.Model):
    """The page behind the link in a chat: confirm, mend, or say it is no order.

    The link names one message, ends after a week, and cannot be made without the
    server's secret. What the page sends is checked again here.
    """

    _inherit = "order.hub.inbound"

    # === LINK === #

    def _chat_link(self):
        """Return the address of the page of one message."""
        self.ensure_one()
        return f"{self.get_base_url()}/hub/chat/{self._chat_token()}"

    def _chat_token(self, now=None):
        """Return the secret that opens the page of one message, for a week.

        :param now: seconds since 1970; the present if left out
        """
        until = int((now or time.time()) // 86400 + LINK_DAYS + 1) * 86400
        return f"{self.id}-{until}-{self._chat_secret(until)}"

    def _chat_secret(self, until):
        return hmac(self.sudo().env, SCOPE, (self.id, until))[:40]

    @api.model
    def _by_chat_token(self, token, now=None):
        """Return the message (sudo) that a link opens, empty for any other token."""
        nothing = self.sudo().browse()
        match = TOKEN.fullmatch(token or "")
        if not match or int(match[2]) < (now or time.time()):
            return nothing
        row = self.sudo().browse(int(match[1]))
        if not consteq(row._chat_secret(int(match[2])), match[3]):
            return nothing
        row = row.exists()
        return row if row and is_chat(row.content_type or "") else nothing

    # === PAGE === #

    def _chat_page(self):
        """Return what the page shows (sudo).

        :return: ``{"state", "number", "text", "rows", "problems"}``; rows with
            ``path, place, value, is_open, is_mendable, candidates``
        """
        self.ensure_one()
        shown = self.screen()
        names = self._page_names()
        rows = [
            {**self._page_row(path, found), "name": names.get(found["value"], "")}
            for path, found in shown["evidence"].items()
        ]
        rows.sort(key=lambda row: not row["is_open"])
        return {
            "state": self._page_state(),
            "number": self.order_id.hub_ref or self.order_id.name or "",
            "text": shown["source"].get("text", ""),
            "rows": [row for row in rows if not row["path"].endswith(f".{CHECKED}")],
            "asks_customer": any(
                row["path"] == CUSTOMER and row["is_open"] for row in rows
            ),
            "problems": self._page_problems(),
        }

    def _page_names(self):
        """Return ``{code: name of the product}`` of what was understood."""
        codes = {line.get("sku") for line in (self.values or {}).get("lines") or ()}
        products = self.env["product.product"].search(
            [
                ("default_code", "in", list(codes - {None, ""})),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        return {product.default_code: product.name for product in products}

    def _page_state(self):
        if self.state == "done":
            return "done"
        if self.state in FINAL_STATES:
            return "closed"
        return "open" if self.state == "attention" else "busy"

    def _page_row(self, path, found):
        is_customer = path == CUSTOMER
        may_choose = not is_customer or bool(self.chat_id.user_id)
        return {
            "path": path,
            "place": found["place"],
            "value": found["value"] if may_choose or not found["is_open"] else "",
            "is_open": found["is_open"],
            "is_mendable": bool(MENDABLE.fullmatch(path)),
            "candidates": found.get("candidates", []) if may_choose else [],
        }

    def _page_problems(self):
        """Return what stops the order, besides what is asked by a row."""
        asked = set(self.evidence or {})
        stops = self.problem_ids.filtered("is_blocking")
        whole = stops.filtered(lambda row: (row.field or "").endswith(f".{CHECKED}"))
        doubts = self._page_doubts() if whole else []
        return doubts + [row.message for row in stops if row.field not in asked]

    def _page_doubts(self):
        """Return why the message as a whole is asked about, in words."""
        words = self._reason_words()
        codes = (self.understood or {}).get("doubts") or ()
        return [words.get(f"why.doubt_{code}", code) for code in codes]

    # === ANSWERS === #

    def _answer_page(self, answers):
        """Take the answers of a page (sudo): mended values, the others confirmed.

        :param answers: ``{path: text}``; what is not asked is left out
        :raise UserError: the message has been dealt with, or an answer is too long
        """
        self.ensure_one()
        if self._page_state() != "open":
            raise UserError(
                self.env._("This message has been dealt with. Nothing was changed.")
            )
        values = {
            path: self._page_answer(path, text)
            for path, text in answers.items()
            if self._may_answer(path, text)
        }
        evidence = all_from_json(self.evidence)
        limit = self.channel_id.certain_from
        known = self._corrections().get(self.id, {})
        for path in uncertain(evidence, limit, {**known, **values}):
            if path != CUSTOMER and (value := self._understood_value(path)):
                values[path] = value
        words = self._words_to_learn([*values])
        self.env["order.hub.inbound.correction"]._add(self, values)
        self._process_now()
        self._learn_names(words)

    def _may_answer(self, path, text):
        """Tell whether somebody with the link may say this; the rest is left out."""
        if len(text) > MAX_ANSWER:
            raise UserError(
                self.env._("An answer has at most %s characters.", MAX_ANSWER)
            )
        if path == CUSTOMER:
            found = all_from_json(self.evidence).get(CUSTOMER)
            offered = (
                {str(row["value"]) for row in found.candidates} if found else set()
            )
            return bool(self.chat_id.user_id) and text in offered
        is_known = path in (self.evidence or {}) and MENDABLE.fullmatch(path)
        is_new = text.strip() not in ("", str(self._shown_value(path)))
        return bool(is_known and is_new)

    def _page_answer(self, path, text):
        text = text.strip()
        return int(text) if path == CUSTOMER else text

    def _refuse_page(self):
        """Whoever wrote says that it is no order (sudo)."""
        self.ensure_one()
        if self._page_state() != "open":
            raise UserError(
                self.env._("This message has been dealt with. Nothing was changed.")
            )
        self.write({"state": "ignored", "processed_at": fields.Datetime.now()})
