# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``python -m poststelle``: the command line with everything composed behind it."""

import sys


def main() -> None:
    """Run one command and end the process with its exit code.

    The test tool for S/MIME is loaded without the gateway, which is twice its size and takes three times as long.
    """
    if sys.argv[1:2] == ["smime"]:
        from poststelle.compose.smime import run_alone as run  # noqa: PLC0415 - the rest is not loaded
    else:
        from poststelle.compose.commands import run_any as run  # noqa: PLC0415 - as above
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
