/* Replies made of lines: SMTP, FTP, IMAP, POP3. */
#include "base/text.h"
#include "handshake/dialect_parts.h"

#include <string.h>

bool line_starts(struct rd line, const char *prefix)
{
    struct rd begin = rd_sub(&line, strlen(prefix));
    for (; begin.left > 0; prefix++) {
        char c = (char)rd_u8(&begin);
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (c != *prefix)
            return false;
    }
    return !begin.bad;
}

bool dialect_line(struct dialect_talk *t, struct rd *in, struct rd *line)
{
    const uint8_t *end = in->left > 0 ? memchr(in->at, '\n', in->left) : NULL;
    size_t n = end ? (size_t)(end - in->at) : in->left;
    if (n > DIALECT_LINE_MAX) {
        dialect_foreign(t, *in);
        return false;
    }
    if (end == NULL)
        return false;
    *line = rd_sub(in, n);
    rd_skip(in, 1);
    if (n > 0 && line->at[n - 1] == '\r')
        line->left--;
    return true;
}

/* 0 for a line that does not begin with a code; more is true for `250-`. */
static unsigned code_of(struct rd line, bool *more)
{
    unsigned code = 0;
    for (int i = 0; i < 3; i++) {
        unsigned digit = (unsigned)rd_u8(&line) - '0';
        if (line.bad || digit > 9)
            return 0;
        code = code * 10 + digit;
    }
    char after = line.left > 0 ? (char)rd_u8(&line) : ' ';
    *more = after == '-';
    return code >= 100 && (after == ' ' || after == '-') ? code : 0;
}

bool dialect_reply(struct dialect_talk *t, struct rd *in, struct rd *last)
{
    while (dialect_line(t, in, last)) {
        bool more = false;
        unsigned code = code_of(*last, &more);
        if (t->reply == 0 && code == 0) {
            dialect_foreign(t, *last);
            return false;
        }
        if (t->reply == 0)
            t->reply = code;
        if (code == t->reply && !more) {
            t->detail = code;
            t->reply = 0;
            return true;
        }
    }
    return false;
}
