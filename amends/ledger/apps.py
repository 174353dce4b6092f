from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "amends.ledger"
    label = "ledger"
