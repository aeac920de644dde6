/* handshake/scan_parts.h: the parts of a scan. Only scan*.c include it.
 * Shape:  a scan asks questions, at most as many at once as the engine lets it; each is answered
 *         once. Whenever one is, every part is asked in turn what it wants to know next
 *         (scan_pump()). Versions come first; all else waits until they are settled.
 * Owns:   a question is freed by the scan after it was answered. */
#ifndef SWELL_HANDSHAKE_SCAN_PARTS_H
#define SWELL_HANDSHAKE_SCAN_PARTS_H

#include "handshake/ask.h"
#include "handshake/scan.h"

#define SIFT_MAX HELLO_LIST_MAX
#define FAMILIES_MAX 24
#define BEATS_SIZE ((SUITES_ALL_MAX + 7) / 8)

struct scan;
struct question;

/* A list of suites that are offered together. Whatever the server chooses is taken out and the rest
 * offered again, until it refuses. */
struct part {
    struct part *next;
    enum tls_version version;
    uint16_t ids[SUITES_ALL_MAX];
    size_t n;
    unsigned weight; /* how many of them are likely, in 64ths */
    unsigned turns, tries, cycles;
    bool named; /* the groups of RFC 7919 are named */
    bool again; /* the next question has the version's first suite last: whose order counts? */
};

/* A list of groups or signature algorithms, likewise, in one chain. */
struct sift {
    uint16_t left[SIFT_MAX];
    size_t n_left;
    uint16_t *found;
    size_t *n_found, max;
    bool begun, busy, over;
};

/* Signature algorithms of which a hello can only learn whether one of them would do. */
struct family {
    uint16_t ids[SIFT_MAX];
    size_t n;
};

struct question {
    struct ask ask; /* first */
    struct dialect_talk dialect;
    struct whole_talk *whole; /* instead of the ask, or NULL */
    struct scan *scan;
    struct question *next;
    void (*answered)(struct scan *s, struct question *q);
    enum tls_version version;
    struct part *part;
    struct sift *sift;
    struct family family;
    bool alpn; /* it asks for a protocol too */
};

enum version_stage { VERSION_TODO,
                     VERSION_ASKED,
                     VERSION_AGAIN,
                     VERSION_OVER };

struct version_run {
    enum version_stage stage;
    unsigned asks, refusals, silences, failures;
    struct tls_answer last, refusal;
};

enum suites_stage { SUITES_NONE, /* the version is not spoken */
                    SUITES_PARTS,
                    SUITES_PAIR,
                    SUITES_ORDER,
                    SUITES_OVER };

struct suites_run {
    enum suites_stage stage;
    uint16_t all[SUITES_ALL_MAX];
    size_t n_all;
    bool accepted[SUITES_ALL_MAX], skipped[SUITES_ALL_MAX]; /* by the index in all[] */
    uint8_t (*beats)[BEATS_SIZE];                           /* chosen though that one was offered */
    size_t n_accepted, n_parts, n_pairs, pairs_asked;
    bool named_asked, named_won; /* with the groups of RFC 7919 named; a suite was chosen so */
    uint16_t first;              /* what the version's own question showed */
    bool cut;                    /* a part was given up */
    bool pair_lost;
};

struct scan {
    struct scan_job job;
    struct scan_options options; /* of the job, filled up */
    struct scan_result *out;
    int64_t begun_ms;
    struct question *open; /* those under way */
    unsigned n_open, width;
    bool answers; /* something was answered, whatever it was */
    bool settled; /* the versions are */
    bool over, pumping;
    struct version_run versions[TLS_VERSIONS];
    struct suites_run *suites; /* TLS_VERSIONS of them, for SCAN_ALL */
    struct part *ready;
    size_t n_ready;
    bool long_ok, short_mode;
    uint64_t dh_digest;
    /* features */
    bool features_begun, fallback_asked, deflate_asked, whole_asked;
    enum tls_version old; /* the newest before TLS 1.3 that is spoken; TLS_VERSIONS: none */
    struct sift groups13, groups, sigalgs;
    struct family families[FAMILIES_MAX];
    size_t n_families;
    char alpn_left[96];
    bool alpn_busy, alpn_over;
};

/* A question with the usual offer of a version; scan_ask() sends it. NULL: no memory, and the scan
 * is over. */
struct question *question_new(struct scan *s, enum tls_version v,
                              void (*answered)(struct scan *s, struct question *q));
void scan_ask(struct scan *s, struct question *q, int64_t attempt_ms);
bool scan_speaks(const struct scan *s, enum tls_version v);
/* Takes what every answer may tell. */
void scan_learn(struct scan *s, const struct question *q);

/* A question asks for a protocol too, if that is still open; then what was answered to it. */
void alpn_ask(struct scan *s, struct question *q);
void alpn_take(struct scan *s, const struct question *q);

/* Each asks its next question and says whether it had one. */
bool versions_next(struct scan *s);
bool suites_next(struct scan *s);
bool features_next(struct scan *s);

void versions_begin(struct scan *s);
bool versions_over(const struct scan *s);
void versions_judge(struct scan *s);
void suites_begin(struct scan *s, const struct question *first);
void suites_fini(struct scan *s);
void suites_result(struct scan *s);
/* Called when no part of a version is left. */
void order_begin(struct scan *s, enum tls_version v);
bool order_next(struct scan *s);
void order_result(struct scan *s, enum tls_version v);
/* Whether x was chosen though y was offered too; indices of all[]. */
bool suite_beats(const struct suites_run *r, size_t x, size_t y);
void suite_won(struct suites_run *r, uint16_t id, const struct hello_offer *offer);
/* A server without DH parameters of its own has DHE suites only for who names a group of RFC 7919;
 * one with its own may have them only for who names none. */
void groups_name(struct hello_offer *o);
size_t suite_index(const struct suites_run *r, uint16_t id); /* n_all: not there */

#endif
