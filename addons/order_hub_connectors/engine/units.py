"""Units as people and channels write them.

Three families: words for *one of it* (件, 只, pcs), measures (米, kg), and words for
packs (箱, 盒, 套), of which nobody can say how many are in it but the product itself.
"""

import re
import unicodedata

#: Word → external id of Odoo's unit. Measures of one thing in every language.
MEASURES = {
    "uom.product_uom_unit": "件 只 个 個 台 支 条 條 张 張 把 根 块 塊 片 颗 枚 辆 "
    "pc pcs pce piece pieces ea each unit units nr stk st stück c62",
    "uom.product_uom_dozen": "打 dozen dozens doz dz dzn",
    "uom.product_uom_meter": "米 公尺 m mtr meter meters metre metres",
    "uom.product_uom_cm": "厘米 公分 cm",
    "uom.product_uom_millimeter": "毫米 mm",
    "uom.product_uom_km": "公里 千米 km",
    "uom.product_uom_kgm": "千克 公斤 kg kgs kgm kilo kilogram kilograms",
    "uom.product_uom_gram": "克 g gr gram grams",
    "uom.product_uom_ton": "吨 噸 t ton tons tonne tonnes",
    "uom.product_uom_lb": "磅 lb lbs pound pounds",
    "uom.product_uom_oz": "盎司 oz ounce ounces",
    "uom.product_uom_litre": "升 公升 l ltr liter liters litre litres",
    "uom.product_uom_milliliter": "毫升 ml",
    "uom.product_uom_square_meter": "平方米 平米 m² m2 sqm",
    "uom.product_uom_cubic_meter": "立方米 m³ m3 cbm",
    "uom.product_uom_inch": "英寸 in inch inches",
    "uom.product_uom_foot": "英尺 ft foot feet",
    "uom.product_uom_yard": "码 yd yard yards",
    "uom.product_uom_square_foot": "平方英尺 ft² sqft",
    "uom.product_uom_hour": "小时 h hr hour hours",
    "uom.product_uom_day": "天 d day days",
}
#: Words for the same kind of pack.
PACKS = (
    "箱 carton cartons ctn case cases",
    "盒 box boxes",
    "套 set sets 组 kit kits",
    "包 pack packs packet packets",
    "袋 bag bags",
    "对 双 對 雙 pair pairs prs",
    "卷 roll rolls",
    "瓶 bottle bottles",
    "桶 barrel drum drums",
    "托 托盘 pallet pallets",
    "捆 bundle bundles",
)
_MEASURE_OF = {
    unicodedata.normalize("NFKC", word).casefold(): unit
    for unit, words in MEASURES.items()
    for word in words.split()
}
_PACK_OF = {word: frozenset(words.split()) for words in PACKS for word in words.split()}
_WORDS = re.compile(r"[^\W\d_]+")


def plain(text: str) -> str:
    """Return a text with one width, one case and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())


def measure(text: str) -> str:
    """Return the external id of the unit that a word means, or an empty text."""
    return _MEASURE_OF.get(plain(text).rstrip("."), "")


def pack_words(text: str) -> frozenset[str]:
    """Return the words for the same kind of pack, empty when it is no such word."""
    return _PACK_OF.get(plain(text).rstrip("."), frozenset())


def names_pack(name: str, words: frozenset[str]) -> bool:
    """Tell whether the name of a unit (``Box of 12``, ``箱(12)``) says such a pack."""
    found = _WORDS.findall(plain(name))
    return any(
        word in found or not word.isascii() and any(word in text for text in found)
        for word in words
    )
