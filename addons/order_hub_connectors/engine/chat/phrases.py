"""Words that messages are full of, and what they do to an order.

``FLAGS`` change what a message means (a question, a condition, a correction);
``SOFT`` means nothing to the order (greetings, thanks, verbs of ordering), so that
whatever is left unread after them is something that a person should see.
"""

import re


def _words(*lists: str) -> str:
    """Return an alternation of words, the longest first; latin ones stand alone."""
    words = sorted(
        {w for text in lists for w in text.split("|")}, key=len, reverse=True
    )
    han = [re.escape(w).replace(r"\ ", r"\s+") for w in words if not w[0].isascii()]
    latin = [re.escape(w).replace(r"\ ", r"\s+") for w in words if w[0].isascii()]
    parts = ["|".join(han)] if han else []
    if latin:
        parts.append(rf"(?<![a-z\d])(?:{'|'.join(latin)})(?![a-z\d])")
    return "|".join(parts)


def _flag(*lists: str) -> re.Pattern:
    return re.compile(_words(*lists))


#: Asks for a price, for stock or for news: no order by itself.
ASKS = _flag(
    "多少钱|什么价|啥价|价格多少|什么价格|价格|单价多少|价钱|报价|报个价|报下价|"
    "报一下价|怎么卖|"
    "怎么算|便宜点|优惠|折扣|打折|有没有货|有货吗|有货没|有货么|有没有现货|"
    "有现货吗|有现货|现货吗|"
    "还有货|库存|还有没有|有没有|还有吗|有吗|有么|缺货吗|多久|几天能|几天可以|"
    "几天到|几天|什么时候|"
    "啥时候|何时|什么时间|几号能|几号到|几点|到哪了|到哪里了|发了没|发了吗|"
    "发货了吗|发货没|到了吗|"
    "物流信息|快递单号|物流单号|运单号|查一下|查下|查询|进度|怎么样|好用吗|"
    "质量怎么|区别|哪个好|哪种|"
    "哪款|哪些|什么规格|什么型号|是什么|是多少|多少个|怎么|为什么|为啥|咋|起订量|"
    "起批|样品|目录|"
    "图片|对账|欠款|发票开了",
    "how much|how many|price|prices|pricing|quote|quotation|do you have|do you stock|"
    "do you sell|have you got|any stock|in stock|available|availability|when can|"
    "when will|how long|lead time|where is|tracking|what is|what's|which|catalog|"
    "catalogue|moq|discount|is there|are there|how about|status|eta|rfq|cost|sample|"
    "samples|interested in|wondering|enquiry|inquiry",
)
QUESTION = re.compile(
    r"[?？]|[吗]|么(?=[\s,，。!！]|$)|没有?(?=[\s,，。!！]*$)|呢(?=[\s?？]*$)|"
    + _words(
        "能不能|可不可以|可以不|行不行|可否|能否|是否|是不是|要不要|请问|问一下|"
        "问下|想问|咨询",
        "can you|could you|can we|can i|could we|would it be|is it possible|do you|"
        "did you",
    )
)
CONDITION = _flag(
    "如果|要是|假如|假设|若是|若有|如有|倘若|的话|有货就|有现货就|合适就|可以就|"
    "到了就|便宜就|"
    "除非|看情况|视情况|有多少|能发多少|不够就|不够的|没有就|没货就|没货|缺货|替代|"
    "代替|或者|或|"
    "要么|任选|随便|都行|都可以|不限",
    "if|in case|provided|subject to|depending|unless|or|otherwise|substitute|either|"
    "as many|whichever|whatever|any",
)
APPROX = re.compile(
    _words(
        "大概|大约|约莫|左右|差不多|上下|以上|以内|至少|最少|最多|不超过|不少于|"
        "不低于|起码|将近|"
        "接近|估计|多一点|少一点|多点|少点|一些|一点|若干|几个|适量|有多|足够|够用|"
        "来点",
        "about|around|approximately|approx|roughly|at least|up to|or so|max|maximum|"
        "min|minimum|maybe|some|a few|several|a couple|couple|few|a bit|enough|"
        "more or less|"
        "ish|many|lots|nearly|almost|between",
    )
    + r"|约(?=\s*[\d一二三四五六七八九十百千两几])|"
    r"(?<![\d\w])~(?=\s*\d)|(?<=[件个箱套只])多(?![发加])"
)
MAYBE = _flag(
    "可能|也许|考虑|暂定|待定|不确定|再说|再定|先看|等通知|等我|等一下|等等|先不|"
    "打算|准备|计划|"
    "预计|了解一下|看看|参考|预留|留着|先留|等确认|待确认|还没定|没定|回头|改天|"
    "商量|问问|打听|"
    "听说|假的|测试|试试|测一下|想想|犹豫|稍等|通知再|等电话|下次|以后|将来|先别|"
    "暂时|初步|意向|"
    "应该|好像|似乎|大家|估摸|看着办|你看|你定|您看|自己看",
    "might|probably|perhaps|thinking|think|not sure|tentative|tentatively|tbc|tbd|"
    "hold|wait|later|next time|considering|plan|planning|test|guess|forecast|estimate|"
    "looking for|looking|possibly|let you know|get back|confirm first|not yet|"
    "expected|expect|should",
)
PAST = _flag(
    "再发一遍|再发一次|重发一遍|重复|仓库有|我们有|我有|你们有|手上有|手里有|剩|收到|上次|上回|上批|上一批|上一单|"
    "上单|上个单|之前|以前|以往|刚才|刚刚|已经|已发|已收|已下|收到了|"
    "收到货|到货了|到了|发错|少发|漏发|错发|多发了|少了|坏了|坏的|破损|破了|质量|"
    "投诉|退换|换货|"
    "同上|照旧|老样子|一样|一致|还是那|老规矩|老地方|原来|昨天|前天|上周|上星期|"
    "上个月|上月|去年|"
    "有问题|不合格|补发|重发|返修|维修|返工|索赔|剩下|剩余|尾货|欠|余下|"
    "其余|没发的|没发|没收到|未收|未发|收到的|拿的|发的|送的|订的|下的|发过|买过|"
    "用完了|用过",
    "last time|last week|last month|last order|previous|previously|same as|same|usual|"
    "again|already|received|wrong|missing|broken|damaged|complaint|complain|refund|"
    "yesterday|as before|before|earlier|remaining|rest|balance|outstanding|ago|was|"
    "were|"
    "had|arrived|sent|bought|ordered|regular|repeat|as per|per our",
)
CORRECTS = _flag(
    "改成|改为|改到|改一下|改下|换成|换为|更正|纠正|修改|变更|调整|变成|不对|错了|"
    "打错|写错|"
    "说错|发错了|搞错|弄错|记错|看错|不是|而是|应为|应该是|更改|调到|调成|减到|"
    "加到|增加到|"
    "减少到|减为|增至|升到|变为|重新|以这个为准|为准|作废重|减少|少发|少要|撤回|"
    "口误|提前|推迟|延后|延期|改期|翻倍|翻一倍|翻番|加倍|减半|减一半|多一倍|少一半",
    "change|changed|correct|correction|instead|make it|make that|update|revise|revised|"
    "actually|i mean|i meant|sorry|rather|replace|amend|modify|mistake|typo|oops|"
    "scratch|"
    "reduce|decrease|increase|swap|adjust|less|minus|edit|double|halve|triple",
)
NEGATES = _flag(
    "不要|不用|不需要|不必|不买|不订|不定|不拿|不发|别发|别要|别送|不想要|取消|"
    "去掉|删掉|删除|删|"
    "撤销|撤单|撤掉|作废|退掉|退货|退了|退单|退|算了|除了|除去|除外|停|暂停|免了|"
    "没有|无需|拿掉|扣掉|不下|不加|不含|不带|莫|勿",
    "cancel|cancelled|canceled|remove|delete|don't|dont|do not|not|no|no longer|"
    "without|"
    "except|excluding|exclude|skip|drop|stop|never|none|nothing|forget|void|omit|"
    "cannot|"
    "can't|cant|won't|didn't|doesn't|isn't|haven't|leave out|nevermind|never mind",
)
ADDS = _flag(
    "再加上|再加|另加|追加|加上|加单|再来|再要|再发|再订|再补|再拿|再送|多加|多发|"
    "多要|多来|多拿|"
    "还要|另外要|另要|另外再|外加|增加|加|还需要|补单",
    "add|another|additional|extra|more|further|in addition|also add|on top",
)
EACH = re.compile(
    r"各自|各|每样|每种|每款|每个品种|分别|(?<![a-z])(?:each|apiece|"
    r"respectively)(?![a-z])"
)
TOTAL = re.compile(
    r"(?:一共|总共|共计|合计|总计|总数|总数量|合共|共|总|(?<![a-z])(?:in total|"
    r"totally|total"
    r"(?:\s+of)?|altogether|all together|sum)(?![a-z]))\s*(?:是|为|[:：=])?\s*"
)
#: Of things that leave the order as it is, said about packing, papers, delivery.
REMARKS = re.compile(
    "开票|发票|专票|普票|增票|税号|抬头|包装|打包|装箱|木箱|纸箱|木架|托盘|防水|"
    "防潮|防震|唛头|贴标|"
    "标签|中性|轻放|小心|勿压|易碎|倒置|自提|送货|送到|送去|送至|发到|发往|寄到|"
    "寄往|上门|物流|快递|"
    "顺丰|德邦|跨越|中通|圆通|韵达|申通|货运|专线|空运|海运|到付|运费|月结|现结|"
    "货到付款|账期|合格证|"
    "质检|检测报告|检验|报告|说明书|送货单|出货单|清单|回单|签收|电话联系|打电话|"
    "提前通知|提前联系|"
    "联系|收货|卸货|装车|仓库|工地|前台|门卫|保安|地址|收件|对账单|合同|盖章|备注|"
    "注明|写上|写明|"
    "注意|务必|保证|质量要|新货|新日期|日期新|生产日期|保质期|包好|包严|包紧|装好|"
    "分开装|分开包|"
    "混装|发货时|拍照|录像|拍视频|随货|随车|附|电子档|切块|切片|切成|去皮|加印|"
    "印字|印|logo|陆运|来拉|来取|来提|自取|来拿|含税|含运|税|msds|coa|套红|样张|"
    "箱单|箱外|外箱|厂里|店里|后门|槽车|罐车|混搭|"
    "已付|付款|放在|放到|交给|内盒|单独|独立|隔开|加固|"
    "(?<![a-z])(?:invoices?|packing|packed|pack\\s+(?:in|them|it|separately|well)|"
    "label|"
    "labels|labelled|deliver(?:y)?\\s+(?:to|note|address)|ship\\s+to|shipping|"
    "freight|courier|"
    "fedex|dhl|ups|certificate|manual|carefully|fragile|call\\s+(?:me|us|before)|"
    "warehouse|"
    "attn|receiving|dock|unloading|pallets?|wrap|wrapped|neutral|marks?)(?![a-z])"
)
REMARK_HEAD = re.compile(
    r"(?:备注|附注|说明|特别说明|注意|注|ps|p\.s\.?|remarks?|notes?|note "
    r"that)\s*[:：]\s*"
)
#: The order is asked for, not only named.
ORDERS = _flag(
    "我要|要|需要|需|想要|来|订|订购|定|定货|订货|下单|采购|购买|买|拿|发|发货|送|"
    "补货|补|报单|"
    "报货|开单|安排|备货|备|给我|帮我|出|进|进货|上|做|生产|带|寄|加|续",
    "need|needs|want|wants|order|orders|send|ship|deliver|supply|buy|purchase|get|"
    "please|pls|plz|require|would like|'d like|like|take|book|put|arrange|prepare|give",
)
CANCELS_ALL = re.compile(
    r"(?:全部?|都|整单|这单|这个单|该单|此单|订单|单子?|这张单|所有的?|今天的|"
    r"刚才的|刚下的单?|刚刚的)?"
    r"(?:全部?|都|先)?(?:不要|取消|作废|撤销|不订|不用发|别发|不用|不发|不下)(?:掉|"
    r"了|啦|吧|单)?"
    r"(?:订单|这单|这个单|整单|全部|所有)?(?:了|啦|吧|哈|哦)?"
    r"|(?:please\s+)?(?:cancel|scrap|void)\s+(?:(?:the|my|our|this|that|whole|"
    r"entire|all|of|"
    r"it|order|orders|everything|please|today's)\s*)+"
)
SOFT = re.compile(
    _words(
        "你好|您好|大家好|早上好|早安|上午好|中午好|下午好|晚上好|晚安|嗨|哈喽|"
        "哈罗|亲爱的|亲们|亲|"
        "老板娘|老板|掌柜|师傅|美女|帅哥|大哥|大姐|小哥|小姐姐|哥们|哥|姐|兄弟|"
        "老弟|朋友|客服|在吗|"
        "在不在|在么|在不|辛苦了|辛苦啦|辛苦|麻烦您了|麻烦你了|麻烦了|麻烦您|"
        "麻烦你|麻烦|劳驾|拜托|"
        "谢谢您|谢谢你|谢谢了|谢谢啦|谢谢|多谢|感谢|谢了|谢啦|非常感谢|好的呢|好的|"
        "好嘞|好哒|嗯嗯|嗯|"
        "收到请回复|请回复|没事|新年好|新年快乐|中秋快乐|国庆快乐|节日快乐|春节快乐|"
        "端午安康|恭喜发财|合作愉快|生意兴隆|祝您|祝你|祝|生活愉快|工作顺利|"
        "周末愉快|哈哈哈|哈哈|"
        "嘿嘿|呵呵|今天天气不错|天气不错|打扰了|打扰一下|打扰|不好意思|抱歉|请确认|"
        "确认一下|"
        "请查收|请安排|请知悉|请处理|安排一下|安排下|安排|处理一下|处理|帮忙|"
        "帮我们|帮我|帮下|帮|"
        "给我们|给我|给咱|我们公司|我司|我方|我厂|我店|我们店|我们|我|咱们|咱|你们|"
        "贵司|贵公司|你|您|"
        "俺|这边|我这边|这里|我这|本公司|本店|"
        "下个订单|下个单|下一单|下一个单|下订单|下单|下|报个单|报单|报货|报一下|"
        "报下|订货单|订货|"
        "订购单|订购|订单内容|订单如下|订单明细|订单|订一下|订个|订|定货|定|采购单|"
        "采购|购买|需求如下|"
        "需求|需要|想要|想|要货|还要|要一下|要个|要点|要|来一下|来个|来|拿点|拿|"
        "买点|买|进货|进点|进|发货|"
        "发过来|发给我们|发给我|发我|发一下|发个|发|送货|送过来|送来|送给我|送一下|"
        "送|补货|补个|补点|补|"
        "寄过来|寄|出货|出|做|生产|加工|开单|开|备货|备好|备|带|上|货品|货物|货|"
        "明细如下|清单如下|如下所示|如下|以下|下列|下面|这些|这个|这款|这种|这几样|"
        "几样|东西|商品名称|"
        "商品编码|商品|产品名称|产品编号|产品编码|产品型号|产品|品名|名称|型号|"
        "规格型号|规格|编码|编号|"
        "代码|料号|货号|物料|数量|数目|单位|订购数量|要货数量|采购数量|尽快安排|"
        "还有|另外|以及|然后|同时|并且|此外|再就是|还|再|和|及|跟|与|并|加|外加|"
        "就这些|就这样|先这些|先这样|没了|完毕|暂时这些|这样吧|就行了|就行|即可|"
        "就可以了|就可以|就好了|"
        "就好|可以了|可以|行了|行|谢|好|"
        "一起|一并|统一|大货|配|走|另|不好意思|这次|本次|今次|此次|这回|这批|先|就|"
        "也|都|请|给|把|将|是|为|到货|到|"
        "交货期|交货|我院|我校|我单位|本院|本校|需|"
        "的|了|吧|啊|呀|哦|哈|喔|啦|嘛|哟|呗|噢|哎|嘞|咯|诶|额|呃|哇|嘻|ok|个|能|"
        "去",
        "ciao|g'day|on site|hi|hello|hey|dear|good morning|good afternoon|"
        "good evening|good day|morning|"
        "afternoon|evening|sir|madam|team|friend|boss|mate|guys|all|there|"
        "please|pls|plz|kindly|thanks|thank you|thank u|thx|ty|cheers|many thanks|"
        "thanks a lot|thank you very much|thanks in advance|very much|so much|regards|"
        "best regards|br|best|ok|okay|yes|yeah|sure|great|fine|good|perfect|"
        "appreciated|"
        "i|we|i'd|we'd|i'll|we'll|i'm|we're|you|me|us|my|our|your|it|them|they|"
        "this|that|"
        "these|those|the|a|an|of|and|for|to|with|on|at|in|from|is|are|be|will|"
        "would|could|"
        "can|like|love|want|wants|need|needs|require|requires|order|orders|"
        "ordering|purchase|buy|"
        "buying|get|send|sending|ship|shipping|deliver|delivery|supply|give|take|have|"
        "put|place|placing|book|arrange|prepare|make|new|following|follows|as|"
        "below|here|"
        "let|just|also|too|then|so|now|well|list|items|item|product|products|goods|"
        "sku|code|part|number|model|qty|quantity|unit|units|name|description|"
        "next|by|before|us|po|purchase order|our order|order form|'d|'ll|"
        "hope|doing|are well|happy|wish|nice|day|weekend|from us|over|up|out|along|"
        "it's|its|"
        "noted|look forward|forward|understood|soon as possible|welcome",
    )
)
#: One character turns the meaning, unless it is the beginning of another word.
LONE_NEGATION = re.compile(
    r"冇|不(?!锈|粘|干胶|同|透|错|好意思|良|断)|别(?![克针墅])|未(?!来)|"
    r"非(?![标织金离])|没(?!药)|"
    r"无(?![纺缝铅氧碳线痕纸尘菌糖油害甲毒刷极])"
)
LONE_CORRECTION = re.compile(
    r"改(?![锥性良装])|减(?![震速压肥水阻])|错(?=[了啦，,。]|$)"
)
FLAGS = {
    "asks": ASKS,
    "question": QUESTION,
    "condition": CONDITION,
    "approx": APPROX,
    "maybe": MAYBE,
    "past": PAST,
    "corrects": CORRECTS,
    "negates": NEGATES,
    "adds": ADDS,
}
LONE_PAST = re.compile(
    r"[发订买送拿进做寄收定要](?:了|过)(?=\s*[\d一二三四五六七八九十百千两])"
)
LONE = {"past": LONE_PAST, "negates": LONE_NEGATION, "corrects": LONE_CORRECTION}
#: An order of what was ordered before: 老样子来一份, same as last time.
AS_BEFORE = re.compile(
    r"(?:[照按像跟和同与]|依照|参照|比照)着?(?:我们?的?)?"
    r"(?:上次|上回|上一?[单批]|上个单|之前|以前|以往|原来|平时|平常|往常|"
    r"老规矩|昨天|前天|上周|上个?月)|老样子|老规矩|照旧|"
    r"照常(?!营业|上班)|"
    r"还是(?:那些|那几样|原来的|老几样|上次的)|老几样|"
    r"(?<![a-z])(?:same (?:as|order)|the same again|as usual|the usual|usual order|"
    r"as last (?:time|week|month)|repeat (?:my|our|the|of)|re-?order|"
    r"as before)(?![a-z])"
)
#: What is said of goods that came, not of goods to come.
COMPLAINS = re.compile(
    r"收到|有问题|质量|坏|破|发错|漏发|少发|退|投诉|快递|物流|received|broken|damaged|wrong|"
    r"complain|refund"
)
#: Something is asked for without saying how much: 送点酱油, 酱油来点.
SOME_OF = re.compile(
    r"[送来拿发要订补寄带买进给]\s*(?:我们?|咱们?|店里)?\s*(?:些|点(?![\d钟半])|一点|一些|一批|几)|"
    r"(?<![a-z])(?:send|need|want|get|order|some|more)(?![a-z])"
)
GREETING = re.compile(
    _words(
        "你好|您好|早上好|上午好|下午好|晚上好|早|在吗|在不在|谢谢|多谢|感谢|好的|"
        "收到|嗯|ok|辛苦|"
        "新年好|新年快乐|节日快乐|哈喽|嗨|哈哈",
        "hi|hello|hey|thanks|thank you|good morning|good afternoon|ok|okay|thx|cheers",
    )
)
