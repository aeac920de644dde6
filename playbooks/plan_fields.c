#include "playbooks/plan_fields.h"

#include "base/clock.h"
#include "base/shown.h"
#include "base/text.h"
#include "base/utf16.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* `FILE: hosts[3].changes[2].before` */
enum err plan_fail(const struct plan_place *at, const char *member, const char *expected)
{
    struct text t = {0};
    if (at->list != NULL)
        text_printf(&t, "%s[%zu].", at->list, at->item);
    if (at->change != PLAN_NOWHERE)
        text_printf(&t, "changes[%zu].", at->change);
    text_put(&t, member);
    enum err e = why_place(at->why, why_set(at->why, E_DATA, "expected %s", expected), "%s: %s",
                           shown_file(at->file), text_str(&t));
    text_fini(&t);
    return e;
}

enum err plan_memory(const struct plan_place *at)
{
    return why_set(at->why, E_MEMORY, "out of memory");
}

/* An object with exactly these members. */
enum err plan_members_check(const struct plan_place *at, json_t *object, const char *const *names,
                            size_t needed, size_t n)
{
    char buf[SHOWN_SIZE];
    if (!json_is_object(object))
        return plan_fail(at, "", "an object");
    for (size_t i = 0; i < needed; i++)
        if (json_object_get(object, names[i]) == NULL)
            return plan_fail(at, names[i], "this member, which is missing");
    for (void *it = json_object_iter(object); it != NULL; it = json_object_iter_next(object, it)) {
        bool known = false;
        for (size_t i = 0; i < n; i++)
            known = known || strcmp(json_object_iter_key(it), names[i]) == 0;
        if (!known)
            return plan_fail(at,
                             shown(json_object_iter_key(it), strlen(json_object_iter_key(it)), buf),
                             "no member of this name");
    }
    return OK;
}

static enum err hex_read(const struct plan_place *at, const json_t *object, const char *member,
                         char **out)
{
    const char *hex = json_string_value(json_object_get(object, "hex"));
    size_t n = hex == NULL ? 0 : strlen(hex) / 2;
    if (n == 0 || json_object_size(object) != 1)
        return plan_fail(at, member, "a text, or {\"hex\": …} for one that is not UTF-8");
    char *s = calloc(1, n + 1);
    if (s == NULL)
        return plan_memory(at);
    if (!hex_decode(hex, strlen(hex), (uint8_t *)s, n) || memchr(s, '\0', n) != NULL ||
        utf8_check(s, n) == OK) {
        free(s);
        return plan_fail(at, member, "hex digits of a text that is not UTF-8");
    }
    *out = s;
    return OK;
}

enum err plan_text_read(const struct plan_place *at, const json_t *object, const char *member,
                        bool may_be_null, char **out)
{
    const json_t *v = json_object_get(object, member);
    if (json_is_null(v) && may_be_null)
        return OK;
    if (json_is_object(v))
        return hex_read(at, v, member, out);
    if (!json_is_string(v))
        return plan_fail(at, member, may_be_null ? "a text or null" : "a text");
    return (*out = str_dup(json_string_value(v))) != NULL ? OK : plan_memory(at);
}

enum err plan_integer_read(const struct plan_place *at, const json_t *object, const char *member,
                           int64_t most, int64_t *out)
{
    const json_t *v = json_object_get(object, member);
    if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > most)
        return plan_fail(at, member, "an integer that is not negative and not too large");
    *out = json_integer_value(v);
    return OK;
}

enum err plan_word_read(const struct plan_place *at, const json_t *object, const char *member,
                        const char *const *words, size_t n, size_t *out)
{
    const char *s = json_string_value(json_object_get(object, member));
    struct text expected = {0};
    for (size_t i = 0; s != NULL && i < n; i++)
        if (strcmp(s, words[i]) == 0) {
            *out = i;
            return OK;
        }
    for (size_t i = 0; i < n; i++)
        text_printf(&expected, "%s%s", i == 0 ? "" : " or ", words[i]);
    enum err e = plan_fail(at, member, text_str(&expected));
    text_fini(&expected);
    return e;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar, counting years from March so that the
 * leap day comes last. */
static int64_t days_of(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int m = month <= 2 ? month + 9 : month - 3;
    return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static int digits(const char *s, size_t n)
{
    int v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (s[i] - '0');
    return v;
}

enum err plan_time_read(const struct plan_place *at, const json_t *object, const char *member,
                        int64_t *out)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";
    char again[CLOCK_TEXT_SIZE];
    const char *s = json_string_value(json_object_get(object, member));
    bool good = s != NULL && strlen(s) == strlen(form);
    for (size_t i = 0; good && i < strlen(form); i++)
        good = form[i] == 'd' ? isdigit((unsigned char)s[i]) != 0 : s[i] == form[i];
    if (good) {
        int64_t hours =
            days_of(digits(s, 4), digits(s + 5, 2), digits(s + 8, 2)) * 24 + digits(s + 11, 2);
        int64_t ms =
            ((hours * 60 + digits(s + 14, 2)) * 60 + digits(s + 17, 2)) * 1000 + digits(s + 20, 3);
        good =
            ms >= 0 && strcmp(clock_text(ms, again), s) == 0; /* so the 30th of February is none */
        *out = ms;
    }
    return good ? OK : plan_fail(at, member, "a time such as 2026-11-21T02:03:04.567Z");
}
