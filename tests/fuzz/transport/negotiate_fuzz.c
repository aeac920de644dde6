/* The answer to NEGOTIATE: what is taken from it was offered, and keeps its promises. */
#include "transport/smb/negotiate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct smb_negotiated got;
    struct why why = {0};

    if (smb_negotiate_get(rd_of(bytes, n), &got, &why) != OK)
        return 0;
    if (got.dialect < SMB_DIALECT_3_0 &&
        (got.algorithm != SMB_SIGN_HMAC_SHA256 || got.cipher != SMB_CIPHER_NONE))
        abort();
    if (got.dialect < SMB_DIALECT_3_1_1 && got.algorithm == SMB_SIGN_AES_GMAC)
        abort();
    if (got.dialect > SMB_DIALECT_3_1_1 || got.cipher > SMB_CIPHER_AES_256_GCM ||
        got.algorithm > SMB_SIGN_AES_GMAC)
        abort();
    return 0;
}
