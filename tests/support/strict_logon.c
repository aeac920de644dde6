/* NEGOTIATE, SESSION_SETUP, and the validation of the former. */
#include "tests/support/strict_parts.h"

#include "base/clock.h"

#include <string.h>

#define FILETIME_OF_1970 116444736000000000ull

enum {
    MODE_ENABLED = 1,
    MODE_REQUIRED = 2,
    CAPABILITY_LARGE_MTU = 4,
    CAPABILITY_ENCRYPTION = 0x40,
    CONTEXT_PREAUTH = 1,
    CONTEXT_ENCRYPTION = 2,
    CONTEXT_SIGNING = 8,
    SIGN_HMAC = 0,
    SIGN_CMAC = 1,
    SALT = 32,
    SESSION_GUEST = 1,
    SESSION_ENCRYPT = 4,
    TOKEN_AT = 72
};

#define NT_NO_HASH_OVERLAP 0xC05D0000u

struct offer { /* of a client */
    uint16_t dialects[64];
    size_t n_dialects;
    uint16_t mode;
    uint32_t capabilities;
    uint8_t guid[16];
    bool has_hash, has_signing, has_encryption;
};

void strict_preauth(struct strict_connection *c, struct rd message)
{
    uint8_t before[SHA512_SIZE];

    memcpy(before, c->preauth, sizeof before);
    if (crypto_sha512_2(rd_of(before, sizeof before), message, c->preauth) != OK)
        c->closing = true;
}

static uint16_t best_dialect(const struct strict_rules *rules, const struct offer *o)
{
    uint16_t best = 0;

    for (size_t i = 0; i < o->n_dialects; i++)
        if (o->dialects[i] >= rules->dialect_min && o->dialects[i] <= rules->dialect_max &&
            o->dialects[i] > best)
            best = o->dialects[i];
    return best;
}

static void context_take(const struct strict_server *s, struct strict_connection *c,
                         struct offer *o, uint16_t type, struct rd r)
{
    uint16_t count = rd_le16(&r);

    if (type == CONTEXT_PREAUTH)
        rd_skip(&r, 2); /* salt length */
    o->has_encryption = o->has_encryption || type == CONTEXT_ENCRYPTION;
    for (uint16_t i = 0; i < count && !r.bad; i++) {
        uint16_t id = rd_le16(&r);

        if (r.bad)
            return;
        if (type == CONTEXT_PREAUTH && id == 1)
            o->has_hash = true;
        if (type == CONTEXT_ENCRYPTION && c->cipher == 0 && id < 8 &&
            (s->rules.cipher >> id & 1) != 0)
            c->cipher = id;
        if (type == CONTEXT_SIGNING && !o->has_signing && id <= s->rules.signing) {
            c->signing = id;
            o->has_signing = true;
        }
    }
}

static bool contexts_take(const struct strict_server *s, struct strict_connection *c,
                          struct offer *o, struct rd message, size_t at, size_t count)
{
    struct rd r = rd_at(message, 0, message.left);

    rd_skip(&r, at);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            rd_align(&r, message.at, 8);
        uint16_t type = rd_le16(&r), size = rd_le16(&r);

        rd_skip(&r, 4);
        struct rd data = rd_sub(&r, size);
        if (r.bad)
            return false;
        context_take(s, c, o, type, data);
    }
    return at % 8 == 0;
}

static bool offer_take(const struct strict_server *s, struct strict_connection *c,
                       struct rd message, struct offer *o, uint16_t *dialect)
{
    struct rd r = message;
    uint16_t size, contexts;
    uint32_t at;

    rd_skip(&r, SMB_HEADER_SIZE);
    size = rd_le16(&r);
    o->n_dialects = rd_le16(&r);
    o->mode = rd_le16(&r);
    rd_skip(&r, 2);
    o->capabilities = rd_le32(&r);
    (void)rd_copy(&r, o->guid, sizeof o->guid);
    at = rd_le32(&r);
    contexts = rd_le16(&r);
    rd_skip(&r, 2);
    if (size != 36 || o->n_dialects == 0 || o->n_dialects > COUNT(o->dialects))
        return false;
    for (size_t i = 0; i < o->n_dialects; i++)
        o->dialects[i] = rd_le16(&r);
    if (r.bad)
        return false;
    *dialect = best_dialect(&s->rules, o);
    c->signing = *dialect < 0x0300 ? SIGN_HMAC : SIGN_CMAC;
    if (*dialect == 0x0311)
        return contexts_take(s, c, o, message, at, contexts);
    if (*dialect >= 0x0300 && (o->capabilities & CAPABILITY_ENCRYPTION) != 0)
        c->cipher = s->rules.cipher >> 1 & 1;
    return true;
}

static uint32_t capabilities_of(const struct strict_connection *c)
{
    return (c->multi_credit ? CAPABILITY_LARGE_MTU : 0) |
           (c->cipher != 0 && c->dialect < 0x0311 ? CAPABILITY_ENCRYPTION : 0);
}

static uint16_t mode_of(const struct strict_server *s)
{
    return MODE_ENABLED | (s->rules.signing_optional ? 0 : MODE_REQUIRED);
}

static void context_put(struct wr *w, uint16_t type, struct rd data)
{
    while ((w->used + SMB_HEADER_SIZE) % 8 != 0)
        wr_u8(w, 0);
    wr_le16(w, type);
    wr_le16(w, data.left);
    wr_le32(w, 0);
    wr_view(w, data);
}

static uint16_t contexts_put(struct wr *w, const struct strict_connection *c, const struct offer *o)
{
    uint8_t hash[6 + SALT] = {1, 0, SALT, 0, 1, 0};
    const uint8_t cipher[4] = {1, 0, (uint8_t)c->cipher, 0};
    const uint8_t signing[4] = {1, 0, (uint8_t)c->signing, 0};

    context_put(w, CONTEXT_PREAUTH, rd_of(hash, sizeof hash));
    if (o->has_encryption)
        context_put(w, CONTEXT_ENCRYPTION, rd_of(cipher, sizeof cipher));
    if (o->has_signing)
        context_put(w, CONTEXT_SIGNING, rd_of(signing, sizeof signing));
    return (uint16_t)(1 + o->has_encryption + o->has_signing);
}

static uint64_t filetime(int64_t ago_ms)
{
    return FILETIME_OF_1970 + (uint64_t)(clock_real_ms() - ago_ms) * 10000;
}

static void negotiate_put(const struct strict_server *s, const struct strict_connection *c,
                          const struct offer *o, struct rd token, struct wr *w)
{
    wr_le16(w, 65);
    wr_le16(w, mode_of(s));
    wr_le16(w, c->dialect);
    size_t count = w->used;
    wr_le16(w, 0);
    wr_bytes(w, s->guid, sizeof s->guid);
    wr_le32(w, capabilities_of(c));
    wr_le32(w, s->rules.io_max);
    wr_le32(w, s->rules.io_max);
    wr_le32(w, s->rules.io_max);
    wr_le64(w, filetime(0));
    wr_le64(w, s->rules.start_time ? filetime(clock_mono_ms() - s->boot_ms) : 0);
    wr_le16(w, SMB_HEADER_SIZE + 64);
    wr_le16(w, token.left);
    size_t at = w->used;
    wr_le32(w, 0);
    wr_view(w, token);
    if (c->dialect != 0x0311)
        return;
    while ((w->used + SMB_HEADER_SIZE) % 8 != 0)
        wr_u8(w, 0);
    wr_fill(w, (struct hole){.at = at, .width = 4}, w->used + SMB_HEADER_SIZE);
    wr_fill(w, (struct hole){.at = count, .width = 2}, contexts_put(w, c, o));
}

void strict_negotiate(struct strict_server *s, struct strict_connection *c,
                      const struct strict_message *m, struct rd message)
{
    struct offer o = {0};
    struct wr w, token;
    bool done = false, good = offer_take(s, c, message, &o, &c->dialect);

    if (!good || c->dialect == 0 || (c->dialect == 0x0311 && !o.has_hash)) {
        if (!good)
            strict_violation(s, "the negotiation is malformed");
        strict_answer_error(s, c, m,
                            !good             ? NT_INVALID_PARAMETER
                            : c->dialect == 0 ? NT_NOT_SUPPORTED
                                              : NT_NO_HASH_OVERLAP);
        return;
    }
    wr_init(&w, 0);
    wr_init(&token, 0);
    c->negotiated = true;
    c->multi_credit = c->dialect >= 0x0210;
    wr_view(&c->negotiate_request, message);
    strict_preauth(c, message);
    c->logon = strict_logon_new();
    (void)strict_logon_step(c->logon, rd_of(NULL, 0), &token, &done);
    negotiate_put(s, c, &o, wr_view_of(&token), &w);
    strict_answer(s, c, m, NT_OK, wr_view_of(&w));
    if (s->rules.tampered)
        c->preauth[0] ^= 1;
    wr_fini(&token);
    wr_fini(&w);
}

void strict_multi_negotiate(struct strict_server *s, struct strict_connection *c, struct rd message)
{
    static const char wildcard[] = "SMB 2.???";
    struct strict_message m = {.h = {.command = SMB_NEGOTIATE, .credits = 1}};
    struct offer o = {0};
    bool asked = false;
    struct wr w;

    for (size_t i = 0; i + sizeof wildcard <= message.left; i++)
        asked = asked || memcmp(message.at + i, wildcard, sizeof wildcard) == 0;
    if (!asked) {
        c->closing = true;
        return;
    }
    wr_init(&w, 0);
    c->taken++; /* message 0 was this one */
    c->used[0] |= 1;
    c->unanswered++;
    c->dialect = 0x02ff;
    negotiate_put(s, c, &o, rd_of(NULL, 0), &w);
    strict_answer(s, c, &m, NT_OK, wr_view_of(&w));
    memset(c->preauth, 0, sizeof c->preauth); /* this part is not hashed */
    wr_fini(&w);
}

static void setup_answer(struct strict_server *s, struct strict_connection *c,
                         const struct strict_message *m, uint32_t status, uint16_t flags,
                         struct rd token)
{
    struct wr w;

    wr_init(&w, 0);
    wr_le16(&w, 9);
    wr_le16(&w, flags);
    wr_le16(&w, TOKEN_AT);
    wr_le16(&w, token.left);
    wr_view(&w, token);
    strict_answer(s, c, m, status, wr_view_of(&w));
    wr_fini(&w);
}

/* What the session is, once its user is known. */
static uint32_t session_begin(struct strict_server *s, struct strict_connection *c)
{
    struct wr key;

    wr_init(&key, 0);
    if (!strict_logon_key(c->logon, &key)) {
        wr_fini(&key);
        return NT_LOGON_FAILURE;
    }
    strict_keys_make(c->dialect, c->cipher, wr_view_of(&key), c->preauth, &c->keys);
    wr_fini(&key);
    if ((s->rules.encrypt & 1) != 0 && c->cipher == 0)
        return NT_ACCESS_DENIED; /* 3.3.5.5.3 */
    c->session_good = true;
    c->encrypt = (s->rules.encrypt & 1) != 0;
    return NT_OK;
}

/* Its keys stay (3.3.5.5.3). */
static uint32_t session_renew(struct strict_connection *c)
{
    c->renewing = false;
    c->session_requests = c->told_expired = 0;
    return NT_OK;
}

static void setup_fail(struct strict_server *s, struct strict_connection *c,
                       const struct strict_message *m, uint32_t status)
{
    strict_answer_error(s, c, m, status);
    strict_logon_free(c->logon);
    c->logon = strict_logon_new();
    c->session_id = 0;
    c->session_good = c->renewing = false;
}

void strict_session_setup(struct strict_server *s, struct strict_connection *c,
                          const struct strict_message *m, struct rd message)
{
    struct rd r = rd_at(message, SMB_HEADER_SIZE, message.left - SMB_HEADER_SIZE);
    uint16_t size = rd_le16(&r), at, n;
    bool done = false, good;
    struct rd token;
    struct wr out;

    rd_skip(&r, 10);
    at = rd_le16(&r);
    n = rd_le16(&r);
    token = rd_at(message, at, n);
    if (r.bad || size != 25 || token.bad ||
        (m->h.session_id != 0 && m->h.session_id != c->session_id)) {
        strict_violation(s, "the logon's message is malformed");
        strict_answer_error(s, c, m, NT_INVALID_PARAMETER);
        return;
    }
    if (m->h.session_id == 0 || (c->session_good && !c->renewing)) { /* the same once more */
        c->renewing = c->session_good;
        strict_logon_free(c->logon);
        c->logon = strict_logon_new();
        c->session_id = c->session_good ? c->session_id : 0x100000000u + strict_number(s);
    }
    if (!c->session_good)
        strict_preauth(c, message);
    wr_init(&out, 0);
    good = strict_logon_step(c->logon, token, &out, &done);
    uint32_t status = !good  ? NT_LOGON_FAILURE
                      : done ? (c->session_good ? session_renew(c) : session_begin(s, c))
                             : NT_MORE_PROCESSING;
    if (status == NT_OK || status == NT_MORE_PROCESSING)
        setup_answer(s, c, m, status,
                     status != NT_OK ? 0
                                     : (uint16_t)((s->rules.guest ? SESSION_GUEST : 0) |
                                                  (c->encrypt ? SESSION_ENCRYPT : 0)),
                     wr_view_of(&out));
    else
        setup_fail(s, c, m, status);
    wr_fini(&out);
}

/* 3.3.5.15.12: what the client remembers of its offer must be what arrived. */
void strict_validate(struct strict_server *s, struct strict_connection *c,
                     const struct strict_message *m, struct rd input)
{
    struct rd r = wr_view_of(&c->negotiate_request), ours = r;
    uint32_t capabilities = rd_le32(&input);
    struct rd guid = rd_sub(&input, 16);
    uint16_t mode = rd_le16(&input), count = rd_le16(&input);
    struct rd dialects = rd_sub(&input, (size_t)count * 2), file;
    uint8_t none[16];
    struct wr w;

    memset(none, 0xff, sizeof none);
    file = rd_of(none, sizeof none);
    rd_skip(&r, SMB_HEADER_SIZE + 2);
    bool same = rd_le16(&r) == count && rd_le16(&r) == mode;
    rd_skip(&r, 2);
    same = same && rd_le32(&r) == capabilities;
    same = same && rd_equal(rd_sub(&r, 16), guid) &&
           rd_equal(rd_at(ours, SMB_HEADER_SIZE + 36, (size_t)count * 2), dialects);
    if (!same || input.bad) {
        strict_violation(s, "the validation is not of the negotiation that was made");
        c->closing = true;
        return;
    }
    c->validated = true;
    wr_init(&w, 0);
    wr_le32(&w, capabilities_of(c));
    wr_bytes(&w, s->guid, sizeof s->guid);
    wr_le16(&w, mode_of(s));
    wr_le16(&w, s->rules.tampered ? 0x0311 : c->dialect);
    strict_ioctl_answer(s, c, m, NT_OK, 0x00140204, file, wr_view_of(&w));
    wr_fini(&w);
}
