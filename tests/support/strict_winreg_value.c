/* MS-RRP 3.1.5: values. */
#include "tests/support/strict_parts.h"
#include "transport/rpc/ndr.h"

#include <stdlib.h>
#include <string.h>

enum {
    CALL_DELETE = 8,
    CALL_ENUM = 10,
    CALL_GET_SECURITY = 12,
    CALL_QUERY = 17,
    CALL_SET = 22,
    CALL_QUERY_MANY = 29,
    MANY_MAX = 64,
    ACCESS_QUERY = 1,
    ACCESS_SET = 2,
    STRING_SZ = 1,
    STRING_EXPAND = 2,
    STRING_MULTI = 7
};

struct wants { /* of a value: which of it, and the room there is */
    bool type, data, size, length;
    uint32_t room;
};

/* The four pointers of QueryValue and EnumValue. Sizes must agree with the array that came. */
static struct wants wants_get(struct sndr *n)
{
    struct wants w = {0};
    uint32_t max = 0, size = 0, length = 0;

    w.type = sndr_pointer(n);
    if (w.type)
        (void)sndr_u32(n);
    w.data = sndr_pointer(n);
    if (w.data)
        (void)sndr_varying(n, &max);
    w.size = sndr_pointer(n);
    if (w.size)
        size = sndr_u32(n);
    w.length = sndr_pointer(n);
    if (w.length)
        length = sndr_u32(n);
    if ((w.data && (!w.size || size != max)) || length > size)
        n->at = (struct rd){.bad = true};
    w.room = w.data ? max : 0;
    return w;
}

static uint32_t value_put(struct wr *out, const struct wants *w, const struct strict_value *v)
{
    bool whole = v != NULL && w->data && v->size <= w->room;
    uint32_t size = v == NULL ? w->room : (uint32_t)v->size; /* of the array too: size_is */

    if (w->type)
        ndr_put_number_pointer(out, v == NULL ? 0 : v->type);
    else
        ndr_put_null(out);
    if (w->data) {
        ndr_put_pointer(out);
        ndr_put_bytes_varying(out, size,
                              whole ? rd_of(v->bytes, v->size) : rd_of(NULL, 0));
    } else {
        ndr_put_null(out);
    }
    if (w->size)
        ndr_put_number_pointer(out, size);
    else
        ndr_put_null(out);
    if (w->length)
        ndr_put_number_pointer(out, whole ? (uint32_t)v->size : 0);
    else
        ndr_put_null(out);
    return v != NULL && w->data && !whole ? WIN_MORE_DATA : WIN_OK;
}

static uint32_t value_query(struct strict_call *q, struct strict_handle *h)
{
    char *name = sndr_counted(&q->in, true);
    struct wants w = wants_get(&q->in);
    struct strict_value *v;
    uint32_t code;

    if (!sndr_end(&q->in)) {
        free(name);
        return FAULT_BAD_STUB;
    }
    v = strict_value_find(h->key, name == NULL ? "" : name);
    free(name);
    if ((h->access & ACCESS_QUERY) == 0)
        v = NULL;
    code = value_put(q->out, &w, v);
    if (!w.type || !w.size || !w.length)
        code = WIN_INVALID_PARAMETER; /* 3.1.5.17 */
    else if ((h->access & ACCESS_QUERY) == 0)
        code = WIN_DENIED;
    else if (h->key->deleted)
        code = WIN_KEY_DELETED;
    else if (v == NULL)
        code = WIN_NOT_FOUND;
    ndr_put_u32(q->out, code);
    return 0;
}

static uint32_t value_enum(struct strict_call *q, struct strict_handle *h)
{
    uint32_t index = sndr_u32(&q->in), room = sndr_room(&q->in), code = WIN_OK, fits;
    struct wants w = wants_get(&q->in);
    struct strict_value *v = NULL;

    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    if ((h->access & ACCESS_QUERY) == 0)
        code = WIN_DENIED;
    else if (index >= h->key->n_values)
        code = WIN_NO_MORE_ITEMS;
    else if ((strlen((v = &h->key->values[index])->name) + 1) * 2 > room)
        code = WIN_MORE_DATA;
    if (code == WIN_OK)
        ndr_put_string(q->out, v->name, true);
    else
        ndr_put_string_null(q->out);
    fits = value_put(q->out, &w, v);
    ndr_put_u32(q->out, code != WIN_OK ? code : fits);
    return 0;
}

/* Bytes of a string value come in whole units. */
static bool data_is_sound(uint32_t type, size_t n)
{
    return (type != STRING_SZ && type != STRING_EXPAND && type != STRING_MULTI) || n % 2 == 0;
}

static uint32_t value_set(struct strict_call *q, struct strict_handle *h)
{
    char *name = sndr_counted(&q->in, true);
    uint32_t type = sndr_u32(&q->in), size, code = WIN_OK;
    struct rd data = sndr_conformant(&q->in);

    size = sndr_u32(&q->in);
    if (!sndr_end(&q->in) || size != data.left) {
        free(name);
        return FAULT_BAD_STUB;
    }
    if ((h->access & ACCESS_SET) == 0)
        code = WIN_DENIED;
    else if (h->key->deleted)
        code = WIN_KEY_DELETED;
    else if (!data_is_sound(type, size))
        code = WIN_INVALID_PARAMETER;
    else
        strict_value_set(h->key, name == NULL ? "" : name, type, data);
    free(name);
    wr_le32(q->out, code);
    return 0;
}

static uint32_t value_delete(struct strict_call *q, struct strict_handle *h)
{
    char *name = sndr_counted(&q->in, true);
    uint32_t code = WIN_OK;

    if (!sndr_end(&q->in)) {
        free(name);
        return FAULT_BAD_STUB;
    }
    if ((h->access & ACCESS_SET) == 0)
        code = WIN_DENIED;
    else if (h->key->deleted)
        code = WIN_KEY_DELETED;
    else if (!strict_value_delete(h->key, name == NULL ? "" : name))
        code = WIN_NOT_FOUND;
    free(name);
    wr_le32(q->out, code);
    return 0;
}

/* A self-relative descriptor with nothing in it but its revision (MS-DTYP 2.4.6). */
static uint32_t security_get(struct strict_call *q, const struct strict_handle *h)
{
    uint8_t descriptor[20] = {1, 0, 0, 0x80};
    uint32_t what = sndr_u32(&q->in), room, max = 0, code = WIN_OK;
    bool has = sndr_pointer(&q->in);

    room = sndr_u32(&q->in);
    (void)sndr_u32(&q->in);
    if (has)
        (void)sndr_varying(&q->in, &max);
    if (!sndr_end(&q->in) || (has && max != room))
        return FAULT_BAD_STUB;
    if ((h->access & 0x20000) == 0 || (what & 8) != 0)
        code = WIN_DENIED;
    else if (room < sizeof descriptor)
        code = WIN_INSUFFICIENT_BUFFER;
    if (code == WIN_OK)
        ndr_put_pointer(q->out);
    else
        ndr_put_null(q->out);
    wr_le32(q->out, code == WIN_DENIED ? room : sizeof descriptor);
    wr_le32(q->out, code == WIN_OK ? sizeof descriptor : 0);
    if (code == WIN_OK)
        ndr_put_bytes_varying(q->out, room, rd_of(descriptor, sizeof descriptor));
    ndr_put_u32(q->out, code);
    return 0;
}

/* RVALENT without its values: only the names count. */
static bool many_get(struct sndr *n, char **names, uint32_t *count, uint32_t *room)
{
    bool has[MANY_MAX];
    uint32_t max = sndr_u32(n), offset = sndr_u32(n), actual = sndr_u32(n), number, size = 0;
    size_t sent = 0;

    *count = 0;
    if (n->at.bad || offset != 0 || max != actual || actual > MANY_MAX)
        return false;
    for (uint32_t i = 0; i < actual; i++) {
        has[i] = sndr_pointer(n);
        (void)sndr_u32(n);
        (void)sndr_u32(n);
        (void)sndr_u32(n);
    }
    for (; *count < actual; (*count)++)
        names[*count] = has[*count] ? sndr_counted(n, true) : NULL;
    number = sndr_u32(n);
    if (sndr_pointer(n))
        sent = sndr_varying(n, &size).left; /* length_is: all of it */
    *room = sndr_u32(n);
    return sndr_end(n) && number == actual && size == *room && sent == size;
}

static uint32_t many_find(const struct strict_handle *h, char *const *names, uint32_t count,
                          uint32_t room, const struct strict_value **found, uint32_t *size)
{
    *size = 0;
    if ((h->access & ACCESS_QUERY) == 0)
        return WIN_DENIED;
    for (uint32_t i = 0; i < count; i++) {
        if (names[i] == NULL || (found[i] = strict_value_find(h->key, names[i])) == NULL)
            return WIN_NOT_FOUND;
        *size += (uint32_t)found[i]->size;
    }
    return *size > room ? WIN_MORE_DATA : WIN_OK;
}

static void many_put(struct wr *out, char *const *names, uint32_t count,
                     const struct strict_value *const *found, uint32_t code)
{
    uint32_t at = 0;

    ndr_put_u32(out, count);
    wr_le32(out, 0);
    wr_le32(out, count);
    for (uint32_t i = 0; i < count; i++) {
        ndr_put_pointer(out);
        wr_le32(out, code == WIN_OK ? found[i]->size : 0);
        wr_le32(out, at);
        wr_le32(out, code == WIN_OK ? found[i]->type : 0);
        at += code == WIN_OK ? (uint32_t)found[i]->size : 0;
    }
    for (uint32_t i = 0; i < count; i++)
        ndr_put_string(out, names[i] == NULL ? "" : names[i], true);
}

/* BaseRegQueryMultipleValues (3.1.5.25): all of them, or none. */
static uint32_t many_query(struct strict_call *q, const struct strict_handle *h)
{
    const struct strict_value *found[MANY_MAX] = {NULL};
    char *names[MANY_MAX] = {NULL};
    uint32_t count = 0, room = 0, size = 0, code;
    bool good = many_get(&q->in, names, &count, &room);

    if (good) {
        struct wr bytes;
        code = many_find(h, names, count, room, found, &size);
        wr_init(&bytes, 0);
        for (uint32_t i = 0; code == WIN_OK && i < count; i++)
            wr_bytes(&bytes, found[i]->bytes, found[i]->size);
        many_put(q->out, names, count, found, code);
        ndr_put_pointer(q->out);
        ndr_put_bytes_varying(q->out, room, wr_view_of(&bytes));
        ndr_put_u32(q->out, size);
        wr_le32(q->out, code);
        wr_fini(&bytes);
    }
    for (uint32_t i = 0; i < count; i++)
        free(names[i]);
    return good ? 0 : FAULT_BAD_STUB;
}

uint32_t strict_winreg_value_call(struct strict_call *q, struct strict_handle *h)
{
    switch (q->operation) {
    case CALL_DELETE: return value_delete(q, h);
    case CALL_ENUM: return value_enum(q, h);
    case CALL_GET_SECURITY: return security_get(q, h);
    case CALL_QUERY: return value_query(q, h);
    case CALL_QUERY_MANY: return many_query(q, h);
    case CALL_SET: return value_set(q, h);
    default: return FAULT_OP_RANGE;
    }
}
