/* inventory/readers.h: the forms of an inventory, and where they come from, each read into a draft;
 *         for this folder only.
 * Shape:  the file's name is that of the draft's last file (draft_file). What is read comes on top
 *         of what the draft holds.
 * Errors: as inventory.h; the draft is then of no use. */
#ifndef SWELL_INVENTORY_READERS_H
#define SWELL_INVENTORY_READERS_H

#include "inventory/draft.h"

#define CSV_COLUMNS_MAX 256

/* Asked for a host's variables where the JSON of a program has no `_meta`. */
struct host_asker {
    enum err (*ask)(void *self, const char *host, struct values *values, struct value **out,
                    struct why *why);
    void *self;
};

MUST_CHECK enum err ini_read(struct draft *d, const char *bytes, size_t n, struct why *why);
MUST_CHECK enum err csv_read(struct draft *d, const char *bytes, size_t n, struct why *why);
/* Groups with hosts, children and vars, as Ansible's YAML files (and JSON files) have them. */
MUST_CHECK enum err groups_read(struct draft *d, struct value *root, struct why *why);
/* JSON as a program prints it; asker may be NULL: then hosts have the variables of `_meta` only. */
MUST_CHECK enum err listing_read(struct draft *d, struct value *root,
                                 const struct host_asker *asker, struct why *why);
bool listing_is_one(const struct value *root); /* and not groups_read's form */
/* Text of any form but a program's: by the ending of its name or by its content. */
MUST_CHECK enum err text_read(struct draft *d, const char *bytes, size_t n, struct why *why);
/* YAML or JSON, in either form. */
MUST_CHECK enum err data_file_read(struct draft *d, const char *bytes, size_t n, struct why *why);
/* A file, a program or a folder of such; tells the draft the name of each. */
MUST_CHECK enum err source_read(struct draft *d, const char *path, struct why *why);
/* group_vars/ and host_vars/ of a folder, for the groups and hosts that the draft knows. */
MUST_CHECK enum err vars_files_read(struct draft *d, const char *folder, struct why *why);
/* `NAME[1:3]:22` as a host line or a YAML key has it: the names, and the port or NULL. Cuts
 * word. */
MUST_CHECK enum err host_names_of(char *word, struct names *names, const char **port,
                                  struct why *why);
/* Into the group; the port counts where the host is named for the first time, as in Ansible. */
MUST_CHECK enum err host_enter(struct draft *d, size_t group, const char *name, const char *port,
                               size_t line, size_t *host, struct why *why);

#endif
