#include "registry/reg_cursor.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct cursor cursor_of(const char *file, struct rd text, struct why *why)
{
    return (struct cursor){.left = text, .line = 1, .line_at = text.at, .file = file, .why = why};
}

struct place cursor_place(const struct cursor *c)
{
    struct place at = {.line = c->line, .column = 1};

    for (const uint8_t *p = c->line_at; p < c->left.at; p++)
        if ((*p & 0xc0) != 0x80)
            at.column++;
    return at;
}

int cursor_peek(const struct cursor *c)
{
    struct rd look = c->left;

    return look.left == 0 ? CURSOR_END : rd_u8(&look);
}

void cursor_next(struct cursor *c)
{
    if (c->left.left > 0 && rd_u8(&c->left) == '\n') {
        c->line++;
        c->line_at = c->left.at;
    }
}

bool cursor_take(struct cursor *c, const char *word)
{
    struct rd rest = c->left;
    struct rd head = rd_sub(&rest, strlen(word));

    if (head.bad || strncasecmp((const char *)head.at, word, head.left) != 0)
        return false;
    c->left = rest;
    return true;
}

void cursor_skip_blanks(struct cursor *c)
{
    while (cursor_peek(c) == ' ' || cursor_peek(c) == '\t')
        cursor_next(c);
}

struct rd cursor_line(const struct cursor *c)
{
    struct rd line = c->left;
    const uint8_t *end = line.left == 0 ? NULL : memchr(line.at, '\n', line.left);

    if (end != NULL)
        line.left = (size_t)(end - line.at);
    if (line.left > 0 && line.at[line.left - 1] == '\r')
        line.left--;
    return line;
}

bool cursor_at_line_end(const struct cursor *c)
{
    struct cursor look = *c;

    if (cursor_peek(&look) == '\r')
        cursor_next(&look);
    return cursor_peek(&look) == '\n' || cursor_peek(&look) == CURSOR_END;
}

void cursor_skip_line(struct cursor *c)
{
    size_t line = c->line;

    rd_skip(&c->left, cursor_line(c).left);
    while (c->line == line && cursor_peek(c) != CURSOR_END)
        cursor_next(c);
}

enum err cursor_end_line(struct cursor *c, const char *expected)
{
    cursor_skip_blanks(c);
    if (!cursor_at_line_end(c) && cursor_peek(c) != ';')
        return cursor_fail(c, "expected %s", expected);
    cursor_skip_line(c);
    return OK;
}

static enum err PRINTF_LIKE(3, 0)
    fail(const struct cursor *c, struct place at, const char *fmt, va_list args)
{
    char text[sizeof c->why->text];

    (void)vsnprintf(text, sizeof text, fmt, args);
    return why_place(c->why, why_set(c->why, E_DATA, "%s", text), "%s:%zu:%zu", c->file, at.line,
                     at.column);
}

enum err cursor_fail(const struct cursor *c, const char *fmt, ...)
{
    va_list args;
    enum err e;

    va_start(args, fmt);
    e = fail(c, cursor_place(c), fmt, args);
    va_end(args);
    return e;
}

enum err cursor_fail_at(const struct cursor *c, struct place at, const char *fmt, ...)
{
    va_list args;
    enum err e;

    va_start(args, fmt);
    e = fail(c, at, fmt, args);
    va_end(args);
    return e;
}
