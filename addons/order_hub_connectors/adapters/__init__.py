"""One package a platform; importing this one makes them known."""

from . import base, registry
from . import alibaba, alibaba1688, amazon, taobao
from . import shopify, webhook, woocommerce
from . import table
from . import portal
from . import card
from . import chat, dingtalk, wecom
from . import email
from . import picture
from . import erp
