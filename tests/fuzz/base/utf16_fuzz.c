/* Any UTF-16 survives a round trip; any text becomes UTF-16 and comes back, or is refused. */
#include "base/utf16.h"

#include <stdlib.h>
#include <string.h>

static void require(bool true_always)
{
    if (!true_always)
        abort();
}

static void from_utf16(struct rd bytes)
{
    struct text t = {0}, z = {0};
    struct wr w;
    enum err e = utf16_read(bytes, &t);

    require(e == (bytes.left % 2 == 0 ? OK : E_SHORT));
    require(utf16_read_z(bytes, &z) == e);
    wr_init(&w, 0);
    if (e == OK) {
        require(utf16_put_n(&w, text_str(&t), t.used) == OK);
        require(rd_equal(bytes, wr_view_of(&w)));
        require(strlen(z.s) == z.used && z.used <= t.used && memcmp(z.s, t.s, z.used) == 0);
    }
    wr_fini(&w);
    text_fini(&z);
    text_fini(&t);
}

static void from_text(const char *s, size_t n)
{
    struct text back = {0};
    struct wr w;
    enum err e;

    wr_init(&w, 0);
    e = utf16_put_n(&w, s, n);
    if (e == OK) {
        require(utf16_read(wr_view_of(&w), &back) == OK);
        require(back.used == n && (n == 0 || memcmp(back.s, s, n) == 0));
    } else {
        require(e == E_FORMAT && w.used == 0);
        require(utf8_check(s, n) == E_FORMAT);
    }
    text_fini(&back);
    wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    from_utf16(rd_of(data, size));
    from_text((const char *)data, size);
    return 0;
}
