#include "transport/rpc/svcctl.h"

#include "base/utf16.h"
#include "transport/rpc/win32.h"

#include <stdlib.h>
#include <string.h>

#define ENTRY_SIZE 36u    /* ENUM_SERVICE_STATUSW: two offsets and a SERVICE_STATUS */
#define LIST_PAGES_MAX 64 /* answers of one list */

enum { CALL_ENUM_STATUS = 14 };

void svcctl_list_put(struct wr *w, const struct svcctl_handle *manager, uint32_t room,
                     uint32_t resume)
{
    svcctl_handle_put(w, manager);
    ndr_put_u32(w, SERVICE_WIN32);
    ndr_put_u32(w, SERVICE_ACTIVE);
    ndr_put_u32(w, room);
    ndr_put_number_pointer(w, resume);
}

/* Texts lie somewhere in the buffer and end with a NUL. */
static enum err name_take(struct rd buffer, uint32_t offset, char **out)
{
    struct text t = {0};
    struct rd at;
    enum err e;

    if (offset > buffer.left)
        return E_FORMAT;
    at = rd_at(buffer, offset, (buffer.left - offset) & ~(size_t)1);
    if ((e = utf16_read_z(at, &t)) == OK)
        e = text_take(&t, out);
    text_fini(&t);
    return e;
}

static enum err entry_take(struct rd *r, struct rd buffer, struct service_entry *out)
{
    uint32_t name = rd_le32(r);

    rd_skip(r, 4 + 4); /* display name, type */
    out->state = rd_le32(r);
    rd_skip(r, 5 * 4); /* controls, exit codes, check point, hint */
    if (r->bad)
        return E_SHORT;
    return name_take(buffer, name, &out->name);
}

static enum err entries_take(struct rd buffer, uint32_t n, struct service_list *out)
{
    struct service_entry *grown;
    struct rd r = buffer;
    enum err e = OK;

    if (n > buffer.left / ENTRY_SIZE)
        return E_SHORT;
    if (n > SERVICES_MAX - out->n)
        return E_LIMIT;
    grown = realloc(out->items, (out->n + n + 1) * sizeof *grown);
    if (grown == NULL)
        return E_MEMORY;
    out->items = grown;
    for (uint32_t i = 0; e == OK && i < n; i++) {
        struct service_entry entry = {0};

        if ((e = entry_take(&r, buffer, &entry)) == OK)
            out->items[out->n++] = entry;
    }
    return e;
}

enum err svcctl_list_get(struct rd stub, struct service_list *out, struct svcctl_page *page,
                         uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct rd buffer = ndr_conformant(&n);
    struct svcctl_page p = {0};
    uint32_t entries, c;
    enum err e;

    p.needed = ndr_u32(&n);
    entries = ndr_u32(&n);
    p.resume = ndr_pointer(&n) ? ndr_u32(&n) : 0;
    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) != OK)
        return e;
    if ((c == WIN32_OK || c == WIN32_MORE_DATA) && (e = entries_take(buffer, entries, out)) != OK)
        return e;
    *page = p;
    *code = c;
    return OK;
}

/* An answer brings its whole room over the wire, used or not: the first question has none, and
 * learns how much it takes. */
enum err svcctl_list(struct rpc *r, const struct svcctl_handle *manager, struct service_list *out,
                     struct why *why)
{
    struct service_list list = {0};
    struct svcctl_page page = {0};
    uint32_t room = 0, code = WIN32_MORE_DATA;
    enum err e = OK;

    for (int i = 0; code == WIN32_MORE_DATA && i < LIST_PAGES_MAX; i++) {
        size_t before = list.n;
        struct rd reply;

        svcctl_list_put(rpc_begin(r), manager, room, page.resume);
        if ((e = rpc_call(r, CALL_ENUM_STATUS, &reply, why)) != OK ||
            (e = rpc_malformed(r, svcctl_list_get(reply, &list, &page, &code), "list of services",
                               why)) != OK)
            goto out;
        if (code == WIN32_MORE_DATA && room != 0 && list.n == before && page.needed <= room)
            break; /* it says that there is more and gives nothing */
        room = page.needed < SVCCTL_LIST_ROOM_MAX ? page.needed : SVCCTL_LIST_ROOM_MAX;
    }
    if ((e = win32_fail(why, code)) != OK)
        goto out;
    *out = list;
    list = (struct service_list){0}; /* moved to the caller */
out:
    service_list_fini(&list);
    return e;
}
