"""Units as messages write them, and whether a product is sold in one."""

import re

from ..units import measure, names_pack, pack_words

#: One of a thing, whatever it is counted with.
COUNTS = (
    "件 个 只 套 台 支 条 张 把 根 块 片 颗 枚 辆 本 册 份 部 架 副 棵 株 头 匹 顶 "
    "朵 幅 "
    "面 扇 节 粒 座 具 樽 尊 艘 口 盏 门 款 样 pc pcs pce piece pieces ea each "
    "unit units "
    "item items nos no set sets copy copies"
).split()
#: Packs, of which only the product knows how many are in it.
PACKS = (
    "箱 盒 包 袋 瓶 桶 罐 卷 双 对 捆 扎 打 提 板 版 托 托盘 组 筒 听 坛 壶 管 篮 "
    "筐 盘 盆 "
    "饼 枝 碟 挂 垛 尾 "
    "碗 杯 壳 排 串 车 柜 批 令 刀 沓 叠 束 抽 整箱 大箱 小箱 大包 小包 大袋 小袋 "
    "大瓶 小瓶 "
    "大桶 小桶 大盒 小盒 泡沫箱 团 匝 排 页 盅 把 小把 "
    "box boxes carton cartons ctn ctns case cases pack packs pkt packet packets "
    "bag bags "
    "bottle bottles roll rolls pair pairs prs drum drums barrel barrels can cans "
    "tin tins "
    "tray trays pallet pallets bundle bundles dozen dozens doz dz crate crates "
    "reel reels "
    "sheet sheets tube tubes jar jars bucket buckets sack sacks ream reams kit "
    "kits loaf "
    "loaves tub tubs keg kegs coil coils bx bxs btl btls pk pks rl rls bdl bdls"
).split()
#: Measures: also part of a product's name (500ml, 10kg), unlike counts and packs.
SIZES = (
    "吨 公斤 千克 斤 市斤 克 两 升 公升 毫升 米 厘米 公分 毫米 平方米 平方 平米 平 "
    "立方米 "
    "立方 方 码 尺 寸 英寸 英尺 公里 磅 盎司 丝 kg kgs kilo kilos g gr gram grams "
    "mg t ton "
    "tons tonne tonnes l ltr liter liters litre litres ml cl m mtr meter meters "
    "metre metres "
    "cm mm m2 m3 sqm cbm lb lbs pound pounds oz ounce ounces yd yard yards ft foot "
    "feet "
    "inch inches in gal gallon gallons"
).split()
#: Units of what a thing is or can do: never ordered in them.
SPECS = (
    "w kw v kv a ah mah ma hz khz mhz ghz gb mb tb um μm nm bar mpa pa rpm k目 目 "
    "度 ℃ °c "
    "c kva wh 瓦 伏 安 匹马力 马力 寸 英寸 号 # 级 层 孔 芯 针 位 路 键 代 型 色 % "
    "mesh "
    "degree degrees ohm ω uf pf"
).split()
WORDS = {word: "size" for word in SIZES}
WORDS |= {word: "pack" for word in PACKS}
WORDS |= {word: "count" for word in COUNTS}
WORDS |= {word: "spec" for word in SPECS if word not in WORDS}


def _any_of(words) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_LATIN = [word for word in WORDS if word.isascii()]
_HAN = [word for word in WORDS if not word.isascii()]
UNIT = re.compile(rf"(?:{_any_of(_HAN)})|(?:{_any_of(_LATIN)})(?![a-z\d])\.?")
DOZEN = frozenset(("打", "dozen", "dozens", "doz", "dz"))
BOXES = frozenset(("box", "boxes", "bx", "bxs"))
#: Short forms of packs.
SHORT = {"bx": "box", "btl": "bottle", "pk": "pack", "rl": "roll", "bdl": "bundle"}
#: 个 and 件 say how many, of whatever; the other count words do, too.
COUNT_WORDS = frozenset(COUNTS)


def kind(word: str) -> str:
    """Return ``count``, ``pack``, ``size``, ``spec`` or an empty text."""
    return WORDS.get(word.rstrip("."), "")


def is_sold_in(word: str, units: tuple[str, ...]) -> bool:
    """Tell whether a unit's word fits a product that is sold in some units.

    A product of unknown units fits each. Measures are converted by the step that
    knows products; words that mean one of it (件, 个, 台) fit each other.
    """
    word = word.rstrip(".").casefold()
    if not word or not units or word in DOZEN and _counts(units):
        return True
    if any(_is_the_same(word, unit.casefold()) for unit in units):
        return True
    return word in COUNT_WORDS and _counts(units)


def _is_the_same(word: str, unit: str) -> bool:
    if word == unit:
        return True
    code = measure(word)
    if code:
        return code == measure(unit)
    if word in BOXES and unit in ("箱", "盒", *BOXES):
        return True
    if word.isascii() and _one_of(word) == _one_of(unit):
        return True
    packs = pack_words(word)
    return bool(packs) and (unit in packs or names_pack(unit, packs))


def _one_of(word: str) -> str:
    one = word[:-1] if word.endswith("s") and len(word) > 2 else word
    return SHORT.get(one, one)


def _counts(units: tuple[str, ...]) -> bool:
    return any(unit.casefold() in COUNT_WORDS for unit in units)
