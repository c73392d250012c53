"""What columns and fields of purchase orders are called, Chinese and English."""

import re
import unicodedata
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

COLUMNS = {
    "n": "序号 行号 项次 项号 no no. # line item# s/n sn 编号",
    "sku": (
        "物料编码 物料编号 物料号 料号 产品编码 产品编号 产品代码 商品编码 货号 型号 "
        "规格型号 产品型号 图号 零件号 存货编码 编码 款号 sku itemno itemcode "
        "partno partnumber item model modelno productcode code articleno article "
        "materialno material stockcode 品号 itemnumber"
    ),
    "barcode": "条码 商品条码 条形码 barcode ean upc",
    "name": (
        "名称 品名 产品名称 物料名称 商品名称 货物名称 存货名称 零件名称 货品名称 "
        "品名规格 名称规格 物料描述 描述 description product productname itemname "
        "goods productdescription name 产品 商品 货品"
    ),
    "spec": "规格 规格描述 specification spec size 材质 颜色 尺寸",
    "unit": "单位 计量单位 unit uom u/m um units",
    "quantity": (
        "数量 订购数量 采购数量 订货数量 需求数量 订单数量 件数 qty quantity "
        "orderqty qtyordered ordered pcs"
    ),
    "unit_price": (
        "单价 含税单价 未税单价 不含税单价 价格 采购单价 单价元 unitprice price rate "
        "unitcost 含税价"
    ),
    "amount": (
        "金额 小计 含税金额 总金额 价税合计 合计金额 总价 金额元 amount linetotal "
        "total extendedprice value lineamount 未税金额 货款"
    ),
    "tax": "税率 税额 税金 tax vat taxrate",
    "due": "交期 交货日期 到货日期 需求日期 要求交期 deliverydate duedate eta",
    "note": "备注 说明 remark remarks note notes comment",
}
FIELDS = {
    "customer_ref": (
        "订单编号 订单号 采购单号 采购订单号 采购订单编号 订购单号 合同编号 合同号 "
        "单号 单据编号 编号 po号 po编号 客户订单号 pono ponumber po# orderno "
        "ordernumber purchaseorderno purchaseordernumber order# po"
    ),
    "date": (
        "订单日期 下单日期 采购日期 日期 签订日期 制单日期 开单日期 单据日期 订购日期 "
        "date orderdate podate dateoforder issued"
    ),
    "promised_date": (
        "交货日期 要求到货日期 到货日期 交期 交货期 要求交期 需求日期 送货日期 "
        "交货时间 deliverydate requiredby requireddate duedate deliverby shipby "
        "neededby delivery"
    ),
    "buyer": (
        "采购方 需方 购货单位 客户名称 甲方 买方 采购单位 订货单位 购买方 客户 "
        "买方名称 buyer billto customer purchaser customername company orderedby from"
    ),
    "seller": "供应商 供方 卖方 乙方 供货单位 supplier vendor seller to 供应商名称",
    "contact": "联系人 采购员 经办人 收货人 contact attn attention contactperson",
    "phone": "电话 联系电话 手机 tel phone telephone mobile 联系方式",
    "fax": "传真 fax",
    "address": (
        "送货地址 收货地址 交货地址 交货地点 送货地点 地址 shipto deliveryaddress "
        "deliverto shippingaddress address"
    ),
    "currency": "币种 币别 货币 currency",
    "payment": "付款方式 结算方式 付款条件 paymentterms payment terms",
    "note": "备注 说明 特殊要求 remark remarks note notes comments",
    "page": "页码 page 第",
    "email": "邮箱 email e-mail",
}
TOTALS = re.compile(
    r"(合计|总计|共计|小计|本页|总金额|价税|大写|税额|税金|运费|sub\s?-?total|total|grand|"
    r"vat|tax|freight|shipping)"
)
#: Of the rows with totals, those that say what the whole order comes to.
WHOLE = re.compile(r"(总计|合计|共计|总金额|价税|^total|grand|amountdue|合計|總計)")
#: These say so even where they speak of tax.
SURELY = re.compile(r"(价税|总计|總計|grand|amountdue|totalincl|totalpayable)")
NOT_WHOLE = re.compile(r"(小计|本页|税|运费|sub|vat|tax|freight|shipping)")
TAX = re.compile(r"(税额|税金|增值税|vat|tax)")
FREIGHT = re.compile(r"(运费|freight|shipping)")
FOOT = re.compile(
    r"(备注|说明|付款|结算|交货|运输|质量|违约|签字|签章|盖章|审核|批准|制单|经办|"
    r"地址|电话|条款|remark|note|payment|terms|signature|authori|approved|prepared)"
)
BRACKETS = re.compile(r"[（(\[【].*?[)）\]】]|[:：*＊\s.,，。、/_\-]+$")
SPACE = re.compile(r"[\s._\-:：*]+")
#: What a header word of at least so many letters may differ by and still be meant.
NEAR = 84
MIN_NEAR = 4


def plain(text: str) -> str:
    """Return a word as words are compared: narrow, small, without dress."""
    text = unicodedata.normalize("NFKC", text).lower().strip()
    return SPACE.sub("", BRACKETS.sub("", text))


@cache
def _table(is_column: bool) -> dict[str, str]:
    """Return plain word → what it means."""
    source = COLUMNS if is_column else FIELDS
    rows = ((plain(w), key) for key, words in source.items() for w in words.split())
    return {word: key for word, key in rows if word}


@lru_cache(4096)
def column_of(text: str) -> tuple[str, float]:
    """Return what a column with this name holds, and how sure that is (0 to 1)."""
    return _meaning(text, True)


@lru_cache(4096)
def is_column(text: str) -> bool:
    """Tell whether a text is just what a column is called."""
    return plain(text) in _table(True)


@lru_cache(4096)
def field_of(text: str) -> tuple[str, float]:
    """Return what a label stands for, and how sure that is."""
    return _meaning(text, False)


def _meaning(text: str, is_column: bool) -> tuple[str, float]:
    table, word = _table(is_column), plain(text)
    if not word or len(word) > 24:
        return "", 0.0
    for said in (word, word.replace("0", "o")):
        if said in table:
            return table[said], 1.0
    within = [known for known in table if len(known) > 1 and known in word]
    best = max(within, key=len, default="")
    if best and len(best) * 2 >= len(word):
        return table[best], 0.9
    if len(word) < MIN_NEAR:
        return "", 0.0
    near = process.extractOne(word, table.keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
    return (table[near[0]], near[1] / 100 * 0.9) if near else ("", 0.0)


def is_total(text: str) -> bool:
    """Tell whether a row begins with a word of totals."""
    return bool(TOTALS.match(_squeezed(text)))


def is_whole(text: str) -> bool:
    """Tell whether a row says what the whole order comes to."""
    word = _squeezed(text)
    if SURELY.search(word):
        return True
    return bool(WHOLE.search(word)) and not NOT_WHOLE.search(word)


def is_foot(text: str) -> bool:
    return bool(FOOT.match(_squeezed(text)))


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text).lower())
