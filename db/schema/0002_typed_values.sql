-- A variable's value may be something other than a string: then it is kept as JSON. And a host has
-- its place among all hosts, as Ansible counts them. What was stored before has neither: its values
-- are strings and its places are those of the file, until it is imported again.
ALTER TABLE host_var ADD COLUMN typed INTEGER NOT NULL DEFAULT 0 CHECK (typed IN (0, 1));
ALTER TABLE host ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
