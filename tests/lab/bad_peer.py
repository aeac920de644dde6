#!/usr/bin/python3
"""bad_peer.py ADDRESS WAY…: a host on port 445 that goes wrong, until it is ended. It prints a line when it listens, and a
relay one with all the bytes that it has passed on when a connection ends.
    silent                     takes the connection and never says a word
    lying                      answers with a length of 16 MB and 100 bytes
    relay TO cut-after N       passes all on to the host TO, but cuts the connection when it has passed N bytes, once
    relay TO cut-off N         the same, and every later connection too
    relay TO lose-answer PATH  cuts it, once, instead of passing on the first answer after PATH came to be
    relay TO lose-request TEXT cuts it, once, instead of passing on a request with this TEXT (as UTF-16) in it"""
import os
import selectors
import socket
import struct
import sys


class Cut(Exception):
    pass


class Relay:
    """One connection at a time is enough: Swell has one a step, and each relay stands for one host."""

    def __init__(self, to, way, what):
        self.to, self.way, self.what = to, way, what
        self.passed, self.done = 0, False

    def look(self, data, from_client):
        """What is passed on of these bytes; Cut when that is all."""
        if self.done:
            return data
        if self.way in ('cut-after', 'cut-off') and self.passed + len(data) > int(self.what):
            self.done = True
        if self.way == 'lose-answer' and not from_client and os.path.exists(self.what):
            self.done = True
        if self.way == 'lose-request' and from_client and self.what.encode('utf-16-le') in data:
            self.done = True
        if self.done:
            raise Cut
        self.passed += len(data)
        return data

    def serve(self, client):
        if self.done and self.way == 'cut-off':
            raise Cut
        with socket.create_connection((self.to, 445)) as server:
            ways = selectors.DefaultSelector()
            for sock in client, server:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ways.register(client, selectors.EVENT_READ, server)
            ways.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ways.select():
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    key.data.sendall(self.look(data, key.fileobj is client))


def reset(sock):
    """The end of a connection as a broken path makes it: RST, nothing that was under way arrives."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))


def lie(sock):
    sock.recv(65536)
    sock.sendall(b'\0\xff\xff\xff' + b'\xfeSMB' + bytes(96))


def serve(client, way, relay, held):
    try:
        if relay:
            relay.serve(client)
        else:
            if way == 'lying':
                lie(client)
            held.append(client)
            return
    except Cut:
        reset(client)
    except OSError:
        pass
    client.close()
    print(relay.passed if relay else 0, flush=True)


def main(address, way, *rest):
    held = []
    relay = Relay(*rest) if way == 'relay' else None
    with socket.create_server((address, 445)) as listener:
        print('listens', flush=True)
        while True:
            serve(listener.accept()[0], way, relay, held)


main(*sys.argv[1:])
