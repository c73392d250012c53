"""Orders by e-mail: in the text, or in tables that are attached.

Attached tables are read as uploaded files are. A text becomes a table of its own,
one row an order line, so that one field mapping serves both. A text without plain
order lines is a message in somebody's own words, and is understood as chats are.
"""

import hashlib
import json
from collections.abc import Mapping

from ...engine.chat_message import ChatMessage, is_chat
from ...engine.mail_lines import order_lines, own_text
from ..base import Message, ReadError
from ..chat.adapter import chat_message
from ..documents import read_json
from ..registry import register
from ..table.adapter import TABLE, TableAdapter

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json")
COLUMNS = ["Order No", "Customer", "E-mail", "SKU", "Quantity", "Unit", "Remark"]


@register
class EmailAdapter(TableAdapter):
    """An address that orders are sent to."""

    code = "email"
    label = "E-mail"

    def test(self) -> str:
        return "Orders are sent to the channel's address."

    def messages(
        self, mail: Mapping[str, str], attachments: list[tuple[str, bytes]]
    ) -> list[Message]:
        """Return the orders of one e-mail.

        :param mail: ``message_id, name, email, subject, text``
        :param attachments: ``(file name, content)``
        """
        found = []
        for name, raw in attachments:
            if name.lower().endswith(ENDINGS):
                found += self._attached(mail, name, raw)
        return found or [self._text(mail)]

    def _attached(self, mail, name: str, raw: bytes) -> list[Message]:
        """Return the orders of a file; one that cannot be read is a message, too."""
        try:
            return self.split(raw, name)
        except ReadError:
            number = f"{_number(mail)}/{name[:40]}"
            return [Message("order", number, raw, "application/octet-stream")]

    def _text(self, mail) -> Message:
        number = _number(mail)
        text = own_text(mail.get("text", ""))
        lines = order_lines(text)
        if not lines:
            return self._words(mail, text)
        who = [mail.get("name") or mail.get("email", ""), mail.get("email", "")]
        content = {
            TABLE: 1,
            "file": mail.get("subject", "")[:120],
            "sheet": "",
            "columns": COLUMNS,
            "rows": [
                [n, [number, *who, row["sku"], row["quantity"], row["unit"], text]]
                for n, row in enumerate(lines, start=1)
            ],
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return Message("order", number, body.encode())

    def _words(self, mail, text: str) -> Message:
        """Return an e-mail without plain lines as a message that somebody wrote."""
        message = ChatMessage(
            text=text or mail.get("subject", ""),
            sender=mail.get("email", ""),
            sender_name=mail.get("name") or mail.get("email", ""),
        )
        return chat_message(_number(mail), message)

    def read(self, raw: bytes, content_type: str, kind: str):
        if is_chat(content_type):
            return {"chat": read_json(raw)}
        return super().read(raw, content_type, kind)


def _number(mail: Mapping[str, str]) -> str:
    """Return the number of an e-mail's order: its own never comes twice."""
    digest = hashlib.sha256(mail.get("message_id", "").encode()).hexdigest()
    return f"MAIL-{digest[:10].upper()}"
