"""Names that columns of order lists have, to tell a header from other rows."""

from ...engine.expression import column_key

#: What the number of an order is called, where the channel does not say.
KEY = (
    "订单号 | 订单编号 | 订单ID | 采购订单号 | 销售订单号 | 客户订单号 | 单号 | 编号 | "
    "Order No | Order Number | Order ID | Order | PO Number | PO No | Order No_ | "
    "amazon-order-id | Name"
)
NAMES = (
    "客户 | 客户名称 | 买家公司名称 | 买家会员 | 收货人 | 收货人姓名 | 收件人 | "
    "联系电话 | 联系手机 | 手机 | 电话 | 收货地址 | 地址 | 邮编 | 型号 | 货号 | "
    "单品货号 | 商品编码 | 商品货号 | 物料编码 | 物料号 | 产品型号 | 图号 | 条码 | "
    "商品条码 | 品名 | 产品名称 | 商品名称 | 货品标题 | 名称 | 物料名称 | "
    "规格 | 数量 | 订购数量 | "
    "商品数量 | 单位 | 单价 | 含税价 | 金额 | 运费 | 折扣 | 币种 | 货币 | "
    "交期 | 交货日期 | 客户交期 | 订单日期 | 下单时间 | 订单创建时间 | 创建日期 | "
    "订单付款时间 | 备注 | 买家留言 | 客户备注 | 订单备注 | 订单状态 | "
    "Customer | Customer Name | Company | Contact | E-mail | Email | Phone | "
    "Address | Ship To | City | Zip | Country | SKU | Item No | Item | Model | "
    "Part No | Product | Description | Barcode | Quantity | Qty | Unit | "
    "Unit Price | Price | Amount | Discount | Currency | Order Date | Date | "
    "Due Date | Delivery Date | Remark | Remarks | Note | Notes | Lineitem sku | "
    "Lineitem quantity | Lineitem price | Lineitem name | Created at"
)


def keys(text: str) -> list[str]:
    """Return the names of ``A | B`` in the form in which columns are compared."""
    return [key for name in text.split("|") if (key := column_key(name))]
