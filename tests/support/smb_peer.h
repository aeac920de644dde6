/* tests/support/smb_peer.h: the other end of a connection, played by a thread of the test.
 * Shape:  peer_start_raw hands each accepted connection to serve(), one after another, until
 *         peer_stop. peer_start_smb reads SMB 2 requests and lets answer() make each answer; the
 *         peer fills in the header, signs it if it has a key, and sends it.
 * Owns:   the callbacks run in the peer's thread: what they write may be read after peer_stop.
 * Errors: none: whatever goes wrong with the socket ends the connection. */
#ifndef SWELL_TESTS_SUPPORT_SMB_PEER_H
#define SWELL_TESTS_SUPPORT_SMB_PEER_H

#include "transport/smb/connection.h"

#include <pthread.h>

struct smb_peer_answer {
    uint32_t status;
    struct wr body;      /* behind the header */
    unsigned interim;    /* STATUS_PENDING answers before it */
    bool is_unsigned;    /* though the peer has a key */
    bool damaged;        /* a bit flipped after it was signed */
    bool no_credits;     /* grants none */
    bool silent;         /* says nothing more, until the other side closes */
    int64_t off_by;      /* added to the message id */
    uint16_t command_is; /* instead of the one asked, if not 0 */
    uint32_t tree_id;
    uint64_t session_id; /* of the request if 0 */
};

struct smb_peer {
    int listener;
    uint16_t port; /* on 127.0.0.1 */
    int stop[2];
    pthread_t thread;
    void (*serve)(int fd, void *self);
    /* false: end the connection instead */
    bool (*answer)(void *self, const struct smb_header *h, struct rd message,
                   struct smb_peer_answer *a);
    void *self;
    bool has_key;
    uint8_t key[SMB_KEY_SIZE]; /* AES-CMAC */
};

void peer_start_raw(struct smb_peer *p, void (*serve)(int fd, void *self), void *self);
void peer_start_smb(struct smb_peer *p,
                    bool (*answer)(void *, const struct smb_header *, struct rd,
                                   struct smb_peer_answer *),
                    void *self, const uint8_t *key);
void peer_stop(struct smb_peer *p);
/* Read and forget, until the other side closes. */
void peer_await_end(int fd);
/* False: the other side has gone. */
bool peer_write(int fd, const void *bytes, size_t n);
/* The client's end, non-blocking. */
int peer_connect(const struct smb_peer *p);

#endif
