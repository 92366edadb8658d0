"""`python -m cdkit`, the same as the console script."""

from cdkit.cli.entry import main

if __name__ == "__main__":
    main()
