"""ansible_compare.py hosts | limit: compares what Swell read, on standard input, with what Ansible reads.

Each inventory begins with a line `F path`; all texts are in hex.
hosts: lines `H host place`, `G group place`, `V name value typed`; with `ansible-inventory -i path --list`.
limit: lines `P pattern host host …`; with the class behind `ansible -i path --list-hosts all --limit pattern` and
`ansible -i path --list-hosts pattern`, which knows no `@file`.
Differences go to standard output, and the exit code is 1 then. Each inventory is read by a process of its own, as
Ansible keeps what it read; what it imports is imported once.
"""
import io
import json
import os
import sys
import traceback

os.environ.update(ANSIBLE_NOCOLOR='1', ANSIBLE_DEPRECATION_WARNINGS='0')

from ansible.cli.inventory import InventoryCLI  # noqa: E402
from ansible.inventory.manager import InventoryManager  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402

ABSENT = object()


def text(word):
    return bytes.fromhex(word).decode()


def blocks():
    """(path, [the words of a line …]) of each inventory."""
    found = []
    for line in sys.stdin:
        kind, *words = line.rstrip('\n').split(' ')
        if kind == 'F':
            found.append((text(words[0]), []))
        else:
            found[-1][1].append((kind, *words))
    return found


def ours(lines):
    hosts = {}
    for kind, *words in lines:
        if kind == 'H':
            host = hosts[text(words[0])] = {'place': int(words[1]), 'groups': {}, 'vars': {}}
        elif kind == 'G':
            host['groups'][text(words[0])] = int(words[1])
        else:
            value = text(words[1])
            host['vars'][text(words[0])] = json.loads(value) if words[2] == '1' else value
    return hosts


def without_secrets(value):
    """What Swell leaves out: an encrypted value, with its key in a map, with all of a list."""
    if isinstance(value, dict):
        if '__ansible_vault' in value:
            return ABSENT
        if '__ansible_unsafe' in value:
            return value['__ansible_unsafe']
        kept = {key: without_secrets(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not ABSENT}
    if isinstance(value, list):
        kept = [without_secrets(item) for item in value]
        return ABSENT if ABSENT in kept else kept
    return value


def members(listed, group, seen=()):
    """Every host of a group, directly or by its children."""
    found = set(listed.get(group, {}).get('hosts', ()))
    for child in listed.get(group, {}).get('children', ()):
        if child not in seen:
            found |= members(listed, child, (*seen, group))
    return found


def compare_vars(name, mine, theirs):
    for key in sorted(mine.keys() | theirs.keys()):
        here = json.dumps(mine[key], sort_keys=True) if key in mine else 'absent'
        there = json.dumps(theirs[key], sort_keys=True) if key in theirs else 'absent'
        if here != there:
            yield f'{name}: {key} is {here} here, {there} in Ansible'


def compare_order(groups, hosts):
    for group in groups.values():
        # Below the second level Ansible walks a set: its order is not the same twice.
        if any(child.child_groups for child in group.child_groups):
            continue
        if group.name == 'all':
            place = {name: host['place'] for name, host in hosts.items()}
        else:
            place = {name: host['groups'][group.name] for name, host in hosts.items() if group.name in host['groups']}
        mine = sorted(place, key=place.get)
        theirs = [h.name for h in group.get_hosts()]
        if mine != theirs:
            yield f'{group.name}: in the order {mine} here, {theirs} in Ansible'


def compare_hosts(path, lines):
    cli = InventoryCLI(['ansible-inventory', '-i', path, '--list'])
    printed, sys.stdout = sys.stdout, io.StringIO()
    try:
        cli.run()
    except SystemExit:
        pass
    printed, sys.stdout = sys.stdout, printed
    listed = json.loads(printed.getvalue())
    hosts = ours(lines)
    everyone = members(listed, 'all')
    if everyone != hosts.keys():
        yield f'hosts: {sorted(everyone ^ hosts.keys())} are not in both'
    for name in sorted(everyone & hosts.keys()):
        groups = {g for g in listed if g not in ('_meta', 'all') and name in members(listed, g)}
        if groups != hosts[name]['groups'].keys():
            yield f'{name}: groups {sorted(hosts[name]["groups"])} here, {sorted(groups)} in Ansible'
        theirs = without_secrets(listed['_meta']['hostvars'].get(name, {}))
        yield from compare_vars(name, hosts[name]['vars'], theirs)
    yield from compare_order(cli.inventory.groups, hosts)


def compare_limits(path, lines):
    for _, pattern, *mine in lines:
        pattern = text(pattern)
        manager = InventoryManager(DataLoader(), sources=[path])
        mine = sorted(text(word) for word in mine)
        alone = mine if '@' in pattern else sorted(h.name for h in manager.get_hosts(pattern))
        manager.subset(pattern)
        theirs = sorted(h.name for h in manager.get_hosts('all'))
        if mine != theirs or mine != alone:
            yield f'{pattern}: {mine} here, {theirs} in Ansible, {alone} without --limit'


def compare_apart(compare, path, lines):
    """How many differences one inventory has; 1 if Ansible fails."""
    child = os.fork()
    if child == 0:
        found = 1
        os.dup2(os.open('/dev/null', os.O_WRONLY), 2)  # Ansible warns of much
        try:
            differences = list(compare(path, lines))
            found = min(len(differences), 100)
            print(''.join(f'{path}: {d}\n' for d in differences), end='', flush=True)
        except BaseException:  # a child must not run on as its parent
            print(f'{path}: {traceback.format_exc(limit=4)}', flush=True)
        os._exit(found)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


compare = {'hosts': compare_hosts, 'limit': compare_limits}[sys.argv[1]]
sys.exit(1 if sum(compare_apart(compare, *block) for block in blocks()) else 0)
