"""Split and normalise an address, with a confidence for every part.

Chinese addresses are split into province, city, district, town, street and the
rest, with person, telephone and postcode taken out of the words. Others keep their
own form. ``Split.is_sure`` is said only where every part is; everything else is a
proposal for a person.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from . import address_foreign as foreign
from .address_below import (
    MASKED_WORDS,
    check_words,
    check_words_before,
    put_street,
)
from .address_parts import FIELDS, REGIONS, Split
from .address_person import is_glued, take_person
from .address_region import Region, after_region, take_region
from .address_table import (
    DISTRICT,
    FULL,
    MERGED,
    PROVINCE,
    RENAMED,
    TERRITORIES,
    table,
)
from .address_text import (
    HAS_HAN,
    MAX_TEXT,
    REGION,
    SEPARATORS,
    Canvas,
    clean,
    take_labels,
    take_phones,
)
from .identity import is_masked_name

POSTCODE = re.compile(r"(?<![\dA-Za-z-])(\d{6})(?![\d号室栋弄幢楼#-])")
#: First two digits of the postcodes of a province.
ZIPS = {
    "10": "11", "20": "31", "30": "12", "40": "50", "05": "13", "06": "13", "07": "13",
    "03": "14", "04": "14", "01": "15", "02": "15", "11": "21", "12": "21", "13": "22",
    "15": "23", "16": "23", "21": "32", "22": "32", "31": "33", "32": "33", "23": "34",
    "24": "34", "35": "35", "36": "35", "33": "36", "34": "36", "25": "37", "26": "37",
    "27": "37", "45": "41", "46": "41", "47": "41", "43": "42", "44": "42", "41": "43",
    "42": "43", "51": "44", "52": "44", "53": "45", "54": "45", "57": "46", "61": "51",
    "62": "51", "63": "51", "64": "51", "55": "52", "56": "52", "65": "53", "66": "53",
    "67": "53", "85": "54", "86": "54", "71": "61", "72": "61", "73": "62", "74": "62",
    "81": "63", "75": "64", "83": "65", "84": "65", "99": "81",
}  # fmt: skip


def split(address: str | Mapping) -> Split:
    """Split one address.

    :param address: a text, or fields (``FIELDS``, zip, name, phone, mobile) of which
        any may be missing or hold more than its name says
    :return: its parts; never raises for what a text contains
    """
    values = {"address": address} if isinstance(address, str) else address
    known = tuple(
        clean(str(values.get(name) or ""))
        for name in (*FIELDS, "zip", "name", "phone", "mobile")
    )
    return _split(known)


@lru_cache(maxsize=512)
def _split(known: tuple[str, ...]) -> Split:
    values = dict(zip((*FIELDS, "zip", "name", "phone", "mobile"), known, strict=True))
    country = foreign.country_code(values["country"])
    text = _text_of(values)
    if not country:
        country = foreign.country_named_in(text)
    if country and country not in ("CN", *TERRITORIES.values()):
        return foreign_split(values, country)
    if not HAS_HAN.search(text):
        return latin_split(values, country)
    return chinese_split(text, values)


def _text_of(values: Mapping[str, str]) -> str:
    """Return the fields of an address as one text, province first."""
    lines = [values["state"], values["city"], values["district"], values["address"]]
    lines += [v for v in (values["street"], values["street2"]) if v not in lines[3]]
    if HAS_HAN.search("".join(lines)):
        lines[0] = foreign.chinese_name(lines[0]) or lines[0]
    return "\n".join(line for line in lines if line)


# === CHINESE === #


def chinese_split(text: str, values: Mapping[str, str]) -> Split:
    """Split an address in Chinese characters."""
    canvas = Canvas(text)
    result = Split(country="CN")
    if len(text) > MAX_TEXT:
        result.put("detail", text, 0.0, "too_long", text)
        result.doubt("too_long", size=len(text))
        canvas.own(0, len(text), "detail")
        return result
    numbers = take_phones(canvas)
    labels = take_labels(canvas)
    _put_labelled_person(canvas, result, labels, values["name"])
    region = take_region(canvas)
    _put_region(canvas, result, region)
    _put_zip(canvas, result, values["zip"])
    _put_person(canvas, result, values["name"])
    _put_phone(result, numbers, values)
    check_words_before(canvas, result, region)
    put_street(canvas, result, region)
    check_words(canvas, result)
    result.kept = "".join(sorted(canvas.lost()))
    return result


def _put_labelled_person(canvas, result, labels, known) -> None:
    if labels.get("person"):
        name, confidence, reason = take_person(canvas, labels["person"])
        if not known:
            result.put("person", name, confidence, reason, canvas.words_of("person"))


def _put_person(canvas, result, known) -> None:
    if known:
        take_person(canvas, [], known)
        result.put("person", known, 1.0, "given", known)
        if is_masked_name(known):
            result.doubt("masked", words=known[:40])
    elif "person" not in result.parts:
        name, confidence, reason = take_person(canvas, [])
        result.put("person", name, confidence, reason, canvas.words_of("person"))
        if is_glued(canvas) and not name:
            result.doubt("name_glued")


def _put_phone(result: Split, numbers: list[str], values: Mapping[str, str]) -> None:
    given = values["mobile"] or values["phone"]
    number = given or next(iter(numbers), "")
    if not number:
        return
    result.put("phone", number, 1.0 if given else 0.98, "given" if given else "")
    if MASKED_WORDS.search(number):
        result.doubt("masked", words=number)
    others = [n for n in numbers if n != number]
    if others and not given:
        result.put("phone2", others[0], 0.9, "second", others[0])
    if len(others) > 1 and not given:
        result.doubt("several_phones", words=", ".join(numbers))


def _put_region(canvas: Canvas, result: Split, region: Region) -> None:
    if not region.chain:
        result.doubt("no_region")
        return
    after_region(canvas, region)
    result.code = region.chain.code
    names = dict(zip(REGIONS, table().lineage(region.chain.where), strict=True))
    is_contradicted = {"several", "contradiction"} & set(dict(region.doubts))
    for level, part in enumerate(REGIONS, PROVINCE):
        words = canvas.words_of(f"{REGION}{level}")
        confidence, reason = _confidence(region, level, bool(words))
        if "several" in is_contradicted and not words:
            continue
        if is_contradicted:
            confidence, reason = 0.3, next(iter(is_contradicted))
        result.put(part, names[part], confidence, reason, words)
    _put_former(canvas, result, region)
    result.country = TERRITORIES.get(region.chain.where[:2], "CN")
    for code, figures in region.doubts:
        result.doubt(code, **figures)


def _confidence(region: Region, level: int, is_written: bool) -> tuple[float, str]:
    """Return how sure one level of the region is, and why."""
    steps = {step.name.level: step.name for step in region.chain.steps}
    deepest = max(steps)
    name = steps.get(level)
    if not name:
        return (
            (0.95, "follows") if is_written or deepest == DISTRICT else (0.9, "follows")
        )
    if name.how == FULL:
        return 0.99, ""
    if name.how == RENAMED:
        return 0.9, "renamed"
    if name.how == MERGED:
        return 0.4, "merged"
    if level == deepest and (level == DISTRICT or len(steps) == 1):
        return 0.6, "short"
    return (0.92, "short") if level < deepest else (0.8, "short")


def _put_former(canvas: Canvas, result: Split, region: Region) -> None:
    """A district that was dissolved: its successor is a proposal."""
    for step in region.chain.steps:
        if step.name.how == MERGED:
            words = canvas.text[step.start : step.end]
            part = REGIONS[step.name.level - 1]
            value = result.value(part) if step.name.code else words
            result.put(part, value, 0.4, "merged", words)
            result.doubt(
                "former", words=words, year=step.name.year, now=result.value(part)
            )


def _put_zip(canvas: Canvas, result: Split, given: str) -> None:
    """Take a postcode out of the words where it fits the province."""
    for match in POSTCODE.finditer(canvas.plain):
        if not canvas.is_free(*match.span()) or not _stands_apart(canvas, match):
            continue
        code = match.group(1)
        if set(code) == {"0"}:
            canvas.own(*match.span(), "zip")
        elif not result.value("zip") and code[:2] in ZIPS:
            canvas.own(*match.span(), "zip")
            result.put("zip", code, 0.97, "", code)
    if given and set(given) != {"0"}:
        words = result.value("zip")
        result.put("zip", given, 1.0, "given", given)
        if words and words != given:
            result.doubt("zip_differs", words=words, zip=given)
    _check_zip(result)


def _stands_apart(canvas: Canvas, match) -> bool:
    """A number in the middle of words is a house, a room or an article."""
    after = canvas.text[match.end() : match.end() + 1]
    return not after or after in SEPARATORS or bool(canvas.owners[match.end()])


def _check_zip(result: Split) -> None:
    zip_code, code = result.value("zip"), result.code
    if not zip_code or not code or code[:2] in TERRITORIES:
        return
    if not re.fullmatch(r"\d{6}", zip_code) or ZIPS.get(zip_code[:2]) != code[:2]:
        result.doubt("zip_elsewhere", zip=zip_code, province=result.value("province"))


# === OTHER FORMS === #


def latin_split(values: Mapping[str, str], country: str) -> Split:
    """Keep an address in Latin letters; know its province where it is Chinese."""
    province = foreign.province_code(values["state"]) or foreign.province_in(
        _text_of(values)
    )
    is_chinese = country == "CN" or (not country and province)
    if not is_chinese:
        return foreign_split(values, country)
    result = Split(country="CN", form="latin", code=province)
    _keep(result, values)
    if province:
        name = table().names[province]
        result.put("province", name, 0.95, "latin", values["state"])
        _check_zip(result)
    if not (values["state"] and values["city"] and values["zip"] and province):
        result.doubt("latin")
    return result


def foreign_split(values: Mapping[str, str], country: str) -> Split:
    """Keep an address abroad in its own form."""
    result = Split(country=country, form="foreign")
    _keep(result, values)
    if not country and result.parts:
        result.doubt("no_country")
    return result


def _keep(result: Split, values: Mapping[str, str]) -> None:
    result.put("province", values["state"], 1.0, "given", values["state"])
    result.put("city", values["city"], 1.0, "given", values["city"])
    result.put("district", values["district"], 1.0, "given", values["district"])
    lines = [values[n] for n in ("street", "street2", "address") if values[n]]
    result.put("detail", "\n".join(lines), 1.0, "given", "\n".join(lines))
    result.put("zip", values["zip"], 1.0, "given", values["zip"])
    result.put("person", values["name"], 1.0, "given", values["name"])
    phone = values["mobile"] or values["phone"]
    result.put("phone", phone, 1.0, "given", phone)
    if not lines:
        result.doubt("no_street")
    if values["address"] and not values["city"]:
        result.doubt("one_line")
    for value in (values["name"], phone, *lines):
        if re.search(r"[*＊●]", value):
            result.doubt("masked", words=value[:40])
