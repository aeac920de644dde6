/* A host behind WinRM for unit tests: HTTP with NTLM and encrypted messages, a thread a connection.
 * What it says in SOAP is the test's. */
#ifndef SWELL_TESTS_TRANSPORT_WINRM_PEER_H
#define SWELL_TESTS_TRANSPORT_WINRM_PEER_H

#include "base/text.h"

#include <stdatomic.h>

enum peer_mood {
    PEER_GOOD,
    PEER_IN_THE_CLEAR,  /* answers without encryption */
    PEER_WRONG_LENGTH,  /* says another length than it sends */
    PEER_HANGS_UP_ONCE, /* ends a connection after its second call, once */
    PEER_DIES_OF_IT,    /* carries a restart out, and its connection ends without a word */
    PEER_FORGETS_ONCE   /* says 401 to the second call, once */
};

struct winrm_peer {
    /* Called under a lock. Puts the Body's content; id is set around it. */
    void (*answer)(void *self, const char *soap, struct text *body);
    void *self;
    enum peer_mood mood;
    uint16_t port;          /* out */
    atomic_int connections; /* out */
    atomic_int calls;       /* out */
    struct winrm_peer_state *state;
};

void winrm_peer_start(struct winrm_peer *p); /* on 127.61.0.1 */
void winrm_peer_stop(struct winrm_peer *p);

#endif
