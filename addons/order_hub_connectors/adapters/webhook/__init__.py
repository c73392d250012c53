"""Signed webhooks of whatever system can send one."""

from . import adapter
