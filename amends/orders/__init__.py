"""The aggregate in PostgreSQL: one door (`handle`), one user of the rows (`store`)."""
