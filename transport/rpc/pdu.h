/* transport/rpc/pdu.h: the units that travel: bind, its answers, request, response, fault.
 * Source: MS-RPCE 2.2.2; C706 12.6.
 * Shape:  encoders append one whole fragment. Decoders take a view of one whole fragment, header
 *         first.
 * Errors: E_SHORT, E_FORMAT; E_UNSUPPORTED for another byte order; pdu_bind_ack_get:
 *         E_UNSUPPORTED or E_DENIED when the server refuses, in words. */
#ifndef SWELL_TRANSPORT_RPC_PDU_H
#define SWELL_TRANSPORT_RPC_PDU_H

#include "transport/rpc/rpc.h"

#define PDU_HEADER_SIZE 16
#define PDU_REQUEST_HEADER_SIZE 24
#define PDU_FRAGMENT_MIN 1432 /* every implementation takes this much (C706 12.6.3.3) */

enum pdu_type {
    PDU_REQUEST = 0,
    PDU_RESPONSE = 2,
    PDU_FAULT = 3,
    PDU_BIND = 11,
    PDU_BIND_ACK = 12,
    PDU_BIND_NAK = 13
};

enum pdu_flag {
    PDU_FIRST = 1,
    PDU_LAST = 2,
    PDU_DID_NOT_EXECUTE = 0x20
};

struct pdu_header {
    uint8_t type;
    uint8_t flags;
    uint16_t size; /* of the whole fragment */
    uint16_t auth_size;
    uint32_t call_id;
};

struct pdu_bind_ack {
    uint16_t send_max; /* the server's limit for what it receives */
    uint16_t receive_max;
};

struct pdu_fault {
    uint32_t status;
};

MUST_CHECK enum err pdu_header_get(struct rd *r, struct pdu_header *out);
void pdu_bind_put(struct wr *w, uint32_t call_id, const struct rpc_interface *interface);
MUST_CHECK enum err pdu_bind_ack_get(struct rd pdu, struct pdu_bind_ack *out, struct why *why);
enum err pdu_bind_nak_fail(struct rd pdu, struct why *why); /* never OK */
void pdu_request_put(struct wr *w, uint32_t call_id, uint8_t flags, uint16_t operation,
                     size_t stub_left, struct rd part);
MUST_CHECK enum err pdu_response_get(struct rd pdu, struct rd *stub);
MUST_CHECK enum err pdu_fault_get(struct rd pdu, struct pdu_fault *out);

const char *rpc_fault_name(uint32_t status); /* "" when it is not known */
enum err rpc_fault_fail(struct why *why, uint32_t status);

#endif
