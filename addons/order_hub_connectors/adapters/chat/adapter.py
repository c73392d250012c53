"""Messages that people paste, and what all chats have in common."""

import json
from typing import Any, ClassVar

from ...engine.chat_message import CHAT, ChatMessage, from_json
from ..base import Adapter, Message
from ..documents import read_json
from ..registry import register

#: A pasted or e-mailed message: our own JSON.
CHAT_JSON = f"{CHAT}+json"


class TextAdapter(Adapter):
    """A platform on which people write what they want, in their own words.

    :cvar can_say: an answer can be written into the chat
    """

    can_say: ClassVar[bool] = False

    def message_of(self, raw: bytes, content_type: str) -> ChatMessage:
        """Return what somebody wrote.

        :raise ReadError: the payload is none of this platform's
        """
        return from_json(read_json(raw))

    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        # pylint: disable=method-required-super
        return {"chat": self.message_of(raw, content_type).to_json()}

    def say(self, to: ChatMessage, text: str) -> str:
        """Write into the chat.

        :param to: whom; ``sender`` and ``group``, and the ``reply_url`` where there is
            one
        :return: the platform's receipt
        :raise AdapterError: it was not taken
        """
        raise NotImplementedError

    def picture(self, media_id: str) -> tuple[str, bytes]:
        """Return name and content of a picture that was sent."""
        raise NotImplementedError


def chat_message(number: str, message: ChatMessage) -> Message:
    """Return what is stored of a message that our own code received."""
    body = json.dumps(message.to_json(), ensure_ascii=False, separators=(",", ":"))
    return Message("order", number, body.encode(), CHAT_JSON)


@register
class PasteAdapter(TextAdapter):
    """Messages that an operator copies from anywhere."""

    code = "chat"
    label = "Pasted Messages"

    def test(self) -> str:
        return "Messages are pasted by people."
