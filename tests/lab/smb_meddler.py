#!/usr/bin/python3
"""smb_meddler.py LISTEN TARGET ANSWER OFFSET MASK: a man in the middle on port 445. Passes everything on, but in the
ANSWERth message of the host (from 0) the byte at OFFSET (from the SMB header; below 0: from the end) is XORed with MASK.
Prints "ready" once it listens; ends when it is killed."""
import socket
import sys
import threading


def read_exactly(sock, n):
    data = b''
    while len(data) < n:
        more = sock.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def requests_pass(client, host):
    try:
        while data := client.recv(65536):
            host.sendall(data)
        host.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def answers_pass(host, client, answer, offset, mask):
    count = 0
    try:
        while True:
            head = read_exactly(host, 4)
            message = bytearray(read_exactly(host, int.from_bytes(head, 'big')))
            if count == answer:
                message[offset] ^= mask
            count += 1
            client.sendall(head + message)
    except (EOFError, OSError):
        client.close()


listen, target = sys.argv[1:3]
answer, offset, mask = (int(a, 0) for a in sys.argv[3:])
listener = socket.create_server((listen, 445))
print('ready', flush=True)
while True:
    client, _ = listener.accept()
    host = socket.create_connection((target, 445))
    threading.Thread(target=requests_pass, args=(client, host), daemon=True).start()
    threading.Thread(target=answers_pass, args=(host, client, answer, offset, mask), daemon=True).start()
