{
    "name": "Order Hub Alerts",
    "summary": "Trouble seen two days early, told to the right person, learned from",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Order Hub",
    "license": "LGPL-3",
    "author": "Order Hub Contributors",
    "depends": [
        "order_hub",
        "maintenance",
    ],
    "external_dependencies": {"python": ["cryptography"]},
    "data": [
        "security/ir.model.access.csv",
        "security/order_hub_alerts_rules.xml",
        "views/order_hub_alerts_menus.xml",
        "views/order_hub_warning_views.xml",
        "views/order_hub_warning_rule_views.xml",
        "views/order_hub_warning_roster_views.xml",
    ],
    "pre_init_hook": "pre_init_hook",
}
