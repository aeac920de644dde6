#include "transport/winrm/base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_put(struct text *t, struct rd bytes)
{
    while (bytes.left > 0 && !bytes.bad) {
        size_t n = bytes.left < 3 ? bytes.left : 3;
        uint8_t in[3] = {0};
        char out[4];

        (void)rd_copy(&bytes, in, n);
        out[0] = alphabet[in[0] >> 2];
        out[1] = alphabet[(in[0] & 3) << 4 | in[1] >> 4];
        out[2] = n > 1 ? alphabet[(in[1] & 15) << 2 | in[2] >> 6] : '=';
        out[3] = n > 2 ? alphabet[in[2] & 63] : '=';
        text_put_n(t, out, sizeof out);
    }
}

static bool digit_of(uint8_t c, uint32_t *out)
{
    const char *at = c == '\0' ? NULL : strchr(alphabet, c);

    if (at == NULL)
        return false;
    *out = (uint32_t)(at - alphabet);
    return true;
}

static bool four_read(const uint8_t in[4], size_t digits, struct wr *out)
{
    uint32_t all = 0, digit = 0;

    for (size_t i = 0; i < 4; i++) {
        if (i < digits ? !digit_of(in[i], &digit) : in[i] != '=')
            return false;
        all = all << 6 | (i < digits ? digit : 0);
    }
    for (size_t i = 0; i + 1 < digits; i++)
        wr_u8(out, all >> (16 - 8 * i) & 0xff);
    return true;
}

enum err base64_read(struct rd text, struct wr *out)
{
    if (text.bad || text.left % 4 != 0)
        return E_FORMAT;
    while (text.left > 0) {
        uint8_t in[4];
        size_t digits = 4;

        (void)rd_copy(&text, in, sizeof in);
        if (text.left == 0 && in[3] == '=')
            digits = in[2] == '=' ? 2 : 3;
        if (!four_read(in, digits, out))
            return E_FORMAT;
    }
    return wr_end(out);
}
