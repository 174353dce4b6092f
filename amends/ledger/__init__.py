"""The books: the journal's table, which only grows, and the checks that hold it."""
