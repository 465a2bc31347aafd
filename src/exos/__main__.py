"""`python -m exos` is `exos`."""

from exos.cli import main

main()
