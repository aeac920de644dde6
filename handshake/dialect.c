#include "handshake/dialect.h"
#include "base/text.h"
#include "handshake/dialect_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_ENOUGH 64u /* so many bytes tell what a service is, if no line has ended before; */
#define BYTES_ENOUGH 8u /* and so many where they are no text */
#define CAME_MAX (256u << 10)

static const struct dialect dialect_tls = {.id = STARTTLS_TLS, .words = "TLS from the first byte"};
static const struct dialect dialect_mssql_strict = {
    .id = STARTTLS_MSSQL_STRICT,
    .words = "SQL Server, strict encryption (TDS 8.0)",
    .alpn = "tds/8.0", /* MS-TDS 3.2.5.1 */
};

static const struct dialect *const dialects[STARTTLS_COUNT] = {
    [STARTTLS_TLS] = &dialect_tls,
    [STARTTLS_RDP] = &dialect_rdp,
    [STARTTLS_MSSQL] = &dialect_mssql,
    [STARTTLS_MSSQL_STRICT] = &dialect_mssql_strict,
    [STARTTLS_SMTP] = &dialect_smtp,
    [STARTTLS_IMAP] = &dialect_imap,
    [STARTTLS_POP3] = &dialect_pop3,
    [STARTTLS_FTP] = &dialect_ftp,
    [STARTTLS_LDAP] = &dialect_ldap,
    [STARTTLS_POSTGRES] = &dialect_postgres,
    [STARTTLS_MYSQL] = &dialect_mysql,
};

/* IANA's service names; 1434 is SQL Server's port for administrators, 3268 the global catalogue.
 * Where TLS comes first (443, 465, 636, 990, 993, 995, 3269, 5986 …) is every other port. */
static const struct {
    uint16_t port;
    enum starttls id;
} ports[] = {
    {21, STARTTLS_FTP},
    {25, STARTTLS_SMTP},
    {110, STARTTLS_POP3},
    {143, STARTTLS_IMAP},
    {389, STARTTLS_LDAP},
    {587, STARTTLS_SMTP},
    {1433, STARTTLS_MSSQL},
    {1434, STARTTLS_MSSQL},
    {2525, STARTTLS_SMTP},
    {3268, STARTTLS_LDAP},
    {3306, STARTTLS_MYSQL},
    {3389, STARTTLS_RDP},
    {5432, STARTTLS_POSTGRES},
};

const struct dialect *dialect_named(const char *name)
{
    for (size_t i = 0; i < STARTTLS_COUNT; i++)
        if (strcmp(name, starttls_names[i]) == 0)
            return dialects[i];
    return NULL;
}

const struct dialect *dialect_of_port(uint16_t port)
{
    for (size_t i = 0; i < COUNT(ports); i++)
        if (ports[i].port == port)
            return dialects[ports[i].id];
    return &dialect_tls;
}

const struct dialect *dialect_for(const char *name, uint16_t port)
{
    return name == NULL || *name == '\0' ? dialect_of_port(port) : dialect_named(name);
}

const char *dialect_name(const struct dialect *d)
{
    return starttls_names[d->id];
}

const char *dialect_words(const struct dialect *d)
{
    return d->words;
}

const char *dialect_alpn(const struct dialect *d)
{
    return d->alpn;
}

size_t dialect_count(void)
{
    return COUNT(dialects);
}

const struct dialect *dialect_at(size_t i)
{
    assert(i < COUNT(dialects));
    return dialects[i];
}

const char *dialect_outcome_word(enum dialect_outcome o)
{
    switch (o) {
    case DIALECT_TALKING: return "talking";
    case DIALECT_AGREED: return "agreed";
    case DIALECT_REFUSED: return "refused";
    case DIALECT_FOREIGN: return "foreign";
    case DIALECT_ENDED: return "ended";
    case DIALECT_OUTCOMES: break;
    }
    abort();
}

void dialect_agree(struct dialect_talk *t)
{
    t->outcome = DIALECT_AGREED;
}

void dialect_refuse(struct dialect_talk *t, const char *words, struct rd text)
{
    size_t used = strlen(words);
    assert(used < sizeof t->said);
    t->outcome = DIALECT_REFUSED;
    memcpy(t->said, words, used);
    if (used > 0 && text.left > 0 && used + 2 < sizeof t->said) {
        memcpy(t->said + used, ": ", 2);
        used += 2;
    }
    for (; text.left > 0 && used + 1 < sizeof t->said; used++) {
        uint8_t c = rd_u8(&text);
        t->said[used] = c >= ' ' && c <= '~' ? (char)c : '?';
    }
    t->said[used] = '\0';
    if (text.left > 0)
        memset(t->said + used - 3, '.', 3);
}

void dialect_foreign(struct dialect_talk *t, struct rd bytes)
{
    t->outcome = DIALECT_FOREIGN;
    (void)service_guess(bytes, t->said);
}

static bool is_first(const struct dialect *d, uint8_t byte)
{
    struct rd r = d->first;
    while (r.left > 0)
        if (rd_u8(&r) == byte)
            return true;
    return d->first.left == 0;
}

/* More bytes would tell better what they are. */
static bool is_short(struct rd bytes)
{
    bool text = true;
    size_t n = bytes.left;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = rd_u8(&bytes);
        if (c == '\n')
            return false;
        text = text && ((c >= ' ' && c <= '~') || c == '\t' || c == '\r');
    }
    return n < (text ? TEXT_ENOUGH : BYTES_ENOUGH);
}

static void before_step(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    const struct rd all = *in;
    if (t->taken == 0 && in->left > 0 && !is_first(t->dialect, in->at[0]))
        dialect_foreign(t, all);
    else
        t->dialect->before(t, in, out);
    t->suspect = t->outcome == DIALECT_FOREIGN && t->taken == 0 && is_short(all);
    if (t->suspect) {
        *in = all;
        t->outcome = DIALECT_TALKING;
        return;
    }
    t->taken += all.left - in->left;
    if (t->outcome == DIALECT_TALKING && t->taken + in->left > DIALECT_BEFORE_MAX)
        dialect_foreign(t, all);
}

static enum talk_step packed_step(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    t->dialect->unpack(t, in);
    struct rd plain = wr_view_of(&t->came);
    enum talk_step step = t->inner->kind->step(t->inner, &plain, &t->going);
    if (!plain.bad && plain.left > 0)
        memmove(t->came.bytes, plain.at, plain.left);
    t->came.used = plain.left;
    struct rd going = wr_view_of(&t->going);
    if (going.bad || t->came.bad)
        wr_view(out, (struct rd){.bad = true});
    else
        t->dialect->pack(going, out);
    wr_reset(&t->going);
    return step;
}

static enum talk_step dialect_step(struct talk *talk, struct rd *in, struct wr *out)
{
    struct dialect_talk *t = (struct dialect_talk *)talk;
    if (t->outcome == DIALECT_TALKING) {
        before_step(t, in, out);
        if (t->outcome == DIALECT_TALKING)
            return TALK_MORE;
        rd_skip(in, in->left); /* whoever put bytes there, they are not TLS' */
    }
    if (t->outcome != DIALECT_AGREED)
        return TALK_DONE;
    return t->dialect->unpack ? packed_step(t, in, out) : t->inner->kind->step(t->inner, in, out);
}

static void dialect_ended(struct talk *talk, enum talk_end end, struct rd left)
{
    struct dialect_talk *t = (struct dialect_talk *)talk;
    if (t->outcome == DIALECT_AGREED) {
        t->inner->kind->ended(t->inner, end, t->dialect->unpack ? wr_view_of(&t->came) : left);
    } else if (t->outcome == DIALECT_TALKING) {
        t->outcome = t->suspect ? DIALECT_FOREIGN : DIALECT_ENDED;
        t->end = end;
    }
}

void dialect_begin(struct dialect_talk *t, const struct dialect *d, struct talk *inner)
{
    static const struct talk_kind kind = {dialect_step, dialect_ended};
    *t = (struct dialect_talk){.talk = {&kind}, .dialect = d, .inner = inner};
    t->outcome = d->before ? DIALECT_TALKING : DIALECT_AGREED;
    wr_init(&t->came, CAME_MAX);
    wr_init(&t->going, 0);
}

void dialect_end(struct dialect_talk *t)
{
    wr_fini(&t->came);
    wr_fini(&t->going);
}
