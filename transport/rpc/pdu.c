#include "transport/rpc/pdu.h"

static const uint8_t ndr_syntax[16] = {0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
                                       0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60};

#define NDR_VERSION 2
#define LITTLE_ENDIAN_ASCII_IEEE 0x10

static struct hole header_put(struct wr *w, enum pdu_type type, uint8_t flags, uint32_t call_id)
{
    struct hole size;

    wr_u8(w, 5); /* version 5.0 */
    wr_u8(w, 0);
    wr_u8(w, (uint64_t)type);
    wr_u8(w, flags);
    wr_le32(w, LITTLE_ENDIAN_ASCII_IEEE);
    size = wr_hole_le16(w);
    wr_le16(w, 0); /* no authentication: the session below it has that */
    wr_le32(w, call_id);
    return size;
}

void pdu_bind_put(struct wr *w, uint32_t call_id, const struct rpc_interface *interface)
{
    size_t from = w->used;
    struct hole size = header_put(w, PDU_BIND, PDU_FIRST | PDU_LAST, call_id);

    wr_le16(w, RPC_FRAGMENT_SIZE);
    wr_le16(w, RPC_FRAGMENT_SIZE);
    wr_le32(w, 0); /* a new association */
    wr_u8(w, 1);   /* presentation contexts */
    wr_zeros(w, 3);
    wr_le16(w, 0); /* context id */
    wr_u8(w, 1);   /* transfer syntaxes */
    wr_u8(w, 0);
    wr_bytes(w, interface->uuid, sizeof interface->uuid);
    wr_le16(w, interface->major);
    wr_le16(w, interface->minor);
    wr_bytes(w, ndr_syntax, sizeof ndr_syntax);
    wr_le32(w, NDR_VERSION);
    wr_fill(w, size, w->used - from);
}

void pdu_request_put(struct wr *w, uint32_t call_id, uint8_t flags, uint16_t operation,
                     size_t stub_left, struct rd part)
{
    size_t from = w->used;
    struct hole size = header_put(w, PDU_REQUEST, flags, call_id);

    wr_le32(w, stub_left); /* a hint: how much is to come, with this part */
    wr_le16(w, 0);         /* context id */
    wr_le16(w, operation);
    wr_view(w, part);
    wr_fill(w, size, w->used - from);
}

enum err pdu_header_get(struct rd *r, struct pdu_header *out)
{
    uint8_t major = rd_u8(r), minor = rd_u8(r);
    struct pdu_header h = {0};
    uint8_t order;

    h.type = rd_u8(r);
    h.flags = rd_u8(r);
    order = rd_u8(r);
    rd_skip(r, 3);
    h.size = rd_le16(r);
    h.auth_size = rd_le16(r);
    h.call_id = rd_le32(r);
    if (r->bad)
        return E_SHORT;
    if (major != 5 || minor > 1 || h.size < PDU_HEADER_SIZE)
        return E_FORMAT;
    if ((order & 0xf0) != LITTLE_ENDIAN_ASCII_IEEE)
        return E_UNSUPPORTED;
    *out = h;
    return OK;
}

static enum err context_refused(uint16_t result, uint16_t reason, struct why *why)
{
    static const char *const reasons[] = {"no reason given", "the interface is not there",
                                          "the transfer syntax is not there",
                                          "a local limit was passed"};

    return why_native(why, E_UNSUPPORTED, reason, "",
                      "the service does not take the interface (%u): %s", result,
                      reason < COUNT(reasons) ? reasons[reason] : "unknown reason");
}

enum err pdu_bind_ack_get(struct rd pdu, struct pdu_bind_ack *out, struct why *why)
{
    struct rd r = pdu, syntax;
    struct pdu_bind_ack ack;
    uint16_t address, result, reason;
    uint8_t results;

    rd_skip(&r, PDU_HEADER_SIZE);
    ack.receive_max = rd_le16(&r); /* the server's own sending limit */
    ack.send_max = rd_le16(&r);
    rd_skip(&r, 4); /* association */
    address = rd_le16(&r);
    rd_skip(&r, address);
    rd_align(&r, pdu.at, 4);
    results = rd_u8(&r);
    rd_skip(&r, 3);
    result = rd_le16(&r);
    reason = rd_le16(&r);
    syntax = rd_sub(&r, sizeof ndr_syntax);
    rd_skip(&r, 4); /* its version */
    if (r.bad)
        return E_SHORT;
    if (results != 1)
        return E_FORMAT;
    if (result != 0)
        return context_refused(result, reason, why);
    if (!rd_equal(syntax, rd_of(ndr_syntax, sizeof ndr_syntax)) || ack.send_max < PDU_FRAGMENT_MIN)
        return E_FORMAT;
    *out = ack;
    return OK;
}

enum err pdu_bind_nak_fail(struct rd pdu, struct why *why)
{
    struct rd r = pdu;
    uint16_t reason;

    rd_skip(&r, PDU_HEADER_SIZE);
    reason = rd_le16(&r);
    if (r.bad)
        return E_SHORT;
    switch (reason) {
    case 1:
    case 2:
        return why_native(why, E_UNAVAILABLE, reason, "",
                          "the service is too busy to take a connection");
    case 4:
        return why_native(why, E_UNSUPPORTED, reason, "",
                          "the service speaks another version of RPC");
    case 8:
    case 9: return why_native(why, E_DENIED, reason, "", "the service wants RPC authentication");
    default:
        return why_native(why, E_REFUSED, reason, "", "the service does not take the connection");
    }
}

enum err pdu_response_get(struct rd pdu, struct rd *stub)
{
    struct rd r = pdu;

    rd_skip(&r, PDU_HEADER_SIZE + 4); /* and the hint, which nobody may trust */
    rd_skip(&r, 4);                   /* context, cancel count */
    if (r.bad)
        return E_SHORT;
    *stub = r;
    return OK;
}

enum err pdu_fault_get(struct rd pdu, struct pdu_fault *out)
{
    struct rd r = pdu;
    uint32_t status;

    rd_skip(&r, PDU_HEADER_SIZE + 4 + 4); /* hint, context, cancel count */
    status = rd_le32(&r);
    if (r.bad)
        return E_SHORT;
    out->status = status;
    return OK;
}
