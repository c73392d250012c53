from . import order_hub_daily_report
