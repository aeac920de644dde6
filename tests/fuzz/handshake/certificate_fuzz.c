/* One certificate of anybody's: read, and every text of it fit to be shown. */
#include "base/utf16.h"
#include "handshake/certificate.h"

#include <stdlib.h>
#include <string.h>

static void is_clean(const char *s)
{
    if (utf8_check(s, strlen(s)) != OK)
        abort();
    for (; *s != '\0'; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct certificate c;
    if (certificate_read(rd_of(bytes, n), &c) != OK)
        return 0;
    const char *const texts[] = {c.subject, c.issuer, c.names, c.key, c.signature, c.hash};
    for (size_t i = 0; i < COUNT(texts); i++)
        is_clean(texts[i]);
    if (strlen(c.sha256) != THUMBPRINT_TEXT_SIZE - 1)
        abort();
    certificate_fini(&c);
    return 0;
}
