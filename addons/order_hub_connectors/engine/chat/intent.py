"""What a message is about: an order, a change, a question, a greeting."""

import re

from .canvas import FLAG, Canvas
from .lines import Bill
from .phrases import GREETING
from .tokens import NUMBER, QUANTITY, Token
from .words import Context, Doubt

#: Doubts that only say that there was a question in the order.
ASKING = ("asks", "question")
#: A question about price, stock or news is no order, unless it is said to be one.
ASKED_FOR = re.compile(
    r"(?<![\u4e00-\u9fff])(?:我?要|下单|订|帮我(?:发|订|下)|给我发|请发|发我|麻烦发|先发|来)|"
    r"(?:订|来|要|发|买)\s*\d|(?<![a-z])(?:please send|need|order|send)(?![a-z])"
)


def intent_of(bill: Bill, tokens: list[Token], context: Context, canvas: Canvas) -> str:
    """Return what a message is about; see ``words.INTENTS``."""
    if bill.is_cancelled:
        return "cancel"
    if bill.is_change:
        return "change" if bill.lines or context.previous is None else "cancel"
    codes = {doubt.code for doubt in bill.doubts}
    has_amount = any(line.quantity for line in bill.lines)
    if codes & set(ASKING) and not _is_asked_for(bill, codes, has_amount, canvas.text):
        bill.lines.clear()
        return "question"
    if bill.lines:
        return "order"
    return _without_lines(bill, tokens, codes, canvas)


def _is_asked_for(bill: Bill, codes: set, has_amount: bool, text: str) -> bool:
    """Tell whether a message with a question in it asks for goods, too."""
    if not has_amount:
        return False
    if "asks" in codes:
        return bool(ASKED_FOR.search(text)) or "condition" in codes
    return True


def _without_lines(bill: Bill, tokens, codes: set, canvas: Canvas) -> str:
    if any(token.kind in (QUANTITY, NUMBER) for token in tokens):
        return "order" if "loose_quantity" in codes else "other"
    if any(any(c.isdigit() for c in t.value.words) for t in bill.unread):
        return "order"
    has_words = any(t.kind == FLAG or t in bill.unread for t in tokens)
    if not has_words and GREETING.search(canvas.text):
        return "greeting"
    return "other"


def settle_doubts(bill: Bill, intent: str) -> None:
    """What is no order needs no customer and has no doubts about one."""
    if intent in ("question", "greeting", "other"):
        bill.doubts[:] = [d for d in bill.doubts if d.code in (*ASKING, "past", "long")]
    elif intent == "order" and not bill.lines:
        bill.doubts.append(Doubt("no_lines"))
