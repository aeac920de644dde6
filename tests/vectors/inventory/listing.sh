#!/bin/sh
# A dynamic inventory, with what old and new programs print.
[ "$1" = --list ] || exit 1
cat << 'JSON'
{"_meta": {"hostvars": {
    "w1": {"a": 1, "b": {"c": [true, null]}, "unsafe": {"__ansible_unsafe": "{{ x }}"}},
    "w2": {"sealed": {"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n6131"}, "ansible_port": 22},
    "nobody": {"x": 1},
    "self": {"late": 1}}},
 "all": {"children": ["web", "ungrouped"]},
 "web": {"hosts": ["w1", "w2"], "vars": {"colour": "red", "ansible_group_priority": 3}, "children": ["inner"]},
 "inner": {"hosts": ["w4"]},
 "plainlist": ["w1", "p1"],
 "self": {"ansible_host": "192.0.2.9"},
 "empty": {"hosts": []},
 "onlyvars": {"vars": {"x": 1}},
 "asmap": {"children": {"inner": {}}},
 "ungrouped": {"hosts": ["u1"]}}
JSON
