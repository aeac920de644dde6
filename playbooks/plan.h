/* playbooks/plan.h: the exact changes, per host, with a digest. Pure: made of values that somebody
 * else read.
 * Shape:  hosts in rollout order; the changes of a host in the order in which they are to be done:
 *         keys are created top down, then values are set, then values deleted, then keys deleted
 *         bottom up. A rollback's plan is the same thing with before and after exchanged, and so
 *         obeys the same order (old values are written before new ones are deleted).
 *         A change whose before equals its after is listed too: it is checked, never written.
 * Owns:   everything inside; plan_free(NULL) is fine.
 * Errors: plan_read: E_DATA with place; a file whose digest does not match its content is E_DATA,
 *         "edited". plan_seal, plan_write: E_MEMORY; E_INTERNAL for a time outside of the years
 *         1970 to 9999 or a plan without its digest. */
#ifndef SWELL_PLAYBOOKS_PLAN_H
#define SWELL_PLAYBOOKS_PLAN_H

#include "playbooks/playbook.h"

#define PLAN_HOSTS_MAX 100000
#define PLAN_DIGEST_SIZE 65 /* SHA-256 in hex, and NUL */
#define PLAN_SCHEMA_VERSION 1

struct change {
    struct reg_path path;
    char *name;                     /* of the value; NULL: the key itself */
    struct reg_value before, after; /* of a key: absent, or REG_NONE without bytes */
    enum effect effect;
    char *why; /* from the playbook, or NULL */
};

enum plan_verdict {
    PLAN_GO,      /* to be done (perhaps nothing to change) */
    PLAN_EXEMPT,  /* a guard does not hold: the host is left out, reason says why */
    PLAN_UNKNOWN, /* a guard could not be decided or the host not be read: left out, as reason says
                   */
};

struct plan_host {
    char *name;
    char *affinity; /* anti-affinity group or NULL */
    enum plan_verdict verdict;
    enum err err;      /* why it could not be read, OK otherwise */
    char *reason;      /* NULL for PLAN_GO */
    bool owes_restart; /* from an earlier run */
    /* RemoteRegistry was not running there and may not start by itself: it is woken for as long as
     * the host is worked on, and put back. */
    bool may_wake;
    struct change *changes;
    size_t n_changes;
};

enum plan_kind { PLAN_APPLY,
                 PLAN_ROLLBACK };

struct plan {
    enum plan_kind kind;
    char *title;
    char *playbook;      /* its name */
    int64_t rollback_of; /* rollout number, or 0 */
    int64_t made_at_ms;  /* real time */
    struct verify_rule *verify;
    size_t n_verify;
    struct plan_host *hosts;
    size_t n_hosts;
    char digest[PLAN_DIGEST_SIZE]; /* of everything above; set by plan_seal and plan_read */
};

void plan_free(struct plan *p);
void change_fini(struct change *c);
void plan_host_fini(struct plan_host *h);
bool change_is_noop(const struct change *c);
bool plan_host_changes(const struct plan_host *h); /* any change that is not a no-op */
/* A real change with EFFECT_RESTART, or owes_restart. */
bool plan_host_needs_restart(const struct plan_host *h);
MUST_CHECK enum err plan_seal(struct plan *p); /* compute the digest */
/* Appends JSON with the digest; canonical. */
MUST_CHECK enum err plan_write(const struct plan *p, struct text *out);
MUST_CHECK enum err plan_read(const char *file, const char *bytes, size_t n, struct plan **out,
                              struct why *why);
const struct plan_host *plan_find_host(const struct plan *p, const char *name);

/* --- making one --- */
struct key_state { /* one key as it is now */
    struct reg_path path;
    bool exists;
    struct {
        char *name;
        struct reg_value value;
    } * values; /* all of them */
    size_t n_values;
    char **subkeys;
    size_t n_subkeys;
};

/* Who knows what a host has now: I/O in the controller, a table in a test. What is not there is no
 * failure: an absent value, exists = false (E_ABSENT says the same). Any other failure ends the
 * planning of this host and is handed on. */
struct plan_reader {
    enum err (*value)(void *self, const struct reg_path *, const char *name, struct reg_value *out,
                      struct why *);
    enum err (*key)(void *self, const struct reg_path *, bool *exists, struct why *);
    enum err (*list)(void *self, const struct reg_path *, struct key_state *out, struct why *);
    void *self;
};
void key_state_fini(struct key_state *k);
/* Computes the changes for one host into out->changes and n_changes; name, verdict etc. are the
 * caller's, and so is *out on failure: unchanged.
 * Errors: the reader's; E_UNSUPPORTED for HKCU, which is somebody else over the network; E_LIMIT
 * for a key to be absent that holds too much; E_MOVED if it changed while it was read. */
MUST_CHECK enum err plan_host_changes_make(const struct playbook *pb,
                                           const struct plan_reader *reader, struct plan_host *out,
                                           struct why *why);
/* The inverse: before and after exchanged, order made right again. Notes of no-ops are dropped;
 * name and affinity are copied, the verdict is PLAN_GO. Errors: E_MEMORY; *out is unchanged then.
 */
MUST_CHECK enum err plan_host_invert(const struct plan_host *of, struct plan_host *out);

#endif
