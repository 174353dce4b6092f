"""Telling the world: messages from the outbox to whoever receives them, and reminders before deadlines."""
