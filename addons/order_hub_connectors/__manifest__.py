{
    "name": "Order Hub Connectors",
    "summary": "Every channel into one pool of orders: nothing twice, nothing lost",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Order Hub",
    "license": "LGPL-3",
    "author": "Order Hub Contributors",
    "depends": [
        "order_hub",
        "queue_job",
    ],
    "external_dependencies": {"python": ["jmespath", "cryptography"]},
    "data": [
        "security/ir.model.access.csv",
        "security/order_hub_connectors_rules.xml",
        "data/queue_job_data.xml",
        "data/ir_cron_data.xml",
        "views/order_hub_inbound_views.xml",
        "views/order_hub_channel_views.xml",
        "views/order_hub_connectors_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "order_hub_connectors/static/src/**/*",
        ],
    },
    "pre_init_hook": "pre_init_hook",
}
