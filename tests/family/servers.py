#!/usr/bin/env python3
"""The peers that the monitoring systems check: every protocol of the family, well and unwell.

    servers.py DIRECTORY

The address says how a server behaves, the port what it speaks. DIRECTORY has the certificates
good.pem, expired.pem and ending.pem, each with its key; socket files are made there, and `ready`
once every server listens.
"""

import asyncio
import ssl
import sys
from pathlib import Path

# What each port says first, or answers to what it was sent; TLS from the first byte or none.
GREETINGS = {
    7: (b"TCP ready\r\n", False),
    21: (b"220 FTP ready\r\n", False),
    23: (b"\xff\xfd\x18login: ready", False),
    110: (b"+OK POP ready\r\n", False),
    119: (b"200 NNTP ready\r\n", False),
    143: (b"* OK IMAP ready\r\n", False),
    443: (b"TCP ready\r\n", True),
    465: (b"220 SMTP ready\r\n", True),
    563: (b"201 NNTP ready\r\n", True),
    990: (b"220 FTP ready\r\n", True),
    993: (b"* OK IMAP ready\r\n", True),
    995: (b"+OK POP ready\r\n", True),
}
ANSWERS = {
    3310: (b"PONG\n", False),
    3311: (b"PONG\n", True),
    5222: (b"<?xml version='1.0'?><stream:stream ready>", False),
    # Only to whole lines, so that it shows what became of `\\n`.
    1007: (b"TCP ready\r\n", False),
}
# Another place for each, which a variable gives.
GREETINGS |= {port + 2000: GREETINGS[port] for port in (21, 110, 143, 465, 993, 995)}

WRONG = b"421 busy\r\n"
SECONDS_OF_SLOWNESS = 3
SECONDS_BETWEEN_PARTS = 0.4
# At the `.3` of the checks nobody listens.
BEHAVIOURS = {
    "127.0.0.1": "well",
    "::1": "well",
    "127.0.0.2": "slow",
    "127.0.0.4": "silent",
    "127.0.0.5": "wrong",
    "127.0.0.6": "hangup",
    "127.0.0.7": "expired",
    "127.0.0.8": "ending",
    "127.0.0.9": "split",
    "127.0.0.10": "stalled",
}


def context(directory, behaviour):
    name = behaviour if behaviour in ("expired", "ending") else "good"
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(directory / f"{name}.pem", directory / f"{name}.key")
    return made


async def serve(reader, writer, behaviour, reply, answers, by_line):
    if answers and behaviour not in ("hangup", "silent"):
        heard = await (reader.readline() if by_line else reader.read(1024))
        if not heard:
            return
    if behaviour == "slow":
        await asyncio.sleep(SECONDS_OF_SLOWNESS)
    if behaviour == "wrong":
        writer.write(WRONG)
    elif behaviour in ("split", "stalled"):
        writer.write(reply[:2])
        if behaviour == "split":
            await writer.drain()
            await asyncio.sleep(SECONDS_BETWEEN_PARTS)
            writer.write(reply[2:])
    elif behaviour not in ("hangup", "silent"):
        writer.write(reply)
    await writer.drain()
    if behaviour != "hangup":
        # Until the peer leaves: a close over unread bytes would reset its connection.
        while await reader.read(1024):
            pass


def handler(*how):
    async def handle(reader, writer):
        try:
            await serve(reader, writer, *how)
        except (OSError, ssl.SSLError):
            pass
        finally:
            writer.close()

    return handle


async def mute(_, writer):
    """Accepts, and does not even begin a handshake."""
    try:
        await writer.drain()
        await asyncio.sleep(60)
    finally:
        writer.close()


async def main(directory):
    for address, behaviour in BEHAVIOURS.items():
        tls = context(directory, behaviour)
        for replies, answers in ((GREETINGS, False), (ANSWERS, True)):
            for port, (reply, secure) in replies.items():
                how = handler(behaviour, reply, answers, port == 1007)
                if secure and behaviour == "silent":
                    await asyncio.start_server(mute, address, port)
                else:
                    await asyncio.start_server(how, address, port, ssl=tls if secure else None)
    for name, (port, replies) in {"clamd": (3310, ANSWERS), "tcp": (7, GREETINGS)}.items():
        reply, _ = replies[port]
        path = directory / f"{name}.sock"
        await asyncio.start_unix_server(handler("well", reply, replies is ANSWERS, False), path)
        path.chmod(0o777)
    (directory / "ready").touch()
    await asyncio.Event().wait()


asyncio.run(main(Path(sys.argv[1])))
