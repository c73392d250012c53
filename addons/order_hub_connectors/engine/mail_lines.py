"""Order lines in the text of an e-mail, where they stand in plain sight.

``ZXJ-0123 * 50 pcs``, ``50 x ZXJ-0123``, ``ZXJ-0123: 50``: one line of text, one
code, one number. Quoted text, greetings, signatures and disclaimers are no part of an
order; every other line of a text is accounted for, see :func:`account`.
"""

import re
from dataclasses import dataclass, field

from .address_person import SURNAMES
from .chat.numbers import HAN_NUMBER
from .chat.phrases import ASKS, CONDITION, CORRECTS, NEGATES, QUESTION, SOFT

CODE = r"(?P<code>[A-Za-z0-9][\w./+-]{1,38}[A-Za-z0-9])"
NUMBER = r"(?P<quantity>\d{1,7}(?:\.\d{1,3})?)"
UNIT = (
    r"(?P<unit>pcs|pc|pieces?|sets?|boxe?s?|pairs?|件|只|个|套|箱|对|支|台|根|片|米)?"
)
BETWEEN = r"\s*(?:[*x×:：,，\t|]|\s)\s*"
PATTERNS = [
    re.compile(rf"[-•\d.)\s]{{0,6}}{CODE}{BETWEEN}{NUMBER}\s*{UNIT}[.,;。；]?", re.I),
    re.compile(rf"[-•]?\s*{NUMBER}\s*{UNIT}{BETWEEN}{CODE}[.,;。；]?", re.I),
]
#: What follows is the sender's card, or another's words.
SIGNATURE = re.compile(r"-- ?$")
SENT_FROM = re.compile(r"(?:Sent|Get Outlook) from my |Get Outlook for |发自我的")
QUOTED = re.compile(r"\s*>")
WROTE = re.compile(r"On .{10,80} wrote:|在.{6,60}写道[:：]")
ORIGINAL = re.compile(
    r"-{3,}\s*(?:Original|Forwarded|原始邮件)|发件人[:：]|From: ?\S.*@|Von: ?\S.*@"
)
RULE = re.compile(r"[-_=*~—]{3,}\s*$")
_NAMES = (
    r"(?:[ ,]+(?:(?i:sirs?|madam|team|all|there|mr|ms|mrs|miss|dr|or|and|everyone|"
    r"friends?|colleagues?)\.?|[A-Z][a-z'’-]+)){0,4}"
)
GREETING = re.compile(
    rf"(?:(?i:dear|hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings))"
    rf"{_NAMES}[\s,.!:，。！：-]*"
    r"|(?:尊敬的|亲爱的)?[\u4e00-\u9fff]{0,6}?(?:总|经理|先生|女士|小姐|老师|各位)?"
    r"(?:[,，]?(?:你好|您好|大家好|早上好|上午好|下午好|晚上好))[\s,，:：!！。]*"
)
CLOSING = re.compile(
    r"(?:(?:with )?(?:(?:kind|best|warm|many|yours)[ ,]*)*(?:regards|thanks|thank you|"
    r"wishes|cheers|sincerely|faithfully|truly|br)"
    r"(?: (?:and|&) (?:best |kind )?regards)?"
    r"(?: (?:in advance|a lot|so much|very much))?"
    r"|(?:谢谢|多谢|感谢|此致|敬礼|祝好|顺祝商祺|顺颂商祺|商祺|祝商祺|祝工作顺利)+)"
    r"[\s,.!，。！]*",
    re.I,
)
#: Lines of a card: how to reach somebody, where, in which office.
CARD = re.compile(
    r"(?:\b(?:tel|tele?phone|phone|mobile|mob|cell|fax|whatsapp|wechat|vat|qq|[tmfp])\b|"
    r"电话|手机|传真|微信|邮编)[\s.:：|/]*\+?[\d\s()./-]{6,24}$"
    r"|(?:\b(?:e-?mail|web|website)\b|邮箱|网址)?[\s.:：]*(?:[\w.+-]+@[\w-]+\.[\w.]+|"
    r"(?:https?://|www\.)\S+)$"
    r"|(?:\b(?:address|add)\b|地址)\s?[:：].{4,}$"
    r"|\+?[\d\s()-]{9,22}$"
    r"|\D*(?:\b(?:co\.?,? ?ltd|ltd|inc|llc|gmbh|limited|corp)\b\.?|有限公司)$"
    r"|[a-z ,&/]*\b(?:purchasing|procurement|manager|buyer|director|department|"
    r"assistant|officer|ceo|owner)\b[a-z ,&/]*$"
    r"|(?:采购|业务|销售|财务)(?:部|经理|员|主管)?$",
    re.I,
)
NAME = re.compile(
    r"[A-Z][A-Za-z'’.-]*(?: [A-Z][A-Za-z'’.-]*){0,3},?"
    rf"|[{''.join(sorted(SURNAMES))}][\u4e00-\u9fff]{{1,3}}"
)
DISCLAIMER = re.compile(
    r"this (?:e-?mail|message).{0,120}(?:confidential|privileged|intended|recipient|"
    r"scanned|virus)|confidentiality notice|disclaimer|intended (?:only|solely) for|"
    r"consider the environment|if you (?:have received|are not the intended)|"
    r"本邮件.{0,60}(?:机密|保密|仅供|收件人)|免责声明|保密声明|误收",
    re.I,
)
#: Words about the order that leave it as it is.
POINTS = re.compile(
    r"(?<![a-z])(?:find|see|enclosed|attached|attachment|confirm|receipt|process|"
    r"details?|file|excel|sheet|table|acknowledge|proceed|advise|check|hereby|herewith|"
    r"subject|re|fw|fwd)(?![a-z])|见附件|详见|请见|请看|附件|表格|邮件|请查|查看|如附|所附"
)
DIGIT = re.compile(rf"\d|(?:{HAN_NUMBER})")
REPLY = re.compile(r"\s*(?:re|aw|回复|答复)\s*[:：]", re.I)
MAX_TEXT = 200_000
MAX_LINES = 500
MAX_CARD = 10


@dataclass
class Body:
    """The lines of an e-mail, each in its place.

    :ivar orders: ``{"sku", "quantity", "unit"}`` of the plain order lines
    :ivar said: what the sender says, without greeting, signature and disclaimers
    :ivar left: lines that are neither plain order lines nor courtesy
    """

    orders: list[dict] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.said).strip()


def own_text(text: str) -> str:
    """Return what the sender wrote: without quotes and signature."""
    kept, lines = [], text[:MAX_TEXT].splitlines()
    for at, line in enumerate(lines):
        if SIGNATURE.match(line) or ORIGINAL.match(line.strip()):
            break
        if WROTE.match(line.strip()):
            if not any(QUOTED.match(later) for later in lines[at:]):
                break
        elif not QUOTED.match(line) and not SENT_FROM.match(line):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()


def account(text: str, sender: str = "") -> Body:
    """Return where each line of an e-mail belongs.

    :param sender: name of whoever wrote it, as it may stand below the text
    """
    body, card, is_notice = Body(), 0, False
    lines = own_text(text).splitlines()
    for number, line in enumerate(map(str.strip, lines)):
        is_notice = bool(line) and (is_notice or bool(DISCLAIMER.search(line)))
        row = _order_line(line) if number < MAX_LINES else None
        if row:
            body.orders.append(row)
            body.said.append(line)
        elif RULE.match(line) or CLOSING.fullmatch(line):
            card = card or 1
        elif (card and line and _is_of_card(line, card)) or _is_name(line, sender):
            card += 1
        elif not (is_notice and not _order_like(line)) and not GREETING.fullmatch(line):
            _say(body, line)
    if len(text) > MAX_TEXT:
        body.left.append("…")
    return body


def turns(text: str) -> bool:
    """Tell whether words may make something else of an order: a question, a no."""
    small = text.casefold()
    return any(
        pattern.search(small)
        for pattern in (ASKS, QUESTION, CONDITION, NEGATES, CORRECTS)
    )


def subject_turns(subject: str) -> bool:
    """Tell whether a subject says something about the order; not that of a reply."""
    return not REPLY.match(subject) and turns(subject)


def order_lines(text: str) -> list[dict]:
    """Return ``[{"sku", "quantity", "unit"}]`` of the plain order lines of a text.

    A code has a digit, so that a word is not taken for one.
    """
    return account(text).orders


def _say(body: Body, line: str) -> None:
    """Keep a line of the sender's words; what is more than courtesy is left over."""
    body.said.append(line)
    if line and not _is_courtesy(line):
        body.left.append(line)


def _is_courtesy(line: str) -> bool:
    """Tell whether a line has only words that leave an order as it is."""
    small = line.casefold()
    if DIGIT.search(small) or turns(small):
        return False
    rest = SOFT.sub(" ", POINTS.sub(" ", small))
    return not any(char.isalnum() for char in rest)


def _is_of_card(line: str, row: int) -> bool:
    """Tell whether a line below the closing words is one of a signature."""
    if row > MAX_CARD:
        return False
    return bool(CARD.match(line) or (row < 3 and NAME.fullmatch(line)))


def _is_name(line: str, sender: str) -> bool:
    return bool(sender) and line.strip(" ,.").casefold() == sender.strip().casefold()


def _order_like(line: str) -> bool:
    return bool(re.search(r"\d", line))


def _order_line(line: str) -> dict | None:
    match = next(filter(None, (p.fullmatch(line) for p in PATTERNS)), None)
    if not match or not _is_code(match["code"]):
        return None
    return {
        "sku": match["code"],
        "quantity": match["quantity"],
        "unit": match["unit"] or "",
    }


def _is_code(text: str) -> bool:
    has_digit = any(char.isdigit() for char in text)
    return has_digit and not text.replace(".", "").isdigit()
