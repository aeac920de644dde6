#!/usr/bin/python3
"""registry_dump.py REGISTRY.TDB KEY: everything below KEY as Samba stores it, one line a key and one a value
("KEY<tab>NAME<tab>TYPE<tab>HEX"), sorted, so that two dumps are equal only if the registries are, to the byte.
Reads through Samba's tdbdump. A key that is not there is one line, "KEY<tab>absent"."""
import re
import struct
import subprocess
import sys


def unescape(text):
    """tdbdump writes \\XX for a byte that is not printable."""
    parts = re.split(rb'\\([0-9A-F]{2})', text)
    return b''.join(bytes.fromhex(p.decode()) if i % 2 else p for i, p in enumerate(parts))


def records(path):
    dump = subprocess.run(['tdbdump', path], check=True, capture_output=True).stdout
    pairs = re.findall(rb'^key\(\d+\) = "(.*)"\ndata\(\d+\) = "(.*)"$', dump, re.M)
    return {unescape(k).rstrip(b'\0'): unescape(d) for k, d in pairs}


def subkeys(data):
    return data[4:].split(b'\0')[:struct.unpack_from('<I', data)[0]]


def values(data):
    at = 4
    for _ in range(struct.unpack_from('<I', data)[0]):
        end = data.index(b'\0', at)
        kind, size = struct.unpack_from('<II', data, end + 1)
        yield data[at:end], kind, data[end + 9:end + 9 + size]
        at = end + 9 + size


def show(store, key):
    name = key.decode()
    if key.upper() not in store:
        print(f'{name}\tabsent')
        return
    print(name)
    data = store.get(b'SAMBA_REGVAL\\' + key.upper(), b'\0\0\0\0')
    for value, kind, content in sorted(values(data), key=lambda v: v[0].lower()):
        print(f'{name}\t{value.decode()}\t{kind}\t{content.hex()}')
    for child in sorted(subkeys(store[key.upper()]), key=bytes.lower):
        show(store, key + b'\\' + child)


show(records(sys.argv[1]), sys.argv[2].encode())
