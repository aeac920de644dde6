/* tests/support/strict_registry.h: a registry in memory: hives, keys, values, two views, volatile
 * keys, key times.
 * Source: MS-RRP 3.1.1.1 to 3.1.1.4 (keys, views), 3.1.5.7 (creation).
 * Shape:  a key is a node; a path is resolved from a node, with the view of the access mask. The
 *         32-bit view of HKLM\SOFTWARE is its subkey Wow6432Node; HKLM\SOFTWARE\Policies is in
 *         both.
 * Units:  written is a FILETIME.
 * Owns:   the registry owns its nodes. A deleted key that is still open lives, marked as deleted,
 *         until strict_registry_free.
 * Errors: Win32 numbers. */
#ifndef SWELL_TESTS_SUPPORT_STRICT_REGISTRY_H
#define SWELL_TESTS_SUPPORT_STRICT_REGISTRY_H

#include "base/wire.h"

#define STRICT_HIVES 5

struct strict_value {
    char *name;
    uint32_t type;
    uint8_t *bytes;
    size_t size;
};

struct strict_key {
    char *name;
    struct strict_key *parent; /* NULL for a hive */
    struct strict_key **subkeys;
    size_t n_subkeys;
    struct strict_value *values;
    size_t n_values;
    bool is_volatile;
    bool deleted;
    uint64_t written;
};

struct strict_registry {
    struct strict_key *hives[STRICT_HIVES]; /* classes root, user, machine, users, config */
    struct strict_key **dead;
    size_t n_dead;
    bool bits32;
};

struct strict_registry *strict_registry_new(void); /* with the keys that every Windows has */
void strict_registry_free(struct strict_registry *r);
/* At a restart: volatile keys go. */
void strict_registry_restart(struct strict_registry *r);
uint32_t strict_key_find(struct strict_registry *r, struct strict_key *from, const char *path,
                         uint32_t access, struct strict_key **out);
uint32_t strict_key_create(struct strict_registry *r, struct strict_key *from, const char *path,
                           uint32_t access, bool is_volatile, struct strict_key **out,
                           bool *created);
uint32_t strict_key_delete(struct strict_registry *r, struct strict_key *from, const char *path,
                           uint32_t access);
struct strict_value *strict_value_find(struct strict_key *k, const char *name);
void strict_value_set(struct strict_key *k, const char *name, uint32_t type, struct rd bytes);
bool strict_value_delete(struct strict_key *k, const char *name);
/* For tests: below HKLM, in the 64-bit view; NULL when it is not there. */
struct strict_key *strict_machine_key(struct strict_registry *r, const char *path);
struct strict_key *strict_machine_make(struct strict_registry *r, const char *path);

#endif
