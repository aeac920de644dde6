#include "transport/rpc/winreg.h"

#include "transport/rpc/win32.h"

#define SECURITY_ROOM_FIRST 4096u

/* RPC_SECURITY_DESCRIPTOR (MS-RRP 2.2.9): a pointer, its room, and what is there. */
void winreg_get_security_put(struct wr *w, const struct winreg_handle *key, uint32_t what,
                             uint32_t room)
{
    winreg_handle_put(w, key);
    ndr_put_u32(w, what);
    ndr_put_pointer(w);
    wr_le32(w, room);
    wr_le32(w, 0); /* bytes that are there */
    ndr_put_bytes_varying(w, room, rd_of(NULL, 0));
}

enum err winreg_get_security_get(struct rd stub, struct rd *out, uint32_t *needed, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    bool there = ndr_pointer(&n);
    uint32_t room = ndr_u32(&n), size = ndr_u32(&n), c;
    struct rd bytes = there ? ndr_bytes(&n, 1) : rd_of(NULL, 0);
    enum err e;

    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) != OK)
        return e;
    if (c == WIN32_OK && (size != bytes.left || size == 0))
        return E_FORMAT;
    *out = bytes;
    *needed = room;
    *code = c;
    return OK;
}

enum err winreg_get_security(struct rpc *r, const struct winreg_handle *key, uint32_t what,
                             struct wr *out, struct why *why)
{
    uint32_t room = SECURITY_ROOM_FIRST, code = 0;

    for (int try = 0; try < 2; try++) {
        uint32_t needed = 0;
        struct rd reply, bytes = {0};
        enum err e;

        winreg_get_security_put(rpc_begin(r), key, what, room);
        if ((e = rpc_call(r, WINREG_OP_GET_SECURITY, &reply, why)) != OK ||
            (e = rpc_malformed(r, winreg_get_security_get(reply, &bytes, &needed, &code), "answer",
                               why)) != OK)
            return e;
        if (code == WIN32_OK) {
            wr_view(out, bytes);
            return wr_end(out) == OK ? OK : why_set(why, E_MEMORY, "out of memory");
        }
        if ((code != WIN32_INSUFFICIENT_BUFFER && code != WIN32_MORE_DATA) || needed <= room ||
            needed > WINREG_SECURITY_MAX)
            break;
        room = needed;
    }
    return win32_fail(why, code);
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

void winreg_delete_key_ex_put(struct wr *w, const struct winreg_handle *parent, const char *key,
                              uint32_t view)
{
    winreg_handle_put(w, parent);
    ndr_put_string(w, key, true);
    ndr_put_u32(w, view);
    ndr_put_u32(w, 0); /* reserved */
}

enum err winreg_delete_key_ex(struct rpc *r, const struct winreg_handle *parent, const char *key,
                              uint32_t view, struct why *why)
{
    enum err e = winreg_name_check(key, WINREG_KEY_NAME_MAX, why);

    if (e != OK)
        return e;
    winreg_delete_key_ex_put(rpc_begin(r), parent, key, view);
    return code_call(r, WINREG_OP_DELETE_KEY_EX, why);
}

void winreg_save_key_put(struct wr *w, const struct winreg_handle *key, const char *file)
{
    winreg_handle_put(w, key);
    ndr_put_string(w, file, true);
    ndr_put_null(w); /* security: inherited */
}

enum err winreg_save_key(struct rpc *r, const struct winreg_handle *key, const char *file,
                         struct why *why)
{
    enum err e = winreg_name_check(file, WINREG_KEY_NAME_MAX, why);

    if (e != OK)
        return e;
    winreg_save_key_put(rpc_begin(r), key, file);
    return code_call(r, WINREG_OP_SAVE_KEY, why);
}
