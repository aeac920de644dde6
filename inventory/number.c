#include "inventory/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLOAT_TEXT_MAX 1000

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

static bool small_int(const char *digits, size_t n, unsigned base, uint64_t *out)
{
    uint64_t v = 0;
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned)digit_of(digits[i]);

        if (digits[i] == '_')
            continue;
        if (digit >= base || v > (UINT64_MAX - digit) / base)
            return false;
        v = v * base + digit;
        any = true;
    }
    *out = v;
    return any;
}

/* Without underscores and leading zeros; 0 bytes if there is nothing left. */
static size_t plain_digits(const char *digits, size_t n, char out[NUMBER_DIGITS_MAX + 1])
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        if (digits[i] == '_' || (digits[i] == '0' && used == 0))
            continue;
        if (digit_of(digits[i]) > 9 || used == NUMBER_DIGITS_MAX)
            return 0;
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return used;
}

bool number_put_int(struct text *out, bool negative, const char *digits, size_t n, unsigned base)
{
    char plain[NUMBER_DIGITS_MAX + 1];
    uint64_t v;

    if (small_int(digits, n, base, &v)) {
        text_printf(out, "%s%" PRIu64, negative && v > 0 ? "-" : "", v);
        return true;
    }
    if (base != 10 || plain_digits(digits, n, plain) == 0)
        return false;
    text_printf(out, "%s%s", negative ? "-" : "", plain);
    return true;
}

/* From 0.0001 up to 1e16 written out, else with an exponent, as Python does it. */
void number_put_double(struct text *out, double v)
{
    char buf[48];
    int digits = 0;
    long exponent;

    if (isnan(v) || isinf(v)) {
        text_put(out, isnan(v) ? "NaN" : v < 0 ? "-Infinity"
                                               : "Infinity");
        return;
    }
    do
        (void)snprintf(buf, sizeof buf, "%.*e", digits, v);
    while (digits++ < 17 && strtod(buf, NULL) != v);
    exponent = strtol(strchr(buf, 'e') + 1, NULL, 10);
    if (exponent >= -4 && exponent < 16) {
        int behind = digits - 1 > exponent ? digits - 1 - (int)exponent : 0;

        (void)snprintf(buf, sizeof buf, "%.*f", behind, v);
    }
    text_put(out, buf);
    if (strpbrk(buf, ".e") == NULL)
        text_put(out, ".0");
}

bool number_put_float(struct text *out, bool negative, const char *s, size_t n)
{
    char buf[FLOAT_TEXT_MAX];
    size_t used = 0;
    char *end;
    double v;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '_')
            continue;
        if (used + 1 >= sizeof buf || (digit_of(s[i]) > 9 && strchr(".eE+-", s[i]) == NULL))
            return false;
        buf[used++] = s[i];
    }
    buf[used] = '\0';
    v = strtod(buf, &end);
    if (used == 0 || *end != '\0')
        return false;
    number_put_double(out, negative ? -v : v);
    return true;
}
