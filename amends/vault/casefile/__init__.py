"""A dispute as one signed file: built here, checked by anybody with `verify-case-file` alone."""
