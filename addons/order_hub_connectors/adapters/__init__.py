"""One package a platform; importing this one makes them known."""

from . import base, registry
