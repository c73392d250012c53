"""Changes of an order that a talk has begun: set, add, remove, cancel.

``改成200`` sets, ``再加50`` adds, ``轴承不要了`` removes. What is changed must be
plain: with several lines and none named, nothing is changed and it is a doubt.
"""

import re
from dataclasses import dataclass, replace

from .canvas import FLAG, Canvas
from .items import resolve
from .lines import Bill, add_up, make_lines
from .tokens import BREAK, NUMBER, PRODUCT, QUANTITY, STOP, Amount, Token
from .words import CERTAIN, Context, Found, Line

#: Sets a quantity: what stands after it is the new one.
SETS = re.compile(
    r"改成|改为|改到|改|换成|换为|更正|纠正|修改|变更|调整|变成|应为|应该是|更改|"
    r"调到|调成|减到|加到|增加到|"
    r"减少到|减为|增至|变为|不对|错了|打错|写错|说错|不是|而是|change|changed|"
    r"correct|correction|"
    r"instead|make it|make that|update|revise|revised|actually|i mean|i meant|sorry|"
    r"reduce|increase|adjust|amend"
)
#: Takes from a quantity: too close to setting it to be read without a person.
TAKES = re.compile(r"减$|减少$|少发|少要|less|minus|decrease")
THAT_ONE = re.compile(
    r"(?:刚才的?|前面的?)?(?:那[个款种些]|它)|(?<![a-z])(?:that|this)\s+one(?![a-z])"
)
MADE = 0.96


@dataclass
class Command:
    """One clause that changes something."""

    tokens: list[Token]

    def of(self, *kinds: str) -> list[Token]:
        return [t for t in self.tokens if t.kind in kinds]

    def flags(self, code: str) -> list[Token]:
        if code == "adds":
            return self.of("adds")
        found = [t for t in self.tokens if t.kind == FLAG and t.value == code]
        return found + self.of("cancels") if code == "negates" else found


#: 除了香波都不要, 别取消香波: what is named stays or goes, a person sees which.
EXCEPT = re.compile(r"除[了去外]|except|exclud")
NOT = re.compile(
    r"别|不|没|没有|勿|莫|未|不用|不必|无需|不需要|do ?n.?t|do not|not|never|no"
)


def apply_changes(
    bill: Bill, tokens: list[Token], context: Context, canvas: Canvas
) -> bool:
    """Apply a message to the talk's order; return whether it was read here.

    Without a talk, a correction in the message itself (``300件，不对，200件``) is read
    against the words before it.
    """
    previous = context.previous
    if canvas.of("cancels") and not _names_things(tokens):
        return _cancel(bill, canvas, previous)
    if previous and previous.lines:
        return _change_talk(bill, tokens, context)
    for token in tokens:
        if token.kind == "cancels":
            bill.doubt("negates", token)
    return _correct_itself(bill, tokens, context)


def _names_things(tokens: list[Token]) -> bool:
    return any(t.kind in (PRODUCT, QUANTITY, NUMBER) and t.kind != STOP for t in tokens)


def _cancel(bill: Bill, canvas: Canvas, previous) -> bool:
    """All is taken back; of several lines only when all are meant."""
    mark = canvas.of("cancels")[0]
    words = canvas.text[mark.start : mark.end]
    token = Token("cancels", mark.start, mark.end)
    if previous is None or not previous.lines:
        bill.doubt("which_order", token)
        bill.is_cancelled = True
        return True
    before = canvas.text[max(0, mark.start - 4) : mark.start]
    is_vague = not re.search(r"[全都整单所]|everything|order|all", words)
    if len(previous.lines) > 1 and (is_vague or THAT_ONE.search(before)):
        bill.lines = list(previous.lines)
        bill.is_change = True
        bill.doubt("which_line", token)
        return True
    bill.is_cancelled = True
    return True


# === A TALK === #


def _change_talk(bill: Bill, tokens: list[Token], context: Context) -> bool:
    """Apply each clause to the lines of the talk."""
    if _is_question(tokens):
        return False
    lines = list(context.previous.lines)
    bill.lines, fresh = list(lines), []
    _settle_dates(bill, tokens)
    is_read = False
    for command in _commands(tokens):
        if _apply(bill, command, context):
            is_read = True
        else:
            fresh += [
                *command.tokens,
                Token(BREAK, command.tokens[-1].end, command.tokens[-1].end),
            ]
    if any(t.kind in (PRODUCT, QUANTITY, NUMBER) for t in fresh):
        _join(bill, fresh)
        is_read = (
            is_read
            or any(t.kind in (QUANTITY, NUMBER) for t in fresh)
            or len(bill.lines) > len(lines)
        )
    bill.is_change = is_read or bool(_says_more(tokens))
    if not bill.is_change:
        bill.lines = []
    return True


def _is_question(tokens: list[Token]) -> bool:
    codes = {t.value for t in tokens if t.kind == FLAG}
    has_things = any(t.kind in (PRODUCT, QUANTITY, NUMBER) for t in tokens)
    return "asks" in codes or "question" in codes and not has_things


def _settle_dates(bill: Bill, tokens: list[Token]) -> None:
    """``改到周五``, ``提前到周一``: the correction is the date's."""
    for clause in _commands(tokens):
        if clause.of("date") and not clause.of(PRODUCT, QUANTITY, NUMBER, "nth"):
            _settle(bill, clause.flags("corrects"))


def _says_more(tokens: list[Token]) -> list[Token]:
    return [t for t in tokens if t.kind in ("date", "contact", "remark")]


def _commands(tokens: list[Token]) -> list[Command]:
    """Return the clauses; one that only sets belongs to the one before."""
    clauses: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind in (BREAK, STOP):
            clauses.append([])
        else:
            clauses[-1].append(token)
    joined: list[list[Token]] = []
    for clause in clauses:
        if not clause:
            continue
        if joined and _is_half(joined[-1]) and not _is_half(clause):
            joined[-1] += clause
        else:
            joined.append(list(clause))
    return [Command(clause) for clause in joined]


def _is_half(clause: list[Token]) -> bool:
    """Tell whether a clause says that something changes, but not to what."""
    return any(t.kind == FLAG and t.value == "corrects" for t in clause) and not any(
        t.kind in (QUANTITY, NUMBER, PRODUCT) for t in clause
    )


def _apply(bill: Bill, command: Command, context: Context) -> bool:
    products, amounts = command.of(PRODUCT), command.of(QUANTITY, NUMBER)
    corrects, negates = command.flags("corrects"), command.flags("negates")
    adds = command.flags("adds")
    turned = [bill.plain.text[flag.start : flag.end] for flag in negates]
    if any(EXCEPT.match(t) for t in turned) or any(map(NOT.fullmatch, turned[:-1])):
        bill.doubt("which_line", *negates)
        return True
    if negates and not amounts and not corrects:
        return _remove(bill, command, products, negates)
    if corrects and amounts and not negates:
        return _set(bill, command, products, amounts, corrects)
    if adds and amounts and not (corrects or negates):
        return _add(bill, command, products, amounts, adds)
    if not products and len(amounts) == 1 and not (corrects or negates):
        return _loose(bill, command, amounts[0])
    return False


def _settle(bill: Bill, flags: list[Token]) -> None:
    bill.settled.update(flag.start for flag in flags)


# === WHICH LINE === #


def _line_named(bill: Bill, command: Command, products: list[Token]) -> int | None:
    """Return the position of the line that a clause means, or ``None``."""
    for nth in command.of("nth"):
        at = nth.value - 1 if nth.value > 0 else len(bill.lines) - 1
        return at if 0 <= at < len(bill.lines) else None
    if len(products) == 1:
        return line_of(bill, products[0])
    if not products and len(bill.lines) == 1:
        return 0
    return None


def line_of(bill: Bill, product: Token) -> int | None:
    """Return the line of the talk that a product's words mean."""
    item = resolve(bill, product)
    if item.confidence >= CERTAIN:
        spots = [
            at for at, line in enumerate(bill.lines) if line.item.value == item.value
        ]
        return spots[0] if len(spots) == 1 else None
    words = re.sub(r"[的色个款]+$", "", product.value.words)
    keys = [key for key in (line.item.value for line in bill.lines)]
    spots = [
        at
        for at, key in enumerate(keys)
        if key in bill.catalogue.items and _has_words(bill.catalogue.items[key], words)
    ]
    return spots[0] if len(spots) == 1 and words else None


def _has_words(item, words: str) -> bool:
    from .catalogue import squeezed

    body = squeezed(words)
    return any(
        body and body in squeezed(name)
        for name in (*item.names, *item.aliases, item.code)
    )


# === WHAT IS DONE === #


def _remove(bill: Bill, command: Command, products, negates) -> bool:
    if not products and not command.of("nth"):
        return False
    spots = []
    for product in products or [None]:
        at = _line_named(bill, command, [product] if product else [])
        if at is None:
            return False
        spots.append(at)
    for product in products:
        if product in bill.unread:
            bill.unread.remove(product)
    bill.lines = [line for at, line in enumerate(bill.lines) if at not in spots]
    _settle(bill, negates)
    return True


def _set(bill: Bill, command: Command, products, amounts, corrects) -> bool:
    """``轴承改成200``, ``300改成200``, ``不是300是200``, ``第二个改成50``."""
    words = " ".join(bill.plain.text[f.start : f.end] for f in corrects)
    if TAKES.search(words):
        return _take(bill, command, products, amounts, corrects)
    if len(amounts) > 2 or len(products) > 1:
        return False
    new = amounts[-1]
    at = _line_named(bill, command, products)
    if len(amounts) == 2:
        old = amounts[0].value.value
        spots = [n for n, line in enumerate(bill.lines) if line.quantity.value == old]
        if at is None and not products and len(spots) == 1:
            at = spots[0]
        if at is None or bill.lines[at].quantity.value != old:
            return False
    if at is None:
        return False
    _put_quantity(bill, at, new)
    _settle(bill, corrects)
    return True


def _take(bill: Bill, command: Command, products, amounts, corrects) -> bool:
    """``雪碧少要3箱``: less of it, while something is left."""
    at = _line_named(bill, command, products)
    if at is None or len(amounts) != 1:
        return False
    line, amount = bill.lines[at], amounts[0].value
    if not line.quantity or amount.doubt or amount.value >= line.quantity.value:
        return False
    if amount.unit and line.unit.value and amount.unit != line.unit.value:
        return False
    left = replace(amount, value=line.quantity.value - amount.value)
    _put_quantity(bill, at, replace(amounts[0], value=left))
    _settle(bill, corrects)
    return True


def _put_quantity(bill: Bill, at: int, token: Token) -> None:
    amount: Amount = token.value
    line = bill.lines[at]
    span = (bill.plain.span(token.start, token.end),)
    if amount.doubt:
        bill.doubt(amount.doubt, token)
    if amount.unit and line.unit.value and amount.unit != line.unit.value:
        bill.doubt("unit", token)
    unit = Found(amount.unit, MADE, "said", span) if amount.unit else line.unit
    quantity = Found(amount.value, MADE if amount.value else 0.3, "said", span)
    bill.lines[at] = replace(line, quantity=quantity, unit=unit)
    bill.changed.add(at)


def _add(bill: Bill, command: Command, products, amounts, adds) -> bool:
    """``再加50``, ``轴承再加50个``; a product that is new is a new line."""
    if len(amounts) != 1 or len(products) > 1:
        return False
    at = _line_named(bill, command, products)
    if at is None:
        return False
    amount: Amount = amounts[0].value
    line = bill.lines[at]
    if amount.unit and line.unit.value and amount.unit != line.unit.value:
        bill.doubt("unit", amounts[0])
    if amount.doubt:
        bill.doubt(amount.doubt, amounts[0])
    span = (bill.plain.span(amounts[0].start, amounts[0].end),)
    more = Line(
        line.item, Found(amount.value, MADE, "said", span), line.unit, spans=span
    )
    if not line.quantity:
        return False
    bill.lines[at] = add_up(line, more)
    bill.changed.add(at)
    return True


def _loose(bill: Bill, command: Command, amount: Token) -> bool:
    """A number alone answers a line that has none; else it is a doubt."""
    at = _line_named(bill, command, [])
    if at is None:
        return False
    if bill.lines[at].quantity and len(command.tokens) > 1:
        bill.doubt("loose_quantity", amount)
    _put_quantity(bill, at, amount)
    return True


def _join(bill: Bill, tokens: list[Token]) -> bool:
    """Add what is new to the talk's lines; what is there already is a doubt."""
    own = Bill(bill.plain, bill.catalogue)
    make_lines(own, tokens)
    bill.doubts += own.doubts
    bill.unread += own.unread
    here = {line.item.value for line in bill.lines if line.item}
    for line in own.lines:
        if line.item and line.item.value in here:
            bill.doubt("repeated", *[t for t in tokens if t.kind == PRODUCT][:1])
        bill.changed.add(len(bill.lines))
        bill.lines.append(line)
    return bool(own.lines)


# === ONE MESSAGE THAT CORRECTS ITSELF === #


def _correct_itself(bill: Bill, tokens: list[Token], context: Context) -> bool:
    at = next(
        (n for n, t in enumerate(tokens) if t.kind == FLAG and t.value == "corrects"),
        None,
    )
    if at is None:
        return False
    first, rest = tokens[:at], tokens[at:]
    if not any(t.kind in (QUANTITY, NUMBER) for t in first):
        return False
    make_lines(bill, first)
    if not bill.lines:
        return False
    for command in _commands(rest):
        if not _apply(bill, command, context):
            bill.doubt("corrects", *command.tokens[:1])
    bill.doubt("corrects", tokens[at])
    return True
