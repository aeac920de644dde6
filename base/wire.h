/* base/wire.h: the one bounds check of the program. All bytes from outside are read through
 * struct rd and all bytes for outside are written through struct wr.
 * Shape:  rd is a borrowed view of bytes; wr appends to a growing buffer with a limit.
 *         le = little-endian, be = big.
 * Errors: bad once is bad for good; gets then give 0 and empty views, puts do nothing;
 *         rd_end(), rd_ok() and wr_end() tell. */
#ifndef SWELL_BASE_WIRE_H
#define SWELL_BASE_WIRE_H

#include "base/err.h"

#include <stdbool.h>

struct rd {
    const uint8_t *at;
    size_t left;
    bool bad;
};

struct rd rd_of(const void *bytes, size_t n);
struct rd rd_text(const char *s); /* the bytes of s without its NUL */
uint8_t rd_u8(struct rd *r);
uint16_t rd_le16(struct rd *r);
uint32_t rd_le32(struct rd *r);
uint64_t rd_le64(struct rd *r);
uint16_t rd_be16(struct rd *r);
uint32_t rd_be24(struct rd *r);
uint32_t rd_be32(struct rd *r);
/* The next n bytes as a view of their own. */
struct rd rd_sub(struct rd *r, size_t n);
/* n bytes at an offset of whole; bad if they are not all inside. */
struct rd rd_at(struct rd whole, size_t from, size_t n);
void rd_skip(struct rd *r, size_t n);
/* Skip to the next multiple of to, counted from base. */
void rd_align(struct rd *r, const uint8_t *base, size_t to);
/* False, and out zeroed, if there are not n bytes. */
bool rd_copy(struct rd *r, void *out, size_t n);
bool rd_equal(struct rd a, struct rd b); /* false if one is bad */
enum err rd_ok(const struct rd *r);      /* OK or E_SHORT */
/* OK only if all was read: E_SHORT if bad, E_FORMAT if bytes are left. */
enum err rd_end(const struct rd *r);

/* Owns:   wr_init makes an empty writer that allocates; wr_fini frees and leaves it empty (fine on
 *         a zeroed struct).
 * Units:  each put takes uint64_t: a value too large makes w bad, so no cast can hide it. */
struct wr {
    uint8_t *bytes;
    size_t used;
    size_t room;
    size_t limit; /* never grows past this */
    bool bad;
    bool starved; /* bad because memory ran out */
};

struct hole { /* a length known late */
    size_t at;
    uint8_t width;
    bool big_endian;
};

#define WR_LIMIT_DEFAULT (16u << 20)

void wr_init(struct wr *w, size_t limit); /* 0 = WR_LIMIT_DEFAULT */
void wr_fini(struct wr *w);
void wr_reset(struct wr *w); /* empty and good again, memory kept */
void wr_u8(struct wr *w, uint64_t v);
void wr_le16(struct wr *w, uint64_t v);
void wr_le32(struct wr *w, uint64_t v);
void wr_le64(struct wr *w, uint64_t v);
void wr_be16(struct wr *w, uint64_t v);
void wr_be24(struct wr *w, uint64_t v);
void wr_be32(struct wr *w, uint64_t v);
void wr_bytes(struct wr *w, const void *bytes, size_t n);
void wr_view(struct wr *w, struct rd view); /* a bad view makes w bad */
void wr_zeros(struct wr *w, size_t n);
void wr_align(struct wr *w, size_t from, size_t to); /* zeros up to a multiple of to since from */
struct hole wr_hole8(struct wr *w);
struct hole wr_hole16(struct wr *w);
struct hole wr_hole24(struct wr *w);
struct hole wr_hole_le16(struct wr *w);
struct hole wr_hole_le32(struct wr *w);
void wr_close(struct wr *w, struct hole h); /* fills it with the count of bytes since it */
void wr_fill(struct wr *w, struct hole h, uint64_t value);
struct rd wr_view_of(const struct wr *w); /* what was written; bad if w is */
enum err wr_end(const struct wr *w);      /* OK, E_MEMORY or E_LIMIT */

#endif
