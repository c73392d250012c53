"""Countries, and Chinese provinces in Latin letters, by the names people give them."""

import re

from .address_table import table

#: Names beside the official ones, which Odoo's own table has.
COUNTRIES = {
    "US": "usa|u.s.a.|u.s.|us|united states of america|america|美国|美利坚合众国",
    "GB": "uk|u.k.|great britain|england|scotland|wales|northern ireland|英国",
    "CN": "china|prc|p.r.c.|pr china|p.r. china|mainland china|中国|中国大陆"
    "|中华人民共和国",
    "HK": "hong kong|hongkong|hong kong sar|香港|中国香港|香港特别行政区",
    "MO": "macau|macao|macau sar|澳门|中国澳门|澳门特别行政区",
    "TW": "taiwan|台湾|中国台湾|台灣|臺灣|台湾省",
    "KR": "south korea|korea|republic of korea|韩国|한국",
    "JP": "japan|日本|日本国",
    "DE": "deutschland|德国",
    "FR": "法国",
    "IT": "italia|意大利",
    "ES": "españa|espana|西班牙",
    "CA": "加拿大",
    "AU": "澳大利亚|澳洲",
    "NZ": "新西兰",
    "RU": "russia|俄罗斯|россия",
    "SG": "新加坡",
    "MY": "马来西亚",
    "TH": "泰国",
    "VN": "vietnam|viet nam|越南",
    "ID": "印度尼西亚|印尼",
    "IN": "印度",
    "PH": "菲律宾",
    "NL": "holland|the netherlands|荷兰",
    "CH": "schweiz|suisse|瑞士",
    "AT": "österreich|奥地利",
    "BR": "brasil|巴西",
    "MX": "méxico|墨西哥",
    "AE": "uae|u.a.e.|阿联酋",
    "SA": "ksa|沙特|沙特阿拉伯",
    "TR": "turkey|türkiye|turkiye|土耳其",
    "CZ": "czech republic|czechia|捷克",
    "PL": "polska|波兰",
    "SE": "sverige|瑞典",
}
BY_NAME = {name: code for code, names in COUNTRIES.items() for name in names.split("|")}
#: Countries whose Chinese name may begin a text.
IN_TEXT = re.compile(
    "|".join(
        sorted(
            (
                name
                for name, code in BY_NAME.items()
                if code not in ("CN", "HK", "MO", "TW") and ord(name[0]) > 0x4DFF
            ),
            key=len,
            reverse=True,
        )
    )
)
#: Provinces as written abroad.
PROVINCES = {
    "110000": "beijing|peking",
    "120000": "tianjin|tientsin",
    "130000": "hebei",
    "140000": "shanxi",
    "150000": "inner mongolia|neimenggu|nei mongol",
    "210000": "liaoning",
    "220000": "jilin",
    "230000": "heilongjiang",
    "310000": "shanghai",
    "320000": "jiangsu",
    "330000": "zhejiang",
    "340000": "anhui",
    "350000": "fujian",
    "360000": "jiangxi",
    "370000": "shandong",
    "410000": "henan",
    "420000": "hubei",
    "430000": "hunan",
    "440000": "guangdong|canton",
    "450000": "guangxi",
    "460000": "hainan",
    "500000": "chongqing|chungking",
    "510000": "sichuan|szechuan",
    "520000": "guizhou",
    "530000": "yunnan",
    "540000": "tibet|xizang",
    "610000": "shaanxi",
    "620000": "gansu",
    "630000": "qinghai",
    "640000": "ningxia",
    "650000": "xinjiang",
}
BY_LATIN = {
    name: code for code, names in PROVINCES.items() for name in names.split("|")
}
TAIL = re.compile(
    r"\s+(province|prov\.?|sheng|municipality|city|shi|autonomous region|zhuang|hui|"
    r"uygur|uyghur)\b.*$"
)
IS_CHINA = re.compile(r"\b(p\.?\s?r\.?\s?)?china\b|\bprc\b", re.I)


def country_code(text: str) -> str:
    """Return the two letters of a country, or nothing if only a table knows it."""
    key = text.strip().lower().strip(".,")
    known = BY_NAME.get(text.strip().lower()) or BY_NAME.get(key)
    if known:
        return known
    return key.upper() if len(key) == 2 and key.isascii() and key.isalpha() else ""


def country_named_in(text: str) -> str:
    """Return the country that a text in Chinese begins with, other than China."""
    match = IN_TEXT.match(text.lstrip())
    return BY_NAME[match.group()] if match else ""


def province_code(text: str) -> str:
    """Return the code of a Chinese province written in Latin letters."""
    return BY_LATIN.get(TAIL.sub("", text.strip().lower()), "")


def province_in(text: str) -> str:
    """Return the only province that a Latin text about China names."""
    if not IS_CHINA.search(text):
        return ""
    words = text.lower()
    found = {c for name, c in BY_LATIN.items() if re.search(rf"\b{name}\b", words)}
    return found.pop() if len(found) == 1 else ""


def chinese_name(text: str) -> str:
    """Return the Chinese name of a province written in Latin letters."""
    code = province_code(text)
    return table().names[code] if code else ""
