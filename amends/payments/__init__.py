"""Money that moves outside: providers behind one small interface, and the job that works intents off."""
