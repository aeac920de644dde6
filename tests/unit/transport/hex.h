/* Bytes in tests, written as hexadecimal text; spaces part them for the eye, `..` is any byte. */
#ifndef SWELL_TESTS_TRANSPORT_HEX_H
#define SWELL_TESTS_TRANSPORT_HEX_H

#include "base/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BLOB_MAX 8192

struct blob {
    uint8_t bytes[BLOB_MAX];
    uint8_t mask[BLOB_MAX]; /* 0: any byte fits here */
    size_t n;
};

static inline struct blob blob_of(const char *text)
{
    struct blob b = {.n = 0};

    for (const char *p = text; *p != '\0';) {
        char pair[3] = {p[0], p[1], '\0'};

        if (*p == ' ') {
            p++;
            continue;
        }
        assert_true(p[1] != '\0' && b.n < BLOB_MAX);
        b.mask[b.n] = strcmp(pair, "..") == 0 ? 0 : 0xff;
        b.bytes[b.n] = (uint8_t)(b.mask[b.n] ? strtoul(pair, NULL, 16) : 0);
        b.n++;
        p += 2;
    }
    return b;
}

static inline struct rd blob_view(const struct blob *b)
{
    return rd_of(b->bytes, b->n);
}

static inline void assert_bytes(struct rd got, const char *expected)
{
    struct blob b = blob_of(expected);

    assert_false(got.bad);
    for (size_t i = 0; i < got.left && i < b.n; i++)
        if ((got.at[i] & b.mask[i]) != (b.bytes[i] & b.mask[i]))
            fail_msg("byte %zu is %02x, expected %02x", i, got.at[i], b.bytes[i]);
    assert_int_equal(got.left, b.n);
}

/* A copy of exactly n bytes, so that a read beyond them is seen by the sanitizer. */
static inline uint8_t *exact_copy(const void *bytes, size_t n)
{
    uint8_t *copy = malloc(n == 0 ? 1 : n);

    assert_non_null(copy);
    memcpy(copy, bytes, n);
    return copy;
}

#endif
