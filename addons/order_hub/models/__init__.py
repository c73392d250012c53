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
from . import order_hub_approval_policy
from . import order_hub_approval_level
from . import order_hub_approval_delegation
from . import order_hub_approval_user
from . import order_hub_grade_scheme
from . import order_hub_queue_scheme
from . import order_hub_shipping_constraint
from . import order_hub_quality_check
from . import order_hub_complaint_cause
from . import order_hub_gate_quality
from . import order_hub_sourcing_policy
from . import order_hub_place
from . import order_hub_place_name
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
from . import order_hub_decision_tables
from . import order_hub_decision_history
from . import order_hub_complaint
from . import order_hub_order_check
from . import order_hub_order_check_result
from . import order_hub_rule_quality
from . import order_hub_approval
from . import order_hub_approval_step
from . import order_hub_approval_decision
from . import order_hub_approval_todo
from . import order_hub_approval_screen
from . import order_hub_approval_words
from . import order_hub_approval_exception
from . import order_hub_credit
from . import order_hub_credit_limits
from . import order_hub_credit_figures
from . import order_hub_credit_check
from . import order_hub_credit_marks
from . import order_hub_credit_cron
from . import order_hub_credit_grant
from . import order_hub_credit_grant_event
from . import order_hub_credit_gate
from . import order_hub_credit_decision
from . import order_hub_credit_company

# services
from . import order_hub_supply
from . import order_hub_sourcing
from . import order_hub_sourcing_documents
from . import order_hub_sourcing_words
from . import order_hub_stock_correction
from . import order_hub_queue
from . import order_hub_routing
from . import order_hub_routing_words
from . import order_hub_intake
from . import order_hub_api
from . import order_hub_api_decisions
from . import order_hub_complaint_api
from . import order_hub_carrier_words
from . import order_hub_wall

# the order
from . import sale_order
from . import sale_order_routing
from . import sale_order_overrule
from . import sale_order_sourcing
from . import sale_order_why
from . import sale_order_history
from . import sale_order_facts
from . import sale_order_move
from . import sale_order_screen
from . import sale_order_stock_scan
from . import sale_order_address
from . import sale_order_portal
from . import sale_order_line
from . import sale_order_line_sourcing
from . import sale_order_approval
from . import sale_order_approval_standing
from . import sale_order_approval_decision
from . import sale_order_approval_ask
from . import sale_order_approval_confirm
from . import sale_order_approval_change
from . import sale_order_approval_words
from . import order_hub_approval_band
from . import sale_order_credit
from . import sale_order_checks
from . import sale_order_carrier

# native documents
from . import stock_move
from . import stock_picking
from . import stock_warehouse
from . import stock_quant_sourcing
from . import mrp_production
from . import purchase_order
from . import delivery_carrier
from . import product_category
from . import product_template
from . import account_move
from . import account_move_credit
from . import payment_transaction
from . import res_partner
from . import res_partner_place
from . import order_hub_credit_sources
from . import sale_order_queue
from . import stock_move_queue
from . import stock_picking_queue
from . import stock_rule_queue
from . import sale_order_follow_up

# where two parts meet
from . import order_hub_credit_approval
