#include "transport/rpc/winreg.h"

#include "transport/rpc/win32.h"

#define KEY_PATH_UNITS_MAX \
    16383 /* of a whole path in one call: its Length counts bytes in 16 bits */

const struct rpc_interface winreg_interface = {
    .pipe = "winreg",
    .uuid = {0x01, 0xd0, 0x8c, 0x33, 0x44, 0x22, 0xf1, 0x31, 0xaa, 0xaa, 0x90, 0x00, 0x38, 0x00,
             0x10, 0x03},
    .major = 1,
    .minor = 0,
};

uint16_t winreg_hive_operation(enum reg_hive hive)
{
    switch (hive) {
    case HIVE_CLASSES_ROOT: return 0;
    case HIVE_CURRENT_USER: return 1;
    case HIVE_LOCAL_MACHINE: return 2;
    case HIVE_USERS: return 4;
    case HIVE_CURRENT_CONFIG: return 27;
    }
    return 2;
}

void winreg_handle_put(struct wr *w, const struct winreg_handle *key)
{
    wr_bytes(w, key->bytes, sizeof key->bytes);
}

void winreg_open_hive_put(struct wr *w, uint32_t access)
{
    ndr_put_null(w); /* server name: not used */
    ndr_put_u32(w, access);
}

void winreg_open_key_put(struct wr *w, const struct winreg_handle *parent, const char *key,
                         uint32_t access)
{
    winreg_handle_put(w, parent);
    ndr_put_string(w, key, true);
    ndr_put_u32(w, 0); /* options */
    ndr_put_u32(w, access);
}

void winreg_create_key_put(struct wr *w, const struct winreg_handle *parent, const char *key,
                           uint32_t options, uint32_t access)
{
    winreg_handle_put(w, parent);
    ndr_put_string(w, key, true);
    ndr_put_string_null(w); /* class */
    ndr_put_u32(w, options);
    ndr_put_u32(w, access);
    ndr_put_null(w);              /* security: inherited */
    ndr_put_number_pointer(w, 0); /* disposition */
}

void winreg_delete_key_put(struct wr *w, const struct winreg_handle *parent, const char *key)
{
    winreg_handle_put(w, parent);
    ndr_put_string(w, key, true);
}

static struct winreg_handle handle_take(struct ndr *n)
{
    struct winreg_handle h;

    (void)rd_copy(&n->at, h.bytes, sizeof h.bytes);
    return h;
}

enum err winreg_handle_get(struct rd stub, struct winreg_handle *out, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct winreg_handle h = handle_take(&n);
    uint32_t c = ndr_u32(&n);
    enum err e = ndr_end(&n);

    if (e != OK)
        return e;
    *out = h;
    *code = c;
    return OK;
}

enum err winreg_create_key_get(struct rd stub, struct winreg_handle *out, uint32_t *disposition,
                               uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct winreg_handle h = handle_take(&n);
    uint32_t d = ndr_pointer(&n) ? ndr_u32(&n) : 0;
    uint32_t c = ndr_u32(&n);
    enum err e = ndr_end(&n);

    if (e != OK)
        return e;
    *out = h;
    *disposition = d;
    *code = c;
    return OK;
}

enum err winreg_number_get(struct rd stub, uint32_t *out, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    uint32_t number = ndr_u32(&n);
    uint32_t c = ndr_u32(&n);
    enum err e = ndr_end(&n);

    if (e != OK)
        return e;
    *out = number;
    *code = c;
    return OK;
}

enum err winreg_code_get(struct rd stub, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    uint32_t c = ndr_u32(&n);
    enum err e = ndr_end(&n);

    if (e == OK)
        *code = c;
    return e;
}

static enum err handle_call(struct rpc *r, uint16_t operation, struct winreg_handle *out,
                            struct why *why)
{
    struct winreg_handle h;
    uint32_t code = 0;
    struct rd reply;
    enum err e;

    if ((e = rpc_call(r, operation, &reply, why)) != OK ||
        (e = rpc_malformed(r, winreg_handle_get(reply, &h, &code), "answer", why)) != OK ||
        (e = win32_fail(why, code)) != OK)
        return e;
    *out = h;
    return OK;
}

static enum err code_call(struct rpc *r, uint16_t operation, struct why *why)
{
    uint32_t code = 0;
    struct rd reply;
    enum err e;

    if ((e = rpc_call(r, operation, &reply, why)) != OK ||
        (e = rpc_malformed(r, winreg_code_get(reply, &code), "answer", why)) != OK)
        return e;
    return win32_fail(why, code);
}

enum err winreg_open_hive(struct rpc *r, enum reg_hive hive, struct winreg_handle *out,
                          struct why *why)
{
    winreg_open_hive_put(rpc_begin(r), MAXIMUM_ALLOWED);
    return handle_call(r, winreg_hive_operation(hive), out, why);
}

enum err winreg_open_key(struct rpc *r, const struct winreg_handle *parent, const char *key,
                         uint32_t access, struct winreg_handle *out, struct why *why)
{
    enum err e = winreg_name_check(key, KEY_PATH_UNITS_MAX, why);

    if (e != OK)
        return e;
    winreg_open_key_put(rpc_begin(r), parent, key, access);
    return handle_call(r, WINREG_OP_OPEN_KEY, out, why);
}

enum err winreg_create_key(struct rpc *r, const struct winreg_handle *parent, const char *key,
                           enum winreg_option option, uint32_t access, struct winreg_handle *out,
                           struct why *why)
{
    uint32_t disposition = 0, code = 0;
    struct winreg_handle h;
    struct rd reply;
    enum err e = winreg_name_check(key, KEY_PATH_UNITS_MAX, why);

    if (e != OK)
        return e;
    winreg_create_key_put(rpc_begin(r), parent, key, (uint32_t)option, access);
    if ((e = rpc_call(r, WINREG_OP_CREATE_KEY, &reply, why)) != OK ||
        (e = rpc_malformed(r, winreg_create_key_get(reply, &h, &disposition, &code), "answer",
                           why)) != OK ||
        (e = win32_fail(why, code)) != OK)
        return e;
    *out = h;
    return OK;
}

enum err winreg_delete_key(struct rpc *r, const struct winreg_handle *parent, const char *key,
                           struct why *why)
{
    enum err e = winreg_name_check(key, KEY_PATH_UNITS_MAX, why);

    if (e != OK)
        return e;
    winreg_delete_key_put(rpc_begin(r), parent, key);
    return code_call(r, WINREG_OP_DELETE_KEY, why);
}

enum err winreg_flush_key(struct rpc *r, const struct winreg_handle *key, struct why *why)
{
    winreg_handle_put(rpc_begin(r), key);
    return code_call(r, WINREG_OP_FLUSH_KEY, why);
}

enum err winreg_get_version(struct rpc *r, const struct winreg_handle *key, uint32_t *out,
                            struct why *why)
{
    uint32_t version = 0, code = 0;
    struct rd reply;
    enum err e;

    winreg_handle_put(rpc_begin(r), key);
    if ((e = rpc_call(r, WINREG_OP_GET_VERSION, &reply, why)) != OK ||
        (e = rpc_malformed(r, winreg_number_get(reply, &version, &code), "answer", why)) != OK ||
        (e = win32_fail(why, code)) != OK)
        return e;
    *out = version;
    return OK;
}

enum err winreg_close_key(struct rpc *r, const struct winreg_handle *key, struct why *why)
{
    struct winreg_handle zeroed;

    winreg_handle_put(rpc_begin(r), key);
    return handle_call(r, WINREG_OP_CLOSE_KEY, &zeroed, why);
}
