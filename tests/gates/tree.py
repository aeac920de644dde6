"""What the gates share: which files there are, what of them is code, and how a complaint looks."""
import os
import re
import sys

FOLDERS = ('base', 'registry', 'transport', 'playbooks', 'handshake', 'inventory', 'rollout', 'db', 'report',
           'controller')
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def _walk(root):
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if f != '.git' and not (folder == root and f.startswith('build')))
        for name in sorted(files):
            yield os.path.relpath(os.path.join(folder, name), root)


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8', errors='surrogateescape') as file:
        return file.read()


def sources(root):
    """Every .c and .h file of the program and its tests, as a path from the root."""
    return [p for p in _walk(root) if p.endswith(('.c', '.h')) and p.split('/')[0] in FOLDERS + ('tests',)]


def program_sources(root):
    return [p for p in sources(root) if not p.startswith('tests/')]


def texts(root):
    """Every file that a person wrote: all but those with a NUL byte in them."""
    return [p for p in _walk(root) if not os.path.islink(os.path.join(root, p)) and '\0' not in read(root, p)]


def code(text, keep_strings=False):
    """The text without comments and without what is in quotes; lines stay where they are."""
    def blank(match):
        found = match.group()
        if found[0] in '"\'':
            return found if keep_strings else found[0] * 2
        return '\n' * found.count('\n')
    return COMMENT_OR_STRING.sub(blank, text)


class Gate:
    """Collects complaints; a gate that looked at nothing has failed too."""

    def __init__(self):
        self.complaints = 0
        self.looked_at = 0

    def complain(self, path, line, words):
        print(f'{path}:{line}: {words}')
        self.complaints += 1

    def end(self):
        if self.looked_at == 0:
            sys.exit('there is nothing to look at here')
        print(f'{self.looked_at} files, {self.complaints} complaints')
        sys.exit(1 if self.complaints else 0)
