"""The name of a person among the words of an address."""

import re

from .address_text import HAN, LABEL, Canvas, Span

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚"
    "范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元"
    "卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾"
    "路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣邓郁单杭洪"
    "包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓"
    "蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓"
    "蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏"
    "柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师"
    "巩厍聂晁勾敖融冷訾辛阚那简饶空曾沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖付闫覃苑岳代"
    "翦瓦植仝佟佘佴亓仉冼涂战揭帅缑亢况郈琴商牟伯赏墨哈谯笪年爱阳佟楚晋楼仰凃洛钭银矫兰苟鹿由晓雁"
)
COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 "
    "皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 "
    "令狐 呼延 百里"
).split()
TITLES = (
    "先生|女士|小姐|老师|经理|主任|总监|店长|师傅|阿姨|同学|老板|太太|医生|护士|校长|助理|"
    "会计|掌柜|总|哥|姐|叔|生"
)
RECEIVES = re.compile(r"[\s(（]*收(?![\u4e00-\u9fff])[)）]?$")
TITLED = re.compile(rf"^([{HAN}])[{HAN}]{{0,2}}?({TITLES})$")
HAN_NAME = re.compile(rf"^[{HAN}]{{2,4}}$")
FOREIGN_NAME = re.compile(rf"^[{HAN}]{{1,8}}·[{HAN}·]{{1,12}}$")
#: Ends and contents of words that are houses, firms and roads, not people.
IS_PLACE = re.compile(
    r"(路|街|道|巷|弄|号|楼|室|栋|幢|座|层|店|厂|村|组|社|校|园|苑|城|府|庄|寨|屯|堡|湾|"
    r"公司|大厦|广场|市场|百货|超市|仓库|仓|小区|酒店|宾馆|医院|银行|中心|站|部|处|所|院|馆|"
    r"门口|大院|花园|公寓|别墅|新村|家园|区|县|镇|乡|市|省|旗|州|高中|一中|二中|三中|中学)$"
)


def take_person(canvas: Canvas, labelled: list[int], known: str = "") -> tuple:
    """Find the person of a text and take the name out of it.

    :param labelled: where words after a label such as ``收货人：`` begin
    :param known: a name that is known from elsewhere; only that is looked for
    :return: name, confidence, reason
    """
    tokens = list(canvas.tokens())
    for token in tokens:
        if any(0 <= token.start - at <= 2 for at in labelled):
            return _own(canvas, token), 0.98, "labelled"
    if known:
        for token in tokens:
            if _bare(canvas.text[token.start : token.end]) == known:
                _own(canvas, token)
        return "", 0.0, ""
    return _best(canvas, [(_likelihood(canvas, token), token) for token in tokens])


def _best(canvas: Canvas, scored: list[tuple[float, Span]]) -> tuple:
    likely = sorted(
        ((score, token) for score, token in scored if score),
        key=lambda pair: -pair[0],
    )
    if not likely:
        return "", 0.0, ""
    score, token = likely[0]
    if len(likely) > 1 and likely[1][0] == score:
        return _own(canvas, token), 0.5, "several_names"
    return _own(canvas, token), score, "name"


def _likelihood(canvas: Canvas, token: Span) -> float:
    """Return how likely a word is a person's name, 0 to 1."""
    word = _bare(canvas.plain[token.start : token.end])
    is_beside = _is_beside_phone(canvas, token)
    receives = word != canvas.plain[token.start : token.end]
    if TITLED.match(word):
        return 0.97 if is_beside or receives else 0.9
    if not (HAN_NAME.match(word) or FOREIGN_NAME.match(word)) or IS_PLACE.search(word):
        return 0.0
    is_name = word[0] in SURNAMES or word[:2] in COMPOUND or "·" in word
    if not is_name:
        return 0.7 if is_beside else 0.0
    if len(word) == 4 and word[:2] not in COMPOUND and "·" not in word:
        return 0.7 if is_beside else 0.0
    if is_beside or receives:
        return 0.95
    return 0.88 if len(word) == 3 else 0.8


def _is_beside_phone(canvas: Canvas, token: Span) -> bool:
    """Return whether only separators and labels lie between a word and a number."""
    for step, at in ((1, token.end), (-1, token.start - 1)):
        while 0 <= at < len(canvas.text):
            owner = canvas.owners[at]
            if owner == "phone":
                return True
            if owner and owner != LABEL or not owner and not _is_gap(canvas.text[at]):
                break
            at += step
    return False


def _is_gap(char: str) -> bool:
    return char in " \t\n,，、;；。:：()（）"


def _bare(word: str) -> str:
    """Return a word without ``收`` after it and colons before."""
    return RECEIVES.sub("", word).strip(" :：()（）.。")


def _own(canvas: Canvas, token: Span) -> str:
    word = canvas.own(token.start, token.end, "person")
    name = _bare(word)
    for at in range(token.start, token.end):
        if canvas.text[at] == "收" and not name.endswith("收"):
            canvas.owners[at] = LABEL
    return name


def is_glued(canvas: Canvas) -> bool:
    """Return whether a number follows words without a gap: a name may be in them."""
    for run in canvas.runs("phone"):
        before = canvas.text[max(0, run.start - 1) : run.start]
        if re.match(f"[{HAN}]", before) and not canvas.owners[run.start - 1]:
            return True
    return False
