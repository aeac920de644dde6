/* transport/rpc/winreg_call.h: one call of the remote registry as data, in two halves, for who has
 * calls under way on several pipes at once.
 * Source: MS-RRP 3.1.5.
 * Shape:  winreg_call_begin encodes the call and leaves it ready in the channel (rpc_call_begin);
 *         winreg_call_end decodes what came back. The host's own verdict is call->code, a Win32
 *         number, and no error here.
 * Owns:   found is the caller's (value_fini); all that a call points to is borrowed.
 * Errors: E_DATA and E_LIMIT, before anything is sent: the channel is still good; those of
 *         rpc.h. */
#ifndef SWELL_TRANSPORT_RPC_WINREG_CALL_H
#define SWELL_TRANSPORT_RPC_WINREG_CALL_H

#include "transport/rpc/winreg.h"

enum winreg_call_kind {
    ASK_NONE,
    ASK_OPEN_HIVE,
    ASK_OPEN_KEY,
    ASK_CREATE_KEY,
    ASK_CLOSE_KEY,
    ASK_FLUSH_KEY,
    ASK_QUERY_INFO,
    ASK_QUERY_VALUE,
    ASK_SET_VALUE,
    ASK_DELETE_VALUE
};

struct winreg_call {
    enum winreg_call_kind kind;
    enum reg_hive hive;
    struct winreg_handle handle;   /* on which */
    const char *name;              /* of the key below it, or of the value */
    uint32_t access;               /* open, create */
    enum winreg_option option;     /* create */
    const struct reg_value *value; /* set */
    /* out */
    uint32_t code;
    struct winreg_handle opened; /* with code 0 */
    struct reg_value found;
    struct winreg_key_info info;
};

MUST_CHECK enum err winreg_call_begin(struct rpc *r, const struct winreg_call *call,
                                      struct why *why);
MUST_CHECK enum err winreg_call_end(struct rpc *r, struct winreg_call *call, struct why *why);

#endif
