"""Names of Chinese provinces, cities, districts and towns, and how people write them.

The tables lie in ``data/addresses``: divisions with the codes of GB/T 2260, former
names with what became of them, towns by district, traditional characters. They are
read once a process, when the first address comes.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "data" / "addresses"

PROVINCE, CITY, DISTRICT = 1, 2, 3

#: How a name was written.
FULL, SHORT, WRONG, RENAMED, MERGED = "full", "short", "wrong", "renamed", "merged"

#: Cities of prefecture level that have towns and no districts.
UNDIVIDED = frozenset({"441900", "442000", "460400", "620200"})
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
#: Territories with an ISO country code of their own.
TERRITORIES = {"71": "TW", "81": "HK", "82": "MO"}

SUFFIX = re.compile(
    r"(?<=..)(特别行政区|自治区|自治州|自治县|自治旗|地区|新区|林区|矿区|"
    r"省|市|盟|县|区|旗)$"
)
PEOPLES = (
    "维吾尔 蒙古族 蒙古 藏族 回族 壮族 苗族 彝族 侗族 瑶族 白族 傣族 黎族 水族 羌族 "
    "土族 佤族 畲族 满族 怒族 京族 布依族 朝鲜族 土家族 哈尼族 哈萨克 "
    "傈僳族 拉祜族 东乡族 "
    "纳西族 景颇族 柯尔克孜 达斡尔族 仫佬族 布朗族 撒拉族 毛南族 仡佬族 锡伯 锡伯族 "
    "普米族 塔吉克 鄂温克族 保安族 裕固族 独龙族 鄂伦春 各族 满族蒙古族"
).split()
PEOPLE = re.compile(f"({'|'.join(sorted(PEOPLES, key=len, reverse=True))})$")
#: What no rule makes.
ALIASES = {
    "内蒙": "150000",
    "延边州": "222400",
    "呼市": "150100",
    "博州": "652700",
    "巴州": "652800",
    "西双版纳州": "532800",
}


@dataclass(frozen=True)
class Name:
    """One reading of a name.

    :ivar code: six digits of the division meant today; empty: it is gone
    :ivar level: PROVINCE, CITY or DISTRICT
    :ivar how: FULL, SHORT, WRONG (``广西省``), RENAMED or MERGED
    :ivar scope: code of the city or province in which the name holds
    :ivar year: of a former name: when it was last official
    """

    code: str
    level: int
    how: str
    scope: str
    year: str = ""


def _rows(name: str) -> Iterator[dict]:
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def stem_of(name: str) -> str:
    """Return a name without what it is: ``延边`` of ``延边朝鲜族自治州``."""
    short = SUFFIX.sub("", name)
    if short != name:
        while len(short) > 2 and PEOPLE.search(short):
            cut = PEOPLE.sub("", short)
            if len(cut) < 2:
                break
            short = cut
    return short


class Table:
    """The divisions of China, to look up by name and by code."""

    def __init__(self):
        self.names = {row["code"]: row["name"] for row in _rows("divisions.csv")}
        self.parents = {code[:4] for code in self.names if code[4:] != "00"}
        self.towns = {
            row["code"]: tuple(row["names"].split("|")) for row in _rows("towns.csv")
        }
        self.readings: dict[str, list[Name]] = defaultdict(list)
        for code, name in self.names.items():
            self._read(code, name)
        for row in _rows("former.csv"):
            self._read_former(row)
        for alias, code in ALIASES.items():
            if code:
                self._add(alias, Name(code, self.level(code), SHORT, code))
        self.longest = max(map(len, self.readings))

    # === WHAT A CODE IS === #

    def level(self, code: str) -> int:
        if code.endswith("0000"):
            return PROVINCE
        is_city = code.endswith("00") or code[2:4] == "90"
        return CITY if is_city else DISTRICT

    def city_of(self, code: str) -> str:
        """Return the city's code; of Hong Kong's districts it is in no table."""
        return code if self.level(code) == CITY else f"{code[:4]}00"

    def lineage(self, code: str) -> tuple[str, str, str]:
        """Return the official names of province, city and district of a code."""
        level = self.level(code)
        province = self.names[f"{code[:2]}0000"]
        if level == PROVINCE:
            is_city = code[:2] in MUNICIPALITIES
            return province, province if is_city else "", ""
        return (
            province,
            self._city_name(code, province),
            self.names[code] if level == DISTRICT else "",
        )

    def _city_name(self, code: str, province: str) -> str:
        """Return the city of a code; municipalities and territories are one city."""
        if code[:2] in MUNICIPALITIES:
            return province
        is_territory = code[2:4] == "00" or self.city_of(code) not in self.names
        return stem_of(province) if is_territory else self.names[self.city_of(code)]

    def is_in(self, code: str, scope: str) -> bool:
        """Return whether one division lies in another or is the same."""
        if scope.endswith("0000"):
            return code[:2] == scope[:2]
        if scope[2:4] == "90" or not scope.endswith("00"):
            return code == scope
        return code[:4] == scope[:4] or self._is_county_of_municipality(code, scope)

    def _is_county_of_municipality(self, code: str, scope: str) -> bool:
        """Chongqing's counties begin with 5002, its districts with 5001."""
        return code[:2] == scope[:2] and code[:2] in MUNICIPALITIES

    def has_districts(self, code: str) -> bool:
        """Return whether addresses below a province or city name a district."""
        if self.level(code) != CITY:
            return self.level(code) == PROVINCE
        return code[:4] in self.parents and code[2:4] != "90"

    # === NAMES === #

    def _add(self, name: str, reading: Name) -> None:
        if reading not in self.readings[name]:
            self.readings[name].append(reading)

    def _read(self, code: str, name: str) -> None:
        level = self.level(code)
        self._add(name, Name(code, level, FULL, code))
        for short in self._shorts(name, level):
            if short != name:
                self._add(short, Name(code, level, SHORT, code))
        if level == PROVINCE:
            for wrong in self._wrong(name):
                self._add(wrong, Name(code, level, WRONG, code))

    def _shorts(self, name: str, level: int) -> set[str]:
        short = stem_of(name)
        if len(short) < 2:
            return set()
        found = {short}
        for suffix, tail in (("自治州", "州"), ("自治县", "县"), ("地区", "")):
            if name.endswith(suffix) and tail:
                found.add(short + tail)
        return found

    def _wrong(self, name: str) -> set[str]:
        """Return what people write: ``广西省``, ``新疆自治区``, ``香港特区``."""
        short = stem_of(name)
        tails = ("省", "自治区") if "自治区" in name else ("特区",)
        is_plain = not name.endswith(("自治区", "特别行政区"))
        return set() if is_plain else {short + tail for tail in tails} - {name}

    def _read_former(self, row: dict) -> None:
        old, scope, new = row["name"], f"{row['city']}00", row["successor"]
        level = CITY if row["city"].endswith("00") else DISTRICT
        name = self.names.get(new, "")
        how = RENAMED if name and stem_of(name) == stem_of(old) else MERGED
        if old == "襄樊市":
            how = RENAMED
        reading = Name(new, level, how, scope, row["year"])
        self._add(old, reading)
        if level == CITY and len(stem_of(old)) > 1:
            self._add(stem_of(old), reading)

    def at(self, text: str, start: int) -> Iterator[tuple[int, list[Name]]]:
        """Yield ``(length, readings)`` of the names that begin at a position."""
        for size in range(min(self.longest, len(text) - start), 1, -1):
            found = self.readings.get(text[start : start + size])
            if found:
                yield size, found

    # === TOWNS === #

    def town_at(self, code: str, text: str, start: int) -> tuple[str, int]:
        """Return the official town or street office at a position, and its length.

        In cities without districts ``莞城区`` is the town ``莞城街道``.
        """
        names = self.town_names(code)
        for size in range(min(12, len(text) - start), 1, -1):
            name = names.get(text[start : start + size])
            if name:
                return name, size
        return "", 0

    @lru_cache(maxsize=512)  # noqa: B019 - there is one table a process
    def town_names(self, code: str) -> dict[str, str]:
        """Return ``{as written: official}`` of one district's towns."""
        names = {}
        for town in self.towns.get(code, ()):
            names[town] = town
            if town.endswith("街道"):
                names[f"{town}办事处"] = names[f"{town[:-2]}街办"] = town
            if code in UNDIVIDED:
                stem = town[:-2] if town.endswith("街道") else town[:-1]
                names[stem if stem.endswith("区") else f"{stem}区"] = town
        return names

    @lru_cache(maxsize=512)  # noqa: B019 - there is one table a process
    def districts_with_town(self, city: str, town: str) -> tuple[str, ...]:
        """Return the codes of a city's districts that have a town of this name."""
        return tuple(
            code
            for code, towns in self.towns.items()
            if self.is_in(code, city) and town in towns
        )


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the one table of this process."""
    return Table()


@lru_cache(maxsize=1)
def variants() -> dict[int, str]:
    """Return the translation from traditional to simple characters."""
    return {ord(row["old"]): row["new"] for row in _rows("variants.csv")}


def simple(text: str) -> str:
    """Return a text in simple characters, as long as it was."""
    return text.translate(variants())
