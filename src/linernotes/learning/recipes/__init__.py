"""The recipes, a module for each family; `linernotes.learning.recipe` finds them by name."""
