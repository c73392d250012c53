"""Purchase orders drawn for tests: what stands on them is known to the letter.

Drawn with Pillow, then made as bad as papers are: tilted, photographed, faxed. Every
paper follows from its number alone, so that figures can be measured again.
"""

import io
import math
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

#: Fonts with Chinese letters, where systems have them.
FONTS = (
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)
EFFECTS = ("clean", "skewed", "noisy", "photo", "fax", "turned", "upside_down", "small")
A4 = (1240, 1754)
INK = 20

GOODS = (
    ("ZXJ-0123", "转向节", "Steering knuckle", "件", "pcs"),
    ("BZ-0456", "半轴总成", "Half shaft assembly", "根", "pcs"),
    ("SCP-0789", "刹车片", "Brake pad set", "套", "set"),
    ("6205-2RS", "深沟球轴承", "Deep groove bearing", "只", "pcs"),
    ("M8X20-A2", "六角螺栓 M8*20", "Hex bolt M8x20", "件", "pcs"),
    ("GL-1107", "机油滤清器", "Oil filter", "个", "pcs"),
    ("DN50-FL", "法兰 DN50", "Flange DN50", "片", "pcs"),
    ("OIL5W40-4L", "机油 5W-40 4L", "Engine oil 5W-40 4L", "桶", "can"),
    ("HB10O1-L", "后保险杠支架", "Rear bumper bracket", "件", "pcs"),
    ("PLC-S7I1", "控制模块", "Control module", "台", "pcs"),
)
BUYERS = (
    ("太湖汽修有限公司", "Taihu Auto Repair Co., Ltd."),
    ("无锡恒通机械配件厂", "Wuxi Hengtong Machinery Parts"),
    ("苏州工业园区金鸡湖贸易有限公司", "Jinji Lake Trading Co., Ltd."),
    ("上海明远汽车零部件有限公司", "Mingyuan Auto Parts (Shanghai)"),
)
WORDS = {
    "zh": {
        "title": ("采购订单", "订购单", "采 购 合 同", "订货单"),
        "number": ("订单编号", "采购单号", "订单号", "合同编号", "PO号"),
        "date": ("订单日期", "下单日期", "日期"),
        "due": ("交货日期", "要求到货日期", "交期"),
        "buyer": ("采购方", "需方", "购货单位", "客户名称"),
        "seller": ("供应商", "供方", "卖方"),
        "contact": ("联系人",),
        "phone": ("电话", "联系电话"),
        "address": ("送货地址", "收货地址"),
        "n": ("序号", "No.", "行号"),
        "sku": ("物料编码", "料号", "产品编码", "型号"),
        "name": ("名称", "品名", "产品名称", "物料名称"),
        "unit": ("单位",),
        "quantity": ("数量", "订购数量", "采购数量"),
        "price": ("单价", "含税单价", "单价(元)"),
        "amount": ("金额", "金额(元)", "含税金额"),
        "total": ("合计", "总计", "合计金额"),
    },
    "en": {
        "title": ("PURCHASE ORDER",),
        "number": ("PO No.", "PO Number", "Order No."),
        "date": ("Date", "Order Date"),
        "due": ("Delivery Date", "Required by"),
        "buyer": ("Buyer", "Bill To", "Customer"),
        "seller": ("Supplier", "Vendor"),
        "contact": ("Contact", "Attn"),
        "phone": ("Tel", "Phone"),
        "address": ("Ship To", "Delivery Address"),
        "n": ("No.", "#", "Line"),
        "sku": ("Item No.", "Part No.", "SKU", "Item Code"),
        "name": ("Description", "Product"),
        "unit": ("Unit", "UOM"),
        "quantity": ("Qty", "Quantity"),
        "price": ("Unit Price", "Price"),
        "amount": ("Amount", "Line Total"),
        "total": ("Total", "Grand Total"),
    },
}


@dataclass
class Paper:
    """A purchase order, and what a right reading of it gives.

    :ivar fields: ``number``, ``date``, ``due``, ``buyer``, ``total`` …
    :ivar rows: ``[{"sku", "name", "unit", "quantity", "unit_price", "amount"}]``
    :ivar wrong_rows: numbers of rows whose amount the sender has wrong
    """

    number: int
    language: str
    effect: str
    fields: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)
    wrong_rows: list = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.language}-{self.effect}-{self.number:02d}"


def font_path() -> str:
    """Return a font with Chinese letters, empty when the system has none."""
    return next((path for path in FONTS if Path(path).exists()), "")


def paper(number: int, effect: str) -> tuple[Paper, bytes]:
    """Return one paper and its picture (JPEG, or PNG of one bit for a fax)."""
    rng = random.Random(f"{number} {effect}")
    made = _content(rng, number, effect)
    picture = _drawn(rng, made)
    return made, _spoiled(random.Random(number), picture, effect)


# === WHAT STANDS ON IT === #


def _content(rng: random.Random, number: int, effect: str) -> Paper:
    language = rng.choice(("zh", "zh", "en"))
    made = Paper(number, language, effect)
    ordered = date(2026, rng.randint(1, 9), rng.randint(1, 28))
    buyer = rng.choice(BUYERS)[language == "en"]
    made.rows = [_row(rng, language, good) for good in _goods(rng)]
    total = sum(Decimal(row["amount"]) for row in made.rows)
    if rng.random() < 0.15:
        _falsify(rng, made)
    made.fields = {
        "number": f"PO-{ordered:%Y%m%d}-{rng.randint(1, 99):02d}",
        "date": ordered.isoformat(),
        "due": (ordered + timedelta(days=rng.randint(5, 60))).isoformat(),
        "buyer": buyer,
        "total": str(total),
    }
    return made


def _goods(rng: random.Random) -> list:
    return rng.sample(GOODS, rng.randint(2, len(GOODS)))


def _row(rng: random.Random, language: str, good: tuple) -> dict:
    quantity = rng.choice((1, 2, 5, 10, 20, 48, 50, 100, 120, 300, 1200))
    price = Decimal(rng.randint(50, 99999)) / 100
    return {
        "sku": good[0],
        "name": good[1 if language == "zh" else 2],
        "unit": good[3 if language == "zh" else 4],
        "quantity": str(quantity),
        "unit_price": f"{price:.2f}",
        "amount": f"{price * quantity:.2f}",
    }


def _falsify(rng: random.Random, made: Paper) -> None:
    """Have the sender miscalculate one line."""
    n = rng.randrange(len(made.rows))
    made.rows[n]["amount"] = f"{Decimal(made.rows[n]['amount']) + 10:.2f}"
    made.wrong_rows = [n]


# === DRAWING === #


class Pen:
    """Draws one page."""

    def __init__(self, rng: random.Random, made: Paper):
        self.rng = rng
        self.made = made
        self.words = {
            key: rng.choice(choices) for key, choices in WORDS[made.language].items()
        }
        self.size = rng.randint(21, 26)
        self.picture = Image.new("L", A4, 255)
        self.draw = ImageDraw.Draw(self.picture)
        self.font = ImageFont.truetype(font_path(), self.size)
        self.is_ruled = rng.random() < 0.7
        self.has_commas = rng.random() < 0.6
        self.money = rng.choice(("", "", "¥"))

    def text(self, x: float, y: float, text: str, right: bool = False) -> None:
        if right:
            x -= self.draw.textlength(text, font=self.font)
        self.draw.text((x, y), text, font=self.font, fill=INK)

    def number(self, text: str) -> str:
        value = Decimal(text)
        return f"{value:,}" if self.has_commas else str(value)


def _drawn(rng: random.Random, made: Paper) -> Image.Image:
    pen = Pen(rng, made)
    title = ImageFont.truetype(font_path(), 40)
    pen.draw.text((460, 70), pen.words["title"], font=title, fill=INK)
    y = _draw_fields(pen, 160)
    y = _draw_table(pen, y + 40)
    _draw_foot(pen, y + 30)
    return pen.picture


def _draw_fields(pen: Pen, y: int) -> int:
    made, colon = pen.made, pen.rng.choice(("：", ":", ": "))
    shown = pen.rng.choice(("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"))
    if made.language == "zh" and pen.rng.random() < 0.4:
        shown = "%Y年%m月%d日"
    left = [
        ("number", made.fields["number"]),
        ("buyer", made.fields["buyer"]),
        (
            "seller",
            "江苏海川制造有限公司" if made.language == "zh" else "Haichuan Ltd.",
        ),
        (
            "address",
            "江苏省无锡市滨湖区蠡湖大道12号"
            if made.language == "zh"
            else "12 Lihu Rd, Wuxi",
        ),
    ]
    right = [
        ("date", date.fromisoformat(made.fields["date"]).strftime(shown)),
        ("due", date.fromisoformat(made.fields["due"]).strftime(shown)),
        ("contact", "王建国" if made.language == "zh" else "Wang Jianguo"),
        ("phone", "0510-81234567"),
    ]
    for n, ((key, value), (other, said)) in enumerate(zip(left, right, strict=True)):
        at = y + n * int(pen.size * 1.9)
        pen.text(70, at, f"{pen.words[key]}{colon}{value}")
        pen.text(780, at, f"{pen.words[other]}{colon}{said}")
    return y + 4 * int(pen.size * 1.9)


def _columns(pen: Pen) -> list[tuple[str, float, float, bool]]:
    """Return name, left, right and whether figures stand at the right."""
    keys = ["n", "sku", "name", "unit", "quantity", "unit_price", "amount"]
    widths = [65, 190, 330, 80, 130, 150, 185]
    order = list(range(7))
    if pen.rng.random() < 0.3:
        order = [0, 2, 1, 4, 3, 5, 6]
    is_right, x, found = pen.rng.random() < 0.6, 60.0, []
    for at in order:
        found.append((keys[at], x, x + widths[at], is_right and at > 3))
        x += widths[at]
    return found


def _draw_table(pen: Pen, y: int) -> int:
    columns = _columns(pen)
    height = int(pen.size * pen.rng.uniform(1.7, 2.3))
    top = y
    heads = {
        key: pen.words["price" if key == "unit_price" else key] for key, *_ in columns
    }
    y = _draw_row(pen, columns, heads, y, height)
    for n, row in enumerate(pen.made.rows, start=1):
        shown = {
            **row,
            "n": str(n),
            "quantity": pen.number(row["quantity"]),
            "unit_price": pen.money + pen.number(row["unit_price"]),
            "amount": pen.money + pen.number(row["amount"]),
        }
        y = _draw_row(pen, columns, shown, y, height)
    total = {
        "n": "",
        "sku": pen.words["total"],
        "amount": pen.number(pen.made.fields["total"]),
    }
    y = _draw_row(pen, columns, total, y, height)
    if pen.is_ruled:
        for _key, left, right, _side in columns:
            pen.draw.line((left - 8, top - 6, left - 8, y - 6), fill=INK)
            pen.draw.line((right - 8, top - 6, right - 8, y - 6), fill=INK)
    return y


def _draw_row(pen: Pen, columns: list, row: dict, y: int, height: int) -> int:
    for key, left, right, is_right in columns:
        text = row.get(key, "")
        pen.text(right - 20 if is_right else left, y, text, is_right)
    if pen.is_ruled:
        pen.draw.line((52, y - 6, columns[-1][2] - 8, y - 6), fill=INK)
        pen.draw.line(
            (52, y + height - 6, columns[-1][2] - 8, y + height - 6), fill=INK
        )
    return y + height


def _draw_foot(pen: Pen, y: int) -> None:
    if pen.made.language == "zh":
        pen.text(70, y, "备注：请按期交货，随货附合格证。")
        pen.text(70, y + 2 * pen.size, "付款方式：月结30天")
    else:
        pen.text(70, y, "Remarks: certificate with the goods, please.")
        pen.text(70, y + 2 * pen.size, "Payment: 30 days net")


# === SPOILING === #


def _spoiled(rng: random.Random, picture: Image.Image, effect: str) -> bytes:
    if effect == "skewed":
        picture = picture.rotate(
            rng.uniform(-6, 6), expand=True, fillcolor=250, resample=3
        )
    elif effect == "noisy":
        picture = _noisy(rng, picture.filter(ImageFilter.GaussianBlur(0.8)), 30)
    elif effect == "photo":
        picture = _photographed(rng, picture)
    elif effect == "fax":
        return _faxed(rng, picture)
    elif effect == "turned":
        picture = picture.rotate(rng.choice((90, 270)), expand=True)
    elif effect == "upside_down":
        picture = picture.rotate(180)
    elif effect == "small":
        picture = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), 3)
    return _jpeg(picture, 60 if effect in ("noisy", "photo", "small") else 75)


def _noisy(rng: random.Random, picture: Image.Image, strength: int) -> Image.Image:
    noise = Image.effect_noise(picture.size, strength)
    return Image.blend(picture, noise, 0.25 + 0.1 * rng.random())


def _photographed(rng: random.Random, picture: Image.Image) -> Image.Image:
    """Lay the page on a table, seen from aside, in uneven light."""
    width, height = picture.size
    table = Image.new("L", (width + 300, height + 300), 90)
    corners = [
        (rng.uniform(20, 160), rng.uniform(20, 160)),
        (width + 300 - rng.uniform(20, 160), rng.uniform(20, 160)),
        (width + 300 - rng.uniform(20, 110), height + 300 - rng.uniform(20, 110)),
        (rng.uniform(20, 110), height + 300 - rng.uniform(20, 110)),
    ]
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    terms = _perspective(corners, source)
    page = picture.transform(table.size, Image.Transform.PERSPECTIVE, terms, 3)
    mask = Image.new("L", picture.size, 255)
    mask = mask.transform(table.size, Image.Transform.PERSPECTIVE, terms, 3)
    table.paste(page, mask=mask)
    light = Image.radial_gradient("L").resize(table.size)
    shade = light.point([int(255 - value * 0.45) for value in range(256)])
    lit = Image.merge("L", [_multiplied(table, shade)])
    return _noisy(rng, lit.filter(ImageFilter.GaussianBlur(0.7)), 12)


def _multiplied(picture: Image.Image, shade: Image.Image) -> Image.Image:
    black = Image.new("L", picture.size, 0)
    return Image.composite(picture, black, shade)


def _perspective(seen: list, source: list) -> list[float]:
    """Return the eight terms that take seen corners to those of the page."""
    rows, right = [], []
    for (x, y), (u, v) in zip(seen, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        right += [u, v]
    return _solved(rows, right)


def _solved(rows: list, right: list) -> list[float]:
    """Solve linear equations by Gauss with the largest pivot."""
    size = len(right)
    table = [
        [*map(float, row), float(value)] for row, value in zip(rows, right, strict=True)
    ]
    for at in range(size):
        best = max(range(at, size), key=lambda n: abs(table[n][at]))
        table[at], table[best] = table[best], table[at]
        for n in range(size):
            if n != at:
                share = table[n][at] / table[at][at]
                table[n] = [
                    a - share * b for a, b in zip(table[n], table[at], strict=True)
                ]
    return [table[n][size] / table[n][n] for n in range(size)]


def _faxed(rng: random.Random, picture: Image.Image) -> bytes:
    """One bit a pixel, coarse between the lines, tilted, with dirt."""
    tilted = picture.rotate(rng.uniform(-1.5, 1.5), fillcolor=255, resample=2)
    coarse = tilted.resize((1240, 1240), 3).resize(picture.size, 0)
    bits = coarse.point([255 if value > 165 else 0 for value in range(256)])
    dirt = ImageDraw.Draw(bits)
    for _ in range(700):
        x, y = rng.randrange(picture.width), rng.randrange(picture.height)
        dirt.point((x, y), fill=0)
    streak = rng.randrange(picture.width)
    dirt.line(
        (streak, 0, streak + int(math.copysign(3, rng.random() - 0.5)), 600), fill=0
    )
    stream = io.BytesIO()
    bits.convert("1").save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    picture.convert("L").save(stream, "JPEG", quality=quality)
    return stream.getvalue()
