#!/usr/bin/python3
"""server_guid.py ADDRESS: the ServerGuid that an SMB2 server gives in its NEGOTIATE response (MS-SMB2 2.2.3, 2.2.4)."""
import socket
import struct
import sys


def receive(sock, size):
    data = b''
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            sys.exit('the connection ended early')
        data += more
    return data


header = b'\xfeSMB' + struct.pack('<HHIHHIIQIIQ16x', 64, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
body = struct.pack('<HHHHI16sQH', 36, 1, 1, 0, 0, bytes(16), 0, 0x0210)
with socket.create_connection((sys.argv[1], 445), timeout=10) as s:
    s.sendall(struct.pack('>I', len(header + body)) + header + body)
    answer = receive(s, struct.unpack('>I', receive(s, 4))[0])
print(answer[64 + 8:64 + 24].hex())
