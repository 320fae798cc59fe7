"""Schemas of the API's answers, for its description (OpenAPI): a module a part of the API."""
