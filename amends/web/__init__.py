"""Pages: for now one plain look at the demonstration, and a page that says what runs here."""
