from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "amends.orders"
    label = "orders"
