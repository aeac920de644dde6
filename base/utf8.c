#include "base/utf8.h"

#include <assert.h>

static size_t sequence_length(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

size_t utf8_decode(const char *s, size_t n, uint32_t *code)
{
    static const uint32_t least[UTF8_MAX + 1] = {0, 0, 0x80, 0x800, 0x10000};
    static const uint8_t lead_bits[UTF8_MAX + 1] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t length = n > 0 ? sequence_length((uint8_t)s[0]) : 0;
    uint32_t v;

    *code = 0;
    if (length == 0 || length > n)
        return 0;
    v = (uint8_t)s[0] & lead_bits[length];
    for (size_t i = 1; i < length; i++) {
        if (((uint8_t)s[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | ((uint8_t)s[i] & 0x3f);
    }
    if (v < least[length] || v > 0x10ffff)
        return 0;
    *code = v;
    return length;
}

size_t utf8_encode(uint32_t code, char out[static UTF8_MAX])
{
    static const uint8_t lead_mark[UTF8_MAX + 1] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t length = 1;

    assert(code <= 0x10ffff);
    if (code >= 0x80)
        length = code < 0x800 ? 2 : code < 0x10000 ? 3
                                                   : 4;
    for (size_t i = length; i > 1; i--) {
        out[i - 1] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)(lead_mark[length] | code);
    return length;
}

bool utf8_is_surrogate(uint32_t code)
{
    return code >= 0xd800 && code <= 0xdfff;
}

/* The small letters first, first + step, … last have their capitals `down` below. */
static const struct {
    uint32_t first, last, step;
    int32_t down;
} small_letters[] = {
    {0xe0, 0xf6, 1, 32},
    {0xf8, 0xfe, 1, 32},
    {0xff, 0xff, 1, -121},
    {0x101, 0x12f, 2, 1},
    {0x133, 0x137, 2, 1},
    {0x13a, 0x148, 2, 1},
    {0x14b, 0x177, 2, 1},
    {0x17a, 0x17e, 2, 1},
    {0x3ac, 0x3ac, 1, 38},
    {0x3ad, 0x3af, 1, 37},
    {0x3b1, 0x3c1, 1, 32},
    {0x3c2, 0x3c2, 1, 31},
    {0x3c3, 0x3cb, 1, 32},
    {0x3cc, 0x3cc, 1, 64},
    {0x3cd, 0x3ce, 1, 63},
    {0x430, 0x44f, 1, 32},
    {0x450, 0x45f, 1, 80},
    {0x461, 0x481, 2, 1},
    {0x48b, 0x4bf, 2, 1},
    {0x4c2, 0x4ce, 2, 1},
    {0x4d1, 0x52f, 2, 1},
    {0x561, 0x586, 1, 48},
    {0x1e01, 0x1e95, 2, 1},
    {0x1ea1, 0x1eff, 2, 1},
    {0xff41, 0xff5a, 1, 32},
};

uint32_t utf8_upper(uint32_t code)
{
    if (code < 0x80)
        return code >= 'a' && code <= 'z' ? code - 'a' + 'A' : code;
    for (size_t i = 0; i < sizeof small_letters / sizeof small_letters[0]; i++)
        if (code >= small_letters[i].first && code <= small_letters[i].last &&
            (code - small_letters[i].first) % small_letters[i].step == 0)
            return (uint32_t)((int32_t)code - small_letters[i].down);
    return code;
}
