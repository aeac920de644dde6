/* inventory/export_parts.h: what the files of the export share; nobody else includes it.
 * Owns:   export_fini frees; the names are borrowed from the inventory.
 * Errors: as export.h. */
#ifndef SWELL_INVENTORY_EXPORT_PARTS_H
#define SWELL_INVENTORY_EXPORT_PARTS_H

#include "inventory/export.h"
#include "inventory/name_map.h"
#include "inventory/value.h"

struct export_member {
    size_t host, place;
};

struct export_group {
    const char *name;
    struct export_member *members; /* in the group's own order */
    size_t n, room;
};

struct export
{
    const struct inventory *inv;
    const struct host **hosts; /* the chosen ones, in order */
    size_t n_hosts;
    struct export_group *groups; /* by name, with those hosts as members, by number in hosts */
    size_t n_groups, groups_room;
    struct name_map group_of;
    struct text *out;
    struct why *why;
};

MUST_CHECK enum err export_ini(struct export *x);
MUST_CHECK enum err export_yaml(struct export *x);
MUST_CHECK enum err export_json(struct export *x);
MUST_CHECK enum err export_csv(struct export *x);

/* The value of a typed variable; values own it. */
MUST_CHECK enum err export_value(const struct export *x, const struct host *h,
                                 const struct host_var *var, struct values *values,
                                 struct value **out);
enum err export_refuse(const struct export *x, const struct host *h, const struct host_var *var,
                       const char *words);

#endif
