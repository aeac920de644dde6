/* transport/smb/connection.h: one SMB connection: requests out, answers in, one at a time.
 * Source: MS-SMB2 3.2.4.1 (sending: message ids, credits, signing), 3.2.5.1 (receiving), 2.1
 *         (direct TCP framing).
 * Shape:  a request begins with smb_request, which writes the header; the caller puts the body;
 *         smb_exchange signs it if a session is there, sends it and waits for its answer,
 *         through interim STATUS_PENDING answers. Any status is OK for smb_exchange:
 *         smb_answer_status judges it.
 * Units:  deadline_ms is a point on clock_mono_ms(), for everything until it is set again.
 * Owns:   smb_connection_fini closes the socket, wipes and frees. An answer's views live until
 *         the next request.
 * Errors: those of tcp.h; E_SECURITY, an answer unsigned or wrongly signed; E_PROTOCOL, anything
 *         that is not the answer to this request; E_UNSUPPORTED, SMB 1. After any of them the
 *         connection is broken: all later calls give E_CUT. */
#ifndef SWELL_TRANSPORT_SMB_CONNECTION_H
#define SWELL_TRANSPORT_SMB_CONNECTION_H

#include "transport/smb/keys.h"

#define SMB_PORT 445
#define SMB_IO_MAX 65536u                    /* bytes of one read, write or answer: one credit */
#define SMB_MESSAGE_MAX (SMB_IO_MAX + 4096u) /* longest message taken from a host */
#define SMB_CREDITS_WANTED 32
#define SMB_CREDITS_MAX 8192

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
    bool secured; /* the session's key is there: all is signed both ways */
    enum smb_sign_algorithm algorithm;
    uint8_t key[SMB_KEY_SIZE];
    struct smb_preauth preauth;
    struct wr out;
    uint8_t *in;
    uint64_t round_trips;
};

struct smb_answer {
    struct smb_header header;
    struct rd body;    /* behind the header */
    struct rd message; /* header and body */
};

void smb_connection_init(struct smb_connection *c, int fd,
                         int64_t deadline_ms);      /* fd becomes the connection's */
void smb_connection_fini(struct smb_connection *c); /* fine on a zeroed one with fd -1 */
struct wr *smb_request(struct smb_connection *c, enum smb_command command);
struct rd smb_request_message(const struct smb_connection *c); /* the last one, as it was sent */
MUST_CHECK enum err smb_exchange(struct smb_connection *c, struct smb_answer *out, struct why *why);
MUST_CHECK enum err smb_answer_status(const struct smb_answer *a,
                                      struct why *why); /* OK for STATUS_SUCCESS */
/* Check the signature of an answer that came before the session was secured: the last one of a
 * session setup. */
MUST_CHECK enum err smb_answer_verify(struct smb_connection *c, const struct smb_answer *a,
                                      struct why *why);
/* What a decoder's E_SHORT or E_FORMAT means of a host: E_PROTOCOL, in words. Other errors pass. */
enum err smb_malformed(struct smb_connection *c, enum err e, const char *what, struct why *why);

#endif
