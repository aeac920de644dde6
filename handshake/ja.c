#include "handshake/ja.h"

#include "base/crypto.h"
#include "handshake/names.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MD5_SIZE 16
#define JA4_HASH_LETTERS 12
#define JA4_COUNT_MOST 99

enum { EXT_SERVER_NAME = 0,
       EXT_ALPN = 16 };

/* --- JA3 --- */

static void put_decimals(struct text *t, const uint16_t *at, size_t n)
{
    bool first = true;
    for (size_t i = 0; i < n; i++) {
        if (tls_is_grease(at[i]))
            continue;
        text_printf(t, "%s%u", first ? "" : "-", at[i]);
        first = false;
    }
}

static enum err md5_hex(const char *s, char out[JA3_SIZE])
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    struct text hex = {0};
    if (EVP_Digest(s, strlen(s), digest, &size, EVP_md5(), NULL) != 1 || size != MD5_SIZE)
        return E_INTERNAL;
    text_hex(&hex, digest, size);
    enum err e = text_end(&hex);
    if (e == OK)
        memcpy(out, text_str(&hex), JA3_SIZE);
    text_fini(&hex);
    return e;
}

enum err ja3_of(const struct client_hello *h, struct text *raw, char out[JA3_SIZE])
{
    struct text t = {0};
    enum err e;
    out[0] = '\0';
    text_printf(&t, "%u,", h->version);
    put_decimals(&t, h->suites, h->n_suites);
    text_char(&t, ',');
    put_decimals(&t, h->extensions.at, h->extensions.n);
    text_char(&t, ',');
    put_decimals(&t, h->groups.at, h->groups.n);
    text_char(&t, ',');
    for (size_t i = 0; i < h->point_formats.n; i++)
        text_printf(&t, "%s%u", i == 0 ? "" : "-", h->point_formats.at[i]);
    if ((e = text_end(&t)) == OK && (e = md5_hex(text_str(&t), out)) == OK)
        text_put(raw, text_str(&t));
    text_fini(&t);
    return e;
}

/* --- JA4 --- */

static const char *ja4_version(uint16_t version)
{
    switch (version) {
    case 0x0304: return "13";
    case 0x0303: return "12";
    case 0x0302: return "11";
    case 0x0301: return "10";
    case 0x0300: return "s3";
    case 0x0002: return "s2";
    default: return "00";
    }
}

static size_t count_real(const uint16_t *at, size_t n)
{
    size_t real = 0;
    for (size_t i = 0; i < n; i++)
        real += tls_is_grease(at[i]) ? 0 : 1;
    return real < JA4_COUNT_MOST ? real : JA4_COUNT_MOST;
}

static bool is_plain(uint8_t byte)
{
    return byte < 0x80 && isalnum(byte);
}

static void put_alpn_ends(struct text *t, const struct client_hello *h)
{
    static const char digits[] = "0123456789abcdef";
    const struct client_protocol *p = h->alpn;
    if (h->n_alpn == 0 || p->size == 0) {
        text_put(t, "00");
        return;
    }
    uint8_t first = p->bytes[0], last = p->bytes[p->size - 1];
    if (is_plain(first) && is_plain(last))
        text_printf(t, "%c%c", first, last);
    else
        text_printf(t, "%c%c", digits[first >> 4], digits[last & 0x0f]);
}

static int compare_numbers(const void *a, const void *b)
{
    uint16_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

/* Four hexadecimal digits each, without GREASE. */
static void put_hex_list(struct text *t, const uint16_t *at, size_t n)
{
    bool first = true;
    for (size_t i = 0; i < n; i++) {
        if (tls_is_grease(at[i]))
            continue;
        text_printf(t, "%s%04x", first ? "" : ",", at[i]);
        first = false;
    }
}

static void put_sorted(struct text *t, const uint16_t *at, size_t n)
{
    uint16_t sorted[CLIENT_SUITES_MAX];
    memcpy(sorted, at, n * sizeof *at);
    qsort(sorted, n, sizeof *sorted, compare_numbers);
    put_hex_list(t, sorted, n);
}

static void put_extensions(struct text *t, const struct client_hello *h)
{
    uint16_t kept[CLIENT_LIST_MAX];
    size_t n = 0;
    for (size_t i = 0; i < h->extensions.n; i++)
        if (h->extensions.at[i] != EXT_SERVER_NAME && h->extensions.at[i] != EXT_ALPN)
            kept[n++] = h->extensions.at[i];
    put_sorted(t, kept, n);
    if (t->used > 0 && count_real(h->sigalgs.at, h->sigalgs.n) > 0) {
        text_char(t, '_');
        put_hex_list(t, h->sigalgs.at, h->sigalgs.n);
    }
}

static enum err put_short_hash(struct text *t, const struct text *of)
{
    uint8_t digest[SHA256_SIZE];
    enum err e;
    if (of->used == 0) {
        text_put(t, "000000000000");
        return OK;
    }
    if ((e = crypto_sha256(rd_of(of->s, of->used), digest)) == OK)
        text_hex(t, digest, JA4_HASH_LETTERS / 2);
    return e;
}

enum err ja4_of(const struct client_hello *h, struct text *raw, char out[JA4_SIZE])
{
    struct text t = {0}, suites = {0}, extensions = {0};
    enum err e;
    out[0] = '\0';
    text_printf(&t, "t%s%c%02zu%02zu", ja4_version(client_highest_version(h)),
                client_list_has(&h->extensions, EXT_SERVER_NAME) ? 'd' : 'i',
                count_real(h->suites, h->n_suites),
                count_real(h->extensions.at, h->extensions.n));
    put_alpn_ends(&t, h);
    put_sorted(&suites, h->suites, h->n_suites);
    put_extensions(&extensions, h);
    text_put(raw, text_str(&t));
    text_printf(raw, "_%s_%s", text_str(&suites), text_str(&extensions));
    text_char(&t, '_');
    if ((e = put_short_hash(&t, &suites)) != OK)
        goto out;
    text_char(&t, '_');
    if ((e = put_short_hash(&t, &extensions)) != OK)
        goto out;
    t.bad = t.bad || suites.bad || extensions.bad;
    if ((e = text_end(&t)) == OK)
        (void)snprintf(out, JA4_SIZE, "%s", text_str(&t));
out:
    text_fini(&t);
    text_fini(&suites);
    text_fini(&extensions);
    return e;
}
