#include "transport/rpc/pdu.h"

/* MS-RPCE 3.1.1.5.5 and C706 appendix E; the Win32 numbers are what Windows puts into a fault for
 * its own errors. */
static const struct fault {
    uint32_t status;
    enum err err;
    const char *name;
    const char *words;
} faults[] = {
    {0x1c010002u, E_UNSUPPORTED, "nca_s_op_rng_error", "the service does not know this call"},
    {0x1c010003u, E_UNSUPPORTED, "nca_s_unk_if", "the service does not know this interface"},
    {0x1c01000bu, E_PROTOCOL, "nca_s_proto_error", "the service found a protocol mistake"},
    {0x1c010014u, E_UNAVAILABLE, "nca_s_server_too_busy", "the service is too busy"},
    {0x1c010006u, E_CUT, "nca_s_wrong_boot_time", "the service was restarted meanwhile"},
    {0x1c010009u, E_CUT, "nca_s_you_crashed", "the service took us for dead"},
    {0x1c010013u, E_PROTOCOL, "nca_s_out_args_too_big", "the answer is longer than it may be"},
    {0x1c010017u, E_UNSUPPORTED, "nca_s_unsupported_type", "the service does not know this object"},
    {0x1c000001u, E_REFUSED, "nca_s_fault_int_div_by_zero", "the service failed inside"},
    {0x1c000002u, E_REFUSED, "nca_s_fault_addr_error", "the service failed inside"},
    {0x1c000006u, E_PROTOCOL, "nca_s_fault_invalid_tag", "the service could not read the call"},
    {0x1c000007u, E_PROTOCOL, "nca_s_fault_invalid_bound", "the service could not read the call"},
    {0x1c000008u, E_UNSUPPORTED, "nca_s_rpc_version_mismatch",
     "the service speaks another version of RPC"},
    {0x1c000009u, E_UNAVAILABLE, "nca_s_unspec_reject", "the service rejects the call"},
    {0x1c00000cu, E_UNAVAILABLE, "nca_s_manager_not_entered", "the service did not take the call"},
    {0x1c00000du, E_CUT, "nca_s_fault_cancel", "the service was cancelled"},
    {0x1c00000eu, E_REFUSED, "nca_s_fault_ill_inst", "the service failed inside"},
    {0x1c000010u, E_REFUSED, "nca_s_fault_int_overflow", "the service failed inside"},
    {0x1c000012u, E_REFUSED, "nca_s_fault_unspec", "the service failed inside"},
    {0x1c000013u, E_CUT, "nca_s_fault_remote_comm_failure", "the service lost its own connection"},
    {0x1c00001au, E_CUT, "nca_s_fault_context_mismatch",
     "the service has forgotten what was open: it was restarted"},
    {0x1c00001bu, E_UNAVAILABLE, "nca_s_fault_remote_no_memory", "the service is out of memory"},
    {0x1c00001cu, E_PROTOCOL, "nca_s_invalid_pres_context_id",
     "the service does not know what was agreed"},
    {0x1c00001du, E_DENIED, "nca_s_unsupported_authn_level",
     "the service wants RPC calls sealed, which this version does not do"},
    {0x00000005u, E_DENIED, "ERROR_ACCESS_DENIED", "access denied"},
    {0x000006bau, E_UNAVAILABLE, "RPC_S_SERVER_UNAVAILABLE", "the service is not there"},
    {0x000006bbu, E_UNAVAILABLE, "RPC_S_SERVER_TOO_BUSY", "the service is too busy"},
    {0x000006beu, E_CUT, "RPC_S_CALL_FAILED", "the call failed on its way"},
    {0x000006bfu, E_UNAVAILABLE, "RPC_S_CALL_FAILED_DNE", "the service did not take the call"},
    {0x000006c0u, E_PROTOCOL, "RPC_S_PROTOCOL_ERROR", "the service found a protocol mistake"},
    {0x000006d1u, E_UNSUPPORTED, "RPC_S_PROCNUM_OUT_OF_RANGE",
     "the service does not know this call"},
    {0x000006d9u, E_UNAVAILABLE, "EPT_S_NOT_REGISTERED", "the service has no endpoint"},
    {0x000006f7u, E_PROTOCOL, "RPC_X_BAD_STUB_DATA", "the service could not read the call"},
    {0x000006f4u, E_PROTOCOL, "RPC_X_NULL_REF_POINTER", "the service missed an argument"},
    {0x000006f5u, E_PROTOCOL, "RPC_X_ENUM_VALUE_OUT_OF_RANGE",
     "the service found an argument out of range"},
    {0x000006f6u, E_PROTOCOL, "RPC_X_BYTE_COUNT_TOO_SMALL",
     "the service found an argument too small"},
    {0x00000721u, E_DENIED, "RPC_S_SEC_PKG_ERROR", "the service's security package failed"},
    {0x0000045bu, E_GOING_DOWN, "ERROR_SHUTDOWN_IN_PROGRESS", "the host is shutting down"},
    {0x00000013u, E_GOING_DOWN, "ERROR_WRITE_PROTECT", "the host is shutting down"},
    {0x00000078u, E_UNSUPPORTED, "ERROR_CALL_NOT_IMPLEMENTED", "the service does not do that"},
    {0x00000008u, E_UNAVAILABLE, "ERROR_NOT_ENOUGH_MEMORY", "the service is out of memory"},
    {0xc0000022u, E_DENIED, "STATUS_ACCESS_DENIED", "access denied"},
};

static const struct fault *fault_find(uint32_t status)
{
    for (size_t i = 0; i < COUNT(faults); i++)
        if (faults[i].status == status)
            return &faults[i];
    return NULL;
}

const char *rpc_fault_name(uint32_t status)
{
    const struct fault *f = fault_find(status);

    return f == NULL ? "" : f->name;
}

enum err rpc_fault_fail(struct why *why, uint32_t status)
{
    const struct fault *f = fault_find(status);

    if (f == NULL)
        return why_native(why, E_REFUSED, status, "", "the service answered with a fault");
    return why_native(why, f->err, status, f->name, "%s", f->words);
}
