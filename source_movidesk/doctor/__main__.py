"""`python -m source_movidesk.doctor`, the same as the console script."""

from source_movidesk.doctor.cli import main

if __name__ == "__main__":
    main()
