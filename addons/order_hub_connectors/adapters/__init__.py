"""One package a platform; importing this one makes them known."""

from . import base, registry
from . import alibaba, alibaba1688, amazon, taobao
from . import shopify, webhook, woocommerce
from . import table
from . import portal
from . import email
