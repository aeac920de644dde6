/* controller/config_parts.h: what the files of the configuration share; nobody else includes it.
 * Owns:   the caller frees what it is given.
 * Errors: E_DATA with FILE:LINE:COLUMN (config_read makes it E_CONFIG), E_MEMORY. */
#ifndef SWELL_CONTROLLER_CONFIG_PARTS_H
#define SWELL_CONTROLLER_CONFIG_PARTS_H

#include "controller/config.h"
#include "playbooks/yaml_form.h"

/* A path as it is written in the file. */
MUST_CHECK enum err config_path(const char *file, const char *path, char **out);
/* A map that holds no password itself. What stands there is never repeated. */
MUST_CHECK enum err config_map(const struct yaml_form *f, const struct yaml_item *at,
                               const char *what, const char *const *keys, size_t n);
/* The list below credentials:. */
MUST_CHECK enum err config_logins_read(const struct yaml_form *f, const struct yaml_item *at,
                                       struct config_login **out, size_t *n);
void config_logins_free(struct config_login *logins, size_t n);

#endif
