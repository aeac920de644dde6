/* inventory/export.h: an inventory as a file that Swell and Ansible read again.
 * Shape:  every host below "all", in order and with all its variables; then every group with the
 *         names of its members, in the group's own order. Which group was a child of which, and
 *         which group a variable came from, is not kept in an inventory, so no group has children
 *         or variables of its own. Values keep their types, but in CSV: there a value is text, an
 *         empty one is none, and members stand in the order of the hosts. YAML and JSON have the
 *         form that Ansible reads from a file.
 * Owns:   out is appended to.
 * Errors: E_DATA for what the form has no way to say, with the names of host and variable;
 *         E_MEMORY. out is of no use then. */
#ifndef SWELL_INVENTORY_EXPORT_H
#define SWELL_INVENTORY_EXPORT_H

#include "inventory/inventory.h"

enum export_form { EXPORT_INI,
                   EXPORT_YAML,
                   EXPORT_JSON,
                   EXPORT_CSV };

/* chosen[n_hosts] says which hosts; NULL: all. */
MUST_CHECK enum err inventory_export(const struct inventory *inv, const bool *chosen,
                                     enum export_form form, struct text *out, struct why *why);

#endif
