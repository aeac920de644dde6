#include "transport/smb/keys.h"

#include "base/secret.h"

#include <string.h>

/* 3.1.4.2. Labels and contexts travel with their NUL; 3.1.1 has the hash for a context. */
struct purpose {
    const char *label, *context; /* of 3.0 and 3.0.2 */
    const char *label_3_1_1;
};

static const struct purpose purpose_signing = {"SMB2AESCMAC", "SmbSign", "SMBSigningKey"};
static const struct purpose purpose_out = {"SMB2AESCCM", "ServerIn ", "SMBC2SCipherKey"};
static const struct purpose purpose_in = {"SMB2AESCCM", "ServerOut", "SMBS2CCipherKey"};

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

static struct rd with_nul(const char *s)
{
    return rd_of(s, strlen(s) + 1);
}

static enum err key_derive(uint16_t dialect, const struct purpose *purpose, struct rd key,
                           const struct smb_preauth *p, uint8_t *out, size_t n)
{
    if (dialect == SMB_DIALECT_3_1_1)
        return crypto_kdf_sp800_108(key, with_nul(purpose->label_3_1_1),
                                    rd_of(p->hash, sizeof p->hash), out, n);
    return crypto_kdf_sp800_108(key, with_nul(purpose->label), with_nul(purpose->context), out, n);
}

/* Session.SessionKey: the first 16 bytes; a shorter key ends in zeros. */
static enum err key_cut(struct rd session_key, uint8_t out[SMB_KEY_SIZE])
{
    size_t n = session_key.left < SMB_KEY_SIZE ? session_key.left : SMB_KEY_SIZE;

    memset(out, 0, SMB_KEY_SIZE);
    return rd_copy(&session_key, out, n) ? OK : E_INTERNAL;
}

enum err smb_signing_key(uint16_t dialect, struct rd session_key, const struct smb_preauth *p,
                         uint8_t out[SMB_KEY_SIZE])
{
    uint8_t key[SMB_KEY_SIZE];
    enum err e = key_cut(session_key, key);

    memset(out, 0, SMB_KEY_SIZE);
    if (e == OK && dialect >= SMB_DIALECT_3_0)
        e = key_derive(dialect, &purpose_signing, rd_of(key, sizeof key), p, out, SMB_KEY_SIZE);
    else if (e == OK)
        memcpy(out, key, SMB_KEY_SIZE);
    secret_wipe(key, sizeof key);
    return e;
}

enum err smb_seal_keys(uint16_t dialect, struct rd session_key, const struct smb_preauth *p,
                       struct smb_seal *seal)
{
    size_t n = smb_cipher_key_size(seal->cipher);
    uint8_t cut[SMB_KEY_SIZE];
    struct rd key = rd_of(cut, sizeof cut);
    enum err e = key_cut(session_key, cut);

    if (n > sizeof cut)
        key = session_key; /* Session.FullSessionKey, 3.2.5.3 */
    if (e != OK ||
        (e = key_derive(dialect, &purpose_out, key, p, seal->out_key, n)) != OK ||
        (e = key_derive(dialect, &purpose_in, key, p, seal->in_key, n)) != OK) {
        secret_wipe(seal->out_key, sizeof seal->out_key);
        secret_wipe(seal->in_key, sizeof seal->in_key);
    }
    secret_wipe(cut, sizeof cut);
    return e;
}
