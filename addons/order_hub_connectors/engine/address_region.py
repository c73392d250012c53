"""Province, city and district in a text: the reading that explains most of it.

Names are read in their order, each within the one before (``上海市黄浦区南京东路``:
南京 is not in 黄浦区, so it is not a city here). What remains ambiguous, contradicts
itself or is out of date is said, never decided in silence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .address_table import (
    DISTRICT,
    FULL,
    SHORT,
    UNDIVIDED,
    Name,
    table,
)
from .address_text import COUNTRY, LABEL, REGION, Canvas

GAP = re.compile(r"[\s,，、;；/|\-—.。·]*")
#: Levels that forms fill in where there is none.
PSEUDO = re.compile(
    r"(市辖区|省直辖县级行政区划|自治区直辖县级行政区划|直辖县级|省直辖)"
)
CHINA = re.compile(r"(中华人民共和国|中国|China|P\.?R\.?\s?China)[\s,，、\-]*", re.I)
#: After a short name these make it the name of a road, a house or a firm.
NOT_A_PLACE = re.compile(
    r"[东西南北中一二三四五六七八九十\d]{0,2}(环路|路|街|道|大道|巷|弄|胡同|桥|里|"
    r"大厦|大楼|"
    r"广场|商场|公司|集团|饭店|酒店|宾馆|饭庄|银行|大学|学院|中学|小学|医院|医科|师范|理工|"
    r"牌|人|商会|会馆|面馆|拉面|小吃|火锅|烤鸭|菜馆|餐厅)"
)
#: ``朝阳市场`` and ``城区`` in ``盘山县城``: the full name goes on.
GOES_ON = {"市": "场政民", "县": "道城政", "区": "政域", "省": "道", "旗": "舰"}
ZONE = re.compile(
    r"[\u4e00-\u9fff]{0,10}?(技术产业开发区|技术开发区|开发区|高新区|经开区|高新[东西]区|"
    r"工业园区?|产业园区?|科技园区?|新区|保税区|示范区|管理区|度假区|园区)"
)
OTHER_DISTRICT = re.compile(r"[\u4e00-\u9fff]{1,8}?[区县旗市](?![场政民域道城])")
NO_DISTRICT = re.compile(r"[小社园校厂矿院景库辖片地]区|(城|超|菜|门|夜|花)市")


@dataclass(frozen=True)
class Step:
    """One name read in a text."""

    start: int
    end: int
    name: Name


@dataclass(frozen=True)
class Chain:
    """Names read one after another, each within the one before.

    ``code`` is the last one's; empty where that is a former name without successor.
    """

    steps: tuple[Step, ...]

    @property
    def code(self) -> str:
        return self.steps[-1].name.code

    @property
    def where(self) -> str:
        """Code of the division meant, or of the one in which the former one lay."""
        return self.code or self.steps[-1].name.scope

    @property
    def size(self) -> int:
        return sum(step.end - step.start for step in self.steps)

    @property
    def rank(self) -> tuple[int, int, int]:
        full = sum(step.name.how == FULL for step in self.steps)
        return self.size, full, len(self.steps)

    @property
    def is_firm(self) -> bool:
        """Return whether a name with its suffix is in it, not only ``南京``."""
        return any(step.name.how != SHORT for step in self.steps)


@dataclass
class Region:
    """What a text says of province, city and district.

    :ivar chain: the names read, ``None`` if there is none
    :ivar doubts: ``(code, figures)`` of what a person should look at
    :ivar start: where the words of the region begin
    :ivar end: where the words after the region begin
    """

    chain: Chain | None = None
    doubts: list[tuple[str, dict]] = field(default_factory=list)
    start: int = 0
    end: int = 0

    def doubt(self, code: str, **figures) -> None:
        if code not in dict(self.doubts):
            self.doubts.append((code, figures))


def take_region(canvas: Canvas) -> Region:
    """Find the region of a text and take its words out of it."""
    _own_country(canvas)
    starts = [token.start for token in canvas.tokens()]
    best = [(at, chains) for at in starts if (chains := chains_at(canvas, at))]
    if not best:
        return Region()
    start, chains = max(best, key=lambda found: (_worth(found[1][0]), -found[0]))
    region = Region(chains[0])
    _check_alternatives(region, chains)
    _own(canvas, region.chain)
    region.start, region.end = start, region.chain.steps[-1].end
    _take_said_before(canvas, region, best)
    take_repeats(canvas, region)
    _check_other_places(canvas, region, best)
    return region


def _worth(chain: Chain) -> tuple:
    """Rank chains of different places in a text: firm ones first, then longer ones."""
    return chain.is_firm, len(chain.steps), chain.size


def _own_country(canvas: Canvas) -> None:
    match = CHINA.match(canvas.plain)
    if match and canvas.is_free(0, 1):
        canvas.own(*match.span(), COUNTRY)


def chains_at(canvas: Canvas, start: int) -> list[Chain]:
    """Return the best chains that begin at a position; several: it is ambiguous."""
    found: list[Chain] = []
    for chain in _grow(canvas, start, ()):
        if not found or chain.rank > found[0].rank:
            found = [chain]
        elif chain.rank == found[0].rank:
            found.append(chain)
    return _distinct(found)


def _distinct(chains: list[Chain]) -> list[Chain]:
    """Leave out readings that lie within another reading: 上海 is in 上海市."""
    kept: dict[str, Chain] = {}
    for chain in chains:
        kept.setdefault(chain.where if chain.code else f"former {chain.where}", chain)
    codes = [chain.where for chain in kept.values()]
    return [
        chain
        for chain in kept.values()
        if not any(_is_the_same(other, chain.where) for other in codes)
    ]


def _is_the_same(city: str, province: str) -> bool:
    """Return whether a city is all of the province that has its name."""
    names = table().names
    return city != province and (
        table().is_in(city, province) and names.get(city) == names.get(province)
    )


def _grow(canvas: Canvas, at: int, steps: tuple[Step, ...]) -> Iterator[Chain]:
    """Yield every chain that continues some steps."""
    if len(steps) == 3:
        return
    for begin in _beginnings(canvas, at, steps):
        for size, names in table().at(canvas.plain, begin):
            end = begin + size
            if not canvas.is_free(begin, end):
                continue
            for name in names:
                if _continues(steps, name) and not _is_no_place(canvas, end, name):
                    longer = (*steps, Step(begin, end, name))
                    yield Chain(longer)
                    yield from _grow(canvas, end, longer)


def _beginnings(canvas: Canvas, at: int, steps: tuple[Step, ...]) -> list[int]:
    """Return where the next name may begin: after gaps, and levels that are none."""
    if not steps:
        return [at]
    begin = GAP.match(canvas.plain, at).end()
    found = [begin]
    pseudo = PSEUDO.match(canvas.plain, begin)
    if pseudo:
        found.append(GAP.match(canvas.plain, pseudo.end()).end())
    if steps[-1].name.code[:2] == "50" and canvas.plain[begin : begin + 1] == "县":
        found.append(begin + 1)
    return found


def _continues(steps: tuple[Step, ...], name: Name) -> bool:
    """Return whether a name lies within the last one read."""
    if not steps:
        return True
    last = steps[-1].name
    if name.level <= last.level or not last.code:
        return False
    return table().is_in(name.code or name.scope, last.code)


def _is_no_place(canvas: Canvas, end: int, name: Name) -> bool:
    """Return whether the words after a name make it something else."""
    text = canvas.plain
    if name.how == SHORT:
        return bool(NOT_A_PLACE.match(text, end)) and not _has_inside(text, end, name)
    return text[end : end + 1] in GOES_ON.get(text[end - 1], "") and end < len(text)


def _has_inside(text: str, at: int, name: Name) -> bool:
    """``哈尔滨道里区``: what follows looks like a road and is a district of it."""
    return any(
        inner.how == FULL and _continues((Step(0, at, name),), inner)
        for _size, names in table().at(text, at)
        for inner in names
    )


def _own(canvas: Canvas, chain: Chain) -> None:
    """Give the words of a chain to the region, with the levels between."""
    at = chain.steps[0].start
    for step in chain.steps:
        for pseudo in PSEUDO.finditer(canvas.plain, at, step.start):
            canvas.own(*pseudo.span(), LABEL)
        if canvas.plain[at : step.start] == "县":
            canvas.own(at, step.start, LABEL)
        canvas.own(step.start, step.end, f"{REGION}{step.name.level}")
        at = step.end


# === DOUBTS === #


def _check_alternatives(region: Region, chains: list[Chain]) -> None:
    if len(chains) > 1:
        names = ["".join(dict.fromkeys(table().lineage(c.where))) for c in chains]
        region.doubt("several", places=", ".join(sorted(names)[:6]))


def _take_said_before(canvas: Canvas, region: Region, best) -> None:
    """Take the same region said before: ``浙江 杭州`` before ``浙江省杭州市``."""
    ends = {token.end for token in canvas.tokens()}
    for start, chains in best:
        chain = chains[0]
        is_before = start < region.start and chain.steps[-1].end in ends
        if is_before and canvas.is_free(start, start + 1):
            if _agrees(chain, region.chain):
                _own(canvas, chain)
                region.start = min(region.start, start)


def words_before(canvas: Canvas, region: Region) -> str:
    """Return what before the region nobody understood: a firm, or a street."""
    before = [token for token in canvas.tokens() if token.start < region.start]
    return canvas.text[before[0].start : before[-1].end] if before else ""


def take_repeats(canvas: Canvas, region: Region) -> None:
    """Take the same region said again; another one right after contradicts."""
    while True:
        at = GAP.match(canvas.plain, region.end).end()
        where = region.chain.where
        if at >= len(canvas.plain) or table().town_at(where, canvas.plain, at)[0]:
            return
        following = chains_at(canvas, at)
        same = [chain for chain in following if _agrees(chain, region.chain)]
        if same and same[0].is_firm and _says_again(canvas, same[0]):
            _own(canvas, same[0])
            region.end = same[0].steps[-1].end
            if table().is_in(same[0].where, region.chain.where):
                region.chain = _deeper(region.chain, same[0])
        elif following and not same and following[0].is_firm:
            words = canvas.text[at : following[0].steps[-1].end]
            region.doubt("contradiction", words=words)
            return
        else:
            return


def _agrees(chain: Chain, other: Chain) -> bool:
    where, there = chain.where, other.where
    return table().is_in(where, there) or table().is_in(there, where)


def _says_again(canvas: Canvas, chain: Chain) -> bool:
    """``朝阳市`` in ``朝阳市场`` says nothing again."""
    end = chain.steps[-1].end
    return not NOT_A_PLACE.match(canvas.plain, end)


def _deeper(chain: Chain, other: Chain) -> Chain:
    return other if other.steps[-1].name.level > chain.steps[-1].name.level else chain


def _check_other_places(canvas: Canvas, region: Region, best) -> None:
    """Another place somewhere else in the text: which one is meant?"""
    for start, chains in best:
        chain = chains[0]
        is_other = not _agrees(chain, region.chain)
        if canvas.is_free(start, start + 1) and is_other and chain.is_firm:
            words = canvas.text[start : chain.steps[-1].end]
            region.doubt("contradiction", words=words)


def after_region(canvas: Canvas, region: Region) -> None:
    """Say what the words right after the region mean for it."""
    at = GAP.match(canvas.plain, region.end).end()
    where = region.chain.where
    if region.chain.steps[-1].name.level == DISTRICT or where in UNDIVIDED:
        return
    if not table().has_districts(where):
        return
    zone = ZONE.match(canvas.plain, at)
    other = OTHER_DISTRICT.match(canvas.plain, at)
    if zone:
        region.doubt("zone", words=canvas.text[at : zone.end()])
    elif other and not NO_DISTRICT.search(other.group()):
        region.doubt("unknown_district", words=canvas.text[at : other.end()])
    else:
        region.doubt("no_district")
