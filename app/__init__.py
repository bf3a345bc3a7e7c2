"""Tận Nhà: the public post at the door for the electronic one-stop system.

Importing a rule from here must not load the web: this module imports nothing.
"""
