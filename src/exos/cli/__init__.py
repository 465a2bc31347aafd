"""The command line. `main` is the program."""

from __future__ import annotations

import sys

from exos.errors import BadParameter, BadSettings, ExosError


def main() -> None:
    """Run the command line. Exit code 0 good, 1 failed (one line and a next step on stderr), 2 bad usage."""
    from exos.cli import commands

    try:
        commands.app()
    except ExosError as error:
        print(f"error: {error.message}", file=sys.stderr)  # noqa: T201 - before any console stands
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)  # noqa: T201 - as above
        sys.exit(2 if isinstance(error, BadParameter | BadSettings) else 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
