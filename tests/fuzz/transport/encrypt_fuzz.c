/* Encrypted MIME parts: whatever is taken is inside of what came. */
#include "transport/winrm/encrypt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char type[] = "multipart/encrypted;boundary=\"Encrypted Boundary\"";
    struct sealed_part part;
    struct why why;

    if (encrypt_parse(n % 2 == 0 ? type : NULL, rd_of(bytes, n), &part, &why) == OK &&
        (part.header.bad || part.data.bad || part.length == 0 || part.data.left == 0 ||
         part.header.at < bytes || part.data.at + part.data.left > bytes + n))
        abort();
    return 0;
}
