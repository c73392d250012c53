"""Set-up and daily commands of the Order Hub project.

One file a concern; nothing but the standard library, because this code runs
before anything is installed. ``scripts/hub.py`` is the entry.
"""
