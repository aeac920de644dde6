#include "base/text.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_FIRST_ROOM 64
#define DISTANCE_MAX 64 /* bytes of a word that is compared for a suggestion */

void text_fini(struct text *t)
{
    free(t->s);
    *t = (struct text){0};
}

/* Room for n more bytes and the NUL. */
static bool text_grow(struct text *t, size_t n)
{
    size_t room = t->room == 0 ? TEXT_FIRST_ROOM : t->room;
    char *s;

    if (t->bad)
        return false;
    if (n >= SIZE_MAX / 2 - t->used) {
        t->bad = true;
        return false;
    }
    if (t->used + n < t->room)
        return true;
    while (room <= t->used + n)
        room *= 2;
    s = realloc(t->s, room);
    if (s == NULL) {
        t->bad = true;
        return false;
    }
    t->s = s;
    t->room = room;
    return true;
}

void text_put(struct text *t, const char *s)
{
    text_put_n(t, s, strlen(s));
}

void text_put_n(struct text *t, const char *s, size_t n)
{
    if (!text_grow(t, n))
        return;
    if (n > 0)
        memcpy(t->s + t->used, s, n);
    t->used += n;
    t->s[t->used] = '\0';
}

void text_char(struct text *t, char c)
{
    text_put_n(t, &c, 1);
}

void text_printf(struct text *t, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) {
        t->bad = true;
        return;
    }
    if (!text_grow(t, (size_t)n))
        return;
    va_start(args, fmt);
    (void)vsnprintf(t->s + t->used, (size_t)n + 1, fmt, args);
    va_end(args);
    t->used += (size_t)n;
}

void text_hex(struct text *t, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;

    if (n >= SIZE_MAX / 4) {
        t->bad = true;
        return;
    }
    if (!text_grow(t, 2 * n))
        return;
    for (size_t i = 0; i < n; i++) {
        t->s[t->used++] = digits[p[i] >> 4];
        t->s[t->used++] = digits[p[i] & 0xf];
    }
    t->s[t->used] = '\0';
}

const char *text_str(const struct text *t)
{
    return t->s == NULL ? "" : t->s;
}

enum err text_end(const struct text *t)
{
    return t->bad ? E_MEMORY : OK;
}

enum err text_take(struct text *t, char **out)
{
    if (!text_grow(t, 0))
        return E_MEMORY;
    t->s[t->used] = '\0';
    *out = t->s;
    *t = (struct text){0};
    return OK;
}

char *str_dup(const char *s)
{
    return s == NULL ? NULL : str_dup_n(s, strlen(s));
}

char *str_dup_n(const char *s, size_t n)
{
    char *copy = s == NULL || n == SIZE_MAX ? NULL : malloc(n + 1);

    if (copy == NULL)
        return NULL;
    if (n > 0)
        memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool str_eq_nocase(const char *a, const char *b)
{
    return str_cmp_nocase(a, b) == 0;
}

int str_cmp_nocase(const char *a, const char *b)
{
    for (; lower(*a) == lower(*b); a++, b++)
        if (*a == '\0')
            return 0;
    return lower(*a) < lower(*b) ? -1 : 1;
}

bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool str_parse_u64(const char *s, uint64_t *out)
{
    uint64_t base = 10, v = 0;

    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
        base = 16;
        s += 2;
    }
    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++) {
        int digit = digit_value(*s);

        if (digit < 0 || (uint64_t)digit >= base || v > (UINT64_MAX - (uint64_t)digit) / base)
            return false;
        v = v * base + (uint64_t)digit;
    }
    *out = v;
    return true;
}

bool hex_decode(const char *s, size_t n, uint8_t *out, size_t out_size)
{
    if (n % 2 != 0 || n / 2 != out_size)
        return false;
    for (size_t i = 0; i < n; i++)
        if (digit_value(s[i]) < 0)
            return false;
    for (size_t i = 0; i < out_size; i++)
        out[i] = (uint8_t)(digit_value(s[2 * i]) << 4 | digit_value(s[2 * i + 1]));
    return true;
}

/* What a terminal may take as a command, or may show in another order than it is stored:
 * C0, DEL, C1, line and paragraph separators, and the bidirectional controls. */
static bool is_unsafe(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x061c ||
           (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff || utf8_is_surrogate(code);
}

void text_put_safe(struct text *t, const char *s, size_t n)
{
    size_t i = 0;

    while (i < n && !t->bad) {
        uint32_t code;
        size_t length = utf8_decode(s + i, n - i, &code);

        if (length > 0 && !is_unsafe(code))
            text_put_n(t, s + i, length);
        else
            for (size_t k = 0; k < (length == 0 ? 1 : length); k++)
                text_printf(t, "\\x%02X", (unsigned)(uint8_t)s[i + k]);
        i += length == 0 ? 1 : length;
    }
}

static size_t least_of(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

size_t str_distance(const char *a, const char *b)
{
    size_t rows[3][DISTANCE_MAX + 1];
    size_t n_a = strlen(a), n_b = strlen(b);
    size_t *before = rows[0], *last = rows[1], *now = rows[2];

    if (n_a > DISTANCE_MAX || n_b > DISTANCE_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= n_b; j++)
        last[j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        size_t *oldest = before;

        now[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;

            now[j] = least_of(last[j] + 1, now[j - 1] + 1, last[j - 1] + change);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        before = last;
        last = now;
        now = oldest;
    }
    return last[n_b];
}

const char *str_nearest(const char *s, const char *const *choices, size_t n)
{
    size_t best = strlen(s) < 3 ? 2 : strlen(s) / 3 + 1; /* as far as that is no misspelling */
    const char *nearest = NULL;

    for (size_t i = 0; i < n; i++) {
        size_t distance = str_distance(s, choices[i]);

        if (distance < best) {
            best = distance;
            nearest = choices[i];
        }
    }
    return nearest;
}
