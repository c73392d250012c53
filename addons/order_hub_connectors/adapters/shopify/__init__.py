"""Shopify: webhooks in, GraphQL Admin API out."""

from . import adapter
