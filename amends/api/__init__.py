"""REST v1 and its OpenAPI document. It decides nothing: what may be done is `core.rights`, what is seen `sight`."""
