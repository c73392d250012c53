from . import test_inbound
from . import test_receive_http
from . import test_engine_likeness
from . import test_duplicates
from . import test_adapter_client
from . import test_adapter_shopify
