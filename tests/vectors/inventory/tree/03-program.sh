#!/bin/sh
echo '{"cloud": {"hosts": ["c1", "w1"], "vars": {"from": "program"}}, "_meta": {"hostvars": {"c1": {"p": 1}, "w1": {"both": "program"}}}}'
