/* tests/support/fleet_registry.h: a registry in one flat piece of memory, as strict as Windows
 * about what may be done to it: a key is made below one that is there and taken away when it is
 * empty, a value is set in a key that is there. Names compare without case.
 * Shape:  a key is named in its 64-bit form, as path_put_code has it ("HKLM\A\B"). Hives are always
 *         there.
 * Errors: those of registry calls: E_ABSENT, E_REFUSED. More keys, values or bytes than there is
 *         room for abort: the test is wrong. */
#ifndef SWELL_TESTS_SUPPORT_FLEET_REGISTRY_H
#define SWELL_TESTS_SUPPORT_FLEET_REGISTRY_H

#include "tests/support/fleet.h"

#define FLEET_KEYS_MAX 96
#define FLEET_VALUES_MAX 96
#define FLEET_BYTES_MAX 300

struct fleet_key {
    bool there, is_volatile;
    char path[FLEET_PATH_SIZE];
};

struct fleet_value {
    bool there;
    size_t key;
    char name[FLEET_NAME_SIZE];
    uint32_t type;
    size_t size;
    uint8_t bytes[FLEET_BYTES_MAX];
};

struct fleet_registry {
    struct fleet_key keys[FLEET_KEYS_MAX];
    struct fleet_value values[FLEET_VALUES_MAX];
};

void fleet_path_of(const struct reg_path *path, char out[FLEET_PATH_SIZE]);
bool fleet_key_exists(const struct fleet_registry *r, const char *path);
/* Fills what reg_read asks of a key or a value (transport/transport.h). */
MUST_CHECK enum err fleet_read(const struct fleet_registry *r, struct reg_read *item);
MUST_CHECK enum err fleet_list(const struct fleet_registry *r, const char *path,
                               struct reg_list *out);
/* *changed: whether anything is otherwise now. */
MUST_CHECK enum err fleet_write(struct fleet_registry *r, const struct reg_op *op, bool *changed);
void fleet_keys_make(struct fleet_registry *r, const char *path); /* the key and all above it */
const struct fleet_value *fleet_value_find(const struct fleet_registry *r, const char *path,
                                           const char *name);
void fleet_value_put(struct fleet_registry *r, const char *path, const char *name,
                     const struct reg_value *value);
void fleet_value_take(struct fleet_registry *r, const char *path, const char *name);
void fleet_key_take(struct fleet_registry *r, const char *path); /* with all below it */
void fleet_volatile_end(struct fleet_registry *r);               /* a restart */

#endif
