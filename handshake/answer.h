/* handshake/answer.h: what the bytes of an answer to our hello mean.
 * Source: RFC 8446 4.1.3, 4.1.4, 4.2.1, 5.1, 6; RFC 5246 6.2.1, 7.2, 7.4.1.3, 7.4.2 to 7.4.5; RFC
 *         8422 5.4; RFC 6101; draft-hickman-netscape-ssl-00.
 * Shape:  pure; bytes are all that has come so far, from the first one. A ServerHello may be spread
 *         over records. A warning unrecognized_name before it is passed over (RFC 6066 3). Nothing
 *         after the ServerHello is looked at, unless the rest is asked for: then up to
 *         ServerHelloDone, as far as it makes sense; in TLS 1.3 the rest is encrypted.
 * Owns:   nothing. */
#ifndef SWELL_HANDSHAKE_ANSWER_H
#define SWELL_HANDSHAKE_ANSWER_H

#include "base/wire.h"
#include "handshake/hello.h"
#include "handshake/probe.h"

#define ANSWER_BYTES_MAX 65536u /* all records that are looked at */
#define ANSWER_HELLO_MAX 8192u  /* one ServerHello */
#define ANSWER_ALPN_SIZE 24
#define ANSWER_DIGEST_SIZE 8
#define ANSWER_KINDS_MAX 32

enum answer_step {
    ANSWER_MORE, /* *need more bytes must come before anything new can be said */
    ANSWER_DONE
};

/* How the bytes stopped coming. */
enum answer_end { END_CLOSED,
                  END_RESET,
                  END_DEADLINE };

struct server_said {
    struct tls_answer answer;
    bool unoffered; /* it chose a suite that was not offered, answer.suite */
    /* of a ServerHello */
    bool retry;     /* it was a HelloRetryRequest */
    uint16_t group; /* TLS 1.3: of the key share, or asked for; before: the curve of its key */
    bool deflate, master_secret, secure_renegotiation, ticket;
    char alpn[ANSWER_ALPN_SIZE]; /* printable, else "" */
    struct rd cookie;            /* a view of the bytes that came */
    /* of the rest, where it was asked for and came */
    bool has_rest;       /* ServerHelloDone was seen */
    bool has_alert;      /* an alert came after the ServerHello … */
    uint8_t late_alert;  /* … and this one */
    unsigned dh_bits;    /* of the prime; 0 = no such key */
    const char *dh_name; /* where the prime is known from; NULL = it is not */
    uint64_t key_digest; /* of the server's ephemeral key, to tell two apart */
    uint16_t sigalg;     /* with which the key is signed, TLS 1.2 */
    bool wants_certificate;
    /* SSL 2.0 */
    uint32_t kinds[ANSWER_KINDS_MAX];
    size_t n_kinds;
};

/* On ANSWER_MORE out->answer is SEEN_NOT_ASKED, unless a ServerHello has been accepted already and
 * only the rest is waited for. */
enum answer_step answer_read(struct rd bytes, const struct hello_offer *offer, bool rest,
                             struct server_said *out, size_t *need);
/* The answer that is left when the bytes stop while answer_read() still wants its first more. */
struct tls_answer answer_stopped(struct rd bytes, enum answer_end end);
/* The answer without any suite, alert or version. Only an explicit no is a refusal. */
struct tls_answer answer_of(enum tls_how how);

#endif
