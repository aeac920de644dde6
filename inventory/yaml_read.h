/* inventory/yaml_read.h: YAML as a tree of values, typed as Ansible types it.
 * Source: YAML 1.1 with PyYAML's types (yaml_scalar.h), `<<` merged, aliases written out; of
 *         Ansible's own tags `!vault` makes a secret and `!unsafe` is the value itself.
 * Shape:  one document; none is nothing (null). The last of several equal keys counts.
 * Errors: E_DATA with FILE:LINE:COLUMN for what libyaml, base/yaml_tree.h or a type refuses and for
 *         tags nobody knows; E_LIMIT; E_MEMORY. Never with a value. */
#ifndef SWELL_INVENTORY_YAML_READ_H
#define SWELL_INVENTORY_YAML_READ_H

#include "inventory/value.h"

MUST_CHECK enum err yaml_read(const char *file, const char *bytes, size_t n, struct notes *notes,
                              struct values *values, struct value **out, struct why *why);
/* JSON if it is that (is_json, if not NULL, tells), else YAML: what Ansible does with every file
 * that may be either. */
MUST_CHECK enum err data_read(const char *file, const char *bytes, size_t n, struct notes *notes,
                              struct values *values, struct value **out, bool *is_json,
                              struct why *why);

#endif
