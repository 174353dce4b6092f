"""Drives the core: policy checker, simulator, rehearsal. Needs no Django."""
