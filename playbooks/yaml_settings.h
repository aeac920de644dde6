/* playbooks/yaml_settings.h: the settings: list of a playbook; private to playbooks/.
 * Errors: E_DATA with FILE:LINE:COLUMN. */
#ifndef SWELL_PLAYBOOKS_YAML_SETTINGS_H
#define SWELL_PLAYBOOKS_YAML_SETTINGS_H

#include "playbooks/playbook.h"
#include "playbooks/yaml_form.h"

/* Appends to p; at may be NULL: no settings. */
MUST_CHECK enum err yaml_settings_read(const struct yaml_form *f, const struct yaml_item *at,
                                       struct playbook *p);

#endif
