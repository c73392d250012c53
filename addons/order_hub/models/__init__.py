# building blocks
from . import order_hub_writer
from . import order_hub_plan
from . import order_hub_append_only
from . import order_hub_audited
from . import order_hub_document
from . import order_hub_condition

# configuration
from . import order_hub_order_type
from . import order_hub_flow
from . import order_hub_stage
from . import order_hub_gate
from . import order_hub_gate_stock
from . import order_hub_stage_action
from . import order_hub_channel
from . import order_hub_channel_partner
from . import order_hub_status_map
from . import order_hub_exception_kind
from . import order_hub_exception_owner
from . import order_hub_grade_scheme
from . import order_hub_shipping_constraint
from . import order_hub_quality_check
from . import order_hub_sourcing_policy
from . import order_hub_routing_ruleset
from . import order_hub_routing_rule

# records
from . import order_hub_stage_event
from . import order_hub_evidence
from . import order_hub_exception
from . import order_hub_grade
from . import order_hub_grade_history
from . import order_hub_change
from . import order_hub_decision

# services
from . import order_hub_supply
from . import order_hub_routing
from . import order_hub_routing_words
from . import order_hub_intake
from . import order_hub_api
from . import order_hub_wall

# the order
from . import sale_order
from . import sale_order_routing
from . import sale_order_history
from . import sale_order_facts
from . import sale_order_move
from . import sale_order_screen
from . import sale_order_address
from . import sale_order_portal
from . import sale_order_line

# native documents
from . import stock_move
from . import stock_picking
from . import mrp_production
from . import purchase_order
from . import account_move
from . import payment_transaction
from . import res_partner
