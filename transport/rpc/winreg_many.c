#include "transport/rpc/winreg.h"

#include "transport/rpc/win32.h"

#include <string.h>

#define MANY_ROOM_FIRST 2048u
#define GROW_TRIES 4

/* The array of RVALENT first, with the pointers to the names in it, then the names. */
void winreg_query_many_put(struct wr *w, const struct winreg_handle *key, const char *const *names,
                           size_t n, uint32_t room)
{
    winreg_handle_put(w, key);
    ndr_put_u32(w, n); /* room of the array */
    wr_le32(w, 0);     /* offset */
    wr_le32(w, n);
    for (size_t i = 0; i < n; i++) {
        ndr_put_pointer(w); /* ve_valuename */
        wr_le32(w, 0);      /* ve_valuelen */
        ndr_put_null(w);    /* ve_valueptr */
        wr_le32(w, 0);      /* ve_type */
    }
    for (size_t i = 0; i < n; i++)
        ndr_put_string(w, names[i], true);
    ndr_put_u32(w, n);
    ndr_put_pointer(w); /* the buffer: length_is is its size, so its room travels */
    ndr_put_u32(w, room);
    wr_le32(w, 0);
    wr_le32(w, room);
    wr_zeros(w, room);
    ndr_put_u32(w, room);
}

struct entry {
    bool has_name;
    uint32_t size, at, type;
};

/* Where the host says that the values are, which of them it says at all, and the buffer. */
static enum err many_take(struct ndr *n, struct entry *entries, size_t count, struct rd *buffer,
                          uint32_t *needed, uint32_t *code)
{
    uint32_t max = ndr_u32(n), offset = ndr_u32(n), actual = ndr_u32(n);

    if (!n->at.bad && (offset != 0 || actual != count || max < actual))
        return E_FORMAT;
    for (size_t i = 0; i < count; i++) {
        entries[i].has_name = ndr_pointer(n);
        entries[i].size = ndr_u32(n);
        entries[i].at = ndr_u32(n);
        entries[i].type = ndr_u32(n);
    }
    for (size_t i = 0; i < count; i++)
        if (entries[i].has_name)
            (void)ndr_string(n);
    *buffer = ndr_pointer(n) ? ndr_bytes(n, 1) : rd_of(NULL, 0);
    *needed = ndr_u32(n);
    *code = ndr_u32(n);
    return ndr_end(n);
}

enum err winreg_query_many_get(struct rd stub, struct reg_value *found, size_t n, uint32_t *needed,
                               uint32_t *code)
{
    struct entry entries[WINREG_MANY_MAX] = {{0}};
    struct reg_value values[WINREG_MANY_MAX] = {{0}};
    struct ndr at = ndr_of(stub);
    struct rd buffer;
    uint32_t size = 0, c = 0;
    enum err e = n > WINREG_MANY_MAX ? E_LIMIT
                                     : many_take(&at, entries, n, &buffer, &size, &c);

    for (size_t i = 0; e == OK && c == WIN32_OK && i < n; i++) {
        struct rd bytes = rd_at(buffer, entries[i].at, entries[i].size);

        e = bytes.bad ? E_FORMAT : value_raw(entries[i].type, bytes.at, bytes.left, &values[i]);
    }
    if (e != OK) {
        for (size_t i = 0; i < n && i < WINREG_MANY_MAX; i++)
            value_fini(&values[i]);
        return e;
    }
    if (c == WIN32_OK)
        memcpy(found, values, n * sizeof *found); /* moved */
    *needed = size;
    *code = c;
    return OK;
}

static enum err names_check(const char *const *names, size_t n, struct why *why)
{
    enum err e = OK;

    if (n == 0 || n > WINREG_MANY_MAX)
        return why_set(why, E_LIMIT, "%zu values are asked for at once, at most %d can be", n,
                       WINREG_MANY_MAX);
    for (size_t i = 0; e == OK && i < n; i++)
        e = winreg_name_check(names[i], REG_NAME_MAX, why);
    return e;
}

enum err winreg_query_many(struct rpc *r, const struct winreg_handle *key, const char *const *names,
                           size_t n, struct reg_value *found, struct why *why)
{
    uint32_t room = MANY_ROOM_FIRST, needed = 0, code = 0;
    enum err e = names_check(names, n, why);

    for (int try = 0; e == OK && try < GROW_TRIES; try++) {
        struct rd reply;

        winreg_query_many_put(rpc_begin(r), key, names, n, room);
        if ((e = rpc_call(r, WINREG_OP_QUERY_MULTIPLE, &reply, why)) != OK ||
            (e = rpc_malformed(r, winreg_query_many_get(reply, found, n, &needed, &code), "answer",
                               why)) != OK)
            return e;
        if (code != WIN32_MORE_DATA || needed > REG_VALUE_MAX)
            break;
        room = needed > room ? needed : room * 2;
    }
    return e != OK ? e : win32_fail(why, code);
}
