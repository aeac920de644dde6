"""22 values of the remote registry: Swell's plan and apply beside `net rpc registry import` and impacket, which read
nothing before and nothing back. One host over a slow line; many hosts on loopback; very many at once."""
import os
import shutil

import hosts
from bench import HERE, SlowLine, best, measure, ratio, table

PLAYBOOK = os.path.join(HERE, '..', '..', 'playbooks', 'library', 'k2-maximum.yaml')
HEADS = ('', 'turns', 'wall s', 'CPU s', 'of net rpc:', 'turns', 'wall', 'CPU')


class Registry:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.password_file = os.path.join(work, 'password')
        self.auth = os.path.join(work, 'auth')
        with open(self.password_file, 'w', encoding='ascii') as file:
            file.write('Bench-Pass-1\n')
        with open(self.auth, 'w', encoding='ascii') as file:
            file.write('username = root\npassword = Bench-Pass-1\n')
        self.playbook = os.path.join(work, 'values.yaml')
        self.reg = os.path.join(work, 'values.reg')
        self.lines = os.path.join(work, 'values.txt')
        os.chmod(self.password_file, 0o600)
        self.values_write()

    def values_write(self):
        """The library's playbook, but without restart and handshakes: what is measured is the registry."""
        with open(PLAYBOOK, encoding='utf-8') as file:
            text = file.read().split('\nverify:')[0]
        with open(self.playbook, 'w', encoding='utf-8') as file:
            for line in text.splitlines():
                print(line, file=file)
                if line.startswith('    values:'):
                    print('    effect: none', file=file)
        cost = measure([[self.options.swell, 'export', self.playbook, '--format', 'reg', '--out', self.reg]])
        self.demand(cost)
        with open(self.reg, encoding='utf-16') as file, open(self.lines, 'w', encoding='utf-8') as out:
            for line in file.read().splitlines():
                if line.startswith('['):
                    key = line[1:-1].partition('\\')[2]
                elif '=dword:' in line:
                    name, _, number = line.partition('=dword:')
                    print(key, name.strip('"'), int(number, 16), sep='\t', file=out)

    def demand(self, cost):
        if cost.failures:
            raise SystemExit(f'the bench cannot go on: {cost.failures[0]}')
        return cost

    def host(self, name, address, like=None, everywhere=False):
        host = hosts.Host(os.path.join(self.work, name), address, everywhere)
        if like:
            host.set_up_like(like)
        else:
            host.set_up('Bench-Pass-1')
        return host

    # Each of these is one run of one tool over these addresses.

    def swell(self, addresses):
        """A fresh database, a plan, its apply."""
        home = os.path.join(self.work, 'swell')
        shutil.rmtree(home, ignore_errors=True)
        os.mkdir(home)
        env = {'SWELL_DB': f'{home}/swell.db', 'XDG_CONFIG_HOME': home, 'SWELL_PASSWORD_FILE': self.password_file}
        with open(f'{home}/inventory.ini', 'w', encoding='utf-8') as file:
            for i, address in enumerate(addresses):
                print(f'h{i} ansible_host={address} ansible_user=root swell_transport=smb', file=file)
        self.demand(measure([[self.options.swell, 'init']], env=env))
        self.demand(measure([[self.options.swell, 'inventory', 'import', f'{home}/inventory.ini']], env=env))
        forks = ['--forks', str(min(len(addresses), self.options.forks))]
        return env, [self.options.swell, 'plan', self.playbook, '--out', f'{home}/plan', *forks], [
            self.options.swell, 'apply', f'{home}/plan', '--serial', '100%', '--max-unavailable', '100%', *forks]

    def net(self, address):
        return ['net', 'rpc', 'registry', 'import', self.reg, '-I', address, '-A', self.auth]

    def impacket(self, address):
        return ['/usr/bin/python3', os.path.join(HERE, 'impacket_import.py'), address, 'root', self.password_file,
                self.lines]


def one_host(r):
    host = r.host('one', '127.42.0.11')
    host.start()
    host.wake(r.auth)
    for delay in r.options.delays:
        with SlowLine('127.42.0.200', host.address, delay / 2, r.work) as line:
            def over(command, env=None, line=line):
                cost = r.demand(measure([command], env=env))
                cost.turns = line.turns()
                return cost

            found = {}
            for _ in range(r.options.repeat):
                host.put_back()
                env, plan, apply = r.swell(['127.42.0.200'])
                for name, command in (('swell plan', plan), ('swell apply', apply)):
                    found.setdefault(name, []).append(over(command, env))
                host.put_back()
                found.setdefault('net rpc registry import', []).append(over(r.net('127.42.0.200')))
                if r.options.impacket:
                    host.put_back()
                    found.setdefault('impacket rrp', []).append(over(r.impacket('127.42.0.200')))
        net = best(found['net rpc registry import'])
        rows = []
        for name, costs in found.items():
            c = best(costs)
            rows.append((name, c.turns, f'{c.wall:.2f}', f'{c.cpu:.3f}', '', ratio(c.turns, net.turns),
                         ratio(c.wall, net.wall), ratio(c.cpu, net.cpu)))
        table(f'22 values on one host, {delay} ms a round trip (connecting, login and goodbye are in it)', HEADS, rows)
    host.stop()


def many_hosts(r):
    n = r.options.hosts
    fleet = []
    for i in range(n):
        fleet.append(r.host(f'h{i}', f'127.42.1.{i + 1}', like=fleet[0] if fleet else None))
        fleet[-1].start()
    for host in fleet:
        host.wake(r.auth)
    addresses = [host.address for host in fleet]
    found = {}
    for again in range(r.options.repeat):
        if again:
            for host in fleet:
                host.put_back()
        env, plan, apply = r.swell(addresses)
        plan_cost = r.demand(measure([plan], env=env))
        found.setdefault('swell plan', []).append(plan_cost)
        found.setdefault('swell apply', []).append(r.demand(measure([apply], env=env)))
        found.setdefault('swell plan and apply', []).append(plan_cost + found['swell apply'][-1])
        for host in fleet:
            host.put_back()
        found.setdefault('net rpc registry import', []).append(
            r.demand(measure([r.net(a) for a in addresses], at_once=16)))
    net = best(found['net rpc registry import'])
    rows = []
    for name, costs in found.items():
        c = best(costs)
        rows.append((name, '', f'{c.wall:.2f}', f'{c.cpu:.3f}', '', '', ratio(c.wall, net.wall), ratio(c.cpu, net.cpu)))
    table(f'22 values on each of {n} hosts, loopback (net: sixteen at a time)', HEADS, rows)
    for host in fleet:
        host.stop()


def very_many_hosts(r):
    n = r.options.many
    host = r.host('all', '127.42.0.12', everywhere=True)
    host.start()
    host.wake(r.auth)
    few, many = None, None
    for count in (1, n):
        addresses = [f'127.43.{i // 200}.{i % 200 + 1}' for i in range(count)]
        env, plan, _ = r.swell(addresses)
        few, many = many, measure([plan], env=env)
    planned = f'{n} hosts: {n} to change' in many.words[0]
    per_host = (many.rss_kb - few.rss_kb) / max(1, n - 1)
    table(f'plan for {n} hosts at once (addresses of one smbd)',
          ('', 'wall s', 'CPU s', 'peak RSS MB', 'KB a host', 'all without an error'),
          [('swell plan', f'{many.wall:.2f}', f'{many.cpu:.2f}', f'{many.rss_kb / 1024:.1f}', f'{per_host:.0f}',
            'yes' if planned else 'NO')])
    if not planned:
        print(''.join(many.words[0][-2000:]))
    host.stop()


def run(options, work):
    r = Registry(options, work)
    if options.delays:
        one_host(r)
    if options.hosts:
        many_hosts(r)
    if options.many:
        very_many_hosts(r)


def options_add(parser):
    group = parser.add_argument_group('registry: 22 values, beside net rpc and impacket')
    group.add_argument('--delays', type=lambda s: [int(d) for d in s.split(',') if d], default=[0, 50], metavar='MS,MS',
                       help='round trips of the slow line to one host (0,50); empty: none')
    group.add_argument('--hosts', type=int, default=40, help='hosts with an smbd each (40); 0: none')
    group.add_argument('--many', type=int, default=400, help='addresses of one smbd (400); 0: none')
    group.add_argument('--forks', type=int, default=400, help='hosts at once, for swell (400)')
    group.add_argument('--no-impacket', dest='impacket', action='store_false')
