"""Products of one family: ``铜球阀DN15 100只 DN20 80只`` names the second by its size.

A part of the first product's name is replaced by a word of the same shape (a size for
a size, a colour for a colour, left for right); what comes out must be a product.
"""

import re

from .catalogue import Catalogue

GROUPS = (
    "xs s m l xl xxl xxxl 2xl 3xl 4xl 5xl".split(),
    "左 右".split(),
    "左边 右边".split(),
    "前 后".split(),
    "红 绿 蓝 黄 白 黑 灰 紫 橙 粉 棕".split(),
    "红色 绿色 蓝色 黄色 白色 黑色 灰色 紫色 橙色 粉色 棕色".split(),
    "大 中 小".split(),
    "大号 中号 小号".split(),
    "男 女".split(),
    "red green blue yellow white black grey gray".split(),
    "left right".split(),
    "front rear".split(),
    "large medium small".split(),
)
GROUP_OF = {word: at for at, words in enumerate(GROUPS) for word in words}
PART = re.compile(
    r"[a-z]*\d+(?:\.\d+)?(?:[*/-]\d+(?:\.\d+)?)*"
    r"(?:公分|公斤|毫升|[a-z%寸码号分升斤克米支安厘头两瓦片粒色目孔芯阶抽格])*|[a-z]+"
)
CODE_OF_SIZE = re.compile(r"^(\d?x{0,3}[sml])码$")
FILLER = re.compile(r"[的\s]+|^要")
SURE = 0.9


def sibling(catalogue: Catalogue, first: str, words: str) -> str:
    """Return the name of a product like the first, other in one part, or nothing.

    :param first: plain words of the first product
    :param words: plain words of the other, only what is different
    """
    word = CODE_OF_SIZE.sub(r"\1", FILLER.sub("", words))
    first = FILLER.sub("", re.sub(r"(\d?x{0,3}[sml])码", r"\1", first))
    if not word or len(word) > 8:
        return ""
    names = {name for name in _replaced(first, word) if _is_sure(catalogue, name)}
    return names.pop() if len(names) == 1 else ""


def _replaced(first: str, word: str):
    """Yield the first name with each part of the same shape replaced."""
    if word in GROUP_OF:
        for other in GROUPS[GROUP_OF[word]]:
            if other != word and first.count(other) == 1 and _stands(first, other):
                yield first.replace(other, word)
        return
    shape = _shape(word)
    if not re.search(r"\d", word):
        return
    for match in PART.finditer(first):
        rest = first[: match.start()] + first[match.end() :]
        if _shape(match[0]) == shape and re.search(r"[\u4e00-\u9fff]|[a-z]{3}", rest):
            yield first[: match.start()] + word + first[match.end() :]


def _stands(first: str, word: str) -> bool:
    if not word.isascii():
        return True
    return bool(re.search(rf"(?<![a-z\d]){word}(?![a-z\d])", first))


def _shape(word: str) -> str:
    return re.sub(r"\d+(?:\.\d+)?", "9", word)


def _is_sure(catalogue: Catalogue, name: str) -> bool:
    found = catalogue.search(name)
    return bool(found) and found[0][1] >= SURE
