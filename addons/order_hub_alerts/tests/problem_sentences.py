"""Problems as people in the trade write them: cards, and how the next one is told.

Trigrams, pairs of characters and full text were compared on these sentences, and the
limits of the search were tuned on them: judge it by others. Each sentence tells a
problem of the card it names in other words, as another person would.
"""

from itertools import product
from typing import NamedTuple


class Card(NamedTuple):
    """What a card says; ``key`` is how the sentences name it."""

    key: str
    name: str
    root_cause: str
    steps: str
    prevention: str


CARDS = (
    Card(
        "pores",
        "转向节铸件气孔超标",
        "炉料含水,浇注温度偏低,型腔排气不畅。",
        "隔离同炉号铸件,全检X光;合格品放行,不合格品退供应商。",
        "炉料预热到200度;每班首件做探伤。",
    ),
    Card(
        "ball_play",
        "球头间隙超差",
        "供应商更换了衬套材料,未通知我方。",
        "批次冻结,启用第二供应商60件,两天到货。",
        "材料变更必须先送样;进料抽检加测间隙。",
    ),
    Card(
        "caps_short",
        "0603电容缺料,贴片线停线",
        "采购按旧用量下单,BOM升版后用量翻倍。",
        "从上海仓调拨两盘;工程确认两个位置改用0805。",
        "BOM升版后自动重算缺料并通知采购。",
    ),
    Card(
        "steel_late",
        "钢板到货延迟",
        "钢厂检修,承诺的交期未确认。",
        "改用备用钢厂,先到5吨保证冲压两天。",
        "每周一让供应商确认八周交期,未确认的标红。",
    ),
    Card(
        "mould",
        "压铸模具漏水",
        "冷却水管接头老化。",
        "停机更换接头,外壳改由二号机生产。",
        "模具每两万模次保养一次,接头列入易损件。",
    ),
    Card(
        "address",
        "收货地址不存在,快递退回",
        "客户在网店填写的门牌号有误。",
        "电话联系客户确认新地址,重新打面单。",
        "下单时用地图校验地址,不匹配就提示。",
    ),
    Card(
        "label",
        "外箱标签贴错",
        "两个订单同时打包,标签打印机共用。",
        "开箱全数核对,重贴标签,拍照给客户。",
        "一次只打印一个订单的标签,扫码复核。",
    ),
    Card(
        "credit",
        "客户信用额度不足,订单被拦住",
        "上月货款未到账,额度只剩一万二。",
        "业务员申请临时额度五万,主管批准。",
        "额度用到八成就提醒业务员催款。",
    ),
    Card(
        "drawing",
        "图纸版本与BOM不一致",
        "客户发了C版图纸,系统里仍是B版。",
        "暂停焊接,书面请客户确认按哪一版生产。",
        "收到新图纸一律走工程变更流程。",
    ),
    Card(
        "solder",
        "控制板虚焊,测试不通过",
        "回流炉温度曲线漂移,锡膏过期。",
        "返修不良板,重新测温,更换锡膏。",
        "每班测一次炉温曲线,锡膏先进先出。",
    ),
    Card(
        "typhoon",
        "台风导致航班取消,空运延误",
        "承运商华南线停运三天。",
        "改走陆运到上海再空运,通知客户晚两天。",
        "台风季提前一天发货,备选承运商。",
    ),
    Card(
        "stock_count",
        "系统库存与实物不符",
        "退货未及时入账,盘点漏扫一个库位。",
        "当场重盘,调整库存,缺的从北京仓调拨。",
        "退货当天入账,每周循环盘点。",
    ),
    Card(
        "operator",
        "夜班缺人,产线开不起来",
        "流感请假四人,没有顶岗人员。",
        "白班加班两小时,临时调包装班顶岗。",
        "关键岗位培训两名替补。",
    ),
    Card(
        "coating",
        "电泳漆面起泡",
        "前处理脱脂不净,槽液超期。",
        "返工脱漆重喷,更换脱脂槽液。",
        "槽液每周化验,超标即换。",
    ),
    Card(
        "scratched",
        "Brake discs scratched in transit",
        "Cartons stacked four high without edge protection.",
        "Sort 100 %, replace scratched discs, claim on the carrier.",
        "Edge protection in every carton, three layers at most.",
    ),
    Card(
        "customs",
        "Shipment held at customs: HS code missing",
        "The invoice listed the kit as one article.",
        "Send a corrected commercial invoice with the code of every part.",
        "Bundles are split on the invoice by the system.",
    ),
    Card(
        "mcu_eol",
        "Microcontroller F103 discontinued by its maker",
        "End-of-life notice was not read by purchasing.",
        "Last-time buy of 5,000 pieces, engineering change to the successor.",
        "Watch life-cycle notices for all single-source chips.",
    ),
    Card(
        "torque",
        "Bolts torqued too low on the control arm",
        "Torque wrench out of calibration for three weeks.",
        "Re-torque all arms since the last calibration, replace the wrench.",
        "Calibrate wrenches monthly, check at the start of every shift.",
    ),
    Card(
        "price",
        "Customer disputes the price on the invoice",
        "Old price list was active for the web channel.",
        "Credit note for the difference, correct the price list.",
        "Price lists end on a date, sales is told a week before.",
    ),
    Card(
        "forklift",
        "Forklift broke down, loading dock blocked",
        "Hydraulic hose burst, maintenance was overdue.",
        "Rent a forklift for two days, load by the side door.",
        "Maintenance plan with hours of operation.",
    ),
)

#: Problems that nobody has met: nothing to be offered for them.
NEW_PROBLEMS = (
    "车间空压机跳闸,全厂断气",
    "客户要求提供原产地证书",
    "食堂停电",
    "银行退票,印章不清",
    "网店图片被投诉侵权",
    "Password of the web shop forgotten",
    "Customer wants a certificate of origin",
    "Roof leaks above the paint store",
)

#: How the next one of each is told: the sentence, and the card it is about.
SENTENCES = (
    ("探伤发现转向节毛坯内部有气孔", "pores"),
    ("铸件气孔太多,客户拒收", "pores"),
    ("X光检查转向节有砂眼气孔,超标12件", "pores"),
    ("来料检验球头间隙过大", "ball_play"),
    ("球头QTX-20批次2611间隙不合格", "ball_play"),
    ("供应商球头松旷,间隙0.2毫米", "ball_play"),
    ("贴片电容不够,SMT停线等料", "caps_short"),
    ("C-100N-0603电容缺2000个", "caps_short"),
    ("0603电容短缺,控制板开不了工", "caps_short"),
    ("Q235钢板没到,冲压线等料", "steel_late"),
    ("钢厂说钢板要晚三天到货", "steel_late"),
    ("供应商钢板交期延误", "steel_late"),
    ("压铸机模具冷却水渗漏", "mould"),
    ("外壳模具漏水停机", "mould"),
    ("地址查无此处,包裹被快递退回来了", "address"),
    ("客户门牌号写错,送不到", "address"),
    ("箱子上的标签贴反了,两家客户的货贴混", "label"),
    ("客户投诉外箱标签与实物不符", "label"),
    ("额度不够,经销商订单卡住了", "credit"),
    ("客户信用超限,货款没到", "credit"),
    ("客户图纸是C版,BOM还是B版", "drawing"),
    ("图纸和物料清单版本对不上", "drawing"),
    ("PCBA虚焊,功能测试不良率8%", "solder"),
    ("控制板测试失败,怀疑虚焊", "solder"),
    ("台风天航班停飞,货发不出去", "typhoon"),
    ("空运因台风延误", "typhoon"),
    ("账上有货,库位里找不到", "stock_count"),
    ("库存不准,实物少8件", "stock_count"),
    ("夜班请假多,产线人手不够", "operator"),
    ("漆面有气泡,电泳件要返工", "coating"),
    ("Discs arrived with scratches, customer refuses them", "scratched"),
    ("Transit damage: brake disc surfaces scratched", "scratched"),
    ("Customs holds the parcel, no HS code on the invoice", "customs"),
    ("Parcel stuck in customs clearance for missing tariff code", "customs"),
    ("F103 controller chip no longer made, end of life", "mcu_eol"),
    ("Supplier discontinues microcontroller", "mcu_eol"),
    ("Control arm bolts loose, torque below limit", "torque"),
    ("Customer says invoice price is wrong", "price"),
    ("Fork lift out of order, cannot load trucks", "forklift"),
    ("Loading dock blocked by broken forklift", "forklift"),
)

_ZH = (
    (
        "转向节",
        "球头",
        "电容",
        "钢板",
        "控制板",
        "减震器",
        "轮毂",
        "刹车片",
        "线束",
        "轴承",
    ),
    (
        "漏油",
        "异响",
        "生锈",
        "尺寸超差",
        "毛刺",
        "发错货",
        "数量少",
        "颜色不对",
        "包装破损",
    ),
    (
        "供应商换人",
        "设备故障",
        "操作失误",
        "检具失效",
        "系统数据错",
        "运输颠簸",
        "天气潮湿",
    ),
    (
        "退货重做",
        "全检挑选",
        "补发",
        "调拨",
        "加班赶工",
        "通知客户",
        "让步接收",
        "返修",
    ),
    ("增加巡检", "更新作业指导书", "加防错", "培训员工"),
)
_EN = (
    ("Brake disc", "Control arm", "Forklift", "Invoice", "Microcontroller", "Bearing"),
    ("leaks", "makes noise", "rusted", "out of tolerance", "short by some", "late"),
    ("new worker", "machine down", "wrong gauge", "wet weather", "wrong colour"),
    ("rework", "sort all", "send again", "tell the customer", "work overtime"),
    ("add a check", "train people", "update the instruction", "poka-yoke"),
)


def other_cards(count):
    """Yield that many further cards, of the same parts, Chinese and English in turn.

    Each differs from the others, in its words or in its lot.
    """
    made = [list(product(*_ZH)), list(product(*_EN))]
    for number in range(count):
        rows = made[number % 2]
        lot, at = divmod(number // 2 * 7919, len(rows))
        part, fault, cause, steps, prevention = rows[at]
        yield Card(
            f"other{number}",
            f"{part}{fault if number % 2 == 0 else ' ' + fault} #{lot + 1}",
            cause,
            steps,
            prevention,
        )
