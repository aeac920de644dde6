#include "transport/smb/keys.h"

#include "base/secret.h"

#include <string.h>

static const char label_signing[] = "SMBSigningKey"; /* travels with its NUL */

enum err smb_preauth_add(struct smb_preauth *p, struct rd message)
{
    uint8_t next[SHA512_SIZE];
    enum err e;

    if (message.bad)
        return E_INTERNAL;
    e = crypto_sha512_2(rd_of(p->hash, sizeof p->hash), message, next);
    if (e == OK)
        memcpy(p->hash, next, sizeof next);
    return e;
}

enum err smb_signing_key(uint16_t dialect, struct rd session_key, const struct smb_preauth *p,
                         uint8_t out[SMB_KEY_SIZE])
{
    uint8_t key[SMB_KEY_SIZE] = {0}; /* the first 16 bytes; a shorter key ends in zeros */
    size_t n = session_key.left < sizeof key ? session_key.left : sizeof key;
    enum err e = OK;

    memset(out, 0, SMB_KEY_SIZE);
    if (!rd_copy(&session_key, key, n))
        return E_INTERNAL;
    if (dialect == SMB_DIALECT_3_1_1)
        e = crypto_kdf_sp800_108(rd_of(key, sizeof key), rd_of(label_signing, sizeof label_signing),
                                 rd_of(p->hash, sizeof p->hash), out, SMB_KEY_SIZE);
    else
        memcpy(out, key, SMB_KEY_SIZE);
    secret_wipe(key, sizeof key);
    return e;
}
