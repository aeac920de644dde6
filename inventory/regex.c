#define PCRE2_CODE_UNIT_WIDTH 8
#include "inventory/regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#define PATTERN_MAX 4096
#define STEPS_MAX 1000000 /* of one match: some tenths of a second at the most */
#define HEAP_MAX_KIB 20000

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

static enum err out_of_memory(struct why *why)
{
    return why_set(why, E_MEMORY, "out of memory");
}

static enum err compile(const char *pattern, pcre2_code **out, struct why *why)
{
    char words[120] = "";
    PCRE2_SIZE at = 0;
    int number = 0;

    *out = pcre2_compile((PCRE2_SPTR)pattern, strlen(pattern),
                         PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &number, &at, NULL);
    if (*out != NULL)
        return OK;
    (void)pcre2_get_error_message(number, (PCRE2_UCHAR *)words, sizeof words);
    return why_set(why, E_DATA, "a bad regular expression: %s, at byte %zu", words, (size_t)at + 1);
}

enum err regex_new(const char *pattern, struct regex **out, struct why *why)
{
    struct regex *r;
    enum err e;

    *out = NULL;
    if (strlen(pattern) > PATTERN_MAX)
        return why_set(why, E_DATA, "a regular expression of more than %d bytes", PATTERN_MAX);
    if ((e = regex_dialect_check(pattern, why)) != OK)
        return e;
    if ((r = calloc(1, sizeof *r)) == NULL)
        return out_of_memory(why);
    if ((e = compile(pattern, &r->code, why)) != OK)
        goto out;
    r->data = pcre2_match_data_create(1, NULL);
    r->limits = pcre2_match_context_create(NULL);
    if (r->data == NULL || r->limits == NULL) {
        e = out_of_memory(why);
        goto out;
    }
    pcre2_set_match_limit(r->limits, STEPS_MAX);
    pcre2_set_heap_limit(r->limits, HEAP_MAX_KIB);
    *out = r;
    r = NULL; /* moved to the caller */
out:
    regex_free(r);
    return e;
}

void regex_free(struct regex *r)
{
    if (r == NULL)
        return;
    pcre2_code_free(r->code);
    pcre2_match_data_free(r->data);
    pcre2_match_context_free(r->limits);
    free(r);
}

enum err regex_match(const struct regex *r, const char *name, bool *out, struct why *why)
{
    int n = pcre2_match(r->code, (PCRE2_SPTR)name, strlen(name), 0, PCRE2_ANCHORED, r->data,
                        r->limits);

    *out = n >= 0;
    if (n >= 0 || n == PCRE2_ERROR_NOMATCH)
        return OK;
    if (n == PCRE2_ERROR_NOMEMORY)
        return out_of_memory(why);
    return why_set(why, E_DATA, "the regular expression takes too many steps on a name");
}
