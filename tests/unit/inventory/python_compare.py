"""python_compare.py words | value | yaml | json | glob | regex: what Ansible asks Python for, beside what Swell made, on
standard input.

words: `line word word …` or `line !` (an error); with shlex.split(line, comments=True)
value: `written s string`, `written j JSON` or `written !`; with ast.literal_eval
yaml:  the same, of plain texts, with PyYAML
json:  the same, with json.loads
glob:  `pattern name 0|1`; with fnmatch.fnmatchcase
regex: `pattern name 0|1`; with re.match
Texts are in hex, `-` is the empty one. Differences go to standard output, and the exit code is 1 then.
"""
import ast
import fnmatch
import json
import re
import shlex
import sys
import warnings

import yaml

# literal.h says what it does not take for a literal: sets, complex numbers, \N, bytes inside of something. An Ellipsis is
# a joke.
NOT_OURS = re.compile(r'[0-9.][jJ]|\\N|\.\.\.|\bset\b')


def text(word):
    return '' if word == '-' else bytes.fromhex(word).decode()


def words(line, *mine):
    try:
        theirs = shlex.split(text(line), comments=True)
    except ValueError:
        theirs = '!'
    mine = '!' if mine == ('!',) else [text(word) for word in mine]
    return mine == theirs, mine, theirs


def read(kind, *words):
    """What Swell made: a string, a value, or `!`."""
    if kind == '!':
        return '!'
    return text(words[0]) if kind == 's' else json.loads(text(words[0]))


def alike(mine, theirs):
    """As Ansible shows it; and an int is no float, and 1 is not true."""
    return mine != '!' and json.dumps(mine) == json.dumps(theirs)


def not_for_json(value):
    if isinstance(value, (list, tuple)):
        return any(map(not_for_json, value))
    if isinstance(value, dict):
        return any(isinstance(k, (tuple, bytes)) or not_for_json(v) for k, v in value.items())
    return isinstance(value, (bytes, set, complex))


def has_no_text(value):
    """A NUL or half a character: refused here."""
    if isinstance(value, (list, tuple)):
        return any(map(has_no_text, value))
    if isinstance(value, dict):
        return any(has_no_text(k) or has_no_text(v) for k, v in value.items())
    return isinstance(value, str) and bool(re.search('[\0\ud800-\udfff]', value))


def value(written, *mine):
    written, mine = text(written), read(*mine)
    if NOT_OURS.search(written):
        return True, None, None
    try:
        theirs = ast.literal_eval(written)
    except (SyntaxError, ValueError):
        theirs = written
    except (TypeError, MemoryError): # {[]: 1}: Ansible fails there, we keep what is written
        return mine == written, mine, written
    if isinstance(theirs, bytes):
        theirs = theirs.decode(errors='surrogateescape')
    if not_for_json(theirs):
        return mine == written, mine, written
    if has_no_text(theirs):
        return mine == '!', mine, theirs
    return alike(mine, theirs), mine, theirs


def yaml_value(written, *mine):
    written, mine = text(written), read(*mine)
    loader = yaml.SafeLoader('')
    node = yaml.ScalarNode(loader.resolve(yaml.ScalarNode, written, (True, False)), written)
    try:
        theirs = loader.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError):
        return mine == '!', mine, 'an error'
    if hasattr(theirs, 'isoformat'):
        theirs = theirs.isoformat()
    if isinstance(theirs, int) and abs(theirs) > 2 ** 63 and mine == '!':
        return True, None, None # too many digits for us, where the base is not ten
    return alike(mine, theirs), mine, theirs


def json_value(written, *mine):
    mine = read(*mine)
    try:
        theirs = json.loads(text(written))
    except ValueError:
        return mine == '!', mine, 'an error'
    if has_no_text(theirs):
        return mine == '!', mine, theirs
    return alike(mine, theirs), mine, theirs


def regex(pattern, name, mine):
    try:
        theirs = '1' if re.match(text(pattern), text(name)) else '0'
    except re.error as e:
        theirs = f'{e}'
    return mine == theirs, mine, theirs


def glob(pattern, name, mine):
    # Where a class begins with an empty range, as [b-?!a], Python takes a '!' behind it for a negation.
    if re.search(r'(?<!\[)!', text(pattern)):
        return True, None, None
    theirs = '1' if fnmatch.fnmatchcase(text(name), text(pattern)) else '0'
    return mine == theirs, mine, theirs


warnings.simplefilter('ignore')
compare = {'words': words, 'value': value, 'yaml': yaml_value, 'json': json_value, 'glob': glob,
           'regex': regex}[sys.argv[1]]
bad = 0
n = 0
for line in sys.stdin:
    same, mine, theirs = compare(*line.split())
    n += 1
    if not same:
        bad += 1
        print(f'{text(line.split()[0])!r} ({line.split()[1]}): {mine!r} here, {theirs!r} in Python')
print(f'{n} compared, {bad} differ')
sys.exit(1 if bad or n == 0 else 0)
