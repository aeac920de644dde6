/* tests/support/strict_ndr.h: arguments of a call, read as strictly as a Windows server reads them.
 * Source: C706 chapter 14; MS-RPCE 2.2.4, 3.1.1.5.3 (strict range and pointer checks); MS-DTYP
 *         2.3.10.
 * Shape:  alignment counts from the stub's start. What does not fit makes the reader bad, and the
 *         answer to the call a fault: RPC_X_BAD_STUB_DATA.
 * Owns:   strings are malloc'ed, "" for an empty and NULL for an absent one. */
#ifndef SWELL_TESTS_SUPPORT_STRICT_NDR_H
#define SWELL_TESTS_SUPPORT_STRICT_NDR_H

#include "base/wire.h"

struct sndr {
    struct rd at;
    const uint8_t *base;
};

struct sndr sndr_of(struct rd stub);
uint8_t sndr_u8(struct sndr *n);
uint16_t sndr_u16(struct sndr *n);
uint32_t sndr_u32(struct sndr *n);
bool sndr_pointer(struct sndr *n);
struct rd sndr_handle(struct sndr *n); /* 20 bytes */
/* An embedded counted string. with_nul: its Length counts the NUL, which must be there. */
char *sndr_counted(struct sndr *n, bool with_nul);
/* Room for a name to be answered: bytes of MaximumLength. */
uint32_t sndr_room(struct sndr *n);
char *sndr_wide(struct sndr *n);        /* [string] wchar_t *, by reference, NUL included */
char *sndr_wide_unique(struct sndr *n); /* a pointer to one, may be null */
/* Bytes of a conformant varying array; *max is its room. */
struct rd sndr_varying(struct sndr *n, uint32_t *max);
struct rd sndr_conformant(struct sndr *n);
bool sndr_end(const struct sndr *n); /* nothing but up to seven bytes of padding is left */

#endif
