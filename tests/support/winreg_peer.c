#include "tests/support/winreg_peer.h"

#include "base/utf16.h"
#include "transport/rpc/pdu.h"
#include "transport/rpc/win32.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAGMENT 120 /* bytes of one fragment of an answer */
#define HIVE_HANDLE 0xff

enum {
    CALL_CLOSE = 5,
    CALL_CREATE = 6,
    CALL_DELETE_KEY = 7,
    CALL_DELETE_VALUE = 8,
    CALL_ENUM_KEY = 9,
    CALL_ENUM_VALUE = 10,
    CALL_FLUSH = 11,
    CALL_OPEN = 15,
    CALL_QUERY_INFO = 16,
    CALL_QUERY = 17,
    CALL_SET = 22,
    CALL_VERSION = 26
};

void winreg_peer_init(struct winreg_peer *p)
{
    *p = (struct winreg_peer){.version = WINREG_VERSION_64};
    wr_init(&p->request, 0);
    wr_init(&p->answer, 0);
}

void winreg_peer_fini(struct winreg_peer *p)
{
    for (size_t i = 0; i < p->n_made; i++)
        free(p->made[i]);
    text_fini(&p->log);
    wr_fini(&p->request);
    wr_fini(&p->answer);
}

struct peer_key *winreg_peer_key(struct winreg_peer *p, const char *path)
{
    struct peer_key *k = &p->keys[p->n_keys++];

    if (p->n_keys > PEER_KEYS_MAX)
        abort();
    *k = (struct peer_key){.path = path};
    return k;
}

void peer_key_value(struct peer_key *k, const char *name, uint32_t type, const void *bytes,
                    size_t size)
{
    for (size_t i = 0; i < PEER_VALUES_MAX; i++) {
        if (k->values[i].name != NULL)
            continue;
        k->values[i] =
            (struct peer_value){.name = name, .type = type, .bytes = bytes, .size = size};
        return;
    }
    abort();
}

/* A handle is the key's number behind a fixed pattern; number HIVE_HANDLE is a hive. */
static void handle_put(struct wr *w, size_t number)
{
    wr_le32(w, 0);
    wr_u8(w, number);
    wr_zeros(w, 15);
}

static size_t handle_get(struct ndr *n)
{
    struct rd h = rd_sub(&n->at, WINREG_HANDLE_SIZE);

    rd_skip(&h, 4);
    return rd_u8(&h);
}

static char *string_get(struct ndr *n)
{
    struct text t = {0};
    char *s = NULL;

    if (utf16_read_z(ndr_string(n), &t) != OK || text_take(&t, &s) != OK)
        abort();
    return s;
}

static const char *leaf_of(const char *path)
{
    const char *slash = strrchr(path, '\\');

    return slash == NULL ? path : slash + 1;
}

static bool key_there(const struct winreg_peer *p, const struct peer_key *k, uint32_t access)
{
    return (k->only_view == 0 || (access & k->only_view) != 0) &&
           strcmp(leaf_of(k->path), p->deleted) != 0;
}

static size_t key_find(const struct winreg_peer *p, const char *path, uint32_t access)
{
    for (size_t i = 0; i < p->n_keys; i++)
        if (str_eq_nocase(p->keys[i].path, path) && key_there(p, &p->keys[i], access))
            return i;
    return PEER_KEYS_MAX;
}

static uint32_t open_answer(struct winreg_peer *p, struct wr *w, size_t i)
{
    uint32_t code = i == PEER_KEYS_MAX ? WIN32_FILE_NOT_FOUND : p->keys[i].open_code;

    if (code == WIN32_OK) {
        handle_put(w, i);
        p->open_handles++;
    } else {
        wr_zeros(w, WINREG_HANDLE_SIZE);
    }
    return code;
}

static uint32_t do_open(struct winreg_peer *p, struct ndr *n, struct wr *w)
{
    size_t parent = handle_get(n);
    char *path = string_get(n);
    uint32_t options = ndr_u32(n), access = ndr_u32(n), code = WIN32_ACCESS_DENIED;

    text_printf(&p->log, "open:%s:%x ", path, (unsigned)access);
    if (parent != HIVE_HANDLE || options != 0)
        abort();
    if (p->knows_no_64 && (access & KEY_WOW64_64KEY) != 0)
        wr_zeros(w, WINREG_HANDLE_SIZE);
    else
        code = open_answer(p, w, key_find(p, path, access));
    free(path);
    return code;
}

static uint32_t do_create(struct winreg_peer *p, struct ndr *n, struct wr *w)
{
    size_t parent = handle_get(n);
    char *leaf = string_get(n), path[512];
    uint32_t options, access;
    size_t i;

    (void)ndr_string(n);
    options = ndr_u32(n);
    access = ndr_u32(n);
    text_printf(&p->log, "create:%s:%x:%x ", leaf, (unsigned)access, (unsigned)options);
    (void)snprintf(path, sizeof path, "%s%s%s", parent == HIVE_HANDLE ? "" : p->keys[parent].path,
                   parent == HIVE_HANDLE ? "" : "\\", leaf);
    free(leaf);
    i = key_find(p, path, access);
    if (i == PEER_KEYS_MAX && (i = p->n_keys) < PEER_KEYS_MAX)
        (void)winreg_peer_key(p, p->made[p->n_made++] = str_dup(path));
    handle_put(w, i);
    p->open_handles++;
    wr_le32(w, 1);
    wr_le32(w, KEY_CREATED_NEW);
    return WIN32_OK;
}

static const struct peer_value *value_find(const struct winreg_peer *p, size_t key,
                                           const char *name)
{
    for (size_t i = 0; key < p->n_keys && i < PEER_VALUES_MAX; i++)
        if (p->keys[key].values[i].name != NULL && str_eq_nocase(p->keys[key].values[i].name, name))
            return &p->keys[key].values[i];
    return NULL;
}

static void value_put(struct wr *w, const struct peer_value *v, uint32_t room)
{
    bool fits = v != NULL && v->size <= room;

    ndr_put_number_pointer(w, v == NULL ? 0 : v->type);
    ndr_put_pointer(w);
    ndr_put_bytes_varying(w, room, fits ? rd_of(v->bytes, v->size) : rd_of(NULL, 0));
    wr_align(w, 0, 4);
    ndr_put_number_pointer(w, v == NULL ? 0 : (uint32_t)v->size);
    ndr_put_number_pointer(w, fits ? (uint32_t)v->size : 0);
}

/* What a client must send: pointers to all of them, and none of the buffer. */
static uint32_t room_get(struct ndr *n)
{
    uint32_t room;

    if (!ndr_pointer(n) || ndr_u32(n) != 0 || !ndr_pointer(n) || ndr_bytes(n, 1).left != 0 ||
        !ndr_pointer(n))
        abort();
    room = ndr_u32(n);
    if (!ndr_pointer(n) || ndr_u32(n) != 0 || ndr_end(n) != OK)
        abort();
    return room;
}

static uint32_t do_query(struct winreg_peer *p, struct ndr *n, struct wr *w)
{
    size_t key = handle_get(n);
    char *name = string_get(n);
    const struct peer_value *v = value_find(p, key, name);
    uint32_t room = room_get(n);

    text_printf(&p->log, "query:%s ", name);
    free(name);
    value_put(w, v, room);
    if (v == NULL)
        return WIN32_FILE_NOT_FOUND;
    return v->size > room ? WIN32_MORE_DATA : WIN32_OK;
}

static uint32_t do_enum_value(struct winreg_peer *p, struct ndr *n, struct wr *w)
{
    size_t key = handle_get(n);
    uint32_t index = ndr_u32(n), room;
    const struct peer_value *v = index < PEER_VALUES_MAX ? &p->keys[key].values[index] : NULL;

    (void)ndr_string(n);
    room = room_get(n);
    text_printf(&p->log, "value:%u ", (unsigned)index);
    if (v == NULL || v->name == NULL) {
        ndr_put_string_null(w);
        value_put(w, NULL, 0);
        return WIN32_NO_MORE_ITEMS;
    }
    ndr_put_string(w, v->name, true);
    wr_align(w, 0, 4);
    value_put(w, v, room);
    return v->size > room ? WIN32_MORE_DATA : WIN32_OK;
}

static uint32_t do_enum_key(struct winreg_peer *p, struct ndr *n, struct wr *w)
{
    size_t key = handle_get(n);
    uint32_t index = ndr_u32(n);
    const char *name = index < p->keys[key].subkeys ? p->keys[key].subkey_names[index] : NULL;

    text_printf(&p->log, "subkey:%u ", (unsigned)index);
    if (name != NULL)
        ndr_put_string(w, name, true);
    else
        ndr_put_string_null(w);
    ndr_put_null(w);
    ndr_put_null(w);
    return name != NULL ? WIN32_OK : WIN32_NO_MORE_ITEMS;
}

static uint32_t do_query_info(struct winreg_peer *p, struct ndr *n, struct wr *w)
{
    size_t key = handle_get(n);
    const struct peer_key *k = key < p->n_keys ? &p->keys[key] : NULL;
    uint32_t values = 0, room;

    rd_skip(&n->at, 2);
    room = rd_le16(&n->at);
    text_put(&p->log, "info ");
    for (size_t i = 0; k != NULL && i < PEER_VALUES_MAX; i++)
        values += k->values[i].name != NULL;
    ndr_put_string_null(w);
    ndr_put_u32(w, k == NULL ? 1 : k->subkeys);
    wr_zeros(w, 2 * 4);
    ndr_put_u32(w, values);
    wr_zeros(w, 5 * 4);
    return k != NULL && k->has_class && room == 0 ? WIN32_MORE_DATA : WIN32_OK;
}

static uint32_t do_named(struct winreg_peer *p, struct ndr *n, const char *what, bool is_key)
{
    (void)handle_get(n);
    char *name = string_get(n);

    text_printf(&p->log, "%s:%s ", what, name);
    if (is_key)
        (void)snprintf(p->deleted, sizeof p->deleted, "%s", name);
    free(name);
    return WIN32_OK;
}

static uint32_t do_handle(struct winreg_peer *p, struct ndr *n, const char *what)
{
    size_t key = handle_get(n);

    text_printf(&p->log, "%s:%s ", what, key == HIVE_HANDLE ? "hive" : leaf_of(p->keys[key].path));
    return WIN32_OK;
}

static uint32_t do_call(struct winreg_peer *p, uint16_t operation, struct ndr *n, struct wr *w)
{
    switch (operation) {
    case CALL_OPEN: return do_open(p, n, w);
    case CALL_CREATE: return do_create(p, n, w);
    case CALL_QUERY: return do_query(p, n, w);
    case CALL_QUERY_INFO: return do_query_info(p, n, w);
    case CALL_ENUM_KEY: return do_enum_key(p, n, w);
    case CALL_ENUM_VALUE: return do_enum_value(p, n, w);
    case CALL_SET: return do_named(p, n, "set", false);
    case CALL_DELETE_VALUE: return do_named(p, n, "unset", false);
    case CALL_DELETE_KEY: return do_named(p, n, "delete", true);
    case CALL_FLUSH: return do_handle(p, n, "flush");
    case CALL_CLOSE:
        p->open_handles--;
        wr_zeros(w, WINREG_HANDLE_SIZE);
        return do_handle(p, n, "close");
    case CALL_VERSION:
        text_put(&p->log, "version ");
        wr_le32(w, p->version);
        return WIN32_OK;
    default: /* the opening of a hive */
        text_put(&p->log, "hive ");
        handle_put(w, HIVE_HANDLE);
        return WIN32_OK;
    }
}

static void fragments_put(struct winreg_peer *p, uint32_t call_id, struct rd stub)
{
    uint8_t flags = PDU_FIRST;

    wr_reset(&p->answer);
    p->answer_at = 0;
    do {
        struct rd part = rd_sub(&stub, stub.left < FRAGMENT ? stub.left : FRAGMENT);

        wr_le16(&p->answer, 5);
        wr_u8(&p->answer, PDU_RESPONSE);
        wr_u8(&p->answer, stub.left == 0 ? flags | PDU_LAST : flags);
        wr_le32(&p->answer, 0x10);
        wr_le16(&p->answer, PDU_REQUEST_HEADER_SIZE + part.left);
        wr_le16(&p->answer, 0);
        wr_le32(&p->answer, call_id);
        wr_zeros(&p->answer, 8);
        wr_view(&p->answer, part);
        flags = 0;
    } while (stub.left > 0);
}

static enum err peer_receive(void *self, struct wr *in, struct why *why)
{
    struct winreg_peer *p = self;
    size_t left = p->answer.used - p->answer_at;
    size_t n = left < FRAGMENT ? left : FRAGMENT; /* cuts through the fragments on purpose */

    (void)why;
    wr_bytes(in, p->answer.bytes + p->answer_at, n);
    p->answer_at += n;
    return wr_end(in);
}

static enum err peer_send(void *self, struct rd fragment, struct why *why)
{
    struct winreg_peer *p = self;

    (void)why;
    rd_skip(&fragment, PDU_REQUEST_HEADER_SIZE);
    wr_view(&p->request, fragment);
    return OK;
}

static enum err peer_transact(void *self, struct rd fragment, struct wr *in, struct why *why)
{
    struct winreg_peer *p = self;
    struct rd head = fragment;
    struct pdu_header ph;
    struct wr stub;
    struct ndr n;
    uint16_t operation;
    uint32_t code;

    p->calls++;
    if (p->calls == p->fail_at && p->fail_code == 0)
        return why_set(why, E_CUT, "cut by the test");
    if (pdu_header_get(&head, &ph) != OK)
        abort();
    rd_skip(&head, 6); /* hint, context */
    operation = rd_le16(&head);
    if (peer_send(p, fragment, why) != OK)
        abort();
    wr_init(&stub, 0);
    n = ndr_of(wr_view_of(&p->request));
    code = do_call(p, operation, &n, &stub);
    wr_align(&stub, 0, 4);
    wr_le32(&stub, p->calls == p->fail_at ? p->fail_code : code);
    fragments_put(p, ph.call_id, wr_view_of(&stub));
    wr_fini(&stub);
    wr_reset(&p->request);
    return peer_receive(p, in, why);
}

void winreg_peer_host(struct winreg_peer *p, struct smb_host *h)
{
    *h = (struct smb_host){.base.kind = &transport_smb};
    smb_connection_init(&h->connection, -1, 0);
    h->connection.broken = true; /* nothing but the channel is there */
    rpc_init(&h->winreg.rpc,
             (struct rpc_channel){
                 .send = peer_send, .transact = peer_transact, .receive = peer_receive, .self = p});
    h->winreg.is_open = true;
}
