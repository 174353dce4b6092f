"""How each event changes the order: what happens to the parcel and the money, while bargaining, and afterwards."""
