"""Real orders from somebody's export: CSV, a zip of CSVs or JSON lines, read by a mapping file.

`importing.run` is the door; `mapping.load` reads the mapping. How to write one: docs/importing.md.
"""
