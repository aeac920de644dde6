#include "tests/support/strict_ndr.h"

#include "base/utf16.h"

#define HANDLE_SIZE 20
#define PADDING_MAX 7

struct sndr sndr_of(struct rd stub)
{
    return (struct sndr){.at = stub, .base = stub.at};
}

static void bad(struct sndr *n)
{
    n->at = (struct rd){.bad = true};
}

uint8_t sndr_u8(struct sndr *n)
{
    return rd_u8(&n->at);
}

uint16_t sndr_u16(struct sndr *n)
{
    rd_align(&n->at, n->base, 2);
    return rd_le16(&n->at);
}

uint32_t sndr_u32(struct sndr *n)
{
    rd_align(&n->at, n->base, 4);
    return rd_le32(&n->at);
}

bool sndr_pointer(struct sndr *n)
{
    return sndr_u32(n) != 0;
}

struct rd sndr_handle(struct sndr *n)
{
    rd_align(&n->at, n->base, 4);
    return rd_sub(&n->at, HANDLE_SIZE);
}

static char *text_of(struct sndr *n, struct rd units)
{
    struct text t = {0};
    char *s = NULL;

    if (units.bad || utf16_read(units, &t) != OK || text_take(&t, &s) != OK)
        bad(n);
    text_fini(&t);
    return s;
}

static bool ends_in_nul(struct rd units)
{
    return units.left >= 2 && units.at[units.left - 1] == 0 && units.at[units.left - 2] == 0;
}

char *sndr_counted(struct sndr *n, bool with_nul)
{
    uint32_t length, room, max, offset, actual;
    struct rd units;

    rd_align(&n->at, n->base, 4);
    length = rd_le16(&n->at);
    room = rd_le16(&n->at);
    if (length > room || length % 2 != 0 || room % 2 != 0)
        bad(n);
    if (!sndr_pointer(n)) {
        if (length != 0)
            bad(n);
        return NULL;
    }
    max = sndr_u32(n);
    offset = sndr_u32(n);
    actual = sndr_u32(n);
    if (max != room / 2 || offset != 0 || actual != length / 2)
        bad(n);
    units = rd_sub(&n->at, length);
    if (with_nul != ends_in_nul(units) && length != 0)
        bad(n);
    if (with_nul && length != 0 && !units.bad)
        units.left -= 2;
    return n->at.bad ? NULL : text_of(n, units);
}

uint32_t sndr_room(struct sndr *n)
{
    uint32_t length, room, max, offset, actual;

    rd_align(&n->at, n->base, 4);
    length = rd_le16(&n->at);
    room = rd_le16(&n->at);
    if (!sndr_pointer(n)) {
        if (length != 0)
            bad(n);
        return n->at.bad ? 0 : room;
    }
    max = sndr_u32(n);
    offset = sndr_u32(n);
    actual = sndr_u32(n);
    if (max != room / 2 || offset != 0 || actual > max || actual != length / 2)
        bad(n);
    rd_skip(&n->at, (size_t)actual * 2);
    return n->at.bad ? 0 : room;
}

char *sndr_wide(struct sndr *n)
{
    uint32_t max = sndr_u32(n), offset = sndr_u32(n), actual = sndr_u32(n);
    struct rd units;

    if (offset != 0 || actual > max || actual == 0 || actual > n->at.left / 2)
        bad(n);
    units = rd_sub(&n->at, n->at.bad ? 0 : (size_t)actual * 2);
    if (!ends_in_nul(units))
        bad(n);
    else
        units.left -= 2;
    return n->at.bad ? NULL : text_of(n, units);
}

char *sndr_wide_unique(struct sndr *n)
{
    return sndr_pointer(n) ? sndr_wide(n) : NULL;
}

struct rd sndr_varying(struct sndr *n, uint32_t *max)
{
    uint32_t offset, actual;

    *max = sndr_u32(n);
    offset = sndr_u32(n);
    actual = sndr_u32(n);
    if (offset != 0 || actual > *max)
        bad(n);
    return rd_sub(&n->at, actual);
}

struct rd sndr_conformant(struct sndr *n)
{
    return rd_sub(&n->at, sndr_u32(n));
}

bool sndr_end(const struct sndr *n)
{
    return !n->at.bad && n->at.left <= PADDING_MAX;
}
