/* Signing one message, for tests of single messages. */
#ifndef SWELL_TESTS_SUPPORT_SIGN_ONCE_H
#define SWELL_TESTS_SUPPORT_SIGN_ONCE_H

#include "transport/smb/sign.h"

static inline enum err sign_once(enum smb_sign_algorithm algorithm, const uint8_t *key,
                                 uint8_t *message, size_t n, bool check)
{
    struct crypto_mac *m = NULL;
    enum err e = smb_signer_new(algorithm, key, &m);

    if (e == OK)
        e = check ? smb_sign_check(m, message, n) : smb_sign(m, message, n);
    crypto_mac_free(m);
    return e;
}

#endif
