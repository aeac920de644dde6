#!/usr/bin/python3
"""A dynamic inventory without _meta: asked again for each host."""
import json
import sys

if sys.argv[1] == '--list':
    print(json.dumps({'web': ['a', 'b'], 'db': {'hosts': ['c', 'd'], 'vars': {'v': 1}}}))
elif sys.argv[2] == 'b':
    print('{}')
elif sys.argv[2] == 'd':
    print('x: yes\ny: [1, 2]')
else:
    print(json.dumps({'name_is': sys.argv[2], 'n': 1}))
