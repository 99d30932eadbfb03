"""Say in one line whether the demo can listen on a port: port_is_free.py PORT."""

import errno
import socket
import sys


def objection(text: str) -> str:
    """Why the demo cannot listen on port ``text`` of this machine; empty if it can."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        return f"PORT takes a number from 1 to 65535, not {text!r}."
    with socket.socket() as probe:
        # As the server itself does: a port that a stopped demo just left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {text} is taken, perhaps by another demo: make demo PORT={int(text) % 65535 + 1}"
            return f"Port {text} cannot be used: {error.strerror}."
    return ""


if __name__ == "__main__":
    sys.exit(objection(sys.argv[1]) or 0)
