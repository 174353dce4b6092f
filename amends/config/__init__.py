"""How this process is set up: everything comes from the environment, and nonsense is said aloud at the start."""
