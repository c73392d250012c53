"""WooCommerce: webhooks in, REST API v3 both ways."""

from . import adapter
