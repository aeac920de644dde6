#include "transport/rpc/winreg.h"

#include "base/utf16.h"
#include "transport/rpc/win32.h"

#include <stdlib.h>
#include <string.h>

#define GROW_TRIES 4 /* a value that grows faster than we ask is not ours to chase */

enum err winreg_name_check(const char *name, size_t units_max, struct why *why)
{
    size_t units = 0;

    if (utf16_units(name, &units) != OK)
        return why_set(why, E_DATA, "the name is not UTF-8");
    if (units > units_max)
        return why_set(why, E_DATA, "the name is longer than %zu characters", units_max);
    return OK;
}

enum err winreg_name_take(struct rd units, char **out)
{
    return ndr_text_take(units, out);
}

/* The buffer is only room: none of its bytes is there yet, and so none travels. */
void winreg_query_value_put(struct wr *w, const struct winreg_handle *key, const char *name,
                            uint32_t room)
{
    winreg_handle_put(w, key);
    ndr_put_string(w, name, true);
    ndr_put_number_pointer(w, 0); /* type */
    ndr_put_pointer(w);           /* data */
    ndr_put_bytes_varying(w, room, rd_of(NULL, 0));
    ndr_put_number_pointer(w, room); /* size of the buffer */
    ndr_put_number_pointer(w, 0);    /* bytes of it that are there */
}

void winreg_set_value_put(struct wr *w, const struct winreg_handle *key, const char *name,
                          const struct reg_value *value)
{
    winreg_handle_put(w, key);
    ndr_put_string(w, name, true);
    ndr_put_u32(w, value->type);
    ndr_put_bytes(w, rd_of(value->bytes, value->size));
    ndr_put_u32(w, value->size);
}

void winreg_delete_value_put(struct wr *w, const struct winreg_handle *key, const char *name)
{
    winreg_handle_put(w, key);
    ndr_put_string(w, name, true);
}

enum err winreg_query_value_get(struct rd stub, struct reg_value *out, uint32_t *needed,
                                uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    uint32_t type = ndr_pointer(&n) ? ndr_u32(&n) : 0;
    struct rd bytes = ndr_pointer(&n) ? ndr_bytes(&n, 1) : rd_of(NULL, 0);
    uint32_t size = ndr_pointer(&n) ? ndr_u32(&n) : 0;
    uint32_t c;
    enum err e;

    if (ndr_pointer(&n))
        (void)ndr_u32(&n); /* bytes that are there: the array has said so */
    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) != OK)
        return e;
    if (c == WIN32_OK && size != bytes.left)
        return E_FORMAT; /* half a value must not pass for a whole one */
    if (c == WIN32_OK && (e = value_raw(type, bytes.at, bytes.left, out)) != OK)
        return e;
    *needed = size;
    *code = c;
    return OK;
}

static enum err query_once(struct rpc *r, const struct winreg_handle *key, const char *name,
                           uint32_t room, struct reg_value *out, uint32_t *needed, uint32_t *code,
                           struct why *why)
{
    struct rd reply;
    enum err e;

    winreg_query_value_put(rpc_begin(r), key, name, room);
    if ((e = rpc_call(r, WINREG_OP_QUERY_VALUE, &reply, why)) != OK)
        return e;
    return rpc_malformed(r, winreg_query_value_get(reply, out, needed, code), "answer", why);
}

enum err winreg_query_value(struct rpc *r, const struct winreg_handle *key, const char *name,
                            struct reg_value *out, struct why *why)
{
    uint32_t room = WINREG_VALUE_ROOM, code = 0;
    enum err e = winreg_name_check(name, REG_NAME_MAX, why);

    for (int try = 0; e == OK && try < GROW_TRIES; try++) {
        uint32_t needed = 0;

        if ((e = query_once(r, key, name, room, out, &needed, &code, why)) != OK)
            return e;
        if (code != WIN32_MORE_DATA)
            break;
        if (needed > REG_VALUE_MAX)
            return why_set(why, E_LIMIT, "the value has %u bytes, more than %u", (unsigned)needed,
                           REG_VALUE_MAX);
        room = needed > room ? needed : room * 2;
    }
    return e != OK ? e : win32_fail(why, code);
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

enum err winreg_set_value(struct rpc *r, const struct winreg_handle *key, const char *name,
                          const struct reg_value *value, struct why *why)
{
    enum err e = winreg_name_check(name, REG_NAME_MAX, why);

    if (e != OK)
        return e;
    if (value->size > REG_VALUE_MAX)
        return why_set(why, E_LIMIT, "the value has %zu bytes, more than %u", value->size,
                       REG_VALUE_MAX);
    winreg_set_value_put(rpc_begin(r), key, name, value);
    return code_call(r, WINREG_OP_SET_VALUE, why);
}

enum err winreg_delete_value(struct rpc *r, const struct winreg_handle *key, const char *name,
                             struct why *why)
{
    enum err e = winreg_name_check(name, REG_NAME_MAX, why);

    if (e != OK)
        return e;
    winreg_delete_value_put(rpc_begin(r), key, name);
    return code_call(r, WINREG_OP_DELETE_VALUE, why);
}
