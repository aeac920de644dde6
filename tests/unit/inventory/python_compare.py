"""python_compare.py words | value | glob: what Ansible asks Python for, beside what Swell made, on standard input.

words: `line word word …` or `line !` (an error); with shlex.split(line, comments=True)
value: `written read` or `written !`; with ast.literal_eval
glob:  `pattern name 0|1`; with fnmatch.fnmatchcase
Texts are in hex, `-` is the empty one. Differences go to standard output, and the exit code is 1 then.
"""
import ast
import fnmatch
import re
import shlex
import sys
import warnings

# literal.h says what it does not take for a literal: bytes, complex numbers, \N, three quotes. An Ellipsis is a joke.
NOT_OURS = re.compile(r'[bB][rR]?[\'"]|[rR][bB][\'"]|[0-9.][jJ]|\\N|"""|\'\'\'|\.\.\.|\bset\b')


def text(word):
    return '' if word == '-' else bytes.fromhex(word).decode()


def words(line, *mine):
    try:
        theirs = shlex.split(text(line), comments=True)
    except ValueError:
        theirs = '!'
    mine = '!' if mine == ('!',) else [text(word) for word in mine]
    return mine == theirs, mine, theirs


def evaluated(written):
    try:
        return ast.literal_eval(written)
    except (SyntaxError, ValueError):
        return written


def value(written, mine):
    written = text(written)
    if NOT_OURS.search(written):
        return True, None, None
    try:
        theirs = evaluated(written)
    except (TypeError, MemoryError): # {[]: 1}: Ansible fails there, we keep what is written
        return True, None, None
    if isinstance(theirs, str) and ('\0' in theirs or re.search('[\ud800-\udfff]', theirs)):
        return mine == '!', mine, theirs
    if mine == '!':
        return False, mine, theirs
    mine = text(mine)
    if isinstance(theirs, str):
        return mine == theirs, mine, theirs
    return repr(evaluated(mine)) == repr(theirs), mine, theirs


def glob(pattern, name, mine):
    # Where a class begins with an empty range, as [b-?!a], Python takes a '!' behind it for a negation.
    if re.search(r'(?<!\[)!', text(pattern)):
        return True, None, None
    theirs = '1' if fnmatch.fnmatchcase(text(name), text(pattern)) else '0'
    return mine == theirs, mine, theirs


warnings.simplefilter('ignore')
compare = {'words': words, 'value': value, 'glob': glob}[sys.argv[1]]
bad = 0
n = 0
for line in sys.stdin:
    same, mine, theirs = compare(*line.split())
    n += 1
    if not same:
        bad += 1
        print(f'{line.split()[:2]} {text(line.split()[0])!r}: {mine!r} here, {theirs!r} in Python')
print(f'{n} compared, {bad} differ')
sys.exit(1 if bad or n == 0 else 0)
