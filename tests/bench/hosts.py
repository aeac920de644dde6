"""Windows-like hosts for measurements: one smbd each, on an address of its own, its registry in memory."""
import os
import shutil
import signal
import subprocess
import time

CONF = '''[global]
 workgroup = FLEET
 netbios name = BENCH
 server role = standalone server
 interfaces = {address}/8
 bind interfaces only = {only}
 smb ports = 445
 private dir = {home}/private
 lock directory = {home}/lock
 state directory = {home}/state
 cache directory = {home}/cache
 pid directory = {home}/pid
 ncalrpc dir = {home}/ncalrpc
 winbindd socket directory = {home}/winbindd
 log file = {home}/log
 disable spoolss = yes
 load printers = no
 server signing = mandatory
'''
FOLDERS = ('private', 'lock', 'state', 'cache', 'pid', 'ncalrpc', 'winbindd')
SEED = os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'lab', 'seed.reg')
# What the values to be written lie in. Deleted, a host is again as it was made.
WRITTEN = (r'HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders', r'HKLM\SOFTWARE\Microsoft\.NETFramework',
           r'HKLM\SOFTWARE\Wow6432Node\Microsoft\.NETFramework')


def quiet(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options)


class Host:
    def __init__(self, home, address, everywhere=False):
        self.home, self.address = home, address
        self.conf = os.path.join(home, 'smb.conf')
        for folder in FOLDERS:
            os.makedirs(os.path.join(home, folder))
        with open(self.conf, 'w', encoding='utf-8') as file:
            file.write(CONF.format(home=home, address=address, only='no' if everywhere else 'yes'))

    def set_up(self, password):
        words = f'{password}\n{password}\n'.encode()
        done = quiet('smbpasswd', '-c', self.conf, '-s', '-a', 'root', input=words)
        if done.returncode:
            raise SystemExit(f'smbpasswd: {done.stdout.decode()}')
        self.seed()

    def set_up_like(self, other):
        for folder, name in (('private', 'passdb.tdb'), ('private', 'secrets.tdb'), ('state', 'registry.tdb')):
            shutil.copy(os.path.join(other.home, folder, name), os.path.join(self.home, folder, name))

    def seed(self):
        done = quiet('net', '-s', self.conf, 'registry', 'import', SEED)
        if done.returncode:
            raise SystemExit(f'net registry import: {done.stdout.decode()}')

    def put_back(self):
        for key in WRITTEN:
            quiet('net', '-s', self.conf, 'registry', 'deletekey_recursive', key)
        self.seed()

    def start(self):
        done = quiet('smbd', '-s', self.conf, '-D', env={**os.environ, '_NO_WINBINDD': '1'}, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise SystemExit(f'smbd: {done.stdout.decode()}')

    def wake(self, auth):
        """Waits until it answers on the registry's pipe, so that nobody pays for the starting of its services."""
        end = time.monotonic() + 60
        while quiet('net', 'rpc', 'registry', 'enumerate', r'HKLM\SOFTWARE', '-I', self.address, '-A',
                    auth).returncode:
            if time.monotonic() > end:
                raise SystemExit(f'{self.address} does not answer')

    def stop(self):
        with open(os.path.join(self.home, 'pid', 'smbd.pid'), encoding='ascii') as file:
            os.kill(int(file.read()), signal.SIGTERM)
        with open(os.path.join(self.home, 'pid', 'samba-dcerpcd.pid'), encoding='ascii') as file:
            os.kill(int(file.read()), signal.SIGTERM)
