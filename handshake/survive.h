/* handshake/survive.h: would this client still get through to a Windows server that has its
 * release's defaults and what a playbook says of Schannel? Pure.
 * Source: "TLS registry settings" of the Windows Server documentation (what Enabled and
 *         DisabledByDefault mean together); RFC 8446 4.1.1 and 4.2.7; RFC 8422 5.1 (groups).
 * Words:  what nobody can see from a ClientHello is "perhaps". */
#ifndef SWELL_HANDSHAKE_SURVIVE_H
#define SWELL_HANDSHAKE_SURVIVE_H

#include "handshake/client_hello.h"
#include "handshake/windows.h"
#include "playbooks/schannel.h"

#define SURVIVAL_TEXT_SIZE 320

enum survive { SURVIVES,
               SURVIVES_PERHAPS,
               SURVIVES_NOT };

struct survival {
    enum survive outcome;
    uint16_t version; /* of the wire, that would be spoken; 0: none */
    uint16_t suite;   /* … with an RSA certificate; 0: none is shared */
    uint16_t suite_ecdsa;
    char text[SURVIVAL_TEXT_SIZE]; /* one sentence */
};

/* The versions that such a server speaks, as a set of bits 1 << enum tls_version; SSL 2.0, whose
 * kinds of ciphers are not suites, is left out. */
unsigned survive_versions(const struct windows_release *r, const struct schannel_wish *w);
/* Whether such a server would take a suite in a version of the wire. */
bool survive_suite(const struct windows_release *r, const struct schannel_wish *w, uint16_t suite,
                   uint16_t version);
void survive_judge(const struct client_hello *h, const struct windows_release *r,
                   const struct schannel_wish *w, struct survival *out);
const char *survive_word(enum survive s); /* "survives" … */

#endif
