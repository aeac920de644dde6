/* handshake/certificate_parts.h: what the files of a whole handshake share; nobody else
 * includes it.
 * Owns:   X509 objects are borrowed.
 * Errors: none; what cannot be read is told in words. */
#ifndef SWELL_HANDSHAKE_CERTIFICATE_PARTS_H
#define SWELL_HANDSHAKE_CERTIFICATE_PARTS_H

#include "handshake/certificate.h"

#include <openssl/x509.h>

/* A peer's bytes as safe text, cut with "…" at a whole character. */
void words_keep(char *buf, size_t size, const char *s, size_t n);
/* E_MEMORY only: what a certificate lacks is left empty. */
MUST_CHECK enum err certificate_of(X509 *x, struct certificate *out);

/* What is to be judged; chain is all that the peer sent, the leaf too; staple may be NULL. */
struct chain_asked {
    STACK_OF(X509) * chain;
    const struct whole_options *options;
    const unsigned char *staple;
    long staple_size;
};
/* Sets trust, name and staple of *seen. E_MEMORY. */
MUST_CHECK enum err chain_judge(const struct chain_asked *asked, struct handshake_seen *seen);
/* issuer NULL: none is known. */
void staple_judge(const struct chain_asked *asked, X509 *issuer, struct handshake_seen *seen);

#endif
