#include "transport/rpc/ndr.h"

#include "base/utf16.h"

#include <string.h>

#define REFERENT 0x00020000u
#define STUB_PADDING_MAX 8 /* some servers round a stub up */

void ndr_put_u32(struct wr *w, uint64_t v)
{
    wr_align(w, 0, 4);
    wr_le32(w, v);
}

void ndr_put_pointer(struct wr *w)
{
    wr_align(w, 0, 4);
    wr_le32(w, REFERENT + w->used); /* its own number for each */
}

void ndr_put_null(struct wr *w)
{
    ndr_put_u32(w, 0);
}

void ndr_put_number_pointer(struct wr *w, uint32_t v)
{
    ndr_put_pointer(w);
    wr_le32(w, v);
}

void ndr_put_string(struct wr *w, const char *s, bool with_nul)
{
    size_t units = 0;

    if (utf16_units(s, &units) != OK)
        w->bad = true;
    wr_align(w, 0, 4);
    wr_le16(w, 2 * (units + (with_nul ? 1 : 0)));
    wr_le16(w, 2 * (units + 1));
    ndr_put_pointer(w);
    wr_le32(w, units + 1); /* room */
    wr_le32(w, 0);         /* offset */
    wr_le32(w, units + (with_nul ? 1 : 0));
    if (utf16_put(w, s) != OK)
        w->bad = true;
    if (with_nul)
        wr_le16(w, 0);
}

void ndr_put_string_null(struct wr *w)
{
    wr_align(w, 0, 4);
    wr_le16(w, 0);
    wr_le16(w, 0);
    ndr_put_null(w);
}

void ndr_put_string_room(struct wr *w, uint32_t max_units)
{
    wr_align(w, 0, 4);
    wr_le16(w, 0);
    wr_le16(w, 2 * (uint64_t)max_units);
    ndr_put_pointer(w);
    wr_le32(w, max_units);
    wr_le32(w, 0); /* offset */
    wr_le32(w, 0); /* units that are there */
}

void ndr_put_wide(struct wr *w, const char *s)
{
    size_t units = 0;

    if (utf16_units(s, &units) != OK)
        w->bad = true;
    ndr_put_u32(w, units + 1); /* room */
    wr_le32(w, 0);             /* offset */
    wr_le32(w, units + 1);
    if (utf16_put(w, s) != OK)
        w->bad = true;
    wr_le16(w, 0);
}

void ndr_put_wide_unique(struct wr *w, const char *s)
{
    if (s == NULL) {
        ndr_put_null(w);
        return;
    }
    ndr_put_pointer(w);
    ndr_put_wide(w, s);
}

void ndr_put_bytes_varying(struct wr *w, uint32_t max, struct rd bytes)
{
    ndr_put_u32(w, max);
    wr_le32(w, 0); /* offset */
    wr_le32(w, bytes.left);
    wr_view(w, bytes);
}

void ndr_put_bytes(struct wr *w, struct rd bytes)
{
    ndr_put_u32(w, bytes.left);
    wr_view(w, bytes);
}

struct ndr ndr_of(struct rd stub)
{
    return (struct ndr){.at = stub, .base = stub.at};
}

static void ndr_align(struct ndr *n, size_t to)
{
    rd_align(&n->at, n->base, to);
}

uint16_t ndr_u16(struct ndr *n)
{
    ndr_align(n, 2);
    return rd_le16(&n->at);
}

uint32_t ndr_u32(struct ndr *n)
{
    ndr_align(n, 4);
    return rd_le32(&n->at);
}

uint64_t ndr_u64_as_u32s(struct ndr *n)
{
    uint32_t low = ndr_u32(n);
    uint32_t high = ndr_u32(n);

    return (uint64_t)high << 32 | low;
}

bool ndr_pointer(struct ndr *n)
{
    return ndr_u32(n) != 0;
}

struct rd ndr_bytes(struct ndr *n, size_t width)
{
    uint32_t max = ndr_u32(n);
    uint32_t offset = ndr_u32(n);
    uint32_t actual = ndr_u32(n);

    /* an offset would mean that the first elements are not there */
    if (offset != 0 || actual > max || actual > n->at.left / width)
        n->at = (struct rd){.bad = true};
    return rd_sub(&n->at, n->at.bad ? 0 : actual * width);
}

static struct rd nul_drop(struct rd text)
{
    if (text.left >= 2 && text.at[text.left - 1] == 0 && text.at[text.left - 2] == 0)
        text.left -= 2;
    return text;
}

struct rd ndr_string(struct ndr *n)
{
    struct rd units = {0};
    uint16_t bytes;

    ndr_align(n, 4);
    bytes = rd_le16(&n->at);
    rd_skip(&n->at, 2); /* room */
    if (ndr_pointer(n))
        units = ndr_bytes(n, 2);
    if (n->at.bad)
        return (struct rd){.bad = true};
    return nul_drop(rd_sub(&units, bytes < units.left ? bytes : units.left));
}

struct rd ndr_wide(struct ndr *n)
{
    return nul_drop(ndr_bytes(n, 2));
}

struct rd ndr_conformant(struct ndr *n)
{
    uint32_t size = ndr_u32(n);

    return rd_sub(&n->at, size);
}

enum err ndr_text_take(struct rd units, char **out)
{
    struct text t = {0};
    enum err e = utf16_read(units, &t);

    if (e == OK && (e = text_end(&t)) == OK && t.used > 0 && memchr(t.s, '\0', t.used) != NULL)
        e = E_DATA; /* legal for the kernel, but not a name that a program can ask for */
    if (e == OK)
        e = text_take(&t, out);
    text_fini(&t);
    return e;
}

enum err ndr_end(const struct ndr *n)
{
    if (n->at.bad)
        return E_SHORT;
    return n->at.left < STUB_PADDING_MAX ? OK : E_FORMAT;
}
