/* MS-LSAD 3.1.4: as much as the `net` of Samba asks before it turns to the registry: which domain
 * this is. */
#include "tests/support/strict_parts.h"
#include "transport/rpc/ndr.h"

enum {
    CALL_CLOSE = 0,
    CALL_OPEN_POLICY = 6,
    CALL_QUERY_INFO = 7,
    LEVEL_ACCOUNT_DOMAIN = 5
};

static void domain_put(struct wr *w)
{
    static const uint8_t sid[] = {4, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0,
                                  1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0};
    static const char name[] = STRICT_DOMAIN;
    size_t n = sizeof name - 1;

    ndr_put_pointer(w);
    wr_le32(w, LEVEL_ACCOUNT_DOMAIN);
    wr_le16(w, 2 * n);
    wr_le16(w, 2 * n + 2);
    ndr_put_pointer(w);
    ndr_put_pointer(w);
    wr_le32(w, n + 1);
    wr_le32(w, 0);
    wr_le32(w, n);
    for (size_t i = 0; i < n; i++)
        wr_le16(w, (uint8_t)name[i]);
    wr_align(w, 0, 4);
    wr_bytes(w, sid, sizeof sid);
}

uint32_t strict_lsa_call(struct strict_call *q)
{
    if (q->operation == CALL_OPEN_POLICY) {
        strict_handle_put(q->out, strict_handle_new(q->s, q->p));
        wr_le32(q->out, NT_OK);
        return 0;
    }
    struct strict_handle *h = strict_handle_find(q->s, q->p, sndr_handle(&q->in));
    if (h == NULL)
        return FAULT_CONTEXT;
    if (q->operation == CALL_CLOSE) {
        h->used = false;
        strict_handle_put(q->out, NULL);
        wr_le32(q->out, NT_OK);
        return 0;
    }
    if (q->operation != CALL_QUERY_INFO)
        return FAULT_OP_RANGE;
    bool known = sndr_u16(&q->in) == LEVEL_ACCOUNT_DOMAIN;
    if (known)
        domain_put(q->out);
    else
        ndr_put_null(q->out);
    wr_le32(q->out, known ? NT_OK : NT_INVALID_PARAMETER);
    return 0;
}
