/* transport/rpc/ndr.h: NDR, the form of arguments in a stub: aligned numbers, unique pointers,
 * counted strings.
 * Source: C706 chapter 14; MS-RPCE 2.2.4; MS-DTYP 2.3.10 (RPC_UNICODE_STRING).
 * Shape:  a stub begins at offset 0 of its writer or view; alignment counts from there. Pointees
 *         follow the parameter that points to them. Referents are any non-zero numbers.
 * Errors: the reader's and writer's own: bad once is bad for good. Text that is no UTF-8 makes a
 *         writer bad. */
#ifndef SWELL_TRANSPORT_RPC_NDR_H
#define SWELL_TRANSPORT_RPC_NDR_H

#include "base/text.h"
#include "base/wire.h"

void ndr_put_u32(struct wr *w, uint64_t v);
void ndr_put_pointer(struct wr *w); /* a referent: the pointee follows */
void ndr_put_null(struct wr *w);
void ndr_put_number_pointer(struct wr *w, uint32_t v); /* pointer to a number, and the number */
/* A string struct with Length, MaximumLength and a buffer; with_nul: Length counts the NUL, as
 * winreg wants it, or only MaximumLength does, as InitShutdown wants it. The NUL itself travels in
 * the first form only. */
void ndr_put_string(struct wr *w, const char *s, bool with_nul);
void ndr_put_string_null(struct wr *w);                     /* no string: lengths 0, null buffer */
void ndr_put_string_room(struct wr *w, uint32_t max_units); /* empty, with room for an answer */
/* A text of its own, [string] wchar_t, NUL included; by reference it has no pointer word, unique
 * ones have, and NULL is none. */
void ndr_put_wide(struct wr *w, const char *s);
void ndr_put_wide_unique(struct wr *w, const char *s);
/* A conformant varying array of bytes: room for max, n of them there. */
void ndr_put_bytes_varying(struct wr *w, uint32_t max, struct rd bytes);
void ndr_put_bytes(struct wr *w, struct rd bytes); /* a conformant array: count and bytes */

struct ndr {
    struct rd at;
    const uint8_t *base;
};

struct ndr ndr_of(struct rd stub);
uint16_t ndr_u16(struct ndr *n);
uint32_t ndr_u32(struct ndr *n);
uint64_t ndr_u64_as_u32s(struct ndr *n); /* a FILETIME: two numbers, low first, aligned to 4 */
bool ndr_pointer(struct ndr *n);         /* true: the pointee follows */
struct rd
ndr_bytes(struct ndr *n,
          size_t width); /* what a conformant varying array holds; width: bytes of an element */
/* A string struct and its buffer: the bytes of the buffer, without a NUL if Length counts one.
 * Empty for a null one. */
struct rd ndr_string(struct ndr *n);
/* A text of its own, behind its pointer, without its NUL. */
struct rd ndr_wide(struct ndr *n);
struct rd ndr_conformant(struct ndr *n); /* the bytes of a conformant array */
/* UTF-16 units of an answer as text, the caller's to free; E_DATA when they hold a NUL. */
MUST_CHECK enum err ndr_text_take(struct rd units, char **out);
enum err ndr_end(const struct ndr *n); /* OK only if all but padding was read */

#endif
