#include "transport/smb/negotiate.h"

#include "base/crypto.h"

#include <string.h>

enum {
    MODE_SIGNING_ENABLED = 1,
    CAPABILITY_LARGE_MTU = 4, /* credits are counted by size */
    CAPABILITY_ENCRYPTION = 0x40,
    CONTEXT_PREAUTH = 1,
    CONTEXT_ENCRYPTION = 2,
    CONTEXT_SIGNING = 8,
    HASH_SHA512 = 1,
    CONTEXTS_MAX = 16,
    IO_MIN = 4096 /* a host that takes less cannot carry one RPC fragment */
};

static const uint16_t dialects[SMB_DIALECTS] = {SMB_DIALECT_2_0_2, SMB_DIALECT_2_1, SMB_DIALECT_3_0,
                                                SMB_DIALECT_3_0_2, SMB_DIALECT_3_1_1};
/* The best first: the host takes the first that it has. */
static const uint16_t algorithms[] = {SMB_SIGN_AES_GMAC, SMB_SIGN_AES_CMAC, SMB_SIGN_HMAC_SHA256};
static const uint16_t ciphers[] = {SMB_CIPHER_AES_256_GCM, SMB_CIPHER_AES_128_GCM,
                                   SMB_CIPHER_AES_256_CCM, SMB_CIPHER_AES_128_CCM};

void smb_dialects_put(struct wr *w)
{
    for (size_t i = 0; i < COUNT(dialects); i++)
        wr_le16(w, dialects[i]);
}

static void preauth_context_put(struct wr *w, const struct smb_negotiate_request *q)
{
    wr_le16(w, CONTEXT_PREAUTH);
    struct hole size = wr_hole_le16(w);
    wr_le32(w, 0); /* reserved */
    size_t from = w->used;
    wr_le16(w, 1);
    wr_le16(w, sizeof q->salt);
    wr_le16(w, HASH_SHA512);
    wr_bytes(w, q->salt, sizeof q->salt);
    wr_fill(w, size, w->used - from);
}

/* A context that is a list of numbers. */
static void list_context_put(struct wr *w, uint16_t type, const uint16_t *numbers, size_t n)
{
    wr_le16(w, type);
    wr_le16(w, 2 + 2 * n);
    wr_le32(w, 0); /* reserved */
    wr_le16(w, n);
    for (size_t i = 0; i < n; i++)
        wr_le16(w, numbers[i]);
}

void smb_negotiate_put(struct wr *w, size_t header_at, const struct smb_negotiate_request *q)
{
    wr_le16(w, 36);
    wr_le16(w, COUNT(dialects));
    wr_le16(w, SMB_CLIENT_MODE);
    wr_le16(w, 0); /* reserved */
    wr_le32(w, SMB_CLIENT_CAPABILITIES);
    wr_bytes(w, q->client_guid, sizeof q->client_guid);
    struct hole contexts = wr_hole_le32(w);
    wr_le16(w, 3); /* contexts */
    wr_le16(w, 0); /* reserved */
    smb_dialects_put(w);
    wr_align(w, header_at, 8);
    wr_fill(w, contexts, w->used - header_at);
    preauth_context_put(w, q);
    wr_align(w, header_at, 8);
    list_context_put(w, CONTEXT_ENCRYPTION, ciphers, COUNT(ciphers));
    wr_align(w, header_at, 8);
    list_context_put(w, CONTEXT_SIGNING, algorithms, COUNT(algorithms));
}

/* Exactly one hash is chosen, and it is the one that was offered (3.2.5.2). */
static enum err preauth_context_get(struct rd r, struct why *why)
{
    uint16_t hashes = rd_le16(&r);
    uint16_t salt = rd_le16(&r);
    uint16_t hash = rd_le16(&r);

    rd_skip(&r, salt);
    if (r.bad)
        return E_SHORT;
    if (hashes != 1 || hash != HASH_SHA512)
        return why_set(why, E_PROTOCOL, "the host chose an integrity hash that was not offered");
    return OK;
}

/* The one number that the host chose; false: it is no choice, or was not offered. */
static bool choice_get(struct rd *r, const uint16_t *offered, size_t n, uint16_t *chosen)
{
    uint16_t count = rd_le16(r);

    *chosen = rd_le16(r);
    for (size_t i = 0; i < n; i++)
        if (count == 1 && *chosen == offered[i])
            return true;
    return false;
}

static enum err signing_context_get(struct rd r, struct smb_negotiated *n, struct why *why)
{
    uint16_t chosen;
    bool good = choice_get(&r, algorithms, COUNT(algorithms), &chosen);

    if (r.bad)
        return E_SHORT;
    if (!good)
        return why_set(why, E_PROTOCOL, "the host chose a signature that was not offered");
    n->algorithm = (enum smb_sign_algorithm)chosen;
    return OK;
}

/* 0 is the choice of a host that shares none of the ciphers (3.2.5.2). */
static enum err cipher_context_get(struct rd r, struct smb_negotiated *n, struct why *why)
{
    uint16_t chosen;
    bool good = choice_get(&r, ciphers, COUNT(ciphers), &chosen);

    if (r.bad)
        return E_SHORT;
    if (!good && chosen != SMB_CIPHER_NONE)
        return why_set(why, E_PROTOCOL, "the host chose an encryption that was not offered");
    n->cipher = (enum smb_cipher)chosen;
    return OK;
}

static enum err contexts_get(struct rd message, size_t at, size_t count, struct smb_negotiated *n,
                             struct why *why)
{
    struct rd r = message;
    unsigned hashes = 0, signatures = 0, encryptions = 0;
    enum err e = OK;

    rd_skip(&r, at);
    if (count > CONTEXTS_MAX)
        return E_FORMAT;
    for (size_t i = 0; i < count && e == OK; i++) {
        if (i > 0)
            rd_align(&r, message.at, 8);
        uint16_t type = rd_le16(&r);
        uint16_t size = rd_le16(&r);
        rd_skip(&r, 4); /* reserved */
        struct rd data = rd_sub(&r, size);

        if (r.bad)
            return E_SHORT;
        if (type == CONTEXT_PREAUTH && hashes++ == 0)
            e = preauth_context_get(data, why);
        else if (type == CONTEXT_SIGNING && signatures++ == 0)
            e = signing_context_get(data, n, why);
        else if (type == CONTEXT_ENCRYPTION && encryptions++ == 0)
            e = cipher_context_get(data, n, why);
    }
    if (e == OK && (hashes != 1 || signatures > 1 || encryptions > 1))
        e = why_set(why, E_PROTOCOL,
                    "the host's answer has %u integrity, %u signing and %u encryption contexts",
                    hashes, signatures, encryptions);
    return e;
}

static enum err dialect_check(uint16_t dialect, struct why *why)
{
    for (size_t i = 0; i < COUNT(dialects); i++)
        if (dialect == dialects[i])
            return OK;
    return why_native(why, E_PROTOCOL, dialect, "",
                      "the host chose an SMB dialect that was not offered");
}

enum err smb_negotiate_get(struct rd message, struct smb_negotiated *out, struct why *why)
{
    struct smb_negotiated n = {.algorithm = SMB_SIGN_HMAC_SHA256};
    struct rd r = message;
    uint16_t size, contexts, token_at, token_size;
    uint32_t contexts_at;
    enum err e;

    rd_skip(&r, SMB_HEADER_SIZE);
    size = rd_le16(&r);
    n.security_mode = rd_le16(&r);
    n.dialect = rd_le16(&r);
    contexts = rd_le16(&r);
    (void)rd_copy(&r, n.server_guid, sizeof n.server_guid);
    n.capabilities = rd_le32(&r);
    n.transact_max = rd_le32(&r);
    n.read_max = rd_le32(&r);
    n.write_max = rd_le32(&r);
    n.system_time = rd_le64(&r);
    n.start_time = rd_le64(&r);
    token_at = rd_le16(&r);
    token_size = rd_le16(&r);
    contexts_at = rd_le32(&r);
    if (r.bad || rd_at(message, token_at, token_size).bad)
        return E_SHORT;
    if (size != 65)
        return E_FORMAT;
    if ((e = dialect_check(n.dialect, why)) != OK)
        return e;
    if (n.dialect >= SMB_DIALECT_3_0)
        n.algorithm = SMB_SIGN_AES_CMAC;
    if (n.dialect == SMB_DIALECT_3_1_1) {
        if ((e = contexts_get(message, contexts_at, contexts, &n, why)) != OK)
            return e;
    } else if (n.dialect >= SMB_DIALECT_3_0 && (n.capabilities & CAPABILITY_ENCRYPTION)) {
        n.cipher = SMB_CIPHER_AES_128_CCM;
    }
    *out = n;
    return OK;
}

static enum err negotiated_use(struct smb_connection *c, const struct smb_negotiated *n,
                               struct why *why)
{
    uint32_t io = SMB_IO_MAX;

    if ((n->security_mode & MODE_SIGNING_ENABLED) == 0)
        return why_set(why, E_SECURITY, "the host does not sign");
    io = n->transact_max < io ? n->transact_max : io;
    io = n->read_max < io ? n->read_max : io;
    io = n->write_max < io ? n->write_max : io;
    if (io < IO_MIN)
        return why_set(why, E_PROTOCOL, "the host takes messages of %u bytes at most",
                       (unsigned)io);
    c->io_max = io;
    c->dialect = n->dialect;
    c->algorithm = n->algorithm;
    c->seal.cipher = n->cipher;
    c->multi_credit =
        n->dialect != SMB_DIALECT_2_0_2 && (n->capabilities & CAPABILITY_LARGE_MTU) != 0;
    return OK;
}

enum err smb_negotiate(struct smb_connection *c, struct smb_negotiated *out, struct why *why)
{
    struct smb_negotiate_request q;
    struct smb_negotiated n = {0};
    struct smb_answer a;
    enum err e;

    if ((e = crypto_random(q.client_guid, sizeof q.client_guid)) != OK ||
        (e = crypto_random(q.salt, sizeof q.salt)) != OK) {
        e = why_set(why, e, "no random numbers");
        goto out;
    }
    smb_negotiate_put(smb_request(c, SMB_NEGOTIATE), 4, &q);
    if ((e = smb_exchange(c, &a, why)) != OK || (e = smb_answer_status(&a, why)) != OK ||
        (e = smb_malformed(c, smb_negotiate_get(a.message, &n, why), "negotiation", why)) != OK ||
        (e = negotiated_use(c, &n, why)) != OK)
        goto out;
    if ((e = smb_preauth_add(&c->preauth, smb_request_message(c))) != OK ||
        (e = smb_preauth_add(&c->preauth, a.message)) != OK)
        e = why_set(why, e, "the integrity hash cannot be computed");
    if (e == OK) {
        memcpy(n.client_guid, q.client_guid, sizeof n.client_guid);
        *out = n;
    }
out:
    if (e != OK)
        c->broken = true;
    return why_place(why, e, "negotiate");
}
