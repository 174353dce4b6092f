"""The pages, a chapter a file; each says its own addresses in `urlpatterns`."""
