/* registry/value.h: one registry value as Windows stores it: a type number and bytes, or absent.
 * Source: MS-RRP 3.1.1.5 (types); winnt.h numbers.
 * Shape:  bytes are little-endian as on the wire; strings are UTF-16LE with their NUL if the host
 *         stored one. Types that are not named here survive untouched.
 * Owns:   value_fini frees (fine on a zeroed struct). A zeroed struct is type none with no bytes,
 *         not absent.
 * Errors: constructors give E_MEMORY, E_FORMAT (broken UTF-8, an empty item of a multi_sz) or
 *         E_LIMIT (over REG_VALUE_MAX); *out is zeroed then. */
#ifndef SWELL_REGISTRY_VALUE_H
#define SWELL_REGISTRY_VALUE_H

#include "base/text.h"
#include "base/wire.h"

#define REG_VALUE_MAX (1u << 20) /* bytes of one value that Swell reads or writes */
#define REG_NAME_MAX 16383       /* UTF-16 units of a value name */

enum reg_type {
    REG_NONE = 0,
    REG_SZ = 1,
    REG_EXPAND_SZ = 2,
    REG_BINARY = 3,
    REG_DWORD = 4,
    REG_DWORD_BE = 5,
    REG_LINK = 6,
    REG_MULTI_SZ = 7,
    REG_QWORD = 11
};

struct reg_value {
    bool absent;   /* the value (or key) is not there; type and bytes are then 0 */
    uint32_t type; /* enum reg_type or any other number the host stored */
    uint8_t *bytes;
    size_t size;
};

void value_fini(struct reg_value *v);
MUST_CHECK enum err value_copy(const struct reg_value *from, struct reg_value *out);
struct reg_value value_absent(void);
MUST_CHECK enum err value_raw(uint32_t type, const void *bytes, size_t size,
                              struct reg_value *out);
MUST_CHECK enum err value_dword(uint32_t n, struct reg_value *out);
MUST_CHECK enum err value_dword_be(uint32_t n, struct reg_value *out);
MUST_CHECK enum err value_qword(uint64_t n, struct reg_value *out);
/* REG_SZ, REG_EXPAND_SZ; adds the NUL. */
MUST_CHECK enum err value_sz(uint32_t type, const char *utf8, struct reg_value *out);
/* Adds every NUL; an empty item would end the list. */
MUST_CHECK enum err value_multi_sz(const char *const *items, size_t n, struct reg_value *out);

/* Type and bytes, or both absent. */
bool value_equal(const struct reg_value *a, const struct reg_value *b);
/* A dword, dword_be or qword of the right size. */
bool value_as_u64(const struct reg_value *v, uint64_t *out);
/* Appends an sz or expand_sz up to its NUL; E_FORMAT for other types, E_SHORT for an odd size. */
MUST_CHECK enum err value_as_text(const struct reg_value *v, struct text *out);

/* "dword", "expand_sz" …; "type 42" for others, into buf. The same words that playbooks use. */
#define REG_TYPE_TEXT_SIZE 24
const char *reg_type_name(uint32_t type, char buf[REG_TYPE_TEXT_SIZE]);
/* Case aside; also "REG_DWORD", win_regedit's "string", "expandstring" …, "type 42". */
bool reg_type_from_name(const char *name, uint32_t *out);

/* For people, one line, safe for a terminal: `dword 1`, `sz "text"`, `multi_sz ["a", "b"]`,
 * `binary 01 02 …`, `absent`. Bytes that do not fit their type (a dword of 3 bytes) are shown as
 * `dword (3 bytes) 01 02 03`; what is very long is cut with "…". */
void value_put_text(struct text *t, const struct reg_value *v);
/* The exact form for events and plan files: "absent" or "TYPE:HEX" (`4:01000000`); reading is
 * its inverse and gives E_FORMAT for any other form. */
void value_put_code(struct text *t, const struct reg_value *v);
MUST_CHECK enum err value_from_code(const char *code, struct reg_value *out);

#endif
