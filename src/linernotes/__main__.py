"""Lets ``python -m linernotes`` do what ``linernotes`` does."""

from linernotes.cli import main

if __name__ == "__main__":
    main()
