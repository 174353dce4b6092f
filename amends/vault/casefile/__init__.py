"""A dispute as one signed file: built here, checked by anybody with `verify_case_file.py` alone."""
