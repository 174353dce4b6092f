"""Stories: one order's life as a table of instants; the specification that runs."""
