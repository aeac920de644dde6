/* playbooks/plan.h: the exact changes, per host, with a digest. Pure: made of values that somebody else read.
 * Shape:  hosts in rollout order; the changes of a host in the order in which they are to be done: keys are created top
 *         down, then values are set, then values deleted, then keys deleted bottom up. A rollback's plan is the same thing
 *         with before and after exchanged, and so obeys the same order (old values are written before new ones are deleted).
 *         A change whose before equals its after is listed too: it is checked, never written.
 * Owns:   everything inside; plan_free(NULL) is fine.
 * Errors: plan_read: E_DATA with place; a file whose digest does not match its content is E_DATA, "edited". */
#ifndef SWELL_PLAYBOOKS_PLAN_H
#define SWELL_PLAYBOOKS_PLAN_H

#include "playbooks/playbook.h"

#define PLAN_HOSTS_MAX 100000
#define PLAN_DIGEST_SIZE 65 /* SHA-256 in hex, and NUL */
#define PLAN_SCHEMA_VERSION 1

struct change {
    struct reg_path path;
    char *name; /* value name; NULL: the key itself, then before and after are absent or REG_NONE without bytes */
    struct reg_value before, after;
    enum effect effect;
    char *why; /* from the playbook, or NULL */
};

enum plan_verdict {
    PLAN_GO,      /* to be done (perhaps nothing to change) */
    PLAN_EXEMPT,  /* a guard does not hold: the host is left out, reason says why */
    PLAN_UNKNOWN, /* a guard could not be decided or the host could not be read: left out, reason says why */
};

struct plan_host {
    char *name;
    char *affinity; /* anti-affinity group or NULL */
    enum plan_verdict verdict;
    enum err err;      /* why it could not be read, OK otherwise */
    char *reason;      /* NULL for PLAN_GO */
    bool owes_restart; /* from an earlier run */
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
bool plan_host_changes(const struct plan_host *h);                      /* any change that is not a no-op */
bool plan_host_needs_restart(const struct plan_host *h);                /* a real change with EFFECT_RESTART, or owes_restart */
MUST_CHECK enum err plan_seal(struct plan *p);                          /* compute the digest */
MUST_CHECK enum err plan_write(const struct plan *p, struct text *out); /* JSON with the digest; canonical */
MUST_CHECK enum err plan_read(const char *file, const char *bytes, size_t n, struct plan **out, struct why *why);
const struct plan_host *plan_find_host(const struct plan *p, const char *name);

/* --- making one --- */
/* What the planner must know of one host: filled by asking plan_needs() what to read, then reading it. */
struct key_state { /* one key as it is now */
    struct reg_path path;
    bool exists;
    struct {
        char *name;
        struct reg_value value;
    } * values; /* all of them, where `whole` was asked; else those asked */
    size_t n_values;
    char **subkeys;
    size_t n_subkeys;
};

/* Computes the changes for one host into *out (name, verdict etc. are the caller's). `read` is asked for states:
 * read_value(self, path, name, &value) and read_key(self, path, &exists) and list_key(self, path, &key_state). They may do
 * I/O in the controller or be a table in a test. */
struct plan_reader {
    enum err (*value)(void *self, const struct reg_path *, const char *name, struct reg_value *out, struct why *);
    enum err (*key)(void *self, const struct reg_path *, bool *exists, struct why *);
    enum err (*list)(void *self, const struct reg_path *, struct key_state *out, struct why *);
    void *self;
};
void key_state_fini(struct key_state *k);
MUST_CHECK enum err plan_host_changes_make(const struct playbook *pb, const struct plan_reader *reader,
                                           struct plan_host *out, struct why *why);
/* The inverse: before and after exchanged, order made right again. Notes of no-ops are dropped. */
MUST_CHECK enum err plan_host_invert(const struct plan_host *of, struct plan_host *out);

#endif
