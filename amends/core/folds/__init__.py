"""How each event changes the order: one chapter for the order, one for bargaining and mediator, one for what comes after."""
