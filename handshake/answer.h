/* handshake/answer.h: what the first bytes of an answer to our hello mean.
 * Source: RFC 8446 4.1.3, 4.1.4, 4.2.1, 5.1, 6; RFC 5246 6.2.1, 7.2, 7.4.1.3.
 * Shape:  pure; bytes are all that has come so far, from the first one. A ServerHello may be spread
 *         over records, and nothing after it is looked at. A warning unrecognized_name before it is
 *         passed over (RFC 6066 3).
 * Owns:   nothing. */
#ifndef SWELL_HANDSHAKE_ANSWER_H
#define SWELL_HANDSHAKE_ANSWER_H

#include "base/wire.h"
#include "handshake/probe.h"
#include "handshake/suites.h"

#define ANSWER_BYTES_MAX 65536u /* all records up to the end of the ServerHello */
#define ANSWER_HELLO_MAX 8192u  /* one ServerHello */

enum answer_step {
    ANSWER_MORE, /* *need more bytes must come before anything can be said; *out is not set */
    ANSWER_DONE  /* *out is set */
};

/* How the bytes stopped coming. */
enum answer_end { END_CLOSED,
                  END_RESET,
                  END_DEADLINE };

struct answer_asked {
    enum tls_version version;
    enum suite_list suites;
};

enum answer_step answer_read(struct rd bytes, const struct answer_asked *asked,
                             struct tls_answer *out, size_t *need);
/* The answer that is left when the bytes stop while answer_read() still wants more. */
struct tls_answer answer_stopped(struct rd bytes, enum answer_end end);
/* The answer without any suite, alert or version. Only an explicit no is a refusal. */
struct tls_answer answer_of(enum tls_how how);

#endif
