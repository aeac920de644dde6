#include "transport/smb/negotiate.h"

#include "base/crypto.h"

enum {
    MODE_SIGNING_ENABLED = 1,
    MODE_SIGNING_REQUIRED = 2,
    CAPABILITY_LARGE_MTU = 4, /* credits are counted by size */
    CONTEXT_PREAUTH = 1,
    CONTEXT_SIGNING = 8,
    HASH_SHA512 = 1,
    CONTEXTS_MAX = 16,
    IO_MIN = 4096 /* a host that takes less cannot carry one RPC fragment */
};

static const uint16_t dialects[] = {SMB_DIALECT_2_1, SMB_DIALECT_3_1_1};
static const uint16_t algorithms[] = {SMB_SIGN_AES_CMAC, SMB_SIGN_HMAC_SHA256}; /* as wanted */

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

static void signing_context_put(struct wr *w)
{
    wr_le16(w, CONTEXT_SIGNING);
    struct hole size = wr_hole_le16(w);
    wr_le32(w, 0); /* reserved */
    size_t from = w->used;
    wr_le16(w, COUNT(algorithms));
    for (size_t i = 0; i < COUNT(algorithms); i++)
        wr_le16(w, algorithms[i]);
    wr_fill(w, size, w->used - from);
}

void smb_negotiate_put(struct wr *w, size_t header_at, const struct smb_negotiate_request *q)
{
    wr_le16(w, 36);
    wr_le16(w, COUNT(dialects));
    wr_le16(w, MODE_SIGNING_ENABLED | MODE_SIGNING_REQUIRED);
    wr_le16(w, 0); /* reserved */
    wr_le32(w, CAPABILITY_LARGE_MTU);
    wr_bytes(w, q->client_guid, sizeof q->client_guid);
    struct hole contexts = wr_hole_le32(w);
    wr_le16(w, 2); /* contexts */
    wr_le16(w, 0); /* reserved */
    for (size_t i = 0; i < COUNT(dialects); i++)
        wr_le16(w, dialects[i]);
    wr_align(w, header_at, 8);
    wr_fill(w, contexts, w->used - header_at);
    preauth_context_put(w, q);
    wr_align(w, header_at, 8);
    signing_context_put(w);
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

static enum err signing_context_get(struct rd r, struct smb_negotiated *n, struct why *why)
{
    uint16_t count = rd_le16(&r);
    uint16_t chosen = rd_le16(&r);

    if (r.bad)
        return E_SHORT;
    if (count == 1 && chosen == SMB_SIGN_AES_CMAC)
        n->algorithm = SMB_SIGN_AES_CMAC;
    else if (count == 1 && chosen == SMB_SIGN_HMAC_SHA256)
        n->algorithm = SMB_SIGN_HMAC_SHA256;
    else
        return why_set(why, E_PROTOCOL, "the host chose a signature that was not offered");
    return OK;
}

static enum err contexts_get(struct rd message, size_t at, size_t count, struct smb_negotiated *n,
                             struct why *why)
{
    struct rd r = message;
    unsigned hashes = 0, signatures = 0;
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
    }
    if (e == OK && (hashes != 1 || signatures > 1))
        e = why_set(why, E_PROTOCOL,
                    "the host's answer has %u integrity contexts and %u signing contexts", hashes,
                    signatures);
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
    if (n.dialect == SMB_DIALECT_3_1_1) {
        n.algorithm = SMB_SIGN_AES_CMAC;
        if ((e = contexts_get(message, contexts_at, contexts, &n, why)) != OK)
            return e;
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
    c->multi_credit = (n->capabilities & CAPABILITY_LARGE_MTU) != 0;
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
    else
        *out = n;
out:
    if (e != OK)
        c->broken = true;
    return why_place(why, e, "negotiate");
}
