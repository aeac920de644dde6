/* inventory/draft.h: an inventory while it is being read: groups with their own hosts, children
 * and variables. draft_finish makes the inventory out of it.
 * Source: docs.ansible.com "How variables are merged": all < parent < child < host; children by
 *         depth, then ansible_group_priority, then name.
 * Shape:  hosts and groups are numbers, counted in the order in which they were first named;
 *         group DRAFT_ALL and group DRAFT_UNGROUPED are there always. Secrets are dropped on the
 *         way in.
 * Units:  a line is counted from 1; 0: none.
 * Owns:   draft_fini frees everything; fine on a zeroed struct.
 * Errors: E_DATA (a cycle), E_LIMIT (a named limit below), E_MEMORY; no place unless said. */
#ifndef SWELL_INVENTORY_DRAFT_H
#define SWELL_INVENTORY_DRAFT_H

#include "inventory/inventory.h"
#include "inventory/name_map.h"

#define DRAFT_GROUPS_MAX 10000
#define DRAFT_EDGES_MAX 50000        /* children of all groups together */
#define DRAFT_BYTES_MAX (128u << 20) /* of names and values, written out for every host */

#define DRAFT_ALL 0
#define DRAFT_UNGROUPED 1

struct numbers {
    size_t *at;
    size_t n, room;
};

struct draft_vars {
    struct host_var *at;
    size_t n, room;
};

struct draft_group {
    char *name;
    struct draft_vars vars;
    struct numbers hosts; /* its own, in order */
    struct numbers children, parents;
    struct numbers waiting; /* parents that named it before it was declared */
    int64_t priority;       /* ansible_group_priority; 1 */
    size_t depth;           /* longest way from "all"; set by draft_finish */
    size_t line;            /* where it was first named */
    bool seen;              /* a section of it was seen */
    bool declared;          /* … and one that makes it a group */
};

struct draft_host {
    char *name;
    struct draft_vars vars;
    struct numbers groups; /* it is in directly */
    size_t line;
};

struct draft {
    struct draft_group *groups;
    size_t n_groups, groups_room;
    struct draft_host *hosts;
    size_t n_hosts, hosts_room;
    struct name_map group_of, host_of;
    size_t n_edges, n_bytes, dropped_secrets;
};

MUST_CHECK enum err draft_init(struct draft *d);
void draft_fini(struct draft *d);
/* Finds it or makes it. */
MUST_CHECK enum err draft_group(struct draft *d, const char *name, size_t line, size_t *out,
                                struct why *why);
MUST_CHECK enum err draft_host(struct draft *d, const char *name, size_t line, size_t *out,
                               bool *is_new, struct why *why);
/* Once or again: each mention counts towards DRAFT_BYTES_MAX. */
MUST_CHECK enum err draft_join(struct draft *d, size_t host, size_t group, struct why *why);
MUST_CHECK enum err draft_nest(struct draft *d, size_t parent, size_t child, struct why *why);
MUST_CHECK enum err draft_host_var(struct draft *d, size_t host, const char *name,
                                   const char *value, struct why *why);
MUST_CHECK enum err draft_group_var(struct draft *d, size_t group, const char *name,
                                    const char *value, struct why *why);
/* A cycle's place is LINE of file. */
MUST_CHECK enum err draft_finish(struct draft *d, const char *file, struct inventory **out,
                                 struct why *why);

/* For the files of the draft only. */
void numbers_fini(struct numbers *list);
MUST_CHECK enum err numbers_add(struct numbers *list, size_t number);
bool numbers_hold(const struct numbers *list, size_t number);
MUST_CHECK enum err draft_spend(struct draft *d, size_t bytes, struct why *why);
/* Depths, and hosts of no group into "ungrouped". */
MUST_CHECK enum err draft_settle(struct draft *d, const char *file, struct why *why);

#endif
