"""Linernotes inside the players and tools that people have: a module each, thin over the rest."""
