#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *words;
    enum err_class class;
} errors[ERR_COUNT] = {
    [OK] = {"OK", "no failure", CLASS_OK},
    [E_MEMORY] = {"E_MEMORY", "out of memory", CLASS_HALT},
    [E_IO] = {"E_IO", "a local file or disk failed", CLASS_HALT},
    [E_LOCKED] = {"E_LOCKED", "another controller holds the database", CLASS_HALT},
    [E_CORRUPT] = {"E_CORRUPT", "the database is damaged or from a newer program", CLASS_HALT},
    [E_INTERNAL] = {"E_INTERNAL", "internal error", CLASS_HALT},
    [E_CANCELLED] = {"E_CANCELLED", "stopped by the operator", CLASS_HALT},
    [E_USAGE] = {"E_USAGE", "wrong use of the command line", CLASS_HALT},
    [E_DATA] = {"E_DATA", "the input is wrong", CLASS_FAIL_HOST},
    [E_CONFIG] = {"E_CONFIG", "the configuration is wrong", CLASS_HALT},
    [E_LIMIT] = {"E_LIMIT", "a limit was passed", CLASS_FAIL_HOST},
    [E_ABSENT] = {"E_ABSENT", "it does not exist", CLASS_FAIL_HOST},
    [E_EXISTS] = {"E_EXISTS", "it exists already", CLASS_FAIL_HOST},
    [E_SHORT] = {"E_SHORT", "the data ended too early", CLASS_FAIL_HOST},
    [E_FORMAT] = {"E_FORMAT", "the data makes no sense", CLASS_FAIL_HOST},
    [E_RESOLVE] = {"E_RESOLVE", "the name has no address", CLASS_UNREACHABLE},
    [E_CONNECT] = {"E_CONNECT", "no connection", CLASS_UNREACHABLE},
    [E_TIMEOUT] = {"E_TIMEOUT", "the deadline passed", CLASS_UNREACHABLE},
    [E_CUT] = {"E_CUT", "the connection was cut", CLASS_AGAIN},
    [E_UNAVAILABLE] = {"E_UNAVAILABLE", "the service is not there", CLASS_AGAIN},
    [E_AUTH] = {"E_AUTH", "the logon was not accepted", CLASS_FAIL_HOST},
    [E_DENIED] = {"E_DENIED", "access denied", CLASS_FAIL_HOST},
    [E_SECURITY] = {"E_SECURITY", "the peer could not be trusted", CLASS_FAIL_HOST},
    [E_PROTOCOL] = {"E_PROTOCOL", "the peer broke its protocol", CLASS_FAIL_HOST},
    [E_UNSUPPORTED] = {"E_UNSUPPORTED", "the peer cannot do what is needed", CLASS_FAIL_HOST},
    [E_REFUSED] = {"E_REFUSED", "the peer refused", CLASS_FAIL_HOST},
    [E_GOING_DOWN] = {"E_GOING_DOWN", "the host is shutting down", CLASS_AGAIN},
    [E_MOVED] = {"E_MOVED", "the state is not what the plan was made for", CLASS_FAIL_HOST},
};

static const char cut_mark[] = "\xe2\x80\xa6"; /* the ellipsis */

static bool err_known(enum err e)
{
    return (size_t)e < COUNT(errors);
}

const char *err_name(enum err e)
{
    return err_known(e) ? errors[e].name : errors[E_INTERNAL].name;
}

enum err err_from_name(const char *name)
{
    for (size_t i = 0; i < COUNT(errors); i++)
        if (strcmp(errors[i].name, name) == 0)
            return (enum err)i;
    return E_INTERNAL;
}

const char *err_words(enum err e)
{
    return err_known(e) ? errors[e].words : errors[E_INTERNAL].words;
}

enum err_class err_class(enum err e)
{
    return err_known(e) ? errors[e].class : CLASS_HALT;
}

/* End a text that did not fit with the cut mark; never in the middle of a UTF-8 sequence. */
static void cut_text(char *buf, size_t size)
{
    size_t end;

    if (size <= sizeof cut_mark) {
        buf[0] = '\0';
        return;
    }
    end = size - sizeof cut_mark;
    while (end > 0 && ((unsigned char)buf[end] & 0xc0) == 0x80)
        end--;
    memcpy(buf + end, cut_mark, sizeof cut_mark);
}

static void PRINTF_LIKE(3, 0) format_into(char *buf, size_t size, const char *fmt, va_list args)
{
    int n = vsnprintf(buf, size, fmt, args);

    if (n < 0)
        buf[0] = '\0';
    else if ((size_t)n >= size)
        cut_text(buf, size);
}

static void PRINTF_LIKE(3, 4) format_text(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    format_into(buf, size, fmt, args);
    va_end(args);
}

static void PRINTF_LIKE(4, 0) why_fill(struct why *why, uint32_t native, const char *native_name,
                                       const char *fmt, va_list args)
{
    struct why next = {.native = native}; /* an argument may point into *why */

    format_into(next.text, sizeof next.text, fmt, args);
    if (native_name != NULL)
        format_text(next.native_name, sizeof next.native_name, "%s", native_name);
    *why = next;
}

enum err why_set(struct why *why, enum err e, const char *fmt, ...)
{
    va_list args;

    if (why == NULL)
        return e;
    va_start(args, fmt);
    why_fill(why, 0, NULL, fmt, args);
    va_end(args);
    return e;
}

enum err why_errno(struct why *why, enum err e, int error_number, const char *fmt, ...)
{
    char words[128];
    va_list args;

    if (why == NULL)
        return e;
    if (strerror_r(error_number, words, sizeof words) != 0)
        format_text(words, sizeof words, "error %d", error_number);
    va_start(args, fmt);
    why_fill(why, (uint32_t)error_number, words, fmt, args);
    va_end(args);
    return e;
}

enum err why_native(struct why *why, enum err e, uint32_t native, const char *native_name,
                    const char *fmt, ...)
{
    va_list args;

    if (why == NULL)
        return e;
    va_start(args, fmt);
    why_fill(why, native, native_name, fmt, args);
    va_end(args);
    return e;
}

enum err why_place(struct why *why, enum err e, const char *fmt, ...)
{
    char place[sizeof why->place];
    va_list args;

    if (why == NULL || e == OK || why->place[0] != '\0')
        return e;
    va_start(args, fmt);
    format_into(place, sizeof place, fmt, args);
    va_end(args);
    memcpy(why->place, place, sizeof place);
    return e;
}

const char *why_line(const struct why *why, char *buf, size_t size)
{
    const char *colon = why->place[0] != '\0' && why->text[0] != '\0' ? ": " : "";
    char code[sizeof why->native_name + 16] = "";

    if (size == 0)
        return "";
    if (why->native != 0 && why->native_name[0] != '\0')
        format_text(code, sizeof code, " (%s, 0x%X)", why->native_name, (unsigned)why->native);
    else if (why->native != 0)
        format_text(code, sizeof code, " (0x%X)", (unsigned)why->native);
    else if (why->native_name[0] != '\0')
        format_text(code, sizeof code, " (%s)", why->native_name);
    format_text(buf, size, "%s%s%s%s", why->place, colon, why->text, code);
    return buf;
}
