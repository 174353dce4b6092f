"""The embedded PostgreSQL of a first run, and the way to one that runs elsewhere.

    with running(Path("var")) as address:      # started, or found; stopped by the last to leave
        psycopg.connect(address.dsn)

    Server(Path("var")).start()                # stays until stop(): `amends db start`
    url.read(os.environ["DATABASE_URL"])       # somebody else's, 15 or newer

See docs/database.md.
"""

from .faults import Unusable
from .folder import default_data
from .server import Address, Server, State, Status, running
from .url import Target

__all__ = ["Address", "Server", "State", "Status", "Target", "Unusable", "default_data", "running"]
