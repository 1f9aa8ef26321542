"""Whether a web server could listen, and whether one answers: over bare sockets, so that the process which only watches stays small."""

import contextlib
import errno
import socket

from infra.processes import StartError


def require_free(host: str, port: int) -> None:
    """StartError when nothing can listen there: another program does, or the address isn't this machine's."""
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE):
            with socket.socket(family, kind, protocol) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that just ended are in nobody's way
                if family == socket.AF_INET6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                tried.bind(address)
                tried.listen()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise StartError(f"Port {port} on {host} is in use: stop the program that listens there, or set PORT to another.") from error
        raise StartError(f"Nothing can listen on port {port} of {host} ({error.strerror}): set HOST and PORT to others.") from error


def answers(host: str, port: int) -> bool:
    """Whether our web server answers there. It asks for one line and waits a second at most."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1) as connection:
        connection.sendall(b"GET /health/live HTTP/1.0\r\n\r\n")
        return connection.recv(12).endswith(b" 200")
    return False
