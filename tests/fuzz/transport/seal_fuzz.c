/* Encrypted messages and the answer to the validation. The first byte chooses the cipher; the rest
 * is taken as a sealed message, which is refused, as the inside of one, which comes back, and as
 * the answer to FSCTL_VALIDATE_NEGOTIATE_INFO. */
#include "transport/smb/ioctl.h"
#include "transport/smb/validate.h"

#include <stdlib.h>
#include <string.h>

#define SESSION 7

static void sealed_take(const struct smb_seal *s, const uint8_t *bytes, size_t n)
{
    struct rd message;
    uint8_t *copy = malloc(n == 0 ? 1 : n);

    if (copy == NULL)
        return;
    if (n > 0)
        memcpy(copy, bytes, n);
    if (smb_seal_get(s, SESSION, copy, n, &message) == OK)
        abort(); /* nobody else has the key */
    free(copy);
}

static void inside_take(struct smb_seal *s, struct rd inside)
{
    struct rd message;
    struct wr w;

    wr_init(&w, 0);
    if (smb_seal_put(s, SESSION, inside, &w) != OK ||
        smb_seal_get(s, SESSION, w.bytes, w.used, &message) != OK || !rd_equal(message, inside))
        abort();
    wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const enum smb_cipher ciphers[] = {SMB_CIPHER_AES_128_CCM, SMB_CIPHER_AES_128_GCM,
                                              SMB_CIPHER_AES_256_CCM, SMB_CIPHER_AES_256_GCM};
    struct smb_seal s = {.on = true};
    struct smb_negotiated got;
    struct rd output;

    if (n < 1)
        return 0;
    s.cipher = ciphers[bytes[0] % COUNT(ciphers)];
    bytes++;
    n--;
    sealed_take(&s, bytes, n);
    if (n > 0)
        inside_take(&s, rd_of(bytes, n));
    if (smb_ioctl_get(rd_of(bytes, n), FSCTL_VALIDATE_NEGOTIATE_INFO, &output) == OK &&
        smb_validate_get(output, &got) == OK && output.left != 24)
        abort();
    return 0;
}
