"""Where an address is, and how far apart two places are. Nothing here guesses."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Mean radius of the earth in km (IUGG 1980, rounded).
EARTH_KM = 6371.0
#: A name that several places bear is the biggest one's if it is so many times bigger.
DOMINANT = 20
#: Places of one name that lie closer together than this (km) are one place for us.
SAME_PLACE_KM = 50
#: How far a district may lie from the middle of its city, in km.
CITY_REACH_KM = 150
#: From the most to the least precise.
PRECISIONS = ("exact", "zip", "district", "city", "state")

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_CHINESE_SUFFIX = re.compile(
    r"(特别行政区|自治区|自治州|自治县|地区|省|市|区|區|县|縣|州|盟)$"
)
_CHINESE_PART = re.compile(
    r"[\u4e00-\u9fff]{2,}?(?:特别行政区|自治区|自治州|自治县|地区|省|市|区|區|县|縣)"
)
_LATIN_SUFFIX = re.compile(
    r"\s+(city|district|county|province|municipality|shi|qu|xian|sheng)$"
)
_SEPARATOR = re.compile(r"[,，、;；/|()（）\n]+")


def great_circle(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the distance of two points on the earth in km.

    The haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and
    Telescope 68/2, 1984, p. 159) on a sphere: at most 0.5 % from the ellipsoid.
    """
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat = math.sin((phi2 - phi1) / 2)
    half_lon = math.sin(math.radians(lon2 - lon1) / 2)
    share = half_lat**2 + math.cos(phi1) * math.cos(phi2) * half_lon**2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, share)))


# -- names --------------------------------------------------------------------------


def normalise(name: str) -> str:
    """Return a name as it is compared: no accents, spaces, suffixes or capitals."""
    text = unicodedata.normalize("NFKD", name or "").lower().strip()
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    if _CHINESE.search(text):
        return _plain_chinese("".join(_CHINESE.findall(text)))
    text = _LATIN_SUFFIX.sub("", text)
    return "".join(sign for sign in text if sign.isalnum())


def _plain_chinese(name: str) -> str:
    """Drop the suffix of a Chinese name unless less than two signs would be left."""
    plain = _CHINESE_SUFFIX.sub("", name)
    return plain if len(plain) >= 2 else name


def names_in(text: str, only_marked: bool = False) -> list[str]:
    """Return the names a text may hold, normalised, in reading order.

    "Wuxi, Jiangsu" holds two, "Shanghai 上海" two, "江苏省无锡市" two.

    :param only_marked: a street: take Chinese names with their suffix (市, 区, 县) only
    """
    found = []
    for part in _SEPARATOR.split(text or ""):
        for run in _CHINESE.findall(part):
            found += _CHINESE_PART.findall(run)
            if not only_marked:
                found.append(run)
        latin = _CHINESE.sub(" ", part).strip()
        if latin and not only_marked:
            found += _latin_names(latin)
    return list(dict.fromkeys(filter(None, map(normalise, found))))


def _latin_names(text: str) -> list[str]:
    """Return a Latin text whole, then without its last words: "Wuxi Jiangsu"."""
    words = text.split()
    return [" ".join(words[:count]) for count in range(len(words), 0, -1)] + words[1:]


# -- placing ------------------------------------------------------------------------


@dataclass(frozen=True)
class Spot:
    """One place of the table. ``kind``: zip, district, city or state."""

    id: int
    name: str
    kind: str
    country: int
    state: int | None
    lat: float
    lon: float
    people: int = 0

    def km_to(self, other: "Spot") -> float:
        return great_circle(self.lat, self.lon, other.lat, other.lon)


@dataclass(frozen=True)
class Address:
    """What is written on an address; ids of country and state, texts as typed."""

    country: int | None = None
    state: int | None = None
    city: str = ""
    street: str = ""
    zip: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.state or self.city.strip() or self.zip.strip())


@dataclass(frozen=True)
class Placed:
    """Where an address is, and how precisely; or why it cannot be placed.

    ``reason``: empty (nothing to go by), unknown (no such place in the table),
    ambiguous (several places; ``rivals`` names them), vague (only the state is
    known).
    """

    spot: Spot | None = None
    precision: str = ""
    reason: str = ""
    rivals: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.spot is not None


def keys_of(address: Address) -> list[str]:
    """Return every key under which the places of an address may be found."""
    keys = names_in(address.city) + names_in(address.street, only_marked=True)
    zips = [zip_key(address.zip)] if address.zip.strip() else []
    return list(dict.fromkeys(keys + zips))


def zip_key(code: str) -> str:
    """Return the key of a postal code; no name is written like this."""
    return "zip:" + "".join(sign for sign in code.lower() if sign.isalnum())


def place(
    address: Address, spots: Mapping[str, Iterable[Spot]], use_state: bool = False
) -> Placed:
    """Place an address: by zip, district or city; by its state only if allowed.

    :param spots: places by key, among them ``state:<id>`` for the state's own one
    :param use_state: be content with the middle of the state
    """
    if address.is_empty and not names_in(address.street, only_marked=True):
        return Placed(reason="empty")
    spots = {key: _in_country(address, found) for key, found in spots.items()}
    if address.zip.strip() and spots.get(zip_key(address.zip)):
        return _only(spots[zip_key(address.zip)], "zip")
    state = address.state or _state_named(address, spots)
    return _by_name(address, state, spots) or _by_state(state, spots, use_state)


def _in_country(address, found):
    return [s for s in found if not address.country or s.country == address.country]


def _state_named(address, spots):
    """Return the state that a text like "Wuxi, Jiangsu" names, if it is one."""
    for text, marked in ((address.city, False), (address.street, True)):
        for key in names_in(text, marked):
            states = {s.state for s in spots.get(key, ()) if s.kind == "state"}
            if len(states) == 1:
                return states.pop()
    return None


def _by_name(address, state, spots):
    """Return the place that the city names, or the street where the city is silent."""
    city = _first_known(names_in(address.city), state, spots)
    marked = names_in(address.street, only_marked=True)
    if not city:
        return _first_known(marked, state, spots)
    if city.is_known:
        return _district(city, marked + names_in(address.city), spots) or city
    return city


def _first_known(keys, state, spots):
    for key in keys:
        found = [
            spot
            for spot in spots.get(key, ())
            if spot.kind in ("city", "district")
            and (not state or not spot.state or spot.state == state)
        ]
        if found:
            return _only(found)
    return None


def _district(city, keys, spots):
    """Return the district of a city that the address names too."""
    for key in keys:
        for spot in spots.get(key, ()):
            is_of_city = spot.state == city.spot.state and spot != city.spot
            if spot.kind == "district" and is_of_city:
                if spot.km_to(city.spot) <= CITY_REACH_KM:
                    return Placed(spot, "district")
    return None


def _by_state(state, spots, use_state):
    centre = spots.get(f"state:{state}", ()) if state else ()
    if not centre:
        return Placed(reason="unknown")
    if not use_state:
        return Placed(reason="vague")
    return Placed(centre[0], "state")


def _only(found, precision=""):
    """Return the one place meant by a name, or that it could be several."""
    found = sorted(found, key=lambda spot: (-spot.people, spot.id))
    best, others = found[0], found[1:]
    rivals = [
        spot
        for spot in others
        if spot.km_to(best) > SAME_PLACE_KM and spot.people * DOMINANT > best.people
    ]
    unsized = [s for s in others if not best.people and s.km_to(best) > SAME_PLACE_KM]
    if rivals or unsized:
        names = tuple(spot.name for spot in [best, *(rivals or unsized)])
        return Placed(reason="ambiguous", rivals=names)
    return Placed(best, precision or best.kind)
