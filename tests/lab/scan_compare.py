#!/usr/bin/python3
"""scan_compare.py SETUP SWELL.jsonl TOOL.xml…: the versions and suites that `swell scan --format jsonl` saw, beside
those that nmap's ssl-enum-ciphers (nmap.xml) or sslscan (sslscan.xml) saw at the same port. Every difference is told;
one that is explained below is fine, each other one ends this with 1.
"""
import json
import os
import re
import sys
import xml.etree.ElementTree as xml

# (set-up, tool, version, what, who alone sees it, why). The first four are regular expressions for the whole word; what
# is a version's name for the version itself, else a suite: its IANA name for nmap, its number for sslscan.
KNOWN = (
    ('java-.*', 'sslscan', 'SSL 3.0', '0x.*', 'swell',
     'it only asks whether there is SSL 3.0; for its suites it would need an OpenSSL that speaks it'),
    ('openssl-client-certificate', 'sslscan', r'TLS 1\.[012]', '0x.*', 'swell',
     'it counts a suite when the whole handshake ends well, which it does not for a client without a certificate'),
    ('slapd-ldaps', 'sslscan', r'TLS 1\.[012]', '0x(0033|0039|009[ef]|c09[ef]|ccaa)', 'swell',
     'this server has DHE for clients that name a group of RFC 7919, and its hellos name one for TLS 1.3 alone'),
    ('gnutls-dh512', 'nmap', r'TLS 1\.[02]', r'TLS 1\.[02]', 'swell',
     'its hellos always name ffdhe2048, and RFC 7919, 4 forbids a server a group of its own then'),
)


def words(version):
    """`TLSv1.2`, `SSLv3`, `tls1.2` and `TLS 1.2` are one version."""
    kind, number = re.fullmatch(r'(SSL|TLS)[v ]?(\d(?:\.\d)?)', version.upper().replace('V', '')).groups()
    return f'{kind} {number if "." in number else number + ".0"}'


def number(id):
    return f'0x{int(id, 16):04x}'


def nmap_read(root):
    versions = {}
    for table in root.iterfind(".//script[@id='ssl-enum-ciphers']/table"):
        names = [e.text for e in table.iterfind("table[@key='ciphers']/table/elem[@key='name']")]
        if names:  # a version that it could begin, but without any suite, is none
            # Its own name for what has no key exchange in its name.
            versions[words(table.get('key'))] = {n.replace('_AKE_WITH_', '_') for n in names}
    return versions


def sslscan_read(root):
    versions = {}
    for protocol in root.iterfind('.//protocol[@enabled="1"]'):
        versions[words(protocol.get('type') + protocol.get('version'))] = set()
    for cipher in root.iterfind('.//cipher'):
        versions.setdefault(words(cipher.get('sslversion')), set()).add(number(cipher.get('id')))
    return versions


def swell_read(path, by):
    with open(path, encoding='utf-8') as file:
        endpoint = json.loads(file.readline())
    return {words(v['version']): {number(s['id']) if by == 'id' else s['name'] for s in v['suites']}
            for v in endpoint['versions'] if v['seen'] == 'accepted'}


def differences(ours, theirs):
    for version in sorted(ours.keys() | theirs.keys()):
        if version not in theirs:
            yield version, version, 'swell'
        elif version not in ours:
            yield version, version, 'tool'
        else:
            yield from ((version, s, 'swell') for s in sorted(ours[version] - theirs[version]))
            yield from ((version, s, 'tool') for s in sorted(theirs[version] - ours[version]))


def reason(setup, tool, version, what, who):
    for known in KNOWN:
        if known[4] == who and all(map(re.fullmatch, known[:4], (setup, tool, version, what))):
            return known[5]
    return None


def compare(setup, swell, path):
    tool = os.path.basename(path).split('.')[0]
    root = xml.parse(path).getroot()
    theirs = nmap_read(root) if tool == 'nmap' else sslscan_read(root)
    ours = swell_read(swell, 'name' if tool == 'nmap' else 'id')
    good = bool(ours)
    explained = {}
    for version, what, who in differences(ours, theirs):
        why = reason(setup, tool, version, what, who)
        alone = 'swell alone' if who == 'swell' else f'{tool} alone'
        if why:
            explained.setdefault((alone, version, why), []).append(what)
        else:
            good = False
            print(f'{setup}: {alone} sees {version} {"" if what == version else what}')
    for (alone, version, why), what in explained.items():
        print(f'{setup}: {alone} sees {version}: {", ".join(what)}: {why}')
    if not ours:
        print(f'{setup}: swell sees no TLS at all')
    count = sum(map(len, ours.values()))
    print(f'{setup}: {len(ours)} versions, {count} suites, {"" if good else "not "}as {tool}'
          f'{" but for that" if explained else ""}')
    return good


setup, swell, *tools = sys.argv[1:]
sys.exit(0 if all([compare(setup, swell, t) for t in tools]) else 1)
