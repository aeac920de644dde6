#!/usr/bin/python3
"""tds_peer.py ADDRESS:PORT CERTIFICATE ENCRYPTION PACKET-SIZE: as much of SQL Server as a client needs to log in and to
ask for one number. A first byte 0x12 is TDS 7, whose TLS handshake is inside of packets of PACKET-SIZE; 0x16 is TDS
8.0, TLS first. ENCRYPTION is the answer to PRELOGIN. ADDRESS:PORT+1 speaks the same TLS without any TDS, for those who
only know that. MS-TDS 2.2.3.1, 2.2.6.4 (LOGIN7), 2.2.6.5 (PRELOGIN), 2.2.7 (tokens), 3.3.5.1.
"""
import socket
import ssl
import struct
import sys
import threading

PRELOGIN, REPLY, BATCH, LOGIN = 0x12, 4, 1, 0x10
END = 1
NOT_SUPPORTED = 2


def packet(kind, body, status=END):
    return struct.pack('>BBHHBB', kind, status, 8 + len(body), 0, 1, 0) + body


def packets(kind, body, size):
    pieces = [body[at:at + size - 8] for at in range(0, len(body), size - 8)]
    return b''.join(packet(kind, p, END if i == len(pieces) - 1 else 0) for i, p in enumerate(pieces))


def take(read, n):
    got = b''
    while len(got) < n:
        piece = read(n - len(got))
        if not piece:
            raise EOFError
        got += piece
    return got


def message(read):
    """One message of one or more packets: (kind, body)."""
    body = b''
    while True:
        kind, status, size = struct.unpack('>BBH', take(read, 8)[:4])
        body += take(read, size - 8)
        if status & END:
            return kind, body


def prelogin(encryption):
    values = (bytes((16, 0, 4, 61, 0, 0)), bytes((encryption,)), b'\0', b'', b'\0')  # VERSION … MARS
    at = 5 * len(values) + 1
    options = b''
    for token, value in enumerate(values):
        options += struct.pack('>BHH', token, at, len(value))
        at += len(value)
    return options + b'\xff' + b''.join(values)


def text(s):
    return struct.pack('B', len(s)) + s.encode('utf-16-le')


def login_ack():
    body = b'\x01\x74\x00\x00\x04' + text('Peer') + bytes((16, 0, 4, 61))
    return b'\xad' + struct.pack('<H', len(body)) + body + done(0, 0)


def done(status, rows):
    return b'\xfd' + struct.pack('<HHQ', status, 0xc1, rows)


def number(value):
    columns = struct.pack('<HIHB', 1, 0, 0, 0x38) + text('n')
    return b'\x81' + columns + b'\xd1' + struct.pack('<i', value) + done(0x10, 1)


class Peer:
    def __init__(self, certificate, encryption, size):
        self.encryption, self.size = encryption, size
        self.context = self.context_new(certificate)
        self.strict = self.context_new(certificate)
        self.strict.set_alpn_protocols(['tds/8.0'])
        # SQL Server has TLS 1.3 under TDS 8.0 alone.
        self.context.maximum_version = ssl.TLSVersion.TLSv1_2

    @staticmethod
    def context_new(certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers('ALL:@SECLEVEL=0')
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
        context.load_cert_chain(certificate)
        return context

    def shake_in_packets(self, client):
        came, going = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.context.wrap_bio(came, going, server_side=True)
        while True:
            try:
                tls.do_handshake()
                whole = True
            except ssl.SSLWantReadError:
                whole = False
            finally:
                client.sendall(packets(PRELOGIN, going.read(), self.size))
            if whole:
                return self.bare(client, tls, came, going)
            kind, body = message(client.recv)
            if kind != PRELOGIN:
                raise ValueError(f'a packet of type {kind} in the handshake')
            came.write(body)

    @staticmethod
    def bare(client, tls, came, going):
        """After the handshake TLS has no packets around it."""
        def read(n):
            while True:
                try:
                    return tls.read(n)
                except ssl.SSLWantReadError:
                    piece = client.recv(65536)
                    if not piece:
                        return b''
                    came.write(piece)

        def write(data):
            tls.write(data)
            client.sendall(going.read())
        return read, write

    def serve(self, client):
        client.settimeout(20)
        first = client.recv(1, socket.MSG_PEEK)
        if first == b'\x16':
            tls = self.strict.wrap_socket(client, server_side=True)
            read, write = tls.recv, tls.sendall
            self.answer_prelogin(read, write)
        elif first != bytes((PRELOGIN,)):
            raise ValueError(f'a first byte {first!r}')
        else:
            self.answer_prelogin(client.recv, client.sendall)
            if self.encryption == NOT_SUPPORTED:
                return
            read, write = self.shake_in_packets(client)
        while True:
            kind, _ = message(read)
            if kind not in (LOGIN, BATCH):
                raise ValueError(f'a packet of type {kind}')
            write(packet(REPLY, login_ack() if kind == LOGIN else number(42)))

    def answer_prelogin(self, read, write):
        kind, body = message(read)
        if kind != PRELOGIN or body[0] != 0:
            raise ValueError('no PRELOGIN')
        write(packet(REPLY, prelogin(self.encryption)))

    def serve_plain(self, client):
        client.settimeout(20)
        with self.context.wrap_socket(client, server_side=True) as tls:
            tls.recv(1)


def listen(address, port, serve):
    def talk(client):
        with client:
            try:
                serve(client)
            except (EOFError, OSError, ValueError) as e:
                print(repr(e), flush=True)

    def accept():
        while True:
            threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()
    server = socket.create_server((address, port), backlog=100)
    threading.Thread(target=accept).start()


where, certificate, encryption, size = sys.argv[1:]
address, port = where.rsplit(':', 1)
peer = Peer(certificate, int(encryption), int(size))
listen(address, int(port), peer.serve)
listen(address, int(port) + 1, peer.serve_plain)
