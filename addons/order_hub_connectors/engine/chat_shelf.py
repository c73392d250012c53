"""The products and customers that messages may name, ready to be looked through.

A company's products are read once and kept while nothing about them changes. Where
there are too many for every message, only those are looked through that have two
letters in a row, or a code, in common with it.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .chat import Catalogue, Item
from .chat.text import key as plain_key

#: Products that are looked through whole.
WHOLE = 3000
#: Products of a message where there are more.
NEAREST = 400
#: Catalogues with customers' own names that are kept.
OWNED = 12
#: Pairs of letters that more products have say nothing.
COMMON = 4000


class Shelf:
    """All products of one company.

    :param items: the products, without anybody's own names
    """

    def __init__(self, items: Sequence[Item]):
        self.items: dict[Any, Item] = {item.key: item for item in items}
        self._codes = {item.code: item.key for item in items if item.code}
        self._twins = _same_codes(items)
        for item in items:
            for barcode in item.barcodes if not item.code else ():
                self._codes.setdefault(barcode, item.key)
        self._owned = Kept(OWNED)
        self._whole: Catalogue | None = None
        self._pairs: dict[str, list] | None = None

    def item_by_code(self, code: str) -> Any:
        """Return the key of the product with a code, ``None`` where it is not one."""
        if not code or code in self._twins:
            return None
        return self._codes.get(code)

    @property
    def whole(self) -> Catalogue:
        if self._whole is None:
            self._whole = Catalogue(self.items.values())
        return self._whole

    def catalogue(
        self, text: str, own: Mapping[Any, Sequence[str]], history: Sequence = ()
    ) -> Catalogue:
        """Return the catalogue for a message of one customer.

        :param own: ``{key of a product: the customer's own names for it}``
        :param history: keys of products the customer bought, the latest first
        """
        known = [key for key in history if key in self.items]
        if len(self.items) <= WHOLE:
            return (
                self._own_whole(own).with_own({}, known) if known or own else self.whole
            )
        near = self._near(text, own, known)
        return Catalogue([self.items[key] for key in near]).with_own(own, known)

    def _own_whole(self, own: Mapping) -> Catalogue:
        """Return the whole catalogue with own names, kept for the next message."""
        if not own:
            return self.whole
        name = frozenset((key, tuple(names)) for key, names in own.items())
        return self._owned.get(name, 0) or self._owned.put(
            name, 0, self.whole.with_own(own)
        )

    def _near(self, text: str, own: Mapping, history: Sequence) -> Iterable:
        """Return the keys of products that have most in common with a text."""
        votes = Counter()
        for pair in pairs_of(text):
            keys = self._by_pair.get(pair, ())
            if len(keys) <= COMMON:
                votes.update(dict.fromkeys(keys, 1))
        near = [key for key, _votes in votes.most_common(NEAREST)]
        first = [key for key in (*own, *history[:NEAREST]) if key in self.items]
        codes = {self.items[key].code for key in (*first, *near)} & self._twins.keys()
        twins = [key for code in sorted(codes) for key in self._twins[code]]
        return dict.fromkeys((*first, *near, *twins))

    @property
    def _by_pair(self) -> dict[str, list]:
        if self._pairs is None:
            self._pairs = defaultdict(list)
            for item in self.items.values():
                words = (item.code, *item.names, *item.barcodes)
                for pair in {p for word in words for p in pairs_of(word)}:
                    self._pairs[pair].append(item.key)
        return self._pairs


def _same_codes(items: Sequence[Item]) -> dict[str, list]:
    """Return the keys of products by a code that several of them have."""
    found = defaultdict(list)
    for item in items:
        if item.code:
            found[item.code].append(item.key)
    return {code: keys for code, keys in found.items() if len(keys) > 1}


def pairs_of(text: str) -> set[str]:
    """Return the pairs of neighbouring letters of a text, plain and without blanks."""
    body = "".join(char for char in plain_key(text) if char.isalnum())
    return {body[at : at + 2] for at in range(len(body) - 1)}


class Kept:
    """Things that are kept while their mark stays the same; the oldest go first."""

    def __init__(self, most: int):
        self.most = most
        self._kept: OrderedDict = OrderedDict()

    def get(self, name: Any, mark: Any) -> Any:
        """Return what is kept under a name, ``None`` where its mark has changed."""
        known = self._kept.get(name)
        if known is None or known[0] != mark:
            return None
        self._kept.move_to_end(name)
        return known[1]

    def put(self, name: Any, mark: Any, thing: Any) -> Any:
        self._kept[name] = (mark, thing)
        self._kept.move_to_end(name)
        while len(self._kept) > self.most:
            self._kept.popitem(last=False)
        return thing
