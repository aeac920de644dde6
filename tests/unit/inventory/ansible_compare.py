"""ansible_compare.py hosts FILE | limit FILE: compares what Swell read, on standard input, with what Ansible reads.

hosts: lines `H host`, `G group place`, `V name value`, all in hex, places in decimal; with `ansible-inventory --list`.
limit: lines `pattern host host …`, all in hex; with the class behind `ansible --list-hosts --limit`.
Differences go to standard output, and the exit code is 1 then.
"""
import ast
import json
import os
import subprocess
import sys

os.environ.update(ANSIBLE_INVENTORY_ENABLED='ini', ANSIBLE_NOCOLOR='1')

from ansible.inventory.manager import InventoryManager  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402


def text(word):
    return bytes.fromhex(word).decode()


def ours():
    hosts = {}
    for line in sys.stdin:
        kind, *words = line.split(' ')
        words[-1] = words[-1].rstrip('\n')
        if kind == 'H':
            host = hosts[text(words[0])] = {'groups': {}, 'vars': {}}
        elif kind == 'G':
            host['groups'][text(words[0])] = int(words[1])
        else:
            host['vars'][text(words[0])] = text(words[1])
    return hosts


def members(listed, group):
    """Every host of a group, directly or by its children."""
    found = set(listed.get(group, {}).get('hosts', ()))
    for child in listed.get(group, {}).get('children', ()):
        found |= members(listed, child)
    return found


def same(mine, theirs):
    if isinstance(theirs, str):
        return mine == theirs
    try:
        return json.loads(json.dumps(ast.literal_eval(mine))) == theirs
    except (SyntaxError, ValueError):
        return False


def compare_vars(name, mine, theirs):
    for key in sorted(mine.keys() | theirs.keys()):
        if key not in mine or key not in theirs or not same(mine[key], theirs[key]):
            yield f'{name}: {key} is {mine.get(key)!r} here, {theirs.get(key)!r} in Ansible'


def compare_order(file, hosts):
    manager = InventoryManager(DataLoader(), sources=[file])
    for group in manager.groups.values():
        # Below the second level Ansible walks a set: its order is not the same twice.
        if group.name == 'all' or any(child.child_groups for child in group.child_groups):
            continue
        mine = sorted((h for h in hosts if group.name in hosts[h]['groups']),
                      key=lambda h: hosts[h]['groups'][group.name])
        theirs = [h.name for h in group.get_hosts()]
        if mine != theirs:
            yield f'{group.name}: in the order {mine} here, {theirs} in Ansible'


def compare_hosts(file):
    run = subprocess.run(['ansible-inventory', '-i', file, '--list'], capture_output=True, text=True, check=True)
    listed = json.loads(run.stdout)
    hosts = ours()
    everyone = members(listed, 'all')
    if everyone != hosts.keys():
        yield f'hosts: {sorted(everyone ^ hosts.keys())} are not in both'
    for name in sorted(everyone & hosts.keys()):
        groups = {g for g in listed if g not in ('_meta', 'all') and name in members(listed, g)}
        if groups != hosts[name]['groups'].keys():
            yield f'{name}: groups {sorted(hosts[name]["groups"])} here, {sorted(groups)} in Ansible'
        yield from compare_vars(name, hosts[name]['vars'], listed['_meta']['hostvars'].get(name, {}))
    yield from compare_order(file, hosts)


def compare_limits(file):
    for line in sys.stdin:
        pattern, *mine = (text(word) for word in line.split())
        manager = InventoryManager(DataLoader(), sources=[file])
        manager.subset(pattern)
        theirs = [h.name for h in manager.get_hosts('all')]
        if sorted(mine) != sorted(theirs):
            yield f'{pattern}: {sorted(mine)} here, {sorted(theirs)} in Ansible'


differences = list((compare_hosts if sys.argv[1] == 'hosts' else compare_limits)(sys.argv[2]))
print('\n'.join(differences))
sys.exit(1 if differences else 0)
