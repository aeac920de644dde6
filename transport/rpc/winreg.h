/* transport/rpc/winreg.h: the remote registry, call by call.
 * Source: MS-RRP 3.1.5, 2.2.
 * Shape:  winreg_*_put encodes a call's arguments, winreg_*_get decodes its answer, winreg_*
 *         does the round trip. An answer ends with a Win32 number: OK from a round trip means 0;
 *         otherwise win32.h says what it means, and *code holds the number where callers need
 *         it.
 * Errors: those of rpc.h and win32.h; E_DATA for a name that is no UTF-8 or too long; E_LIMIT
 *         for a value over REG_VALUE_MAX. Outputs are set only on OK. No place is set: the
 *         caller knows the key. */
#ifndef SWELL_TRANSPORT_RPC_WINREG_H
#define SWELL_TRANSPORT_RPC_WINREG_H

#include "registry/path.h"
#include "registry/value.h"
#include "transport/rpc/ndr.h"
#include "transport/rpc/rpc.h"
#include "transport/transport.h"

enum winreg_access {
    KEY_QUERY_VALUE = 0x1,
    KEY_SET_VALUE = 0x2,
    KEY_CREATE_SUB_KEY = 0x4,
    KEY_WOW64_64KEY = 0x100,
    KEY_WOW64_32KEY = 0x200,
    KEY_READ = 0x20019,
    KEY_READ_WRITE = 0x2001f,
    MAXIMUM_ALLOWED = 0x02000000
};

enum winreg_operation {
    WINREG_OP_CLOSE_KEY = 5,
    WINREG_OP_CREATE_KEY = 6,
    WINREG_OP_DELETE_KEY = 7,
    WINREG_OP_DELETE_VALUE = 8,
    WINREG_OP_ENUM_KEY = 9,
    WINREG_OP_ENUM_VALUE = 10,
    WINREG_OP_FLUSH_KEY = 11,
    WINREG_OP_GET_SECURITY = 12,
    WINREG_OP_OPEN_KEY = 15,
    WINREG_OP_QUERY_INFO_KEY = 16,
    WINREG_OP_QUERY_VALUE = 17,
    WINREG_OP_SAVE_KEY = 20,
    WINREG_OP_SET_VALUE = 22,
    WINREG_OP_GET_VERSION = 26,
    WINREG_OP_QUERY_MULTIPLE = 29,
    WINREG_OP_DELETE_KEY_EX = 35
};

enum winreg_option {
    KEY_NON_VOLATILE = 0,
    KEY_VOLATILE = 1
};
enum winreg_disposition {
    KEY_CREATED_NEW = 1,
    KEY_OPENED_EXISTING = 2
};

#define WINREG_VERSION_64 6 /* what GetVersion says when the host has two views */
#define WINREG_HANDLE_SIZE 20
#define WINREG_VALUE_ROOM 65536u /* bytes asked for at first: the unused ones do not travel */
#define WINREG_KEY_NAME_MAX 255  /* UTF-16 units of one level */

struct winreg_handle {
    uint8_t bytes[WINREG_HANDLE_SIZE];
};

struct winreg_key_info {
    uint32_t subkeys;
    uint32_t values;
    uint32_t value_name_max; /* units or bytes: hosts differ */
    uint32_t value_max;      /* bytes */
    uint64_t written_filetime;
};

extern const struct rpc_interface winreg_interface;

uint16_t winreg_hive_operation(enum reg_hive hive);

/* Keys: winreg_key.c */
void winreg_open_hive_put(struct wr *w, uint32_t access);
void winreg_open_key_put(struct wr *w, const struct winreg_handle *parent, const char *key,
                         uint32_t access);
void winreg_create_key_put(struct wr *w, const struct winreg_handle *parent, const char *key,
                           uint32_t options, uint32_t access);
void winreg_delete_key_put(struct wr *w, const struct winreg_handle *parent, const char *key);
void winreg_handle_put(struct wr *w,
                       const struct winreg_handle *key); /* CloseKey, FlushKey, GetVersion */
MUST_CHECK enum err winreg_handle_get(struct rd stub, struct winreg_handle *out, uint32_t *code);
MUST_CHECK enum err winreg_create_key_get(struct rd stub, struct winreg_handle *out,
                                          uint32_t *disposition, uint32_t *code);
MUST_CHECK enum err winreg_number_get(struct rd stub, uint32_t *out,
                                      uint32_t *code); /* GetVersion */
MUST_CHECK enum err winreg_code_get(struct rd stub,
                                    uint32_t *code); /* DeleteKey, FlushKey, SetValue … */

MUST_CHECK enum err winreg_open_hive(struct rpc *r, enum reg_hive hive, struct winreg_handle *out,
                                     struct why *why);
MUST_CHECK enum err winreg_open_key(struct rpc *r, const struct winreg_handle *parent,
                                    const char *key, uint32_t access, struct winreg_handle *out,
                                    struct why *why);
MUST_CHECK enum err winreg_create_key(struct rpc *r, const struct winreg_handle *parent,
                                      const char *key, enum winreg_option option, uint32_t access,
                                      struct winreg_handle *out, struct why *why);
MUST_CHECK enum err winreg_delete_key(struct rpc *r, const struct winreg_handle *parent,
                                      const char *key, struct why *why);
MUST_CHECK enum err winreg_flush_key(struct rpc *r, const struct winreg_handle *key,
                                     struct why *why);
MUST_CHECK enum err winreg_get_version(struct rpc *r, const struct winreg_handle *key,
                                       uint32_t *out, struct why *why);
MUST_CHECK enum err winreg_close_key(struct rpc *r, const struct winreg_handle *key,
                                     struct why *why);

/* Values: winreg_value.c */
void winreg_query_value_put(struct wr *w, const struct winreg_handle *key, const char *name,
                            uint32_t room);
void winreg_set_value_put(struct wr *w, const struct winreg_handle *key, const char *name,
                          const struct reg_value *value);
void winreg_delete_value_put(struct wr *w, const struct winreg_handle *key, const char *name);
/* With *code WIN32_MORE_DATA, *needed is the size that the value has now. */
MUST_CHECK enum err winreg_query_value_get(struct rd stub, struct reg_value *out, uint32_t *needed,
                                           uint32_t *code);

MUST_CHECK enum err winreg_query_value(struct rpc *r, const struct winreg_handle *key,
                                       const char *name, struct reg_value *out,
                                       struct why *why); /* E_ABSENT: not there */
MUST_CHECK enum err winreg_set_value(struct rpc *r, const struct winreg_handle *key,
                                     const char *name, const struct reg_value *value,
                                     struct why *why);
MUST_CHECK enum err winreg_delete_value(struct rpc *r, const struct winreg_handle *key,
                                        const char *name, struct why *why);

/* What a key holds: winreg_enum.c */
void winreg_query_info_put(struct wr *w, const struct winreg_handle *key, uint32_t class_units);
void winreg_enum_key_put(struct wr *w, const struct winreg_handle *key, uint32_t index);
void winreg_enum_value_put(struct wr *w, const struct winreg_handle *key, uint32_t index,
                           uint32_t name_units, uint32_t room);
MUST_CHECK enum err winreg_query_info_get(struct rd stub, struct winreg_key_info *out,
                                          uint32_t *code);
MUST_CHECK enum err winreg_enum_key_get(struct rd stub, char **name, uint32_t *code);
MUST_CHECK enum err winreg_enum_value_get(struct rd stub, struct reg_entry *out, uint32_t *needed,
                                          uint32_t *code);

MUST_CHECK enum err winreg_query_info(struct rpc *r, const struct winreg_handle *key,
                                      struct winreg_key_info *out, struct why *why);
MUST_CHECK enum err
winreg_enum_key(struct rpc *r, const struct winreg_handle *key, uint32_t index, char **name,
                struct why *why); /* E_ABSENT: no more; the name is the caller's */
MUST_CHECK enum err winreg_enum_value(struct rpc *r, const struct winreg_handle *key,
                                      uint32_t index, struct reg_entry *out,
                                      struct why *why); /* E_ABSENT: no more */

/* Several values of one key in one call: winreg_many.c. One that is not there makes the whole call
 * E_ABSENT, so it is for who knows that they are (BaseRegQueryMultipleValues, MS-RRP 3.1.5.25;
 * RVALENT, 2.2.8). */
#define WINREG_MANY_MAX 128

void winreg_query_many_put(struct wr *w, const struct winreg_handle *key, const char *const *names,
                           size_t n, uint32_t room);
/* found[i] becomes the value of names[i], the caller's; with *code WIN32_MORE_DATA *needed is the
 * room that they take. */
MUST_CHECK enum err winreg_query_many_get(struct rd stub, struct reg_value *found, size_t n,
                                          uint32_t *needed, uint32_t *code);
MUST_CHECK enum err winreg_query_many(struct rpc *r, const struct winreg_handle *key,
                                      const char *const *names, size_t n, struct reg_value *found,
                                      struct why *why);

/* What guards a key, and calls that few keys see: winreg_security.c */
enum winreg_security {
    SECURITY_OWNER = 1,
    SECURITY_GROUP = 2,
    SECURITY_DACL = 4
};
#define WINREG_SECURITY_MAX 65536u

void winreg_get_security_put(struct wr *w, const struct winreg_handle *key, uint32_t what,
                             uint32_t room);
/* The self-relative SECURITY_DESCRIPTOR (MS-DTYP 2.4.6) as a view of the answer. */
MUST_CHECK enum err winreg_get_security_get(struct rd stub, struct rd *out, uint32_t *needed,
                                            uint32_t *code);
/* Appends it. */
MUST_CHECK enum err winreg_get_security(struct rpc *r, const struct winreg_handle *key,
                                        uint32_t what, struct wr *out, struct why *why);
/* A key of one of the two views, said by KEY_WOW64_64KEY or KEY_WOW64_32KEY in view. */
void winreg_delete_key_ex_put(struct wr *w, const struct winreg_handle *parent, const char *key,
                              uint32_t view);
MUST_CHECK enum err winreg_delete_key_ex(struct rpc *r, const struct winreg_handle *parent,
                                         const char *key, uint32_t view, struct why *why);
/* To a file on the host itself. E_REFUSED for a volatile key, which cannot be saved, and for a file
 * that is there; E_DENIED without the right to back up. */
void winreg_save_key_put(struct wr *w, const struct winreg_handle *key, const char *file);
MUST_CHECK enum err winreg_save_key(struct rpc *r, const struct winreg_handle *key,
                                    const char *file, struct why *why);

/* Does name fit the registry? units_max without NUL. */
MUST_CHECK enum err winreg_name_check(const char *name, size_t units_max, struct why *why);
/* Name bytes of an answer as text; E_DATA when they hold a NUL. */
MUST_CHECK enum err winreg_name_take(struct rd units, char **out);

#endif
