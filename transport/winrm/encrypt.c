#include "transport/winrm/encrypt.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PADDING_MAX 8 /* bytes that a cipher of Kerberos adds, and the length counts or not */
#define HEADER_LINES_MAX 16

static const char own_boundary[] = "Encrypted Boundary";

bool encrypt_is_sealed(const char *content_type)
{
    return content_type != NULL && strncasecmp(content_type, "multipart/encrypted", 19) == 0;
}

void encrypt_content_type(const char *protocol, struct text *out)
{
    text_printf(out, "multipart/encrypted;protocol=\"%s\";boundary=\"%s\"", protocol, own_boundary);
}

static const char *find_nocase(const char *s, const char *what)
{
    for (size_t n = strlen(what); *s != '\0'; s++)
        if (strncasecmp(s, what, n) == 0)
            return s;
    return NULL;
}

/* The boundary that the header names, else the one that every known host uses. */
static void boundary_of(const char *content_type, char out[ENCRYPT_BOUNDARY_MAX + 1])
{
    const char *at = content_type == NULL ? NULL : find_nocase(content_type, "boundary=");
    size_t n;

    (void)snprintf(out, ENCRYPT_BOUNDARY_MAX + 1, "%s", own_boundary);
    if (at == NULL)
        return;
    at += strlen("boundary=");
    n = *at == '"' ? strcspn(++at, "\"") : strcspn(at, "; \t");
    if (n > 0 && n <= ENCRYPT_BOUNDARY_MAX)
        (void)snprintf(out, ENCRYPT_BOUNDARY_MAX + 1, "%.*s", (int)n, at);
}

/* A line without its end and without spaces before it; false: there is no whole line. */
static bool line_take(struct rd *r, const char **line, size_t *n)
{
    const uint8_t *end = r->left == 0 ? NULL : memchr(r->at, '\n', r->left);
    struct rd whole;

    if (end == NULL)
        return false;
    whole = rd_sub(r, (size_t)(end - r->at) + 1);
    *n = whole.left - 1;
    if (*n > 0 && whole.at[*n - 1] == '\r')
        (*n)--;
    *line = (const char *)whole.at;
    while (*n > 0 && (**line == '\t' || **line == ' ')) {
        (*line)++;
        (*n)--;
    }
    return true;
}

/* "--BOUNDARY", a space allowed between. */
static bool is_boundary(const char *line, size_t n, const char *boundary)
{
    size_t k = strlen(boundary);

    if (n < 2 || memcmp(line, "--", 2) != 0)
        return false;
    line += 2;
    n -= 2;
    if (n > 0 && *line == ' ') {
        line++;
        n--;
    }
    return n >= k && memcmp(line, boundary, k) == 0;
}

/* "OriginalContent: type=…;charset=UTF-8;Length=1234" */
static bool length_of(const char *line, size_t n, size_t *out)
{
    char text[256], digits[12] = {0};
    const char *at;
    uint64_t number = 0;
    size_t k;

    if (n >= sizeof text)
        return false;
    memcpy(text, line, n);
    text[n] = '\0';
    if (strncasecmp(text, "OriginalContent:", 16) != 0 ||
        (at = find_nocase(text, "length=")) == NULL)
        return false;
    at += strlen("length=");
    k = strspn(at, "0123456789");
    if (k == 0 || k >= sizeof digits)
        return false;
    memcpy(digits, at, k);
    if (!str_parse_u64(digits, &number))
        return false;
    *out = (size_t)number;
    return true;
}

/* Headers of the first part up to the second, which has one line and then the bytes. */
static enum err headers_read(struct rd *r, const char *boundary, size_t *length)
{
    bool has_length = false, is_second = false;
    const char *line;
    size_t n;

    if (!line_take(r, &line, &n))
        return E_SHORT;
    if (!is_boundary(line, n, boundary))
        return E_FORMAT;
    for (int i = 0; i < HEADER_LINES_MAX; i++) {
        if (!line_take(r, &line, &n))
            return E_SHORT;
        if (!is_second && is_boundary(line, n, boundary))
            is_second = true;
        else if (is_second && n >= 13 && strncasecmp(line, "Content-Type:", 13) == 0)
            return has_length ? OK : E_FORMAT;
        else if (!is_second && length_of(line, n, length))
            has_length = true;
    }
    return E_FORMAT;
}

/* What follows the bytes is looked for from the end: they may hold anything. */
static enum err payload_end(struct rd *r, const char *boundary)
{
    char end[2][ENCRYPT_BOUNDARY_MAX + 8];
    struct rd last;

    while (r->left > 0 && (r->at[r->left - 1] == '\n' || r->at[r->left - 1] == '\r'))
        r->left--;
    (void)snprintf(end[0], sizeof end[0], "--%s--", boundary);
    (void)snprintf(end[1], sizeof end[1], "-- %s--", boundary);
    for (size_t i = 0; i < COUNT(end); i++) {
        size_t n = strlen(end[i]);

        if (r->left < n)
            return E_SHORT;
        last = rd_at(*r, r->left - n, n);
        if (rd_equal(last, rd_text(end[i]))) {
            r->left -= n;
            return OK;
        }
    }
    return E_SHORT;
}

static enum err payload_read(struct rd r, struct sealed_part *out)
{
    uint32_t n;

    if (r.left >= 2 && r.at[0] == '\r' && r.at[1] == '\n')
        rd_skip(&r, 2); /* an empty line that is not asked for */
    n = rd_le32(&r);
    if (rd_ok(&r) != OK)
        return E_SHORT;
    if (n == 0 || n > AUTH_HEADER_MAX)
        return E_FORMAT;
    out->header = rd_sub(&r, n);
    out->data = r;
    return rd_ok(&r) != OK || r.left == 0 ? E_SHORT : OK;
}

enum err encrypt_parse(const char *content_type, struct rd body, struct sealed_part *out,
                       struct why *why)
{
    char boundary[ENCRYPT_BOUNDARY_MAX + 1];
    struct sealed_part part = {.length = 0};
    enum err e;

    *out = (struct sealed_part){.length = 0};
    boundary_of(content_type, boundary);
    if ((e = headers_read(&body, boundary, &part.length)) == OK &&
        (e = payload_end(&body, boundary)) == OK)
        e = payload_read(body, &part);
    if (e != OK)
        return why_set(why, e, "the host's encrypted message is %s",
                       e == E_SHORT ? "cut" : "not framed as one");
    if (part.length == 0 || part.length > AUTH_SEAL_MAX)
        return why_set(why, E_LIMIT, "the host's encrypted message says it has %zu bytes",
                       part.length);
    /* A line's end before the boundary is not of the data, which is as long as is told. */
    if (part.data.left == part.length + 2 &&
        rd_equal(rd_at(part.data, part.length, 2), rd_text("\r\n")))
        part.data.left = part.length;
    *out = part;
    return OK;
}

/* The length may count the padding, which is gone again. */
static bool length_fits(const struct auth *a, size_t told, size_t is)
{
    return is == told || (auth_is_kerberos(a) && is < told && told - is <= PADDING_MAX);
}

enum err encrypt_open(struct auth *a, const char *content_type, struct rd body, struct wr *soap,
                      struct why *why)
{
    struct sealed_part part;
    struct wr whole;
    enum err e;

    wr_init(&whole, AUTH_SEAL_MAX + AUTH_HEADER_MAX);
    if ((e = encrypt_parse(content_type, body, &part, why)) != OK)
        goto out;
    wr_view(&whole, part.header);
    wr_view(&whole, part.data);
    if ((e = wr_end(&whole)) != OK)
        e = why_set(why, e, "%s", err_words(e));
    else
        e = auth_unwrap(a, wr_view_of(&whole), soap, why);
    if (e == OK && !length_fits(a, part.length, soap->used))
        e = why_set(why, E_SECURITY,
                    "the host's encrypted message has %zu bytes and says it has %zu", soap->used,
                    part.length);
out:
    wr_fini(&whole);
    return e;
}

static void put(struct wr *w, const char *s)
{
    wr_view(w, rd_text(s));
}

void encrypt_frame(const char *protocol, size_t length, struct rd header, struct rd data,
                   struct wr *body)
{
    char number[24];

    (void)snprintf(number, sizeof number, "%zu", length);
    put(body, "--Encrypted Boundary\r\n\tContent-Type: ");
    put(body, protocol);
    put(body, "\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=");
    put(body, number);
    put(body, "\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n");
    wr_le32(body, header.left);
    wr_view(body, header);
    wr_view(body, data);
    put(body, "--Encrypted Boundary--\r\n");
}

enum err encrypt_seal(struct auth *a, const char *protocol, struct rd soap, struct wr *body,
                      struct why *why)
{
    struct wr header, data;
    size_t padding;
    enum err e;

    wr_init(&header, AUTH_HEADER_MAX);
    wr_init(&data, AUTH_SEAL_MAX + AUTH_HEADER_MAX);
    if ((e = auth_wrap(a, soap, &header, &data, &padding, why)) != OK)
        goto out;
    encrypt_frame(protocol, soap.left + padding, wr_view_of(&header), wr_view_of(&data), body);
    if ((e = wr_end(body)) != OK)
        e = why_set(why, e, "%s", err_words(e));
out:
    wr_fini(&header);
    wr_fini(&data);
    return e;
}
