from django.apps import AppConfig


class WordsConfig(AppConfig):
    name = "amends.words"
    label = "words"
