from . import order_hub_ecn_impact_report
