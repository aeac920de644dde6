#include "inventory/lines.h"

#include "base/shown.h"
#include "base/utf8.h"

#include <string.h>

enum err lines_init(struct lines *l, const char *file, const char *bytes, size_t n, struct why *why)
{
    struct rd head = rd_of(bytes, n);
    struct rd mark = rd_sub(&head, 3);

    *l = (struct lines){.file = file, .rest = rd_of(bytes, n)};
    if (!mark.bad && memcmp(mark.at, "\xef\xbb\xbf", 3) == 0)
        l->rest = head;
    if (n >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
        enum err e = why_set(why, E_DATA, "the file is UTF-16; save it as UTF-8");

        return why_place(why, e, "%s:1:1", shown_file(file));
    }
    return OK;
}

bool lines_next(struct lines *l)
{
    const uint8_t *end;
    size_t n;

    if (l->rest.left == 0)
        return false;
    end = memchr(l->rest.at, '\n', l->rest.left);
    n = end == NULL ? l->rest.left : (size_t)(end - l->rest.at);
    l->line = rd_sub(&l->rest, n);
    if (end != NULL)
        rd_skip(&l->rest, 1);
    if (n > 0 && l->line.at[n - 1] == '\r')
        l->line.left--;
    l->number++;
    return true;
}

/* C0 but the tab, DEL, C1, and what Unicode takes for the end of a line. */
static bool is_control(uint32_t code)
{
    return (code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0) || code == 0x2028 ||
           code == 0x2029;
}

enum err line_check(const struct lines *l, bool loose, struct why *why)
{
    struct rd r = l->line;

    while (r.left > 0) {
        uint32_t code = 0;
        size_t n = utf8_decode((const char *)r.at, r.left, &code);
        enum err e = OK;

        if ((n == 0 || utf8_is_surrogate(code)) && !loose)
            e = why_set(why, E_DATA, "the text is not UTF-8");
        else if (n > 0 && is_control(code))
            e = why_set(why, E_DATA, "a control character, U+%04X", (unsigned)code);
        if (e != OK)
            return line_place(l, r.at, e, why);
        rd_skip(&r, n == 0 ? 1 : n);
    }
    return OK;
}

struct rd rd_trim(struct rd r)
{
    while (r.left > 0 && (*r.at == ' ' || *r.at == '\t'))
        rd_skip(&r, 1);
    while (r.left > 0 && (r.at[r.left - 1] == ' ' || r.at[r.left - 1] == '\t'))
        r.left--;
    return r;
}

size_t line_column(const struct lines *l, const uint8_t *at)
{
    size_t column = 1;

    for (const uint8_t *p = l->line.at; at != NULL && p < at; p++)
        if ((*p & 0xc0) != 0x80)
            column++;
    return column;
}

enum err line_place(const struct lines *l, const uint8_t *at, enum err e, struct why *why)
{
    if (e == OK)
        return OK;
    return why_place(why, e, "%s:%zu:%zu", shown_file(l->file), l->number, line_column(l, at));
}
