/* inventory/draft.h: an inventory while it is being read, from one file or several: groups with
 * their own hosts, children and variables. draft_finish makes the inventory out of it.
 * Source: docs.ansible.com "How variables are merged": all < parent < child < host; children by
 *         depth, then ansible_group_priority, then name. All of group_vars/ comes after all groups
 *         of the inventory itself, in the same order, and host_vars/ after the host.
 * Shape:  hosts and groups are numbers, counted in the order in which they were first named;
 *         group DRAFT_ALL and group DRAFT_UNGROUPED are there always. Secrets are dropped on the
 *         way in.
 * Units:  a line is counted from 1; 0: none.
 * Owns:   draft_fini frees everything; fine on a zeroed struct.
 * Errors: E_DATA (a cycle), E_LIMIT (a named limit below), E_MEMORY; no place unless said. */
#ifndef SWELL_INVENTORY_DRAFT_H
#define SWELL_INVENTORY_DRAFT_H

#include "inventory/host_range.h"
#include "inventory/inventory.h"
#include "inventory/name_map.h"
#include "inventory/notes.h"
#include "inventory/value.h"

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
    struct draft_vars file_vars; /* of group_vars/ */
    struct numbers hosts;        /* its own, in order */
    struct numbers children, parents;
    struct numbers waiting; /* parents that named it before it was declared */
    int64_t priority;       /* ansible_group_priority; 1 */
    size_t depth;           /* longest way from "all"; set by draft_finish */
    const char *file;       /* where it was first named */
    size_t line;
    bool seen;     /* a section of it was seen */
    bool declared; /* … and one that makes it a group */
};

struct draft_host {
    char *name;
    struct draft_vars vars;
    struct draft_vars file_vars; /* of host_vars/ */
    struct numbers groups;       /* it is in directly */
    const char *file;            /* where it was first named */
    size_t line;
};

struct draft {
    struct draft_group *groups;
    size_t n_groups, groups_room;
    struct draft_host *hosts;
    size_t n_hosts, hosts_room;
    struct name_map group_of, host_of;
    struct names files; /* read so far; the last one is being read */
    struct notes notes;
    size_t n_edges, n_bytes, dropped_secrets;
};

MUST_CHECK enum err draft_init(struct draft *d);
void draft_fini(struct draft *d);
/* What comes now is of this file. */
MUST_CHECK enum err draft_file(struct draft *d, const char *file);
const char *draft_file_name(const struct draft *d);
/* Finds it or makes it. */
MUST_CHECK enum err draft_group(struct draft *d, const char *name, size_t line, size_t *out,
                                struct why *why);
MUST_CHECK enum err draft_host(struct draft *d, const char *name, size_t line, size_t *out,
                               bool *is_new, struct why *why);
/* Once or again: each mention counts towards DRAFT_BYTES_MAX. */
MUST_CHECK enum err draft_join(struct draft *d, size_t host, size_t group, struct why *why);
MUST_CHECK enum err draft_nest(struct draft *d, size_t parent, size_t child, struct why *why);
/* The value is read, not kept; what is secret in it is cut out of it. */
MUST_CHECK enum err draft_host_var(struct draft *d, size_t host, const char *name,
                                   struct value *value, struct why *why);
MUST_CHECK enum err draft_host_text(struct draft *d, size_t host, const char *name,
                                    const char *text, struct why *why);
MUST_CHECK enum err draft_group_var(struct draft *d, size_t group, const char *name,
                                    struct value *value, struct why *why);
/* As Ansible's readers do it: where a group has the host's name, the variable is the group's. */
MUST_CHECK enum err draft_named_var(struct draft *d, size_t host, const char *name,
                                    struct value *value, struct why *why);
/* From group_vars/ and host_vars/. */
MUST_CHECK enum err draft_group_file_var(struct draft *d, size_t group, const char *name,
                                         struct value *value, struct why *why);
MUST_CHECK enum err draft_host_file_var(struct draft *d, size_t host, const char *name,
                                        struct value *value, struct why *why);
/* A cycle's place is where its group was first named. */
MUST_CHECK enum err draft_finish(struct draft *d, struct inventory **out, struct why *why);

/* For the files of the draft only. */
void numbers_fini(struct numbers *list);
MUST_CHECK enum err numbers_add(struct numbers *list, size_t number);
bool numbers_hold(const struct numbers *list, size_t number);
MUST_CHECK enum err draft_spend(struct draft *d, size_t bytes, struct why *why);
/* Depths, and hosts of no group into "ungrouped". */
MUST_CHECK enum err draft_settle(struct draft *d, struct why *why);
void draft_vars_fini(struct draft_vars *vars);
MUST_CHECK void *draft_grown(void *array, size_t n, size_t *room, size_t size);

#endif
