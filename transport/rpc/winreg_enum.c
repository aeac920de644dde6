#include "transport/rpc/winreg.h"

#include "transport/rpc/win32.h"

#include <stdlib.h>

#define CLASS_UNITS 512 /* room for a key's class name, which few keys have and nobody needs */
#define GROW_TRIES 4

void winreg_query_info_put(struct wr *w, const struct winreg_handle *key, uint32_t class_units)
{
    winreg_handle_put(w, key);
    if (class_units == 0)
        ndr_put_string_null(w);
    else
        ndr_put_string_room(w, class_units);
}

void winreg_enum_key_put(struct wr *w, const struct winreg_handle *key, uint32_t index)
{
    winreg_handle_put(w, key);
    ndr_put_u32(w, index);
    ndr_put_string_room(w, WINREG_KEY_NAME_MAX + 1);
    ndr_put_pointer(w);
    ndr_put_string_room(w, CLASS_UNITS);
    ndr_put_null(w); /* time of the last write: not wanted */
}

void winreg_enum_value_put(struct wr *w, const struct winreg_handle *key, uint32_t index,
                           uint32_t name_units, uint32_t room)
{
    winreg_handle_put(w, key);
    ndr_put_u32(w, index);
    ndr_put_string_room(w, name_units);
    ndr_put_number_pointer(w, 0); /* type */
    ndr_put_pointer(w);           /* data */
    ndr_put_bytes_varying(w, room, rd_of(NULL, 0));
    ndr_put_number_pointer(w, room);
    ndr_put_number_pointer(w, 0);
}

enum err winreg_query_info_get(struct rd stub, struct winreg_key_info *out, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct winreg_key_info info = {0};
    uint32_t c;
    enum err e;

    (void)ndr_string(&n); /* class */
    info.subkeys = ndr_u32(&n);
    (void)ndr_u32(&n); /* longest subkey name */
    (void)ndr_u32(&n); /* longest class */
    info.values = ndr_u32(&n);
    info.value_name_max = ndr_u32(&n);
    info.value_max = ndr_u32(&n);
    (void)ndr_u32(&n); /* size of the security descriptor */
    info.written_filetime = ndr_u64_as_u32s(&n);
    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) != OK)
        return e;
    *out = info;
    *code = c;
    return OK;
}

enum err winreg_enum_key_get(struct rd stub, char **name, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct rd units = ndr_string(&n);
    uint32_t c;
    enum err e;

    if (ndr_pointer(&n))
        (void)ndr_string(&n); /* class */
    if (ndr_pointer(&n))
        (void)ndr_u64_as_u32s(&n); /* time of the last write */
    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) != OK || (c == WIN32_OK && (e = winreg_name_take(units, name)) != OK))
        return e;
    *code = c;
    return OK;
}

enum err winreg_enum_value_get(struct rd stub, struct reg_entry *out, uint32_t *needed,
                               uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct rd units = ndr_string(&n);
    uint32_t type = ndr_pointer(&n) ? ndr_u32(&n) : 0;
    struct rd bytes = ndr_pointer(&n) ? ndr_bytes(&n, 1) : rd_of(NULL, 0);
    uint32_t size = ndr_pointer(&n) ? ndr_u32(&n) : 0;
    struct reg_entry entry = {0};
    uint32_t c;
    enum err e;

    if (ndr_pointer(&n))
        (void)ndr_u32(&n);
    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) != OK)
        return e;
    if (c == WIN32_OK) {
        if (size != bytes.left)
            return E_FORMAT;
        if ((e = winreg_name_take(units, &entry.name)) != OK)
            return e;
        if ((e = value_raw(type, bytes.at, bytes.left, &entry.value)) != OK) {
            free(entry.name);
            return e;
        }
        *out = entry;
    }
    *needed = size;
    *code = c;
    return OK;
}

enum err winreg_query_info(struct rpc *r, const struct winreg_handle *key,
                           struct winreg_key_info *out, struct why *why)
{
    uint32_t class_units = 0, code = 0;
    struct winreg_key_info info = {0};

    for (int try = 0; try < 2; try++) {
        struct rd reply;
        enum err e;

        winreg_query_info_put(rpc_begin(r), key, class_units);
        if ((e = rpc_call(r, WINREG_OP_QUERY_INFO_KEY, &reply, why)) != OK ||
            (e = rpc_malformed(r, winreg_query_info_get(reply, &info, &code), "answer", why)) != OK)
            return e;
        if (code != WIN32_MORE_DATA && code != WIN32_INSUFFICIENT_BUFFER)
            break;
        class_units = CLASS_UNITS; /* the key has a class, and the host wants room for it */
    }
    if (code == WIN32_OK)
        *out = info;
    return win32_fail(why, code);
}

enum err winreg_enum_key(struct rpc *r, const struct winreg_handle *key, uint32_t index,
                         char **name, struct why *why)
{
    uint32_t code = 0;
    struct rd reply;
    enum err e;

    winreg_enum_key_put(rpc_begin(r), key, index);
    if ((e = rpc_call(r, WINREG_OP_ENUM_KEY, &reply, why)) != OK ||
        (e = rpc_malformed(r, winreg_enum_key_get(reply, name, &code), "name of the subkey",
                           why)) != OK)
        return e;
    return win32_fail(why, code);
}

enum err winreg_enum_value(struct rpc *r, const struct winreg_handle *key, uint32_t index,
                           struct reg_entry *out, struct why *why)
{
    uint32_t room = WINREG_VALUE_ROOM, code = 0;

    for (int try = 0; try < GROW_TRIES; try++) {
        uint32_t needed = 0;
        struct rd reply;
        enum err e;

        winreg_enum_value_put(rpc_begin(r), key, index, REG_NAME_MAX + 1, room);
        if ((e = rpc_call(r, WINREG_OP_ENUM_VALUE, &reply, why)) != OK ||
            (e = rpc_malformed(r, winreg_enum_value_get(reply, out, &needed, &code), "value",
                               why)) != OK)
            return e;
        if (code != WIN32_MORE_DATA)
            break;
        if (needed > REG_VALUE_MAX)
            return why_set(why, E_LIMIT, "a value has %u bytes, more than %u", (unsigned)needed,
                           REG_VALUE_MAX);
        room = needed > room ? needed : room * 2;
    }
    return win32_fail(why, code);
}
