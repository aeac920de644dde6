/* inventory/inventory.h: hosts, groups and their variables, as Ansible users write them.
 * Source: docs.ansible.com "How to build your inventory", RFC 4180 (CSV).
 * Shape:  hosts in the order in which they were first named; names are unique, compared with case.
 *         A host knows its groups, those it is in directly and those it is in through children; one
 *         that is in no other group is in "ungrouped". A value that is a string is that text; any
 *         other (number, truth value, nothing, list, map) is kept as JSON, and is `typed`.
 * Owns:   everything inside; inventory_free(NULL) is fine.
 * Errors: E_DATA with FILE:LINE:COLUMN and what was expected, never with a value; nothing is
 *         returned then. Passwords and encrypted values are not kept: `dropped_secrets` counts
 *         them. */
#ifndef SWELL_INVENTORY_INVENTORY_H
#define SWELL_INVENTORY_INVENTORY_H

#include "base/text.h"
#include "inventory/notes.h"

#define INVENTORY_HOSTS_MAX 100000
#define HOST_NAME_MAX_BYTES 255 /* of a host, a group or a variable */
#define HOST_VALUE_MAX 65536    /* bytes of a variable's value */

struct host_var {
    char *name;
    char *value;
    bool typed; /* the value is JSON, and no string */
};

struct host {
    char *name;
    char **groups;  /* names, sorted: every group it is in, directly or by children, but "all" */
    size_t *places; /* parallel to groups: its place in that group's own order; NULL = as in file */
    size_t n_groups;
    size_t place;          /* within "all" */
    struct host_var *vars; /* effective: all < parent < child < host; sorted by name; no secrets */
    size_t n_vars;
};

struct inventory {
    struct host *hosts;
    size_t n_hosts;
    size_t dropped_secrets; /* ansible_password and its kin, left out */
    struct notes notes;     /* what was passed over */
};

void inventory_free(struct inventory *inv);
void host_fini(struct host *h);

/* The text of one file; nothing beside it is looked at. */
MUST_CHECK enum err inventory_read_ini(const char *file, const char *bytes, size_t n,
                                       struct inventory **out, struct why *why);
/* First line is a header; a column `name` (or host, hostname) is needed, `groups` holds names
 * parted by ';' or ' ', all other columns become variables (ansible_host, swell_affinity …);
 * `address` and `port` mean ansible_host, ansible_port. */
MUST_CHECK enum err inventory_read_csv(const char *file, const char *bytes, size_t n,
                                       struct inventory **out, struct why *why);
/* Groups with hosts:, children: and vars:, in YAML or in JSON; or JSON as a program prints it that
 * is run with --list, and as `ansible-inventory --list` does. */
MUST_CHECK enum err inventory_read_data(const char *file, const char *bytes, size_t n,
                                        struct inventory **out, struct why *why);
/* A file, by its ending or content; a program, which is run with --list; or a folder of such, and
 * what lies in group_vars/ and host_vars/ beside the file or within the folder. */
MUST_CHECK enum err inventory_load(const char *path, struct inventory **out, struct why *why);

/* NULL if there is none, or if it is nothing (null); borrowed. A truth value is true or false, also
 * where YAML had yes or off. */
const char *host_var_get(const struct host *h, const char *name);
bool host_in_group(const struct host *h, const char *group); /* "all" is always true */
const char *host_address(const struct host *h);              /* ansible_host, or the name */

#endif
