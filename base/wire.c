#include "base/wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WR_FIRST_ROOM 256

struct rd rd_of(const void *bytes, size_t n)
{
    return (struct rd){.at = bytes, .left = n, .bad = bytes == NULL && n > 0};
}

struct rd rd_text(const char *s)
{
    return rd_of(s, strlen(s));
}

/* The one bounds check: the next n bytes, or NULL. */
static const uint8_t *rd_take(struct rd *r, size_t n)
{
    const uint8_t *at = r->at;

    if (r->bad || n > r->left) {
        *r = (struct rd){.bad = true};
        return NULL;
    }
    if (n > 0) /* NULL + 0 is not defined in C */
        r->at += n;
    r->left -= n;
    return at;
}

static uint64_t rd_le(struct rd *r, size_t width)
{
    const uint8_t *p = rd_take(r, width);
    uint64_t v = 0;

    if (p == NULL)
        return 0;
    for (size_t i = width; i > 0; i--)
        v = v << 8 | p[i - 1];
    return v;
}

static uint64_t rd_be(struct rd *r, size_t width)
{
    const uint8_t *p = rd_take(r, width);
    uint64_t v = 0;

    if (p == NULL)
        return 0;
    for (size_t i = 0; i < width; i++)
        v = v << 8 | p[i];
    return v;
}

uint8_t rd_u8(struct rd *r)
{
    return (uint8_t)rd_le(r, 1);
}

uint16_t rd_le16(struct rd *r)
{
    return (uint16_t)rd_le(r, 2);
}

uint32_t rd_le32(struct rd *r)
{
    return (uint32_t)rd_le(r, 4);
}

uint64_t rd_le64(struct rd *r)
{
    return rd_le(r, 8);
}

uint16_t rd_be16(struct rd *r)
{
    return (uint16_t)rd_be(r, 2);
}

uint32_t rd_be24(struct rd *r)
{
    return (uint32_t)rd_be(r, 3);
}

uint32_t rd_be32(struct rd *r)
{
    return (uint32_t)rd_be(r, 4);
}

struct rd rd_sub(struct rd *r, size_t n)
{
    struct rd sub = {.at = r->at, .left = n};

    (void)rd_take(r, n);
    return r->bad ? *r : sub;
}

struct rd rd_at(struct rd whole, size_t from, size_t n)
{
    (void)rd_take(&whole, from);
    return rd_sub(&whole, n);
}

void rd_skip(struct rd *r, size_t n)
{
    (void)rd_take(r, n);
}

void rd_align(struct rd *r, const uint8_t *base, size_t to)
{
    size_t over;

    if (r->bad)
        return;
    over = (size_t)(r->at - base) % to;
    if (over != 0)
        rd_skip(r, to - over);
}

bool rd_copy(struct rd *r, void *out, size_t n)
{
    const uint8_t *p = rd_take(r, n);

    if (n == 0)
        return !r->bad;
    if (p == NULL)
        memset(out, 0, n);
    else
        memcpy(out, p, n);
    return p != NULL;
}

bool rd_equal(struct rd a, struct rd b)
{
    return !a.bad && !b.bad && a.left == b.left && (a.left == 0 || memcmp(a.at, b.at, a.left) == 0);
}

enum err rd_ok(const struct rd *r)
{
    return r->bad ? E_SHORT : OK;
}

enum err rd_end(const struct rd *r)
{
    if (r->bad)
        return E_SHORT;
    return r->left == 0 ? OK : E_FORMAT;
}

void wr_init(struct wr *w, size_t limit)
{
    *w = (struct wr){.limit = limit == 0 ? WR_LIMIT_DEFAULT : limit};
}

void wr_fini(struct wr *w)
{
    free(w->bytes);
    wr_init(w, w->limit);
}

void wr_reset(struct wr *w)
{
    w->used = 0;
    w->bad = false;
    w->starved = false;
}

static bool wr_grow(struct wr *w, size_t need)
{
    size_t room = w->room == 0 ? WR_FIRST_ROOM : w->room;
    uint8_t *bytes;

    while (room < need)
        room = room > SIZE_MAX / 2 ? need : room * 2;
    if (room > w->limit)
        room = w->limit;
    bytes = realloc(w->bytes, room);
    if (bytes == NULL) {
        w->bad = w->starved = true;
        return false;
    }
    w->bytes = bytes;
    w->room = room;
    return true;
}

/* Room for the next n bytes, or NULL with w bad. */
static uint8_t *wr_take(struct wr *w, size_t n)
{
    uint8_t *at;

    if (w->bad)
        return NULL;
    if (n > w->limit - w->used) {
        w->bad = true;
        return NULL;
    }
    if (w->used + n > w->room && !wr_grow(w, w->used + n))
        return NULL;
    at = w->bytes + w->used;
    w->used += n;
    return at;
}

static bool fits(uint64_t v, size_t width)
{
    return width >= 8 || v >> (8 * width) == 0;
}

static void store(uint8_t *p, uint64_t v, size_t width, bool big_endian)
{
    for (size_t i = 0; i < width; i++)
        p[i] = (uint8_t)(v >> 8 * (big_endian ? width - 1 - i : i));
}

static void wr_number(struct wr *w, uint64_t v, size_t width, bool big_endian)
{
    uint8_t *p;

    if (!fits(v, width)) {
        w->bad = true;
        return;
    }
    p = wr_take(w, width);
    if (p != NULL)
        store(p, v, width, big_endian);
}

void wr_u8(struct wr *w, uint64_t v)
{
    wr_number(w, v, 1, false);
}

void wr_le16(struct wr *w, uint64_t v)
{
    wr_number(w, v, 2, false);
}

void wr_le32(struct wr *w, uint64_t v)
{
    wr_number(w, v, 4, false);
}

void wr_le64(struct wr *w, uint64_t v)
{
    wr_number(w, v, 8, false);
}

void wr_be16(struct wr *w, uint64_t v)
{
    wr_number(w, v, 2, true);
}

void wr_be24(struct wr *w, uint64_t v)
{
    wr_number(w, v, 3, true);
}

void wr_be32(struct wr *w, uint64_t v)
{
    wr_number(w, v, 4, true);
}

void wr_bytes(struct wr *w, const void *bytes, size_t n)
{
    uint8_t *p;

    if (n == 0)
        return;
    p = wr_take(w, n);
    if (p != NULL)
        memcpy(p, bytes, n);
}

void wr_view(struct wr *w, struct rd view)
{
    if (view.bad)
        w->bad = true;
    else
        wr_bytes(w, view.at, view.left);
}

void wr_zeros(struct wr *w, size_t n)
{
    uint8_t *p;

    if (n == 0)
        return;
    p = wr_take(w, n);
    if (p != NULL)
        memset(p, 0, n);
}

void wr_align(struct wr *w, size_t from, size_t to)
{
    size_t over;

    if (w->bad)
        return;
    assert(from <= w->used);
    over = (w->used - from) % to;
    if (over != 0)
        wr_zeros(w, to - over);
}

static struct hole wr_hole(struct wr *w, uint8_t width, bool big_endian)
{
    struct hole h = {.at = w->used, .width = width, .big_endian = big_endian};

    wr_zeros(w, width);
    return h;
}

struct hole wr_hole8(struct wr *w)
{
    return wr_hole(w, 1, true);
}

struct hole wr_hole16(struct wr *w)
{
    return wr_hole(w, 2, true);
}

struct hole wr_hole24(struct wr *w)
{
    return wr_hole(w, 3, true);
}

struct hole wr_hole_le16(struct wr *w)
{
    return wr_hole(w, 2, false);
}

struct hole wr_hole_le32(struct wr *w)
{
    return wr_hole(w, 4, false);
}

void wr_fill(struct wr *w, struct hole h, uint64_t value)
{
    if (w->bad)
        return;
    assert(h.at + h.width <= w->used);
    if (fits(value, h.width))
        store(w->bytes + h.at, value, h.width, h.big_endian);
    else
        w->bad = true;
}

void wr_close(struct wr *w, struct hole h)
{
    if (!w->bad)
        wr_fill(w, h, w->used - h.at - h.width);
}

struct rd wr_view_of(const struct wr *w)
{
    struct rd written = rd_of(w->bytes, w->used);
    struct rd bad = {.bad = true};

    return w->bad ? bad : written;
}

enum err wr_end(const struct wr *w)
{
    if (w->starved)
        return E_MEMORY;
    return w->bad ? E_LIMIT : OK;
}
