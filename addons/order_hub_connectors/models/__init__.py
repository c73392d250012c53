# The order matters: what a class inherits from comes first.
from . import order_hub_channel_parameter
from . import order_hub_channel_parameter_files
from . import order_hub_channel_parameter_marketplaces
from . import order_hub_channel_parameter_shops
from . import order_hub_channel_adapter
from . import order_hub_channel_recipient
from . import order_hub_channel_state
from . import order_hub_channel_work
from . import order_hub_channel_pull
from . import order_hub_inbound
from . import order_hub_inbound_repeat
from . import order_hub_inbound_seen
from . import order_hub_inbound_problem
from . import order_hub_inbound_correction
from . import order_hub_inbound_receive
from . import order_hub_inbound_claim
from . import order_hub_inbound_process
from . import order_hub_inbound_result
from . import order_hub_inbound_words
from . import order_hub_inbound_place_words
from . import order_hub_inbound_parse
from . import order_hub_inbound_clean
from . import order_hub_inbound_submit
from . import order_hub_inbound_screen
from . import order_hub_inbound_waiting
from . import order_hub_channel_text
from . import sale_order
from . import order_hub_likeness
from . import order_hub_likeness_search
from . import order_hub_likeness_facts
from . import res_partner_likeness
from . import sale_order_likeness
from . import order_hub_channel_duplicates
from . import order_hub_inbound_facts
from . import order_hub_inbound_likeness
from . import order_hub_duplicate
from . import order_hub_duplicate_decision
from . import order_hub_duplicate_decide
from . import order_hub_duplicate_sweep
from . import order_hub_duplicate_screen
from . import order_hub_inbound_duplicates
from . import order_hub_inbound_repeats
from . import order_hub_mapping
from . import order_hub_mapping_rows
from . import order_hub_mapping_line
from . import order_hub_mapping_table
from . import order_hub_mapping_table_row
from . import order_hub_mapping_lookup
from . import order_hub_mapping_words
from . import order_hub_channel_mapping
from . import order_hub_inbound_map
from . import order_hub_inbound_trial

# outward, and changes that come in
from . import sale_order_line
from . import order_hub_status_out
from . import order_hub_outbox
from . import order_hub_outbox_tell
from . import order_hub_outbox_send
from . import order_hub_stage_event
from . import stock_picking
from . import order_hub_stock_dirty
from . import order_hub_stock_asked
from . import order_hub_channel_stock
from . import order_hub_channel_outward
from . import order_hub_channel_stock_level
from . import order_hub_channel_stock_send
from . import stock_quant
from . import order_hub_applied
from . import order_hub_inbound_follow
from . import order_hub_inbound_cancel
from . import order_hub_inbound_change
from . import order_hub_inbound_return
from . import order_hub_inbound_refund
from . import order_hub_inbound_paid
from . import order_hub_inbound_shipped
from . import order_hub_inbound_stock

# products, bundles, duty
from . import product_trigram
from . import order_hub_channel_product
from . import order_hub_channel_products
from . import order_hub_bundle
from . import order_hub_bundle_line
from . import order_hub_product_finder
from . import order_hub_unit_finder
from . import order_hub_duty_table
from . import order_hub_duty_rate
from . import order_hub_duty
from . import order_hub_duty_words
from . import order_hub_unknown_sku
from . import order_hub_inbound_products
from . import order_hub_inbound_bundles
from . import order_hub_inbound_duty
from . import order_hub_inbound_problem_products
from . import sale_order_duty
from . import sale_order_line_bundle

# customers and addresses
from . import order_hub_channel_customer
from . import order_hub_customer_key
from . import order_hub_customer_finder
from . import order_hub_country_finder
from . import order_hub_inbound_address
from . import order_hub_inbound_customer
from . import order_hub_inbound_customer_words
from . import order_hub_inbound_address_screen

# customers who order themselves
from . import order_hub_channel_portal
from . import order_hub_portal_order
from . import order_hub_portal_reorder
from . import sale_order_reorder

# after customers: what they leave open is taken from history
from . import order_hub_inbound_history

# orders by e-mail
from . import order_hub_channel_email
from . import order_hub_inbound_email

# how sure it is what was understood
from . import order_hub_channel_certain
from . import order_hub_inbound_evidence

from . import order_hub_channel_broken
from . import order_hub_channel_reconciliation
from . import order_hub_reconciliation
from . import order_hub_reconciliation_item
from . import order_hub_reconciliation_line
from . import order_hub_reconciliation_total
from . import order_hub_reconciliation_work
from . import order_hub_reconciliation_compare
from . import order_hub_inbound_indexes
from . import order_hub_intake_monitor
from . import order_hub_intake_monitor_figures
from . import order_hub_bundle_stock
from . import picture
from . import system
from . import card
from . import history

# messages that people write
from . import chat
from . import erp
from . import order_hub_workbook_words
