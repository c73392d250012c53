"""Words that headers and labels are made of, and what of an order they name.

For each target the usual words come first: of two columns that may be the same, the
one with the earlier word is taken.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ..expression import column_key


@dataclass(frozen=True, slots=True)
class Target:
    """What of an order a column may be.

    :ivar kind: what its values are, see ``KINDS``
    :ivar words: keys of header words, the best one first
    """

    kind: str
    words: tuple[str, ...]


def _target(kind: str, words: str) -> Target:
    keys = dict.fromkeys(word_key(word) for word in words.split("|"))
    return Target(kind, tuple(key for key in keys if key))


@lru_cache(maxsize=20_000)
def word_key(text: str) -> str:
    """Return a header word without what writers vary: width, case, stars, joints.

    >>> word_key(" *Order_No. ：")
    'orderno'
    """
    return re.sub(r"[\s_.\-#*:/\\\u3000№]+", "", column_key(text))


#: ``{target: Target}``; paths of ``engine/order.py``, ``lines[]`` for every line.
TARGETS: dict[str, Target] = {
    "external_ref": _target(
        "code",
        "订单号|订单编号|订单号码|订单ID|订单单号|销售订单号|销售单号|采购订单号|"
        "采购单号|商户订单号|主订单号|子订单号|PO号|PO单号|PO编号|合同号|合同编号|"
        "单据编号|单据号|单号|发货单号|出库单号|销货单号|工单号|编号|"
        "Order No|Order Number|Order ID|Order|Sales Order|Sales Order No|SO No|"
        "SO Number|PO No|PO Number|PO|Purchase Order|Order Ref|Order Reference|"
        "Document No|Reference|Contract No|Invoice No|amazon-order-id|Name",
    ),
    "customer_ref": _target(
        "code",
        "客户订单号|客户单号|客户PO|客户PO号|客户订单编号|客户合同号|客户采购单号|"
        "买方订单号|客户参考号|外部单号|Customer PO|Customer PO No|Customer Order No|"
        "Customer Order|Your Reference|Your Ref|Client PO|Buyer Order No",
    ),
    "lines[].external_ref": _target(
        "code",
        "行号|订单行号|项次|行项目|行项目号|明细号|序号|项号|Line|Line No|"
        "Line Number|Item Line|Pos|Position|Lineitem id|Seq|No",
    ),
    "date": _target(
        "date",
        "订单日期|下单日期|下单时间|订单时间|订货日期|订单创建时间|创建时间|"
        "创建日期|接单日期|签订日期|合同日期|单据日期|开单日期|销售日期|制单日期|"
        "业务日期|日期|Order Date|Date Ordered|PO Date|Created at|Created|Sales Date|"
        "Document Date|Purchase Date|purchase-date|Date",
    ),
    "promised_date": _target(
        "date",
        "交货日期|交期|客户交期|要求交期|交货期|约定交期|承诺交期|要货日期|"
        "需求日期|到货日期|要求到货日期|预计交期|计划交期|发货日期|发货时间|"
        "Delivery Date|Due Date|Promised Date|Requested Date|Required Date|"
        "Ship Date|Shipping Date|Shipment Date|Need By|ETD|ETA|Deadline",
    ),
    "paid_at": _target(
        "moment",
        "付款时间|订单付款时间|支付时间|付款日期|支付日期|Paid at|Payment Date",
    ),
    "status": _target(
        "text",
        "订单状态|状态|单据状态|交易状态|发货状态|Status|Order Status|Fulfillment "
        "Status|State",
    ),
    "customer.name": _target(
        "text",
        "客户名称|客户|客户简称|客户全称|买家公司名称|购货单位|购货单位名称|"
        "购买方|买方|需方|采购方|订货单位|往来单位|公司名称|公司|单位名称|"
        "经销商|代理商|买家会员|买家|会员名|用户昵称|Customer|Customer Name|"
        "Client|Client Name|Buyer|Buyer Name|Company|Company Name|Bill To|Sold To|"
        "Account|Billing Name",
    ),
    "customer.external_ref": _target(
        "code",
        "客户编号|客户编码|客户代码|客户ID|客户号|往来单位编码|Customer Code|"
        "Customer No|Customer ID|Customer Number|Account No|Client ID",
    ),
    "customer.email": _target("text", "邮箱|电子邮箱|电邮|邮件|E-mail|Email|Mail"),
    "customer.phone": _target(
        "code",
        "联系电话|客户电话|电话|电话号码|联系方式|Phone|Telephone|Tel|Contact Phone|"
        "Phone Number",
    ),
    "customer.vat": _target(
        "code", "税号|纳税人识别号|统一社会信用代码|VAT|VAT No|Tax ID|Tax No"
    ),
    "ship_to.name": _target(
        "text",
        "收货人|收货人姓名|收件人|收件人姓名|联系人|收货联系人|Receiver|Recipient|"
        "Ship To|Ship To Name|Consignee|Contact|Contact Name|Contact Person|"
        "Shipping Name|recipient-name|Attention",
    ),
    "ship_to.mobile": _target(
        "code",
        "手机|手机号|手机号码|联系手机|收货电话|收货人电话|收件人电话|收件人号码|"
        "收件人手机|收货人手机|Mobile|Mobile Phone|Cell|Shipping Phone|"
        "ship-phone-number",
    ),
    "ship_to.address": _target(
        "text",
        "收货地址|收货人地址|收件人地址|收件地址|送货地址|交货地址|详细地址|"
        "发货地址|地址|目的地|交货地点|Address|Ship To Address|Shipping Address|"
        "Delivery Address|Destination|Shipping Address1",
    ),
    "ship_to.city": _target("text", "城市|市|City|Ship City|Shipping City|Town"),
    "ship_to.state": _target("text", "省|省份|州|State|Province|Region|Shipping State"),
    "ship_to.zip": _target(
        "code", "邮编|邮政编码|Zip|Zip Code|Postal Code|Postcode|Shipping Zip"
    ),
    "ship_to.country": _target("text", "国家|国别|Country|Ship Country|Country Code"),
    "ship_method": _target(
        "text",
        "运输方式|发货方式|物流方式|配送方式|物流公司|快递公司|承运商|发货渠道|"
        "Shipping Method|Ship Via|Carrier|Delivery Method|Courier",
    ),
    "currency": _target("text", "币种|货币|币别|结算币种|Currency|Curr|Currency Code"),
    "total": _target(
        "money",
        "订单金额|订单总额|总金额|实付款|实付金额|实际支付金额|应付金额|合同金额|"
        "价税合计总额|订单总价|已付金额|货款总额|Total|Order Total|Total Amount|"
        "Grand Total|Order Amount|Amount Due",
    ),
    "shipping_price": _target(
        "money", "运费|物流费|快递费|运输费|Shipping|Freight|Shipping Cost|Postage"
    ),
    "prepaid_amount": _target(
        "money", "预付款|定金|订金|预收款|预付金额|Deposit|Prepaid|Advance|Down Payment"
    ),
    "lines[].sku": _target(
        "code",
        "物料编码|产品编码|商品编码|货品编码|存货编码|物料号|产品编号|商品编号|"
        "货品编号|物料代码|产品代码|料号|品号|货号|商品货号|单品货号|产品型号|图号|"
        "物料长代码|型号|规格型号|水泵型号|原料编号|SKU|Item No|Item Number|Item Code|"
        "Item ID|Part No|Part Number|Product Code|Product No|Material|Material No|"
        "Article|Article No|Model|Model No|Lineitem sku|Product ID|MPN|Item",
    ),
    "lines[].barcode": _target(
        "code", "条码|条形码|商品条码|商品条形码|国际条码|Barcode|EAN|UPC|GTIN"
    ),
    "lines[].name": _target(
        "text",
        "产品名称|商品名称|物料名称|品名|货品名称|货物名称|存货名称|商品|产品|存货|"
        "货品标题|商品标题|货物名|商品信息|名称|品名规格|原料名称|Product Name|Product|"
        "Description|Item Description|Item Name|Goods|Material Description|Title|"
        "Lineitem name|Commodity",
    ),
    "lines[].quantity": _target(
        "quantity",
        "数量|订单数量|订购数量|订货数量|采购数量|销售数量|商品数量|合计数量|"
        "下单数量|需求数量|发货数量|购买数量|件数|总数量|出库数量|Quantity|Qty|"
        "Order Qty|Ordered Qty|Order Quantity|Ordered|Pcs|Lineitem quantity|"
        "quantity-purchased|Units|QTY Ordered",
    ),
    "lines[].unit": _target(
        "text",
        "单位|计量单位|主单位|销售单位|Unit|UOM|Unit of Measure|U/M|Measure",
    ),
    "lines[].unit_price": _target(
        "money",
        "单价|含税单价|含税价|销售单价|售价|价格|成交价|报价|不含税单价|不含税价|"
        "定价|货物价格|Unit Price|Price|Sales Price|Price per Unit|Lineitem price|"
        "item-price|Rate|Unit Cost",
    ),
    "lines[].discount": _target("percent", "折扣|折扣率|Discount|Discount %|Disc"),
    "lines[].amount": _target(
        "money",
        "金额|含税金额|价税合计|销售额|销售金额|小计|货款|总价|货品总价|不含税金额|"
        "行金额|Amount|Line Total|Subtotal|Line Amount|Extended Price|Net Amount|"
        "Total Price|Ext Price",
    ),
    "note": _target(
        "text",
        "备注|订单备注|客户备注|买家留言|用户备注|订单行备注|说明|附言|留言|"
        "特殊要求|Remark|Remarks|Note|Notes|Comment|Comments|Memo|Instructions",
    ),
}
#: Other words that headers have; they tell a header and name nothing of an order.
OTHER = (
    "规格|材质|颜色|尺码|尺寸|重量|体积|品牌|类型|类别|分类|仓库|供应商|供应商名称|"
    "供货单位|供应商编码|部门|业务员|销售员|制单人|经办人|付款方式|支付方式|税率|税额|"
    "税金|发票号|汇率|手续费|比例|库存|库存数量|理论库存|实际库存|入库数量|生产日期|"
    "交易条款|交易号|单据类型|订单类型|账务类型|发生时间|时间|地点|月份|年级|科目|"
    "姓名|性别|年龄|标题|备注1|工厂|期初结存|本期入库|本期出库|期末结存|存货代码|"
    "平均单价|生产单号|BOM编号|BOM|年纪|第一列|第二列|数字|学校名称|产品系列|统计项目|数值|项目|"
    "Type|Category|Brand|Color|Size|Weight|Warehouse|Location|Location Code|Supplier|"
    "Vendor|Tax|Tax Rate|VAT Rate|Payment|Terms|Salesperson|Posting Date|Pending Qty|"
    "Total Cost|Month|Year|Number|Id|Value|Rate"
)
#: Keys that tell a header.
KNOWN = frozenset(
    key for target in TARGETS.values() for key in target.words
) | frozenset(word_key(word) for word in OTHER.split("|"))
#: ``{key: ((target, rank), …)}``
BY_WORD: dict[str, list[tuple[str, int]]] = {}
for _name, _each in TARGETS.items():
    for _rank, _key in enumerate(_each.words):
        BY_WORD.setdefault(_key, []).append((_name, _rank))
#: What an order cannot do without, one of each.
NEEDED = (
    ("external_ref", "customer_ref"),
    ("customer.name", "customer.external_ref"),
    ("lines[].sku", "lines[].name", "lines[].barcode"),
    ("lines[].quantity",),
)
