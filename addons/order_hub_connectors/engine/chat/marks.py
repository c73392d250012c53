"""Numbers that are no quantities: prices, times, order numbers, sizes, list numbers.

Each is taken off the text before quantities are looked for. What a product is called
comes first of all: ``5W-40机油`` has no quantity in it.
"""

import re

from .canvas import ITEM, SPEC, Canvas
from .measures import UNIT
from .numbers import HAN_NUMBER, number_at

_UNIT = UNIT.pattern
_AMOUNT = r"(?<!\d)\d{1,12}(?:,\d{3}){0,4}(?:\.\d{1,6})?"
_MONEY = (
    r"(?:元|块钱|圆|美元|美金|欧元|港币|台币|万元|毛钱|分钱|(?:rmb|usd|cny|eur|hkd|"
    r"dollars?|yuan|euros?)"
    r"(?![a-z]))"
)
_PER = rf"(?:\s*(?:/|每|一|per|a|each)\s*(?:{_UNIT}))"
PRICE = re.compile(
    r"(?:转账|付款|打款|已付|收款|预付|到厂价|出厂价|含税单价|含税价|不含税价?|"
    r"未税价?|单价|总价|总金额|金额|货款|价格|定金|运费|价|@|¥|\$|€|£|"
    r"(?<![a-z])(?:rmb|usd|cny|eur|hkd|unit price|price|amount|"
    r"at(?=\s*[$¥€£\d]+(?:\.\d+)?\s*"
    r"(?:each|per|usd|rmb|/)))(?![a-z]))"
    rf"\s*[:是为按]?\s*[¥$€£]?\s*{_AMOUNT}\s*(?:{_MONEY}|块)?{_PER}?"
    rf"|(?:[每一]\s*(?:{_UNIT})\s*)?{_AMOUNT}\s*(?:{_MONEY}|"
    rf"块(?=\s*[/一每]))(?:\d+)?{_PER}?"
    rf"|(?<![\d/.]){_AMOUNT}\s*/\s*(?:个|件|只|套|支|条|张|把|根|块|台|pcs?|pce|ea|"
    rf"set)(?![a-z\d])"
)
REFERENCE = re.compile(
    r"(?:订单编号|订单号码?|采购单号?|采购订单号?|合同编号|合同号|合同|单据号|单号|"
    r"项目编号|项目号|批次号?|批号|"
    r"税号|账号|帐号|卡号|工号|车牌号?|图号|版本号?|qq号?|微信号?|身份证号?|房号|"
    r"柜号|运单号|邮编|"
    r"(?<![a-z])(?:p\.?o\.?\s*(?:no\.?|number|#)?|"
    r"(?:so|order|contract|ref(?:erence)?|lot|batch|job|project|quote)\s*(?:no\.?|"
    r"number|num|#|nr\.?)))"
    r"(?:\s*[:#是为]?\s*#?(?=[a-z\d/_-]{0,12}\d)[a-z\d][a-z\d/_-]{2,}|"
    r"\s*[:#]\s*[a-z\d+-]*\d[a-z\d+-]*)"
)
#: Long runs of digits are numbers of something, not how many.
LONG = re.compile(r"(?<![\d.,])[a-z]{0,4}\d{9,}(?!\d)")
LINK = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+")
TIME = re.compile(
    rf"(?:(?:上午|下午|早上|晚上|中午|凌晨|早|晚|傍晚)[ \t]{{0,3}})?"
    rf"(?:(?<!\d)\d{{1,2}}:\d{{2}}(?::\d{{2}})?"
    rf"|(?:\d{{1,2}}|"
    rf"[一二三四五六七八九十两]{{1,3}})点(?![\d一二三四五六七八九零])(?:半|钟|"
    rf"左右)?|\d{{1,2}}点\d{{1,2}}分?)"
    r"(?:之?前|以前|之?后|以后|左右)?"
    r"|(?<![\d.])\d{1,2}\s*(?:a\.?m\.?|p\.?m\.?)(?![a-z])"
    rf"|(?:{_AMOUNT}|"
    rf"(?<![一二三四五六七八九十百千])[一二三四五六七八九十百千两]{{1,6}})\s*(?:个?工作日|"
    rf"个?小时|个?月(?!饼)|天|分钟|周(?![一-龥])|年|岁|次|楼|室|栋|号楼|单元|"
    r"(?:working\s+|business\s+)?(?:days?|hours?|hrs?|weeks?|months?|years?|"
    r"minutes?|mins?)(?![a-z]))"
    r"(?:之?内|左右|以内|之?后|之?前)?"
)
#: What is in a pack: 10kg/箱, 24瓶装, 每箱24瓶.
PACKED = re.compile(
    rf"{_AMOUNT}\s*(?:{_UNIT})?\s*(?:/|每|"
    rf"装?一(?=[箱包件盒袋桶托板条打扎]))\s*(?:{_UNIT})"
    rf"|{_AMOUNT}\s*(?:{_UNIT})\s*(?:装|规格|每)"
    rf"|(?<![a-z\d]){_AMOUNT}\s*(?:{_UNIT})\s*(?:per|each)\s+(?:{_UNIT})"
)
EVERY_PACK = re.compile(
    rf"(?:每|一)\s*(?:{_UNIT})\s*(?:装|是|有|为|含|=)?\s*(?:{_AMOUNT}|"
    rf"{HAN_NUMBER})\s*(?:{_UNIT})"
)
_SIDE = r"(?<!\d)\d{1,9}(?:\.\d{1,6})?(?:mm|cm|m|米|厘米|毫米|寸)?"
SIZE = re.compile(
    rf"(?<![a-z\d.]){_SIDE}(?:\s*[*x]\s*{_SIDE})+(?![a-z\d]*\d)(?!\s*(?:{_UNIT}))"
)
THREAD = re.compile(
    r"(?<![a-z\d])(?:m|dn|d|φ|ф|g|pg|tr|st|"
    r"ø)\s?\d+(?:\.\d+)?(?:\s*[*x]\s*\d+(?:\.\d+)?)+(?:mm|cm|m)?(?![a-z\d])"
)
SCORE = re.compile(rf"(?<![a-z\d.]){_AMOUNT}\s*%")
NTH = re.compile(
    rf"第\s*(?P<number>\d{{1,2}}|{HAN_NUMBER})\s*(?:个|项|行|条|款|种|样|单)?(?:的|"
    rf"产品|商品)?"
    r"|(?<![a-z])(?P<word>first|second|third|last)\s+(?:one|item|line)"
    r"|(?<![a-z])(?:line|item)\s*#?(?P<line>\d{1,2})(?!\d)|最后一?[个项行](?P<last>)"
)
LISTED = re.compile(
    r"(?:(?<=[\n;。:,，\s])|^)[(\[]?(?P<number>\d{1,2}|[一二三四五六七八九十]{1,2})"
    r"(?:[.、)\]）．](?:\s+|(?!\d))|、(?P<glued>(?=\d))|\s*[:](?!\d))\s*"
)
BARE_LISTED = re.compile(r"^[ \t]*(\d{1,2})[ \t]+(?=[^\d\n*x]{2,}.*\d)", re.M)
ENGLISH_NTH = {"first": 1, "second": 2, "third": 3, "last": -1}


def take_names_of_numbers(canvas: Canvas) -> None:
    """Take links, references and list numbers: they may look like anything."""
    canvas.claim_all("link", LINK)
    canvas.claim_all("reference", REFERENCE)
    _take_list_numbers(canvas)
    for match in NTH.finditer(canvas.text):
        canvas.claim("nth", match.start(), match.end(), _nth(match))


def take_no_quantities(canvas: Canvas) -> None:
    """Take prices, times and sizes."""
    canvas.claim_all("long", LONG)
    canvas.claim_all("price", PRICE)
    canvas.claim_all("time", TIME)
    canvas.claim_all("pack", EVERY_PACK)
    canvas.claim_all(SPEC, PACKED)
    canvas.claim_all(SPEC, SCORE)
    canvas.claim_all(SPEC, THREAD)
    canvas.claim_all(SPEC, SIZE)


def _nth(match: re.Match) -> int:
    if match["number"]:
        return int(number_at(match["number"], 0).value)
    if match["line"]:
        return int(match["line"])
    return ENGLISH_NTH.get(match["word"] or "last", -1)


def _take_list_numbers(canvas: Canvas) -> None:
    """Take 1. 2. 3. at the beginnings of lines, and in a line when they count up."""
    found = [
        (match, number_at(match["number"], 0)) for match in LISTED.finditer(canvas.text)
    ]
    _take_bare_numbers(canvas)
    expected = 1
    chain = []
    for match, number in found:
        if match["glued"] is not None and not _is_named(canvas, match.end()):
            continue
        if number and number.value == expected and canvas.is_free(*match.span()):
            chain.append(match)
            expected += 1
    if len(chain) < 2 and not (chain and _begins(canvas.text, chain[0].start())):
        return
    for match in chain:
        canvas.claim(
            "listed",
            match.start(),
            match.end(),
            int(number_at(match["number"], 0).value),
        )


def _is_named(canvas: Canvas, at: int) -> bool:
    """Tell whether a name of the catalogue begins at an offset: 2、6205轴承."""
    return any(mark.start == at for mark in canvas.of(ITEM))


def _take_bare_numbers(canvas: Canvas) -> None:
    """Take 1, 2, 3 at the beginnings of lines that have another number."""
    found = [m for m in BARE_LISTED.finditer(canvas.text) if canvas.is_free(*m.span(1))]
    numbers = [int(match[1]) for match in found]
    if len(found) > 1 and numbers == list(range(1, len(found) + 1)):
        for match in found:
            canvas.claim("listed", *match.span(1), int(match[1]))


def _begins(text: str, at: int) -> bool:
    return not text[:at].strip() or text[at - 1] == "\n"
