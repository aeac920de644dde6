#include "transport/rpc/winreg_call.h"

/* Of a whole path in one call: its Length counts bytes in 16 bits. */
#define KEY_PATH_UNITS_MAX 16383

static uint16_t operation_of(const struct winreg_call *call)
{
    switch (call->kind) {
    case ASK_OPEN_HIVE: return winreg_hive_operation(call->hive);
    case ASK_OPEN_KEY: return WINREG_OP_OPEN_KEY;
    case ASK_CREATE_KEY: return WINREG_OP_CREATE_KEY;
    case ASK_CLOSE_KEY: return WINREG_OP_CLOSE_KEY;
    case ASK_FLUSH_KEY: return WINREG_OP_FLUSH_KEY;
    case ASK_QUERY_INFO: return WINREG_OP_QUERY_INFO_KEY;
    case ASK_NONE:
    case ASK_QUERY_VALUE: return WINREG_OP_QUERY_VALUE;
    case ASK_SET_VALUE: return WINREG_OP_SET_VALUE;
    case ASK_DELETE_VALUE: return WINREG_OP_DELETE_VALUE;
    }
    return WINREG_OP_QUERY_VALUE;
}

static enum err call_check(const struct winreg_call *call, struct why *why)
{
    bool is_key = call->kind == ASK_OPEN_KEY || call->kind == ASK_CREATE_KEY;

    if (call->kind == ASK_NONE)
        return why_set(why, E_INTERNAL, "there is no call to make");
    if (call->value != NULL && call->value->size > REG_VALUE_MAX)
        return why_set(why, E_LIMIT, "the value has %zu bytes, more than %u", call->value->size,
                       REG_VALUE_MAX);
    if (call->name == NULL)
        return OK;
    return winreg_name_check(call->name, is_key ? KEY_PATH_UNITS_MAX : REG_NAME_MAX, why);
}

static void call_put(struct wr *w, const struct winreg_call *call)
{
    switch (call->kind) {
    case ASK_NONE: break;
    case ASK_OPEN_HIVE: winreg_open_hive_put(w, MAXIMUM_ALLOWED); break;
    case ASK_OPEN_KEY: winreg_open_key_put(w, &call->handle, call->name, call->access); break;
    case ASK_CREATE_KEY:
        winreg_create_key_put(w, &call->handle, call->name, (uint32_t)call->option, call->access);
        break;
    case ASK_CLOSE_KEY:
    case ASK_FLUSH_KEY: winreg_handle_put(w, &call->handle); break;
    case ASK_QUERY_INFO: winreg_query_info_put(w, &call->handle, 0); break;
    case ASK_QUERY_VALUE:
        winreg_query_value_put(w, &call->handle, call->name, WINREG_VALUE_ROOM);
        break;
    case ASK_SET_VALUE: winreg_set_value_put(w, &call->handle, call->name, call->value); break;
    case ASK_DELETE_VALUE: winreg_delete_value_put(w, &call->handle, call->name); break;
    }
}

enum err winreg_call_begin(struct rpc *r, const struct winreg_call *call, struct why *why)
{
    enum err e = call_check(call, why);

    if (e != OK)
        return e;
    call_put(rpc_begin(r), call);
    return rpc_call_begin(r, operation_of(call), why);
}

static enum err call_get(struct rd reply, struct winreg_call *call)
{
    uint32_t number = 0;

    switch (call->kind) {
    case ASK_NONE: return E_INTERNAL;
    case ASK_OPEN_HIVE:
    case ASK_OPEN_KEY:
    case ASK_CLOSE_KEY: return winreg_handle_get(reply, &call->opened, &call->code);
    case ASK_CREATE_KEY:
        return winreg_create_key_get(reply, &call->opened, &number, &call->code);
    case ASK_QUERY_INFO: return winreg_query_info_get(reply, &call->info, &call->code);
    case ASK_QUERY_VALUE:
        return winreg_query_value_get(reply, &call->found, &number, &call->code);
    case ASK_FLUSH_KEY:
    case ASK_SET_VALUE:
    case ASK_DELETE_VALUE: return winreg_code_get(reply, &call->code);
    }
    return E_INTERNAL;
}

enum err winreg_call_end(struct rpc *r, struct winreg_call *call, struct why *why)
{
    struct rd reply;
    enum err e = rpc_call_end(r, &reply, why);

    return e == OK ? rpc_malformed(r, call_get(reply, call), "answer", why) : e;
}
