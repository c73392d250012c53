"""Codes that TOP has for carriers, by the names that people write."""

CODES = {
    "SF": ("sf", "s.f.", "顺丰", "sf express"),
    "STO": ("sto", "申通"),
    "YTO": ("yto", "圆通"),
    "ZTO": ("zto", "中通"),
    "YUNDA": ("yunda", "韵达"),
    "HTKY": ("best", "百世", "汇通"),
    "JT": ("jt", "j&t", "极兔"),
    "EMS": ("ems",),
    "POSTB": ("china post", "邮政"),
    "DBKD": ("deppon", "德邦"),
    "JDKD": ("jd", "京东"),
    "OTHER": ("",),
}


def company_code(carrier: str) -> str:
    """Return TOP's code for a carrier: by name, else what was written, in capitals.

    >>> company_code("顺丰速运"), company_code("zto"), company_code("")
    ('SF', 'ZTO', 'OTHER')
    """
    written = carrier.strip().lower()
    for code, names in CODES.items():
        if written == code.lower() or written in names:
            return code
    for code, names in CODES.items():
        if any(name in written for name in names if not name.isascii()):
            return code
    return carrier.strip().upper()
