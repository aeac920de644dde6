#include "inventory/pattern.h"

#include "inventory/pattern_match.h"
#include "inventory/pattern_split.h"

#include <string.h>

struct select {
    struct matcher m;
    bool *chosen;
};

static enum err no_match(const struct select *s, const char *pattern)
{
    struct text t = {0};
    enum err e;

    text_put_safe(&t, pattern, strlen(pattern));
    e = why_set(s->m.why, E_DATA, "no host and no group matches %s", text_str(&t));
    text_fini(&t);
    return e;
}

/* --- patterns together: first what is meant, then what is kept (&), then left out (!) --- */

enum role { ROLE_MEANT,
            ROLE_KEPT,
            ROLE_LEFT_OUT };

static enum role role_of(const char *pattern)
{
    if (pattern[0] == '&')
        return ROLE_KEPT;
    return pattern[0] == '!' ? ROLE_LEFT_OUT : ROLE_MEANT;
}

static enum err apply(struct select *s, const char *pattern)
{
    enum role role = role_of(pattern);
    const char *bare = role == ROLE_MEANT ? pattern : pattern + 1;
    bool any = false;
    size_t host;
    enum err e;

    if (*bare == '\0')
        return why_set(s->m.why, E_DATA, "expected a pattern behind %s", pattern);
    /* A host's own name means the host even where a group is called the same. */
    if (role == ROLE_MEANT && name_map_get(&s->m.hosts, bare, &host)) {
        s->chosen[host] = true;
        return OK;
    }
    if ((e = matcher_match(&s->m, bare)) != OK)
        return e;
    for (size_t i = 0; i < s->m.inv->n_hosts; i++) {
        any = any || s->m.match[i];
        switch (role) {
        case ROLE_MEANT: s->chosen[i] = s->chosen[i] || s->m.match[i]; break;
        case ROLE_KEPT: s->chosen[i] = s->chosen[i] && s->m.match[i]; break;
        case ROLE_LEFT_OUT: s->chosen[i] = s->chosen[i] && !s->m.match[i]; break;
        }
    }
    return any ? OK : no_match(s, pattern);
}

static enum err apply_all(struct select *s, const struct names *patterns)
{
    static const enum role order[] = {ROLE_MEANT, ROLE_KEPT, ROLE_LEFT_OUT};
    bool any = false;
    enum err e = OK;

    for (size_t i = 0; i < patterns->n; i++)
        any = any || role_of(patterns->at[i]) == ROLE_MEANT;
    for (size_t i = 0; !any && i < s->m.inv->n_hosts; i++)
        s->chosen[i] = true;
    for (size_t r = 0; r < COUNT(order); r++)
        for (size_t i = 0; e == OK && i < patterns->n; i++)
            if (role_of(patterns->at[i]) == order[r])
                e = apply(s, patterns->at[i]);
    return e;
}

static bool is_any(const bool *chosen, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (chosen[i])
            return true;
    return false;
}

static enum err select_by(struct select *s, const char *limit)
{
    struct names patterns = {0};
    enum err e;

    if ((e = pattern_split(limit, &s->m.hosts, &patterns, s->m.why)) != OK)
        goto out;
    if (patterns.n == 0)
        e = why_set(s->m.why, E_DATA, "the limit has no pattern in it");
    else if ((e = apply_all(s, &patterns)) == OK && !is_any(s->chosen, s->m.inv->n_hosts))
        e = why_set(s->m.why, E_DATA, "the limit leaves no host");
out:
    names_fini(&patterns);
    return e;
}

enum err pattern_select(const struct inventory *inv, const char *limit, bool *chosen,
                        struct why *why)
{
    struct select s = {.m = {.inv = inv, .why = why}, .chosen = chosen};
    enum err e;

    for (size_t i = 0; i < inv->n_hosts; i++)
        chosen[i] = limit == NULL || limit[0] == '\0';
    if (limit == NULL || limit[0] == '\0')
        return OK;
    if ((e = matcher_init(&s.m)) == OK)
        e = select_by(&s, limit);
    for (size_t i = 0; e != OK && i < inv->n_hosts; i++)
        chosen[i] = false;
    matcher_fini(&s.m);
    return e;
}
