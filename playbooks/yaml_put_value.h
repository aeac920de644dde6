/* playbooks/yaml_put_value.h: one line or block of values: for a setting that sets or deletes a
 * value, so that yaml_value.h reads the same again; private to playbooks/.
 * Errors: E_UNSUPPORTED for a name that YAML cannot hold. */
#ifndef SWELL_PLAYBOOKS_YAML_PUT_VALUE_H
#define SWELL_PLAYBOOKS_YAML_PUT_VALUE_H

#include "playbooks/playbook.h"

/* label stands for a name that cannot be a map's key here (yaml_name_is_odd). */
MUST_CHECK enum err yaml_put_value(struct text *t, const struct setting *s, const char *label);
/* Literally "@" or "(default)", which mean the default value, or too long for a key of YAML. */
bool yaml_name_is_odd(const char *name);

#endif
