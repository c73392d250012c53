"""Orders by e-mail: in the text, or in tables that are attached.

Attached tables are read as uploaded files are. A text becomes a table of its own,
one row an order line, so that one field mapping serves both. A text with anything
beside plain order lines and courtesy is a message in somebody's own words: it is
understood as chats are, where every word must be accounted for.
"""

import hashlib
import json
from collections.abc import Mapping

from ...engine.chat_message import ChatMessage, is_chat
from ...engine.mail_lines import Body, account, subject_turns, turns
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
        body = account(mail.get("text", ""), mail.get("name", ""))
        if found:
            return self._with_body(mail, body, found)
        return [self._text(mail, body)]

    def _with_body(self, mail, body: Body, found: list[Message]) -> list[Message]:
        """Return the orders of attached tables, with what the text says beside them.

        A text that asks, takes back or puts conditions is said of the tables, too.
        """
        words = "\n".join(body.left)
        if subject_turns(mail.get("subject", "")):
            words = f"{mail['subject']}\n{words}"
        if turns(words):
            return [self._in_words(mail, words, message) for message in found]
        if body.orders or any(char.isdigit() for char in words):
            return [*found, self._words(mail, body)]
        return found

    def _attached(self, mail, name: str, raw: bytes) -> list[Message]:
        """Return the orders of a file; one that cannot be read is a message, too."""
        try:
            return self.split(raw, name)
        except ReadError:
            number = f"{_number(mail)}/{name[:40]}"
            return [Message("order", number, raw, "application/octet-stream")]

    def _text(self, mail, body: Body) -> Message:
        """Return the order of a text; of plain lines only where it has no more."""
        if not body.orders or body.left or subject_turns(mail.get("subject", "")):
            return self._words(mail, body)
        number = _number(mail)
        who = [mail.get("name") or mail.get("email", ""), mail.get("email", "")]
        content = {
            TABLE: 1,
            "file": mail.get("subject", "")[:120],
            "sheet": "",
            "columns": COLUMNS,
            "rows": [
                [
                    n,
                    [number, *who, row["sku"], row["quantity"], row["unit"], body.text],
                ]
                for n, row in enumerate(body.orders, start=1)
            ],
        }
        raw = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return Message("order", number, raw.encode())

    def _words(self, mail, body: Body) -> Message:
        """Return an e-mail as a message that somebody wrote."""
        subject = mail.get("subject", "")
        text = body.text or subject
        if body.text and subject_turns(subject):
            text = f"{subject}\n{text}"
        return chat_message(_number(mail), _said(mail, text))

    def _in_words(self, mail, words: str, message: Message) -> Message:
        """Return an attached order as a message with what the text says of it."""
        try:
            content = read_json(message.raw)
        except ReadError:
            return message
        if not isinstance(content, dict) or TABLE not in content:
            rows = [json.dumps(content, ensure_ascii=False)]
        else:
            cells = (content["columns"], *(cells for _row, cells in content["rows"]))
            rows = ["\t".join(map(str, row)) for row in cells]
        text = "\n".join([words, *rows])
        return chat_message(message.external_ref, _said(mail, text))

    def read(self, raw: bytes, content_type: str, kind: str):
        if is_chat(content_type):
            return {"chat": read_json(raw)}
        return super().read(raw, content_type, kind)


def _said(mail: Mapping[str, str], text: str) -> ChatMessage:
    return ChatMessage(
        text=text,
        sender=mail.get("email", ""),
        sender_name=mail.get("name") or mail.get("email", ""),
    )


def _number(mail: Mapping[str, str]) -> str:
    """Return the number of an e-mail's order: its own never comes twice."""
    digest = hashlib.sha256(mail.get("message_id", "").encode()).hexdigest()
    return f"MAIL-{digest[:10].upper()}"
