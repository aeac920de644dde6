/* A client that was heard, as text. */
#include "controller/client_view.h"

#include "handshake/ja.h"
#include "handshake/names.h"
#include "handshake/strength.h"
#include "handshake/suites.h"

#include <stdio.h>
#include <string.h>

#define LABEL_COLUMN 2
#define VALUE_COLUMN 16
#define WORTH_COLUMN 68
#define OPENSSL_COLUMN 102
#define WIDE 138 /* columns, from which on a suite has its second name too */

struct lines {
    const struct page *page;
    struct text *t;
};

static void line_begin(const struct lines *l, const char *label, size_t *start)
{
    *start = l->t->used;
    page_pad_to(l->t, *start, LABEL_COLUMN);
    page_put(l->page, l->t, TONE_QUIET, label);
    page_pad_to(l->t, *start, VALUE_COLUMN);
}

static void put_line(const struct lines *l, const char *label, const struct text *value)
{
    size_t start;
    if (value->used == 0)
        return;
    line_begin(l, label, &start);
    page_wrap(l->page, l->t, &start, VALUE_COLUMN, text_str(value));
    text_char(l->t, '\n');
}

typedef const char *name_of(uint16_t number, char buf[TLS_NAME_SIZE]);

static void put_names(const struct lines *l, const char *label, const uint16_t *at, size_t n,
                      name_of *name)
{
    struct text words = {0};
    char buf[TLS_NAME_SIZE];
    for (size_t i = 0; i < n; i++)
        text_printf(&words, "%s%s", i == 0 ? "" : ", ", name(at[i], buf));
    put_line(l, label, &words);
    text_fini(&words);
}

static void put_list(const struct lines *l, const char *label, const struct client_list *list,
                     name_of *name)
{
    put_names(l, label, list->at, list->n, name);
}

static void put_versions(const struct lines *l, const struct client_hello *h)
{
    struct text words = {0};
    char buf[TLS_NAME_SIZE];
    for (size_t i = 0; i < h->versions.n; i++)
        text_printf(&words, "%s%s", i == 0 ? "" : ", ",
                    tls_wire_version_name(h->versions.at[i], buf));
    if (h->versions.n == 0)
        text_printf(&words, "%s, and perhaps lower", tls_wire_version_name(h->version, buf));
    if (h->sslv2_form)
        text_put(&words, " (said in the form of SSL 2.0)");
    else
        text_printf(&words, " (record %s)", tls_wire_version_name(h->record_version, buf));
    put_line(l, "versions", &words);
    text_fini(&words);
}

static void put_asks(const struct lines *l, const struct client_hello *h)
{
    struct text words = {0};
    text_put(&words, h->sni);
    put_line(l, "name (SNI)", &words);
    text_fini(&words);
    for (size_t i = 0; i < h->n_alpn; i++) {
        text_put(&words, i == 0 ? "" : ", ");
        text_put_safe(&words, (const char *)h->alpn[i].bytes, h->alpn[i].size);
    }
    put_line(l, "ALPN", &words);
    text_fini(&words);
}

static enum tone tone_of(enum strength s)
{
    switch (s) {
    case STRENGTH_STRONG: return TONE_GOOD;
    case STRENGTH_OLD: return TONE_PLAIN;
    case STRENGTH_SIGNAL: return TONE_QUIET;
    case STRENGTH_WEAK:
    case STRENGTH_BROKEN: return TONE_BAD;
    }
    return TONE_PLAIN;
}

static const char *signal_name(uint16_t suite)
{
    return suite == 0x00ff   ? "renegotiation is secure (RFC 5746)"
           : suite == 0x5600 ? "this is a fallback (RFC 7507)"
                             : NULL;
}

static void put_suite(const struct lines *l, uint16_t id, size_t *start)
{
    const char *name = suite_name(id), *signal = signal_name(id);
    struct suite_worth worth = suite_worth(name);
    char buf[TLS_NAME_SIZE];
    text_printf(l->t, "%04x  ", id);
    if (signal != NULL || tls_is_grease(id) || name == NULL) {
        page_put(l->page, l->t, TONE_QUIET,
                 signal != NULL      ? signal
                 : tls_is_grease(id) ? tls_group_name(id, buf)
                                     : "unknown");
        return;
    }
    text_printf(l->t, "TLS_%s", name);
    page_pad_to(l->t, *start, WORTH_COLUMN);
    text_char(l->t, ' ');
    page_put(l->page, l->t, tone_of(worth.strength), strength_word(worth.strength));
    if (*worth.why != '\0')
        text_printf(l->t, ": %s", worth.why);
    if ((l->page->columns == 0 || l->page->columns >= WIDE) && suite_openssl_name(id) != NULL) {
        page_pad_to(l->t, *start, OPENSSL_COLUMN);
        page_put(l->page, l->t, TONE_QUIET, suite_openssl_name(id));
    }
}

static void put_kind(const struct lines *l, uint32_t id)
{
    const char *name = suite_name(id);
    text_printf(l->t, "%06x  %s  ", id, name != NULL ? name : "a cipher kind of SSL 2.0");
    page_put(l->page, l->t, TONE_BAD, strength_word(STRENGTH_BROKEN));
}

static void put_suites(const struct lines *l, const struct client_hello *h)
{
    size_t start;
    for (size_t i = 0; i < h->n_suites + h->n_kinds; i++) {
        line_begin(l, i == 0 ? "suites" : "", &start);
        if (i < h->n_suites)
            put_suite(l, h->suites[i], &start);
        else
            put_kind(l, h->kinds[i - h->n_suites]);
        text_char(l->t, '\n');
    }
}

static void put_compression(const struct lines *l, const struct client_hello *h)
{
    struct text words = {0};
    char buf[TLS_NAME_SIZE];
    for (size_t i = 0; i < h->compressions.n; i++)
        text_printf(&words, "%s%s", i == 0 ? "" : ", ",
                    tls_compression_name(h->compressions.at[i], buf));
    put_line(l, "compression", &words);
    text_fini(&words);
}

static void put_fingerprints(const struct lines *l, const struct client_hello *h)
{
    struct text raw = {0}, words = {0};
    char ja3[JA3_SIZE], ja4[JA4_SIZE];
    if (ja3_of(h, &raw, ja3) == OK)
        text_put(&words, ja3);
    put_line(l, "JA3", &words);
    text_fini(&words);
    if (ja4_of(h, &raw, ja4) == OK)
        text_put(&words, ja4);
    put_line(l, "JA4", &words);
    text_fini(&words);
    text_fini(&raw);
}

static void put_forecasts(const struct lines *l, const struct forecast *f, size_t n)
{
    static const enum tone tones[] = {
        [SURVIVES] = TONE_GOOD, [SURVIVES_PERHAPS] = TONE_BUSY, [SURVIVES_NOT] = TONE_BAD};
    for (size_t i = 0; i < n; i++) {
        size_t start;
        line_begin(l, i == 0 ? "playbook" : "", &start);
        page_put(l->page, l->t, tones[f[i].survival.outcome], survive_word(f[i].survival.outcome));
        page_pad_to(l->t, start, VALUE_COLUMN + 9);
        text_printf(l->t, " %s (%u):", f[i].release->name, f[i].release->build);
        page_wrap(l->page, l->t, &start, VALUE_COLUMN + 10, f[i].survival.text);
        text_char(l->t, '\n');
    }
}

static void put_hello(const struct lines *l, const struct client_hello *h)
{
    put_asks(l, h);
    put_versions(l, h);
    put_suites(l, h);
    put_list(l, "groups", &h->groups, tls_group_name);
    put_list(l, "keys for", &h->key_shares, tls_group_name);
    put_list(l, "signatures", &h->sigalgs, tls_sigalg_name);
    put_list(l, "in chains", &h->sigalgs_cert, tls_sigalg_name);
    put_list(l, "extensions", &h->extensions, tls_extension_name);
    put_compression(l, h);
    put_fingerprints(l, h);
}

static const char *headline(const struct listen_talk *talk, char buf[TLS_NAME_SIZE + 40])
{
    char name[TLS_NAME_SIZE];
    switch (talk->outcome) {
    case LISTEN_HELLO:
        (void)snprintf(buf, TLS_NAME_SIZE + 40, "offers %s%s, %zu suites",
                       talk->hello.versions.n > 0 ? "" : "at most ",
                       tls_wire_version_name(client_highest_version(&talk->hello), name),
                       talk->hello.n_suites + talk->hello.n_kinds);
        return buf;
    case LISTEN_NO_TLS: return "wants no TLS";
    case LISTEN_FOREIGN: return "does not speak TLS";
    case LISTEN_BROKEN: return "says no ClientHello";
    case LISTEN_ENDED:
    case LISTEN_TALKING: return "said too little";
    }
    return "";
}

void client_put_text(const struct page *p, struct text *t, const struct heard *h,
                     const struct forecast *forecasts, size_t n)
{
    const struct listen_talk *talk = h->talk;
    struct lines l = {p, t};
    struct text words = {0};
    char at[PAGE_TIME_SIZE], buf[TLS_NAME_SIZE + 40];
    text_printf(t, "%s  ", page_clock(h->real_ms, at));
    page_put(p, t, TONE_TITLE, h->from);
    text_put(t, "  ");
    page_put(p, t, talk->outcome == LISTEN_HELLO ? TONE_PLAIN : TONE_BAD, headline(talk, buf));
    text_char(t, '\n');
    text_put(&words, talk->before.said);
    put_line(&l, "before TLS", &words);
    text_fini(&words);
    text_put(&words, talk->why.text);
    put_line(&l, "why", &words);
    text_fini(&words);
    if (talk->outcome == LISTEN_HELLO)
        put_hello(&l, &talk->hello);
    put_forecasts(&l, forecasts, n);
    text_char(t, '\n');
}
