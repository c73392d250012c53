"""What a company's name is said as: 无锡市太湖汽车维修有限公司 is 无锡太湖汽修.

People leave out 市, 有限公司 and the place, shorten the trade (汽修 for 汽车维修) and
say only one half of a name in two languages. Each such way is kept with how sure it
is; whether it fits one customer only is seen by who else is called so.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from .dates import plain

LEGAL = re.compile(
    r"(?:股份有限公司|有限责任公司|有限公司|责任公司|集团公司|总公司|分公司|集团|"
    r"公司|经营部|"
    r"商贸行|贸易行|商行|工厂|制造厂|总厂|分厂|营业部|门市部|个体户"
    r"|,? ?(?:co\.?,? ?ltd\.?|ltd\.?|inc\.?|llc|gmbh|corp\.?|limited|pte\.?))+$"
)
TRADE = re.compile(
    r"(?:科技|贸易|商贸|实业|工贸|机械设备|机械|电子|五金制品|五金|汽车配件|汽配|"
    r"食品|化工|"
    r"服饰|服装|印刷|包装|建材|设备|制造|物资|供应链|进出口|国际|材料|制品|电器|塑胶|"
    r"塑料|"
    r"纺织|餐饮管理|餐饮|超市|配件|工业|发展|百货|trading|industries|industrial|group)$"
)
PLACES = (
    "北京 上海 天津 重庆 广东 广西 浙江 江苏 山东 河南 河北 湖南 湖北 四川 福建 安徽 "
    "江西 "
    "辽宁 吉林 黑龙江 陕西 山西 云南 贵州 海南 甘肃 青海 宁夏 新疆 西藏 内蒙古 广州 "
    "深圳 "
    "东莞 佛山 中山 珠海 惠州 汕头 杭州 宁波 温州 台州 义乌 金华 嘉兴 绍兴 南京 苏州 "
    "无锡 "
    "常州 南通 徐州 昆山 济南 青岛 烟台 潍坊 临沂 郑州 洛阳 武汉 长沙 成都 西安 沈阳 "
    "大连 "
    "长春 哈尔滨 石家庄 保定 沧州 合肥 芜湖 南昌 福州 厦门 泉州 昆明 贵阳 南宁 柳州 "
    "海口 "
    "太原 兰州 乌鲁木齐 银川 香港 澳门 台湾"
).split()
PLACES_EN = (
    "beijing|shanghai|tianjin|chongqing|guangzhou|shenzhen|dongguan|foshan|zhongshan|"
    "zhuhai|huizhou|shantou|hangzhou|ningbo|wenzhou|taizhou|yiwu|jinhua|jiaxing|"
    "shaoxing|nanjing|suzhou|wuxi|changzhou|nantong|xuzhou|kunshan|jinan|qingdao|yantai|"
    "weifang|linyi|zhengzhou|luoyang|wuhan|changsha|chengdu|xi'?an|shenyang|dalian|"
    "changchun|harbin|shijiazhuang|hefei|wuhu|nanchang|fuzhou|xiamen|quanzhou|kunming|"
    "guiyang|nanning|haikou|taiyuan|lanzhou|hong kong|taiwan|guangdong|zhejiang|"
    "jiangsu|shandong"
)
_PLACE = re.compile(
    rf"(?P<first>(?:{'|'.join(PLACES)}))(?:特别行政区|自治区|省|市)?"
    rf"(?:(?P<second>(?:{'|'.join(PLACES)}))市?)?"
    r"(?:[\u4e00-\u9fff]{2}(?:(?<![超城门])市|(?<![小园发社厂景校城])区|县))?"
    rf"|(?P<english>(?:{PLACES_EN}))(?: city)?[ ,]+"
)
_INNER = re.compile(rf"[(（](?P<place>{'|'.join(PLACES)})[省市]?[)）]")
#: Words of a trade that are said for each other.
SAME_TRADE = (
    ("汽车维修", "汽车修理", "汽修"),
    ("汽车配件", "汽车零配件", "汽配"),
    ("机械设备", "机械"),
    ("五金制品", "五金"),
    ("建筑材料", "建材"),
    ("餐饮管理", "餐饮"),
    ("酒店管理", "酒店"),
    ("电子科技", "电子"),
    ("医疗器械", "医械"),
    ("电子商务", "电商"),
    ("auto repair", "car repair", "automobile repair"),
    ("auto parts", "car parts"),
)
TRADE_WORDS = frozenset(word for same in SAME_TRADE for word in same)
ANY_TRADE = re.compile(
    rf"(?:{'|'.join(sorted(TRADE_WORDS))}|维修|服务|餐厅|酒楼|"
    r"饭店|商店|门店|便利店|药房|医院|学校|农场|农业|环保|物业|家居|家具|文具|"
    r"repair|store|shop|supplies|supply|restaurant|hotel)$"
)
#: What a business is housed in, left out as often as 有限公司 is.
HOUSE = re.compile(r"(?<=[\u4e00-\u9fff]{3})(?:厂|店|部|行|中心|服务站)$")
HAN_HALF = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff0-9()（）·]+")
LATIN_HALF = re.compile(r"[a-z][a-z0-9 .,&'’-]{2,}[a-z0-9.]")
#: The whole name, what is left of it in everyday talk, and less than that.
SURE, SAID, LIKELY = 0.97, 0.95, 0.92


def is_whole(sure: float) -> bool:
    """Tell whether a way is a name itself, not what was made of it."""
    return sure >= SURE


def ways_of(name: str) -> dict[str, float]:
    """Return the ways in which a customer's name is said, each with its confidence."""
    whole = plain(name).strip()
    ways = {whole: SURE}
    for half in _halves(whole) or [whole]:
        ways.setdefault(half, SURE)
        for said, sure in _short_ways(half):
            if len(said) > 1 and said not in PLACES and not _is_only_trade(said):
                ways[said] = max(sure, ways.get(said, 0))
    return ways


def placed_core(name: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether a name has a place, and what it is without it, in every way."""
    places, rest = _bare(name)
    return bool(places), tuple(_same(rest))


def nucleus(name: str) -> str:
    """Return a name without place, legal form and every word for its trade: 太湖."""
    _place, rest = _bare(name)
    rest, before = HOUSE.sub("", rest), ""
    while rest != before:
        rest, before = ANY_TRADE.sub("", TRADE.sub("", rest)).strip(), rest
    return rest


@lru_cache(maxsize=8)
def _bare(name: str) -> tuple[list[str], str]:
    return _parted(LEGAL.sub("", plain(name).strip()).strip())


def _halves(whole: str) -> list[str]:
    """Return the Chinese and the English half of a name that has both."""
    han = [part.strip(" ()（）·") for part in HAN_HALF.findall(whole)]
    latin = [part.strip(" .,-") for part in LATIN_HALF.findall(whole)]
    if len(han) != 1 or len(latin) != 1:
        return []
    is_name = len(han[0]) > 3 and (" " in latin[0] or len(latin[0]) > 5)
    return [han[0], latin[0]] if is_name else []


def _short_ways(whole: str) -> Iterator[tuple[str, float]]:
    """Yield a name without its legal form, without its place, without its trade."""
    short = LEGAL.sub("", whole).strip(" ,")
    legal = whole[len(short) :].strip(" ,")
    places, rest = _parted(short)
    for each in _same(rest):
        for place in ("", *places):
            yield place + each, SAID
            if legal and not legal.isascii():
                yield place + each + legal, SAID
    yield TRADE.sub("", rest).strip(), LIKELY


def _parted(short: str) -> tuple[list[str], str]:
    """Return the ways in which the place of a name is said, and the rest."""
    inner = _INNER.search(short)
    if inner:
        return [inner["place"]], _INNER.sub("", short).strip()
    match = _PLACE.match(short)
    rest = short[match.end() :].strip() if match else short
    if not match or len(rest) < 2:
        return [], short
    if match["english"]:
        return [match[0], f"{match['english']} "], rest
    first, second = match["first"], match["second"]
    ways = [match[0], first, f"{first}市", f"{first}省"]
    if second:
        ways += [second, f"{second}市", first + second]
    return list(dict.fromkeys(ways)), rest


def _same(rest: str) -> list[str]:
    """Return a name with each word for its trade, with and without 厂 or 店."""
    ways = [rest]
    for words in SAME_TRADE:
        word = next((word for word in words if word in rest), None)
        if word:
            ways += [rest.replace(word, other) for other in words if other != word]
            break
    ways += [HOUSE.sub("", way) for way in ways]
    return [way for way in dict.fromkeys(ways) if not _is_only_trade(way)] or [rest]


def _is_only_trade(words: str) -> bool:
    return words in TRADE_WORDS or (len(words) < 9 and not TRADE.sub("", words))
