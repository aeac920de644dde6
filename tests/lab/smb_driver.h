/* tests/lab/smb_driver.h: what the parts of smb_driver share. */
#ifndef SWELL_TESTS_LAB_SMB_DRIVER_H
#define SWELL_TESTS_LAB_SMB_DRIVER_H

#include "transport/smb_host.h"

#define DEADLINE_MS 120000 /* a registry.tdb that 32 clients write to is slow */
#define ROOT "SOFTWARE\\SwellPeerTest"

struct driver {
    struct transport_target target;
    struct secret password;
    struct transport *t;
    struct why why;
};

int64_t deadline(void);
bool told(enum err e, const struct why *why); /* prints an error; true for OK */
bool check(bool good, const char *what);      /* prints "ok" or "NOT OK"; returns good */
struct reg_path path_of(const char *key, char *room, size_t size);
bool key_make(struct driver *d, const char *key, bool is_volatile);

/* One command each. */
bool types(struct driver *d);
bool large(struct driver *d);
bool keys(struct driver *d);
bool many(struct driver *d);
bool clear(struct driver *d);
bool services(struct driver *d);
bool info(struct driver *d);
bool rare(struct driver *d);
bool cost(struct driver *d);
/* Make, read and remove 22 values in 8 keys below root, which must be there. */
bool cost_run(struct transport *t, const char *root, bool tell);
bool cost_apply(struct transport *t, struct reg_op *ops, size_t n);

#endif
