#include "tests/support/strict_server.h"

#include <stdlib.h>
#include <string.h>

void strict_rules_init(struct strict_rules *r)
{
    *r = (struct strict_rules){
        .dialect_min = 0x0202,
        .dialect_max = 0x0311,
        .signing = 2,
        .cipher = 0x1e,
        .validate = 1,
        .credits_max = 32,
        .interim = 1,
        .io_max = 65536,
        .fragment_max = 4280,
        .wake_ms = 300,
        .restart_ms = 500,
    };
}

#define RULE(name)                                 \
    {                                              \
#name, offsetof(struct strict_rules, name) \
    }

static const struct {
    const char *name;
    size_t at;
} names[] = {
    RULE(dialect_min),
    RULE(dialect_max),
    RULE(signing),
    RULE(signing_optional),
    RULE(cipher),
    RULE(encrypt),
    RULE(validate),
    RULE(tampered),
    RULE(credits_max),
    RULE(credits_late),
    RULE(interim),
    RULE(delay_ms),
    RULE(part_max),
    RULE(io_max),
    RULE(fragment_max),
    RULE(mpx),
    RULE(shuffle),
    RULE(winreg),
    RULE(wake_ms),
    RULE(dies_after),
    RULE(dies_kind),
    RULE(pipes_max),
    RULE(breaks_after),
    RULE(flush_code),
    RULE(restart_ms),
    RULE(restart_code),
    RULE(restart_cut),
    RULE(bits32),
    RULE(start_time),
    RULE(guest),
    RULE(forgets_after),
    RULE(expires_after),
    RULE(smb1),
    RULE(lie),
    RULE(lie_at),
    RULE(lie_offset),
    RULE(lie_width),
    RULE(lie_change),
};

static const char *const lies[LIE_COUNT] = {
    [LIE_NONE] = "none",
    [LIE_CUT_BEFORE] = "cut_before",
    [LIE_CUT_INSIDE] = "cut_inside",
    [LIE_CUT_AFTER] = "cut_after",
    [LIE_SILENT] = "silent",
    [LIE_MESSAGE_ID] = "message_id",
    [LIE_EARLIER_ID] = "earlier_id",
    [LIE_TWICE] = "twice",
    [LIE_SIGNATURE] = "signature",
    [LIE_BODY] = "body",
    [LIE_UNSIGNED] = "unsigned",
    [LIE_PLAIN] = "plain",
    [LIE_COMMAND] = "command",
    [LIE_SESSION] = "session",
    [LIE_REQUEST] = "request",
    [LIE_LENGTH_LONG] = "length_long",
    [LIE_LENGTH_SHORT] = "length_short",
    [LIE_LENGTH_HUGE] = "length_huge",
    [LIE_STRUCTURE] = "structure",
    [LIE_FIELDS] = "fields",
    [LIE_CALL_ID] = "call_id",
    [LIE_FRAGMENT_SIZE] = "fragment_size",
    [LIE_STUB] = "stub",
    [LIE_COUNTS] = "counts",
    [LIE_PENDING] = "pending",
    [LIE_FIELD] = "field",
    [LIE_SEAL] = "seal",
};
static const char *const states[] = {
    [SERVICE_RUNNING] = "running", [SERVICE_STOPPED] = "stopped", [SERVICE_DISABLED] = "disabled"};

static bool word_find(const char *const *words, size_t n, const char *s, uint64_t *out)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], s) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static bool rule_set(struct strict_rules *r, const char *name, const char *value)
{
    uint64_t v;

    for (size_t i = 0; i < COUNT(names); i++) {
        if (strcmp(names[i].name, name) != 0)
            continue;
        if (!str_parse_u64(value, &v) &&
            !(strcmp(name, "lie") == 0 && word_find(lies, COUNT(lies), value, &v)) &&
            !(strcmp(name, "winreg") == 0 && word_find(states, COUNT(states), value, &v)))
            return false;
        if (v > UINT32_MAX || (strcmp(name, "lie") == 0 && v >= LIE_COUNT))
            return false;
        memcpy((char *)r + names[i].at, &(unsigned){(unsigned)v}, sizeof(unsigned));
        return true;
    }
    return false;
}

enum err strict_rules_set(struct strict_rules *r, const char *text, struct why *why)
{
    while (*text != '\0') {
        size_t n = strcspn(text, ",");
        char *one = str_dup_n(text, n), *equals = one == NULL ? NULL : strchr(one, '=');
        bool good = false;

        if (equals != NULL) {
            *equals = '\0';
            good = rule_set(r, one, equals + 1);
        }
        free(one);
        if (!good)
            return why_set(why, E_USAGE, "this rule is not understood: %.*s", (int)n, text);
        text += n + (text[n] == ',' ? 1 : 0);
    }
    return OK;
}
