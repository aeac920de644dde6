#!/usr/bin/python3
"""impacket_import.py HOST USER PASSWORD_FILE VALUES: writes the values over one connection, as impacket's reg.py add
does it one by one. VALUES has a line KEY<tab>NAME<tab>DWORD each, keys below HKLM."""
import sys

from impacket.dcerpc.v5 import rrp, transport

host, user, password_file, values = sys.argv[1:]
with open(password_file, encoding='utf-8') as file:
    password = file.readline().rstrip('\n')
pipe = transport.DCERPCTransportFactory(rf'ncacn_np:{host}[\pipe\winreg]')
pipe.set_credentials(user, password)
dce = pipe.get_dce_rpc()
dce.connect()
dce.bind(rrp.MSRPC_UUID_RRP)
hive = rrp.hOpenLocalMachine(dce)['phKey']
with open(values, encoding='utf-8') as file:
    for line in file:
        key, name, number = line.rstrip('\n').split('\t')
        handle = rrp.hBaseRegCreateKey(dce, hive, key + '\x00', dwOptions=0)['phkResult']
        rrp.hBaseRegSetValue(dce, handle, name + '\x00', rrp.REG_DWORD, int(number))
        rrp.hBaseRegCloseKey(dce, handle)
dce.disconnect()
