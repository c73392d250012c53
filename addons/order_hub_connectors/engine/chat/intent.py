"""What a message is about: an order, a change, a question, a greeting."""

import re

from .canvas import FLAG, Canvas
from .catalogue import Catalogue
from .lines import Bill
from .phrases import AS_BEFORE, COMPLAINS, GREETING, SOME_OF
from .tokens import NUMBER, QUANTITY, Token
from .words import Context, Doubt

#: Doubts that only say that there was a question in the order.
ASKING = ("asks", "question")
#: A question about price, stock or news is no order, unless it is said to be one.
ASKED_FOR = re.compile(
    r"(?<![\u4e00-\u9fff])(?:我?要|下单|订|帮我(?:发|订|下)|给我发|请发|发我|麻烦发|先发|来)|"
    r"(?:订|来|要|发|买)\s*\d|(?<![a-z])(?:please send|need|order|send)(?![a-z])"
)


ONLY = re.compile(
    r"只[要留发订拿]|就[要留发订拿]|再来一[遍次]|"
    r"(?<![a-z])(?:only|just|once more)(?![a-z])"
)
SEVERAL = re.compile(r"[和与跟及]|and")


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
    if _is_meant(bill, tokens, context, canvas):
        return "order"
    return _without_lines(bill, tokens, codes, canvas)


def _is_asked_for(bill: Bill, codes: set, has_amount: bool, text: str) -> bool:
    """Tell whether a message with a question in it asks for goods, too."""
    if not has_amount:
        return False
    if "asks" in codes:
        return bool(ASKED_FOR.search(text)) or "condition" in codes
    return True


def _is_meant(bill: Bill, tokens, context: Context, canvas: Canvas) -> bool:
    """Tell whether something is asked for that a person has to find out.

    Goods as last time, some of what we may have, twice as much as was said.
    """
    text = canvas.text
    if COMPLAINS.search(text):
        return False
    if AS_BEFORE.search(text):
        return True
    if context.previous and context.previous.lines and _turns(tokens, text):
        return True
    if not SOME_OF.search(text):
        return False
    return any(_may_be_sold(context.catalogue, token) for token in bill.unread)


def _turns(tokens, text: str) -> bool:
    """Tell whether words may make something else of a running order."""
    codes = {token.value for token in tokens if token.kind == FLAG}
    is_taken_back = any(token.kind == "cancels" for token in tokens)
    return is_taken_back or bool(codes & {"corrects", "negates"} or ONLY.search(text))


def _may_be_sold(catalogue: Catalogue, token: Token) -> bool:
    """Tell whether some words, or their end, are in a name of the catalogue."""
    words = token.value.words.strip()
    parts = SEVERAL.split(words)
    ends = [part[at:] for part in parts for at in range(max(1, len(part) - 1))]
    return any(len(end) > 1 and catalogue.has_words(end) for end in ends[:12])


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
