#include "base/shown.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

const char *shown(const char *s, size_t n, char buf[SHOWN_SIZE])
{
    struct text t = {0};
    size_t kept = n < SHOWN_MAX ? n : SHOWN_MAX;
    while (kept < n && kept > 0 && ((unsigned char)s[kept] & 0xc0) == 0x80)
        kept--;
    text_put_safe(&t, s, kept);
    (void)snprintf(buf, SHOWN_SIZE, "%s%s", text_str(&t), kept < n ? "…" : "");
    text_fini(&t);
    return buf;
}

const char *shown_file(const char *file)
{
    size_t n = strlen(file);
    if (n <= SHOWN_FILE_MAX)
        return file;
    file += n - SHOWN_FILE_MAX;
    while (((unsigned char)*file & 0xc0) == 0x80)
        file++;
    return file;
}
