#include "transport/smb/seal.h"

#include <stdlib.h>
#include <string.h>

enum {
    TAG_AT = 4,
    NONCE_AT = 20, /* from here on the header is covered by the tag */
    NONCE_FIELD = 16,
    FLAG_ENCRYPTED = 1
};

static const uint8_t protocol[4] = {0xfd, 'S', 'M', 'B'};

static enum aead cipher_aead(enum smb_cipher cipher)
{
    switch (cipher) {
    case SMB_CIPHER_AES_128_CCM: return AEAD_AES_128_CCM;
    case SMB_CIPHER_AES_128_GCM: return AEAD_AES_128_GCM;
    case SMB_CIPHER_AES_256_CCM: return AEAD_AES_256_CCM;
    case SMB_CIPHER_AES_256_GCM: return AEAD_AES_256_GCM;
    case SMB_CIPHER_NONE: break;
    }
    abort(); /* nothing is sealed without a cipher */
}

size_t smb_cipher_key_size(enum smb_cipher cipher)
{
    return crypto_aead_key_size(cipher_aead(cipher));
}

bool smb_is_sealed(struct rd message)
{
    return rd_equal(rd_at(message, 0, sizeof protocol), rd_of(protocol, sizeof protocol));
}

static void header_put(struct wr *w, uint64_t nonce, uint64_t session_id, size_t size)
{
    wr_bytes(w, protocol, sizeof protocol);
    wr_zeros(w, AEAD_TAG_SIZE);
    wr_le64(w, nonce);
    wr_zeros(w, NONCE_FIELD - 8);
    wr_le32(w, size);
    wr_le16(w, 0); /* reserved */
    wr_le16(w, FLAG_ENCRYPTED);
    wr_le64(w, session_id);
}

enum err smb_seal_put(struct smb_seal *s, uint64_t session_id, struct rd message, struct wr *out)
{
    size_t at = out->used;
    enum aead a = cipher_aead(s->cipher);
    struct rd key = rd_of(s->out_key, crypto_aead_key_size(a));
    struct rd nonce;
    uint8_t *head;
    enum err e;

    if (s->sealed == UINT64_MAX)
        return E_LIMIT;
    header_put(out, ++s->sealed, session_id, message.left);
    wr_view(out, message);
    if ((e = wr_end(out)) != OK)
        return e;
    head = out->bytes + at;
    nonce = rd_of(head + NONCE_AT, crypto_aead_nonce_size(a));
    return crypto_aead_seal(a, key, nonce, rd_of(head + NONCE_AT, SMB_SEAL_HEADER_SIZE - NONCE_AT),
                            head + SMB_SEAL_HEADER_SIZE, message.left, head + TAG_AT);
}

static enum err header_check(struct rd r, uint64_t session_id)
{
    size_t all = r.left;
    bool ours = smb_is_sealed(r);
    uint64_t size, session;
    uint16_t flags;

    rd_skip(&r, NONCE_AT + NONCE_FIELD);
    size = rd_le32(&r);
    rd_skip(&r, 2); /* reserved */
    flags = rd_le16(&r);
    session = rd_le64(&r);
    if (r.bad)
        return E_SHORT;
    if (!ours || flags != FLAG_ENCRYPTED || size != all - SMB_SEAL_HEADER_SIZE)
        return E_FORMAT;
    return session == session_id ? OK : E_SECURITY;
}

enum err smb_seal_get(const struct smb_seal *s, uint64_t session_id, uint8_t *bytes, size_t n,
                      struct rd *message)
{
    enum aead a = cipher_aead(s->cipher);
    enum err e = header_check(rd_of(bytes, n), session_id);
    struct rd key = rd_of(s->in_key, crypto_aead_key_size(a));
    struct rd nonce, extra;

    if (e != OK)
        return e;
    nonce = rd_of(bytes + NONCE_AT, crypto_aead_nonce_size(a));
    extra = rd_of(bytes + NONCE_AT, SMB_SEAL_HEADER_SIZE - NONCE_AT);
    n -= SMB_SEAL_HEADER_SIZE;
    e = crypto_aead_open(a, key, nonce, extra, bytes + SMB_SEAL_HEADER_SIZE, n, bytes + TAG_AT);
    if (e == OK)
        *message = rd_of(bytes + SMB_SEAL_HEADER_SIZE, n);
    return e;
}
