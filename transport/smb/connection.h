/* transport/smb/connection.h: one SMB connection: requests out, answers in, in any order.
 * Source: MS-SMB2 3.2.4.1 (sending: message ids, credits, signing), 3.2.5.1 (receiving),
 *         3.2.5.1.6 (a session whose time is over), 2.1 (direct TCP framing).
 * Shape:  a request begins with smb_request, which writes the header; the caller puts the body;
 *         smb_exchange signs or encrypts it if a session is there, sends it and waits for its
 *         answer, through interim STATUS_PENDING answers. Any status is OK for smb_exchange:
 *         smb_answer_status judges it. Several requests may be under way, never more than the
 *         host granted: smb_send while smb_can_send, then smb_receive for the next answer to any
 *         of them; smb_exchange only when none is under way. What smb_send takes goes out in one
 *         piece when an answer is waited for, or with smb_flush. When the host says that the
 *         session's time is over (a Kerberos ticket ended), smb_exchange logs on again by renew,
 *         if that is set, and repeats its request, once.
 * Units:  deadline_ms is a point on clock_mono_ms(), for everything until it is set again.
 * Owns:   smb_connection_fini closes the socket, wipes and frees. An answer's views live until
 *         the next request.
 * Errors: those of tcp.h; E_SECURITY, an answer unsigned, wrongly signed, or not
 *         encrypted as it must be; E_PROTOCOL, anything
 *         that is not the answer to this request; E_UNSUPPORTED, SMB 1. After any of them the
 *         connection is broken: all later calls give E_CUT. */
#ifndef SWELL_TRANSPORT_SMB_CONNECTION_H
#define SWELL_TRANSPORT_SMB_CONNECTION_H

#include "transport/smb/keys.h"

#define SMB_PORT 445
#define SMB_IO_MAX 65536u                    /* bytes of one read, write or answer: one credit */
#define SMB_MESSAGE_MAX (SMB_IO_MAX + 4096u) /* longest message taken from a host */
#define SMB_CREDITS_WANTED 64
#define SMB_CREDITS_MAX 8192
#define SMB_FLIGHT_MAX 32 /* requests under way at once */

struct smb_flight { /* a request that waits for its answer */
    uint64_t message_id;
    uint16_t command;
    size_t tag; /* the sender's own */
};

struct smb_connection {
    int fd;
    int64_t deadline_ms;
    bool broken;
    uint64_t next_message_id;
    uint32_t credits;
    uint16_t dialect;
    bool multi_credit; /* the host counts credits by size: a charge is written */
    uint32_t io_max;   /* bytes of one transceive, read or write, at most SMB_IO_MAX */
    uint64_t session_id;
    uint32_t tree_id;
    bool secured; /* the session's key is there: all is signed, or sealed, both ways */
    enum smb_sign_algorithm algorithm;
    uint8_t key[SMB_KEY_SIZE];
    struct crypto_mac *signer; /* of that key; made when it is first needed */
    struct smb_seal seal;
    struct smb_preauth preauth;
    struct wr out;
    struct wr sealed; /* the request in out, encrypted */
    struct wr unsent; /* whole frames, until somebody waits for an answer */
    uint8_t *in;      /* what has come: in[in_from..in_end) was not looked at yet */
    size_t in_from;
    size_t in_end;
    uint8_t *answer;      /* the one that was taken last, inside in */
    uint64_t round_trips; /* requests sent */
    uint64_t turns;       /* times that the client had to wait for an answer to what it sent */
    bool waits;           /* something was sent since the last answer came */
    struct smb_flight flight[SMB_FLIGHT_MAX];
    size_t n_flight;
    enum err (*renew)(struct smb_connection *c, void *self, struct why *why); /* NULL: it cannot */
    void *renew_self;
    bool renews; /* it is at it */
};

struct smb_answer {
    struct smb_header header;
    struct rd body;    /* behind the header */
    struct rd message; /* header and body */
    bool sealed;       /* it came encrypted */
};

void smb_connection_init(struct smb_connection *c, int fd,
                         int64_t deadline_ms);      /* fd becomes the connection's */
void smb_connection_fini(struct smb_connection *c); /* fine on a zeroed one with fd -1 */
struct wr *smb_request(struct smb_connection *c, enum smb_command command);
struct rd smb_request_message(const struct smb_connection *c); /* the last one, as it was sent */
MUST_CHECK enum err smb_exchange(struct smb_connection *c, struct smb_answer *out, struct why *why);
bool smb_can_send(const struct smb_connection *c); /* a credit and a place are free */
MUST_CHECK enum err smb_send(struct smb_connection *c, size_t tag, struct why *why);
/* Sends what waits to be sent; for who expects no answer. */
MUST_CHECK enum err smb_flush(struct smb_connection *c, struct why *why);
/* The next answer, and the tag of its request. */
MUST_CHECK enum err smb_receive(struct smb_connection *c, struct smb_answer *out, size_t *tag,
                                struct why *why);
/* Does this answer say that the session has to be renewed before its request is repeated? */
bool smb_is_expired(const struct smb_connection *c, const struct smb_answer *a);
MUST_CHECK enum err smb_renew(struct smb_connection *c, struct why *why); /* none is under way */
MUST_CHECK enum err smb_answer_status(const struct smb_answer *a,
                                      struct why *why); /* OK for STATUS_SUCCESS */
/* Check the signature of an answer that came before the session was secured: the last one of a
 * session setup. */
MUST_CHECK enum err smb_answer_verify(struct smb_connection *c, const struct smb_answer *a,
                                      struct why *why);
/* What a decoder's E_SHORT or E_FORMAT means of a host: E_PROTOCOL, in words. Other errors pass. */
enum err smb_malformed(struct smb_connection *c, enum err e, const char *what, struct why *why);

#endif
