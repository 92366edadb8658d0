"""Readers: one module a kind of metadata file. A reader gives facts; it never decides what is made of them."""
