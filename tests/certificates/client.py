"""Verifies a server as Python's ssl does: client.py PORT NAME CA-FILE. Prints `ok`, or the error."""

import socket
import ssl
import sys

port, name, file = sys.argv[1:]
try:
    context = ssl.create_default_context(cafile=file)
    with socket.create_connection(("127.0.0.1", int(port))) as plain:
        with context.wrap_socket(plain, server_hostname=name) as tls:
            tls.send(b"GET / HTTP/1.0\r\n\r\n")
            tls.recv(1)
    print("ok")
except (OSError, ValueError) as error:
    print(error)
