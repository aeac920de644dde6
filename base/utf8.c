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
