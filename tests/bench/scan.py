"""What a port speaks: `swell scan` beside sslscan and nmap's ssl-enum-ciphers, on one nginx with TLS 1.0 to 1.3 and all
suites that OpenSSL has for it; on loopback, and over a slow line. Then very many endpoints, versions only."""
import os
import re
import socket
import subprocess
import time

from bench import HERE, SlowLine, best, measure, ratio, table

PORT = 4443
ADDRESS, SLOW = '127.51.30.1', '127.51.30.2'
HEADS = ('', 'wall s', 'CPU s', 'suites', 'of sslscan:', 'wall', 'of nmap:', 'wall')
CONF = '''worker_processes 2;
daemon off;
pid {work}/nginx.pid;
error_log {work}/nginx.log crit;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;
  uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
  server {{
    {listen}
    ssl_certificate {work}/cert; ssl_certificate_key {work}/key; ssl_dhparam {work}/dh;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    ssl_ciphers ALL:@SECLEVEL=0;
  }}
}}
'''


class Line(SlowLine):
    """The same with our port."""

    def __init__(self, listen, target, delay_ms, work):
        super().__init__(listen, target, delay_ms, work)
        self.command = [os.path.join(HERE, 'slow_line'), f'{listen}:{PORT}', f'{target}:{PORT}', str(delay_ms)]


class Nginx:
    """On these addresses, for as long as the block lasts."""

    def __init__(self, work, addresses):
        self.work, self.addresses, self.process = work, addresses, None
        if not os.path.exists(f'{work}/cert'):
            self.make('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=bench',
                      '-keyout', f'{work}/key', '-out', f'{work}/cert')
            self.make('dhparam', '-dsaparam', '-out', f'{work}/dh', '2048')

    @staticmethod
    def make(*words):
        subprocess.run(['openssl', *words], check=True, capture_output=True)

    def __enter__(self):
        conf = f'{self.work}/nginx.conf'
        with open(conf, 'w', encoding='ascii') as file:
            file.write(CONF.format(work=self.work, listen=' '.join(f'listen {a}:{PORT} ssl;' for a in self.addresses)))
        self.process = subprocess.Popen(['nginx', '-c', conf], stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while not self.answers():
            if time.monotonic() > end or self.process.poll() is not None:
                raise SystemExit('nginx did not begin')
        return self

    def answers(self):
        with socket.socket() as s:
            return s.connect_ex((self.addresses[-1], PORT)) == 0

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def suites_of(name, words):
    if name.startswith('sslscan'):
        return len(re.findall(r'^(?:Accepted|Preferred)', words, re.M))
    if name.startswith('nmap'):
        return len(re.findall(r'^\|\s+TLS_', words, re.M))
    return len(re.findall(r'^[^,\n]*(?:,[^,\n]*)*,suite,', words, re.M)) or words.count('"openssl"')


def one_endpoint(options, work):
    with Nginx(work, [ADDRESS]):
        for delay in options.scan_delays:
            address = SLOW if delay else ADDRESS
            commands = {'swell scan': [options.swell, 'scan', f'{address}:{PORT}', '--format', 'json'],
                        'sslscan': ['sslscan', '--no-colour', f'{address}:{PORT}'],
                        'nmap ssl-enum-ciphers': ['nmap', '-Pn', '-n', '-p', str(PORT), '--script', 'ssl-enum-ciphers',
                                                  address]}
            found = {}
            with Line(SLOW, ADDRESS, max(delay, 1) / 2, work):
                for _ in range(options.repeat):
                    for name, command in commands.items():
                        found.setdefault(name, []).append(measure([command], env={'SWELL_DB': f'{work}/none.db'}))
            sslscan, nmap = (best(found[name]).wall for name in ('sslscan', 'nmap ssl-enum-ciphers'))
            rows = []
            for name, costs in found.items():
                c = best(costs)
                rows.append((name, f'{c.wall:.3f}', f'{c.cpu:.3f}', suites_of(name, c.words[0]), '',
                             ratio(c.wall, sslscan), '', ratio(c.wall, nmap)))
            where = f'{delay} ms a round trip' if delay else 'loopback'
            table(f'one endpoint, TLS 1.0 to 1.3 and all suites, {where}', HEADS, rows)


def many_endpoints(options, work):
    n = options.endpoints
    addresses = [f'127.51.{40 + i // 250}.{1 + i % 250}' for i in range(n)]
    with Nginx(work, addresses):
        command = [options.swell, 'scan', '--only-versions', '--format', 'csv', *(f'{a}:{PORT}' for a in addresses)]
        c = best([measure([command], env={'SWELL_DB': f'{work}/none.db'}) for _ in range(options.repeat)])
    if c.failures:
        raise SystemExit(f'the bench cannot go on: {c.failures[0]}')
    accepted = c.words[0].count('accepted')
    table(f'{n} endpoints, versions only', ('', 'wall s', 'CPU s', 'memory MB', 'versions accepted'),
          [('swell scan --only-versions', f'{c.wall:.2f}', f'{c.cpu:.2f}', f'{c.rss_kb / 1024:.0f}', accepted)])


def options_add(parser):
    parser.add_argument('--scan-delays', type=int, nargs='+', default=[0, 50], metavar='MS',
                        help='round trips of the slow line before the endpoint; 0: none (0 50)')
    parser.add_argument('--endpoints', type=int, default=1000, help='that are asked for versions at once (1000)')


def run(options, work):
    place = os.path.join(work, 'scan')
    os.mkdir(place)
    one_endpoint(options, place)
    many_endpoints(options, place)
