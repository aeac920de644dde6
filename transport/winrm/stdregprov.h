/* transport/winrm/stdregprov.h: the registry through WMI's class StdRegProv.
 * Source: "StdRegProv class" of the Windows documentation; MS-WSMV 3.1.4.14 (Invoke), 3.1.4.1.26
 *         (arrays).
 * Shape:  one method is one call of wsman.h. What XML or the class cannot carry is refused, never
 *         bent: REG_NONE, REG_DWORD_BIG_ENDIAN and others are not written, and read only where the
 *         host gives their bytes; texts are written with one NUL at their end or not at all.
 * Owns:   calls are ended by call_fini; values and names are the caller's.
 * Errors: E_UNSUPPORTED, this cannot be done exactly; E_ABSENT, no such key or value; E_PROTOCOL,
 *         no answer of this method; the others of wmi_fail. */
#ifndef SWELL_TRANSPORT_WINRM_STDREGPROV_H
#define SWELL_TRANSPORT_WINRM_STDREGPROV_H

#include "transport/winrm/wsman.h"

enum regprov {
    REGPROV_CHECK_ACCESS,
    REGPROV_CREATE_KEY,
    REGPROV_DELETE_KEY,
    REGPROV_DELETE_VALUE,
    REGPROV_ENUM_KEY,
    REGPROV_ENUM_VALUES,
    REGPROV_GET_BINARY,
    REGPROV_GET_DWORD,
    REGPROV_GET_MULTI_SZ,
    REGPROV_GET_QWORD,
    REGPROV_GET_SZ,
    REGPROV_SET_BINARY,
    REGPROV_SET_DWORD,
    REGPROV_SET_EXPAND_SZ,
    REGPROV_SET_MULTI_SZ,
    REGPROV_SET_QWORD,
    REGPROV_SET_SZ
};

struct regprov_name {
    char *name;
    uint32_t type; /* 0 for keys */
};

struct regprov_names {
    struct regprov_name *items;
    size_t n;
};

/* name NULL: of the key. */
MUST_CHECK enum err regprov_ask(enum regprov method, const struct reg_path *path, const char *name,
                                struct call *out, struct why *why);
MUST_CHECK enum err regprov_set(const struct reg_path *path, const char *name,
                                const struct reg_value *value, struct call *out, struct why *why);
/* May these rights (KEY_QUERY_VALUE 1, KEY_SET_VALUE 2 …) be had? */
MUST_CHECK enum err regprov_access(const struct reg_path *path, uint32_t rights, struct call *out,
                                   struct why *why);
/* The method that reads a value of this type; GET_BINARY for those that have none of their own. */
enum regprov regprov_getter(uint32_t type);
/* The call went well and the method says so. */
MUST_CHECK enum err regprov_done(const struct call *c, struct why *why);
MUST_CHECK enum err regprov_value(const struct call *c, uint32_t type, struct reg_value *out,
                                  struct why *why);
MUST_CHECK enum err regprov_names(const struct call *c, bool with_types, struct regprov_names *out,
                                  struct why *why);
void regprov_names_fini(struct regprov_names *l);
/* ReturnValue of any method of WMI; E_PROTOCOL if there is none. */
MUST_CHECK enum err method_result(const struct call *c, const struct xml **out, struct why *why);

#endif
