"""What else a message says: where to, to whom, how packed, and what nobody read.

Of what is left when products, quantities and dates are taken, some is wishes for the
order (``加固包装``, ``开专票``), some is courtesy, and some was not understood. The
last is told apart: it may have been a product.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..address_person import COMPOUND, SURNAMES
from ..address_text import LANDLINE, MOBILE
from .dates import plain
from .measures import UNIT, kind
from .words import NOTHING, Found, Span

CLAUSE = re.compile(r"[^,，。;；!！?？~～\n\t]+")
#: Courtesy, verbs of ordering and particles: nothing is lost with them.
FILLER = re.compile(
    r"别忘了|别忘记|不要忘了|收到请?回复|收到回复|请回复|请知悉|请查收|"
    r"你好|您好|大家好|早上好|上午好|下午好|晚上好|中午好|早安|哈喽|嗨|在吗|在不在|"
    r"在么|亲爱的|亲们?|"
    r"新年好|新年快乐|节日快乐|中秋快乐|国庆快乐|元旦快乐|周末愉快|生意兴隆|恭喜发财|"
    r"辛苦了?|"
    r"麻烦(?:你|您|了)?|拜托|感谢|多谢|谢谢[你您啦了]?|谢了|有劳|请问|请|不好意思|"
    r"打扰了?|"
    r"帮我们?|帮忙|给我们?|替我|我们?这边|我们?公司|我们店|我们家|我们|我这|我要|"
    r"我想|我|咱们?|你们|您|你|"
    r"需要|想要|还要|要货|订货|订购|下单|下个单|下一单|补货|补单|报单|报货|开单|发货|"
    r"送货|出货|备货|配货|"
    r"采购|订单|安排一下|安排|发一下|来一批|来点|来个|来|要|订|定|发|送|补|拿|进|买|"
    r"下|报|给|到货|到|走|"
    r"交货|交期|送到|送达|送过来|发过来|寄|寄到|提货|入库|"
    r"一下|一共|总共|合计|共计|共|总计|小计|如下|以下|清单|明细|产品|货物|货|物料|"
    r"商品|品名|型号|规格|数量|单位|"
    r"这个|那个|这些|那些|这批|这次|本次|上次|一样|一样的|老样子|还是|另外|再|加|"
    r"还有|还|也|和|跟|以及|外加|"
    r"各|每样|每种|每个|都|全部|各要|分别|其中|大概|就|只|先|然后|吧|呢|啊|呀|哦|噢|"
    r"喔|哈+|嘿+|嗯+|额|了|"
    r"的|地|得|是|有|在|把|可以|可|能|好的?|行|收到|ok|没问题|谢|哈|么|吗|啦|嘛|哟|"
    r"个|件|套|"
    r"前|后|之前|以前|左右|务必|一定|必须|最好|尽量|尽快|急|加急|急用|急需|"
    r"老板娘?|亲|美女|帅哥|师傅|经理|总|姐|哥|老师|同学|小姐姐|"
    r"hello|hi|hey|dear|good (?:morning|afternoon|evening|day)|sir|madam|team|all|"
    r"please|pls|kindly|"
    r"thanks?(?: a lot| so much| you)?|thank you|thx|tks|best|regards|cheers|br|"
    r"we(?:'d| would)? like|"
    r"i(?:'d| would)? like|we|i|us|me|our|my|you|your|can|could|would|will|want|need|"
    r"order(?:ing)?|"
    r"send|ship|deliver(?:y|ed)?|buy|get|have|take|place|add|also|and|plus|of|the|"
    r"an?|to|for|on|by|at|in|with|"
    r"this|that|these|those|it|is|are|be|as|so|more|another|following|items?|qty|"
    r"quantity|po|new|note|"
    r"[\d.\s:：、()（）\[\]【】<>《》\"'“”‘’|/\\*×x+=_@#&·…^-]"
)
#: What is told to those who pack, send, invoice.
MATTERS = re.compile(
    r"价格按|单价按|按合同|老价格|价格照旧|写清楚|司机|包装|外箱|纸箱|木箱|木架|打托|"
    r"托盘|缠膜|加固|防锈|防潮|防水|泡沫|唛头|贴标|"
    r"标签|贴纸|条码|"
    r"LOGO|logo|商标|印字|中性|发票|开票|专票|普票|税|收据|合同|对账|回单|送货单|"
    r"随货|合格证|质保|质检|"
    r"报告|检测|说明书|样品|赠品|附|备注|注明|注意|别|不要|勿|千万|切记|记得|小心|"
    r"轻放|易碎|怕摔|"
    r"物流|快递|顺丰|德邦|中通|圆通|韵达|申通|京东|跨越|安能|邮政|专线|托运|货拉拉|"
    r"空运|海运|自提|上门|"
    r"来提|到付|现付|月结|现结|货到付款|运费|包邮|代收|电话|联系|收货|收件|收人|签收|"
    r"卸货|叉车|门口|仓库|"
    r"分开|一起|合并|拼|分批|先发|后发|分两|颜色|色|尺寸|长度|切|定制|加工|镀|喷|孔|"
    r"螺纹|左旋|右旋|"
    r"新货|日期新鲜|保质期|冷藏|冷冻|常温|生产日期|批号|同一批|跟上次|同上次|按上次|"
    r"按样|图纸|"
    r"质量|好一点|挑|新鲜|槽车|罐车|送到|送去|放在|放到|交给|后门|前台|门卫|保安|"
    r"国标|欧标|美标|3c|混搭|msds|coa|地址|packing|package|carton mark|label|invoice|"
    r"fragile|"
    r"careful|express|"
    r"freight|courier|sample|pallet|wrap|neutral|do not|don't|without|separate|"
    r"together|color|colour"
)
LABEL = re.compile(
    r"^\s*(?:备注|注意事项|说明|要求|注|ps|p\.s\.|remarks?|note)\s*[:：]\s*"
)
ADDRESS_LABEL = re.compile(
    r"(?:收货地址|收件地址|送货地址|发货地址|地址|送货到|发货到|送到|发到|寄到|发往|"
    r"送往|寄往|"
    r"ship to|deliver(?:y)? (?:to|address)|address)\s*[:：]?\s*"
)
ADDRESS_WORD = re.compile(
    r"[\u4e00-\u9fff]{2,}?(?:省|自治区|市|区|县|镇|乡|街道|大道|路|街|巷|村|工业园|"
    r"产业园|开发区|"
    r"科技园|大厦|广场|市场|小区|花园|学校|中学|医院|酒店|仓库)|"
    r"\d+\s?(?:号(?![前到发要])|栋|幢|楼|"
    r"单元|室|铺|档)"
)
GOES_TO = re.compile(r"[送发寄]?[到往至]|[送寄]")
GOODS = re.compile(
    rf"(?:\d|[一二两三四五六七八九十百千])\s*(?![座层排门口路号])({UNIT.pattern})"
)
LANDED = re.compile(
    r"\d+ [a-z]+(?: [a-z]+)? (?:street|st\.?|road|rd\.?|avenue|ave\.?|drive|lane)"
)
RECEIVER = re.compile(
    r"(?:收货人|收件人|联系人|"
    r"接货人)\s*[:：]?\s*(?P<a>[\u4e00-\u9fffa-z·]{2,8}(?: [a-z]+)?)"
    r"|(?P<b>(?![号楼室栋幢层座院])[\u4e00-\u9fff]{2,4}?)\s*[(（]?收[)）]?(?=[\s,，。;；\d]|$)"
    r"|找(?P<c>[\u4e00-\u9fff]{2,4}?)(?=[\s,，。;；\d]|$)"
)
PHONE_LABEL = re.compile(
    r"(?:联系电话|收货电话|手机号码|手机号|电话号码|联系方式|电话|手机|tel|phone|"
    r"mobile)"
    r"\s*[:：]?\s*$"
)


NAME_BEFORE = re.compile(
    r"(?<![\u4e00-\u9fff])(?P<name>[\u4e00-\u9fff]{2,4})\s*(?:电话|手机)?[:：]?\s*$"
)
NAME_AFTER = re.compile(
    r"[\s,，]{0,2}(?P<name>[\u4e00-\u9fff]{2,4})(?![\u4e00-\u9fff])"
)


@dataclass(frozen=True)
class Contact:
    """Where an order goes and to whom, in the sender's words."""

    address: Found = NOTHING
    phone: Found = NOTHING
    receiver: Found = NOTHING

    @property
    def spans(self) -> tuple[Span, ...]:
        return (*self.address.spans, *self.phone.spans, *self.receiver.spans)


def contact_of(text: str, goods: Sequence[Span] = ()) -> Contact:
    """Return address, telephone and receiver of a text; each nothing when not said.

    :param goods: where names of products stand: no address goes on over them
    """
    small = plain(text)
    phones = _phones(small)
    receiver = _receiver(text, small, phones)
    spoken_for = [*phones, *(receiver.spans if receiver else ())]
    address = _address(text, small, [*spoken_for, *goods])
    return Contact(address, _phone(text, phones), receiver)


def _phones(small: str) -> list[Span]:
    found: list[Span] = []
    for pattern in (MOBILE, LANDLINE):
        for match in pattern.finditer(small):
            if not overlaps(found, *match.span()):
                found.append(match.span())
    return sorted(found)


def _phone(text: str, phones: Sequence[Span]) -> Found:
    if not phones:
        return NOTHING
    numbers = list(dict.fromkeys(text[start:end].strip() for start, end in phones))
    spans = tuple(_with_label(text, *span) for span in phones)
    sure = 0.95 if len(numbers) == 1 else 0.6
    return Found(numbers[0], sure, "said", spans)


def _with_label(text: str, start: int, end: int) -> Span:
    label = PHONE_LABEL.search(plain(text[max(0, start - 12) : start]))
    return (max(0, start - 12) + label.start(), end) if label else (start, end)


def _receiver(text: str, small: str, phones: Sequence[Span]) -> Found:
    match, sure = RECEIVER.search(small), 0.85
    if match:
        name = next(group for group in "abc" if match[group])
        sure = 0.95 if name == "a" else sure
    else:
        match, name = _beside_phone(small, phones), "name"
    if not match:
        return NOTHING
    start, end = match.span(name)
    return Found(text[start:end], sure, "said", (match.span(),))


def _beside_phone(small: str, phones: Sequence[Span]) -> re.Match | None:
    """Return a person's name that stands right before or after a number."""
    for start, end in phones:
        match = NAME_BEFORE.search(small, max(0, start - 12), start)
        match = match or NAME_AFTER.match(small, end)
        if match and (match["name"][0] in SURNAMES or match["name"][:2] in COMPOUND):
            return match
    return None


def _address(text: str, small: str, spoken_for: Sequence[Span]) -> Found:
    """Return the words of an address: labelled, or a clause that reads like one."""
    label = ADDRESS_LABEL.search(small)
    if label:
        end = CLAUSE.match(small, label.end())
        span = _cut(small, label.end(), end.end() if end else label.end(), spoken_for)
        span = _before_goods(small, *span)
        if (
            len(set(ADDRESS_WORD.findall(small[span[0] : span[1]])))
            or span[1] - span[0] > 3
        ):
            return _address_found(text, span, (label.start(), span[1]), 0.9)
    for clause in CLAUSE.finditer(small):
        span = _cut(small, *clause.span(), spoken_for)
        words = ADDRESS_WORD.findall(small[span[0] : span[1]])
        if len(words) >= 2:
            span = _before_goods(small, _place_begins(small, *span), span[1])
        if len(words) >= 2 or LANDED.search(small, *span):
            return _address_found(text, span, span, 0.8)
    return NOTHING


def _before_goods(small: str, start: int, end: int) -> Span:
    """Return the part of an address before goods: 建国路88号|猫粮20袋."""
    last = start
    for match in ADDRESS_WORD.finditer(small, start, end):
        last = match.end()
    if last > start and any(kind(one[1]) for one in GOODS.finditer(small, last, end)):
        return start, last
    return start, end


def _place_begins(small: str, start: int, end: int) -> int:
    """Return where the first place of a clause begins, behind ``送到``."""
    first = ADDRESS_WORD.search(small, start, end)
    verbs = [match.end() for match in GOES_TO.finditer(small, *first.span())]
    return verbs[-1] if verbs else first.start()


def _address_found(text: str, span: Span, used: Span, sure: float) -> Found:
    words = text[span[0] : span[1]].strip(" ,，。:：").removesuffix("收")
    return Found(words, sure, "said", (used,)) if words else NOTHING


def _cut(small: str, start: int, end: int, spoken_for: Sequence[Span]) -> Span:
    """Return the longest part of a clause between names and numbers read already."""
    pieces, at = [], start
    for first, last in sorted(spoken_for):
        if first < end and last > start:
            pieces.append((at, max(at, first)))
            at = max(at, last)
    pieces.append((at, max(at, end)))
    return max(pieces, key=lambda piece: len(small[piece[0] : piece[1]].strip()))


def overlaps(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(start < last and first < end for first, last in spans)


# -- what is left ----------------------------------------------------------------------


def remark_of(text: str, used_spans: Sequence[Span]) -> Found:
    """Return the wishes of a message, in its own words.

    :param used_spans: offsets of what was understood as something else
    :return: the clauses that matter, with ``；`` between them; nothing: there is none
    """
    kept, spans = [], []
    small = plain(text)
    for start, end in _clauses(small):
        words = _rest(small, start, end, used_spans)
        if LABEL.match(small[start:end]) or MATTERS.search(words):
            span = _unused(start, end, used_spans, small)
            spans.append(span)
            kept.append(LABEL.sub("", text[span[0] : span[1]].strip()).strip(" :："))
    kept = [words for words in kept if words]
    if not kept:
        return NOTHING
    return Found("；".join(dict.fromkeys(kept)), 0.9, "said", tuple(spans))


def unread_of(text: str, used_spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return where words stand that are neither understood nor courtesy nor wishes."""
    small, unread = plain(text), []
    for start, end in _clauses(small):
        words = _rest(small, start, end, used_spans)
        if LABEL.match(small[start:end]) or MATTERS.search(words):
            continue
        if FILLER.sub("", words).strip():
            unread.append(_unused(start, end, used_spans, small))
    return tuple(unread)


def _clauses(small: str) -> Iterator[Span]:
    for match in CLAUSE.finditer(small):
        yield match.span()


def _rest(small: str, start: int, end: int, used: Sequence[Span]) -> str:
    """Return a clause with blanks for what was understood."""
    signs = list(small[start:end])
    for first, last in used:
        for at in range(max(first, start), min(last, end)):
            signs[at - start] = " "
    return "".join(signs)


def _unused(start: int, end: int, used: Sequence[Span], small: str) -> Span:
    """Return a clause without what was understood at its beginning and its end."""
    moved = True
    while moved and start < end:
        moved = False
        for first, last in used:
            if first <= start < last:
                start, moved = min(last, end), True
            elif first < end <= last:
                end, moved = max(first, start), True
        while start < end and small[start] in " :：、":
            start, moved = start + 1, True
    return start, end
