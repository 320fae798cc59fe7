"""Our own recipes: `ours` for classes, `numbers` for numbers; `learning.recipe` finds them."""
