#include "registry/ansi.h"

#include "base/utf8.h"

static uint16_t unit_of(uint8_t byte)
{
    static const uint16_t from_80[32] = {
        0x20ac,
        0x0081,
        0x201a,
        0x0192,
        0x201e,
        0x2026,
        0x2020,
        0x2021,
        0x02c6,
        0x2030,
        0x0160,
        0x2039,
        0x0152,
        0x008d,
        0x017d,
        0x008f,
        0x0090,
        0x2018,
        0x2019,
        0x201c,
        0x201d,
        0x2022,
        0x2013,
        0x2014,
        0x02dc,
        0x2122,
        0x0161,
        0x203a,
        0x0153,
        0x009d,
        0x017e,
        0x0178,
    };

    return byte >= 0x80 && byte <= 0x9f ? from_80[byte - 0x80] : byte;
}

void ansi_put_utf8(struct text *t, struct rd bytes)
{
    while (bytes.left > 0) {
        char utf8[UTF8_MAX];

        text_put_n(t, utf8, utf8_encode(unit_of(rd_u8(&bytes)), utf8));
    }
}

void ansi_put_utf16(struct wr *w, struct rd bytes)
{
    while (bytes.left > 0)
        wr_le16(w, unit_of(rd_u8(&bytes)));
}
