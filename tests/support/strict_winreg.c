/* MS-RRP 3.1.5: hives and keys. */
#include "tests/support/strict_parts.h"
#include "transport/rpc/ndr.h"

#include <stdlib.h>
#include <string.h>

enum {
    CALL_CLOSE = 5,
    CALL_CREATE = 6,
    CALL_DELETE = 7,
    CALL_ENUM = 9,
    CALL_FLUSH = 11,
    CALL_OPEN = 15,
    CALL_QUERY_INFO = 16,
    CALL_SAVE = 20,
    CALL_VERSION = 26,
    CALL_SAVE_EX = 31,
    CALL_DELETE_EX = 35,
    ACCESS_QUERY = 1,
    ACCESS_ENUMERATE = 8,
    OPTION_VOLATILE = 1,
    OPTION_BACKUP = 4
};

#define ACCESS_MAXIMUM 0x02000000u
#define ACCESS_ALL 0xf003fu
#define VIEWS 0x300u

static bool may(const struct strict_handle *h, uint32_t access)
{
    return (h->access & access) == access;
}

/* A new handle and the number that follows it. */
static void open_answer(struct strict_call *q, struct strict_key *k, uint32_t access, uint32_t code)
{
    struct strict_handle *h = code == WIN_OK ? strict_handle_new(q->s, q->p) : NULL;

    if (h != NULL) {
        h->key = k;
        h->access = (access & ACCESS_MAXIMUM) != 0 ? access | ACCESS_ALL : access;
    }
    strict_handle_put(q->out, h);
}

static uint32_t hive_open(struct strict_call *q)
{
    static const uint16_t operations[STRICT_HIVES] = {0, 1, 2, 4, 27};
    struct strict_key *k = NULL;
    uint32_t access, code = WIN_NOT_FOUND;

    if (sndr_pointer(&q->in))
        (void)sndr_u16(&q->in);
    access = sndr_u32(&q->in);
    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    for (size_t i = 0; i < STRICT_HIVES; i++)
        if (operations[i] == q->operation)
            code = strict_key_find(q->s->registry, q->s->registry->hives[i], "", access, &k);
    open_answer(q, k, access, code);
    wr_le32(q->out, code);
    return 0;
}

static uint32_t key_open(struct strict_call *q, const struct strict_handle *h)
{
    char *name = sndr_counted(&q->in, true);
    uint32_t options = sndr_u32(&q->in), access = sndr_u32(&q->in), code;
    struct strict_key *k = NULL;

    if (!sndr_end(&q->in)) {
        free(name);
        return FAULT_BAD_STUB;
    }
    code = (options & ~(uint32_t)(OPTION_BACKUP | 8)) != 0
               ? WIN_INVALID_PARAMETER
               : strict_key_find(q->s->registry, h->key, name == NULL ? "" : name, access, &k);
    free(name);
    open_answer(q, k, access, code);
    wr_le32(q->out, code);
    return 0;
}

/* RPC_SECURITY_ATTRIBUTES, MS-RRP 2.2.7; what it says is not kept. */
static void security_skip(struct sndr *n)
{
    uint32_t max;
    bool has;

    if (!sndr_pointer(n))
        return;
    (void)sndr_u32(n);
    has = sndr_pointer(n);
    (void)sndr_u32(n);
    (void)sndr_u32(n);
    (void)sndr_u8(n);
    if (has)
        (void)sndr_varying(n, &max);
}

static uint32_t key_create(struct strict_call *q, const struct strict_handle *h)
{
    char *name = sndr_counted(&q->in, true), *class = sndr_counted(&q->in, true);
    uint32_t options = sndr_u32(&q->in), access = sndr_u32(&q->in), code;
    struct strict_key *k = NULL;
    bool wants_disposition, created = false;

    security_skip(&q->in);
    wants_disposition = sndr_pointer(&q->in);
    if (wants_disposition)
        (void)sndr_u32(&q->in);
    free(class);
    if (!sndr_end(&q->in)) {
        free(name);
        return FAULT_BAD_STUB;
    }
    code = (options & ~(uint32_t)(OPTION_VOLATILE | OPTION_BACKUP)) != 0
               ? WIN_INVALID_PARAMETER
               : strict_key_create(q->s->registry, h->key, name == NULL ? "" : name, access,
                                   (options & OPTION_VOLATILE) != 0, &k, &created);
    free(name);
    open_answer(q, k, access, code);
    if (wants_disposition)
        ndr_put_number_pointer(q->out, code != WIN_OK ? 0 : created ? 1
                                                                    : 2);
    else
        ndr_put_null(q->out);
    wr_le32(q->out, code);
    return 0;
}

static uint32_t key_delete(struct strict_call *q, const struct strict_handle *h)
{
    char *name = sndr_counted(&q->in, true);
    uint32_t access = h->access & VIEWS, code;

    if (q->operation == CALL_DELETE_EX) {
        access = sndr_u32(&q->in);
        (void)sndr_u32(&q->in); /* reserved */
    }
    if (!sndr_end(&q->in)) {
        free(name);
        return FAULT_BAD_STUB;
    }
    code = name == NULL || name[0] == '\0'
               ? WIN_INVALID_PARAMETER
               : strict_key_delete(q->s->registry, h->key, name, access);
    free(name);
    wr_le32(q->out, code);
    return 0;
}

static uint32_t key_enum(struct strict_call *q, const struct strict_handle *h)
{
    uint32_t index = sndr_u32(&q->in), room = sndr_room(&q->in), code = WIN_OK;
    bool wants_class = sndr_pointer(&q->in), wants_time;
    const struct strict_key *k = NULL;

    if (wants_class)
        (void)sndr_room(&q->in);
    wants_time = sndr_pointer(&q->in);
    if (wants_time)
        rd_skip(&q->in.at, 8);
    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    if (!may(h, ACCESS_ENUMERATE))
        code = WIN_DENIED;
    else if (index >= h->key->n_subkeys)
        code = WIN_NO_MORE_ITEMS;
    else if ((strlen((k = h->key->subkeys[index])->name) + 1) * 2 > room)
        code = WIN_MORE_DATA;
    if (code == WIN_OK)
        ndr_put_string(q->out, k->name, true);
    else
        ndr_put_string_null(q->out);
    if (wants_class) {
        ndr_put_pointer(q->out);
        ndr_put_string_null(q->out);
    } else {
        ndr_put_null(q->out);
    }
    if (wants_time) {
        ndr_put_pointer(q->out);
        wr_le64(q->out, code == WIN_OK ? k->written : 0);
    } else {
        ndr_put_null(q->out);
    }
    wr_le32(q->out, code);
    return 0;
}

static uint32_t key_info(struct strict_call *q, const struct strict_handle *h)
{
    const struct strict_key *k = h->key;
    size_t subkey = 0, name = 0, data = 0;
    bool good = may(h, ACCESS_QUERY);

    (void)sndr_room(&q->in);
    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    for (size_t i = 0; i < k->n_subkeys; i++)
        if (strlen(k->subkeys[i]->name) * 2 > subkey)
            subkey = strlen(k->subkeys[i]->name) * 2;
    for (size_t i = 0; i < k->n_values; i++) {
        if (strlen(k->values[i].name) * 2 > name)
            name = strlen(k->values[i].name) * 2;
        if (k->values[i].size > data)
            data = k->values[i].size;
    }
    ndr_put_string_null(q->out);
    wr_le32(q->out, good ? k->n_subkeys : 0);
    wr_le32(q->out, good ? subkey : 0);
    wr_le32(q->out, 0);
    wr_le32(q->out, good ? k->n_values : 0);
    wr_le32(q->out, good ? name : 0);
    wr_le32(q->out, good ? data : 0);
    wr_le32(q->out, 0); /* security descriptor */
    wr_le64(q->out, good ? k->written : 0);
    wr_le32(q->out, !good ? WIN_DENIED : k->deleted ? WIN_KEY_DELETED
                                                    : WIN_OK);
    return 0;
}

static uint32_t handle_only(struct strict_call *q, struct strict_handle *h)
{
    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    if (q->operation == CALL_CLOSE) {
        h->used = false;
        strict_handle_put(q->out, NULL);
    } else if (q->operation == CALL_VERSION) {
        wr_le32(q->out, q->s->rules.bits32 ? 5 : 6);
    } else if (!may(h, ACCESS_QUERY)) {
        wr_le32(q->out, WIN_DENIED);
        return 0;
    } else if (q->s->rules.flush_code != 0) {
        wr_le32(q->out, q->s->rules.flush_code);
        return 0;
    } else {
        q->s->report.flushes++;
    }
    wr_le32(q->out, WIN_OK);
    return 0;
}

/* No account here holds SeBackupPrivilege. */
static uint32_t save_refuse(struct strict_call *q)
{
    char *file = sndr_counted(&q->in, true);

    security_skip(&q->in);
    if (q->operation == CALL_SAVE_EX)
        (void)sndr_u32(&q->in);
    free(file);
    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    wr_le32(q->out, WIN_PRIVILEGE_NOT_HELD);
    return 0;
}

static bool is_hive_call(uint16_t operation)
{
    return operation <= 4 || operation == 27;
}

static uint32_t key_call(struct strict_call *q, struct strict_handle *h)
{
    switch (q->operation) {
    case CALL_CLOSE:
    case CALL_FLUSH:
    case CALL_VERSION: return handle_only(q, h);
    case CALL_CREATE: return key_create(q, h);
    case CALL_DELETE:
    case CALL_DELETE_EX: return key_delete(q, h);
    case CALL_ENUM: return key_enum(q, h);
    case CALL_OPEN: return key_open(q, h);
    case CALL_QUERY_INFO: return key_info(q, h);
    case CALL_SAVE:
    case CALL_SAVE_EX: return save_refuse(q);
    default: return strict_winreg_value_call(q, h);
    }
}

uint32_t strict_winreg_call(struct strict_call *q)
{
    struct strict_handle *h;

    if (q->operation == 3 || q->operation > 35)
        return FAULT_OP_RANGE;
    if (is_hive_call(q->operation))
        return hive_open(q);
    h = strict_handle_find(q->s, q->p, sndr_handle(&q->in));
    if (q->in.at.bad)
        return FAULT_BAD_STUB;
    return h == NULL ? FAULT_CONTEXT : key_call(q, h);
}
