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
        "data/order_hub_risk_model_data.xml",
        "views/order_hub_risk_model_views.xml",
        "data/order_hub_message_cron_data.xml",
        "views/order_hub_message_views.xml",
        "views/order_hub_robot_views.xml",
        "data/order_hub_indicator_data.xml",
        "data/order_hub_indicator_cron.xml",
        "views/order_hub_indicator_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "order_hub_alerts/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "order_hub_alerts/static/tests/**/*.test.js",
        ],
    },
    "pre_init_hook": "pre_init_hook",
}
