/* db/journal.h: the journal: one append-only, hash-chained table of events. It does not know what
 *         an event means.
 * Shape:  hash = SHA-256(previous hash | seq | at_ms | rollout | host | kind | body), each field
 *         preceded by its length as 8 bytes little-endian, numbers as 8 bytes little-endian; the
 *         first previous hash is 32 zero bytes. body is compact JSON. seq counts from 1 without
 *         gaps.
 * Owns:   rows given to a reader are borrowed until it returns.
 * Errors: as store.h; journal_verify: E_CORRUPT, and why says which event and how (changed,
 *         missing, reordered). */
#ifndef SWELL_DB_JOURNAL_H
#define SWELL_DB_JOURNAL_H

#include "db/store.h"

#define JOURNAL_HASH_SIZE 32
#define JOURNAL_BODY_MAX (32u << 20)

struct journal_row {
    int64_t seq;
    int64_t at_ms;    /* real time */
    int64_t rollout;  /* 0 = none */
    const char *host; /* "" = none */
    const char *kind;
    const char *body;
    uint8_t hash[JOURNAL_HASH_SIZE];
};

/* Appends inside the open transaction (store_begin); sets row->seq and row->hash. Reads the last
 * hash from the file, so that another process may have appended before. */
MUST_CHECK enum err journal_append(struct store *st, struct journal_row *row, struct why *why);

/* Anything but OK stops the reading and is returned. */
typedef enum err journal_reader(void *self, const struct journal_row *row);

struct journal_filter {
    int64_t rollout;   /* 0 = any */
    const char *host;  /* NULL = any */
    const char *kind;  /* NULL = any */
    int64_t after_seq; /* only later ones */
};
/* In the order of seq. f NULL: all. */
MUST_CHECK enum err journal_read(struct store *st, const struct journal_filter *f,
                                 journal_reader *reader, void *self, struct why *why);
MUST_CHECK enum err journal_last_seq(struct store *st, int64_t *out, struct why *why);
/* Highest number used + 1. */
MUST_CHECK enum err journal_next_rollout(struct store *st, int64_t *out, struct why *why);
/* E_ABSENT if there is none. */
MUST_CHECK enum err journal_last_rollout(struct store *st, int64_t *out, struct why *why);

/* A chain says nothing about its own end. That nothing was cut off there is told by a second record
 * in the database; who changes both, or makes every hash anew, is found only by comparing this
 * proof with one that was kept elsewhere. */
struct journal_proof {
    int64_t events;
    uint8_t head[JOURNAL_HASH_SIZE];
};
/* Streams: takes no more memory for a longer journal. */
MUST_CHECK enum err journal_verify(struct store *st, struct journal_proof *out, struct why *why);

#endif
