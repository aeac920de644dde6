#include "base/shown.h"
#include "inventory/lines.h"
#include "inventory/literal.h"
#include "inventory/names.h"
#include "inventory/readers.h"
#include "inventory/shell_words.h"

#include <string.h>

enum section { SECTION_HOSTS,
               SECTION_CHILDREN,
               SECTION_VARS };

struct ini {
    struct lines lines;
    struct draft *draft;
    size_t group; /* that the section is of */
    enum section section;
    struct why *why;
};

static enum err fail_at(const struct ini *ini, const uint8_t *at, enum err e)
{
    return line_place(&ini->lines, at, e, ini->why);
}

static bool is_comment(struct rd line)
{
    return line.left > 0 && (*line.at == '#' || *line.at == ';');
}

/* A copy of a view as text; the caller frees it with text_fini. */
static enum err text_of(struct rd r, struct text *out, struct why *why)
{
    text_fini(out);
    text_put_n(out, (const char *)r.at, r.left);
    return text_end(out) == OK ? OK : why_set(why, E_MEMORY, "out of memory");
}

static size_t word_length(struct rd r, const char *stop)
{
    size_t n = 0;

    while (n < r.left && strchr(stop, r.at[n]) == NULL)
        n++;
    return n;
}

/* --- [group], [group:children], [group:vars] --- */

/* Only blanks and a # comment may stand behind a section and behind the name of a child. */
static bool is_rest(struct rd r)
{
    r = rd_trim(r);
    return r.left == 0 || *r.at == '#';
}

static bool section_kind(struct rd kind, enum section *out)
{
    static const struct {
        const char *name;
        enum section section;
    } kinds[] = {{"hosts", SECTION_HOSTS}, {"children", SECTION_CHILDREN}, {"vars", SECTION_VARS}};

    for (size_t i = 0; i < COUNT(kinds); i++)
        if (rd_equal(kind, rd_text(kinds[i].name))) {
            *out = kinds[i].section;
            return true;
        }
    return false;
}

/* The group was declared: those that named it as their child before become its parents now, in this
 * order, as in Ansible. */
static enum err group_declare(struct ini *ini, size_t group)
{
    struct numbers waiting = ini->draft->groups[group].waiting;
    enum err e = OK;

    ini->draft->groups[group].waiting = (struct numbers){0};
    ini->draft->groups[group].declared = true;
    for (size_t i = 0; e == OK && i < waiting.n; i++)
        e = draft_nest(ini->draft, waiting.at[i], group, ini->why);
    numbers_fini(&waiting);
    return e;
}

static enum err section_open(struct ini *ini, struct rd name, enum section section)
{
    struct text text = {0};
    size_t group;
    enum err e;

    if ((e = text_of(name, &text, ini->why)) != OK ||
        (e = group_name_check(text_str(&text), ini->why)) != OK ||
        (e = draft_group(ini->draft, text_str(&text), ini->lines.number, &group, ini->why)) != OK)
        goto out;
    ini->group = group;
    ini->section = section;
    ini->draft->groups[group].seen = true;
    if (section != SECTION_VARS)
        e = group_declare(ini, group);
out:
    text_fini(&text);
    return fail_at(ini, name.at, e);
}

/* *is_one is false for a line that begins with '[' and is a host all the same: [2001:db8::1]:22,
 * [1:3]web. */
static enum err section_read(struct ini *ini, struct rd line, bool *is_one)
{
    struct rd r = line, name, kind = rd_text("hosts");
    enum section section;
    enum err e;

    rd_skip(&r, 1);
    name = rd_sub(&r, word_length(r, ":] \t"));
    if (name.left > 0 && r.left > 0 && *r.at == ':') {
        rd_skip(&r, 1);
        kind = rd_sub(&r, word_length(r, ":] \t"));
    }
    *is_one = line.at[line.left - 1] == ']';
    if (name.left > 0 && kind.left > 0 && r.left > 0 && *r.at == ']') {
        rd_skip(&r, 1);
        *is_one = *is_one || r.left == 0 || rd_trim(r).left < r.left;
        if (*is_one && is_rest(r) && section_kind(kind, &section))
            return section_open(ini, name, section);
    }
    if (!*is_one)
        return OK;
    e = why_set(ini->why, E_DATA,
                "expected [group], [group:children] or [group:vars], and nothing"
                " behind it but a # comment");
    return fail_at(ini, line.at, e);
}

/* --- the lines of a section --- */

static enum err child_line(struct ini *ini, struct rd line)
{
    struct draft *d = ini->draft;
    struct rd r = line, name = rd_sub(&r, word_length(r, ":] \t"));
    struct text text = {0};
    size_t child;
    enum err e;

    if (name.left == 0 || !is_rest(r)) {
        e = why_set(ini->why, E_DATA, "expected the name of one group");
        return fail_at(ini, line.at, e);
    }
    if ((e = text_of(name, &text, ini->why)) != OK ||
        (e = group_name_check(text_str(&text), ini->why)) != OK ||
        (e = draft_group(d, text_str(&text), ini->lines.number, &child, ini->why)) != OK)
        goto out;
    if (d->groups[child].seen)
        e = draft_nest(d, ini->group, child, ini->why);
    else if (!numbers_hold(&d->groups[child].waiting, ini->group) &&
             numbers_add(&d->groups[child].waiting, ini->group) != OK)
        e = why_set(ini->why, E_MEMORY, "out of memory");
out:
    text_fini(&text);
    return fail_at(ini, line.at, e);
}

/* name=value; whose: a host's number, or NULL for the section's group. */
static enum err var_set(struct ini *ini, struct rd name, struct rd value, const size_t *host)
{
    struct text name_text = {0};
    struct values values = {0};
    struct value *v = NULL;
    enum err e;

    if ((e = text_of(name, &name_text, ini->why)) != OK ||
        (e = var_name_check(text_str(&name_text), ini->why)) != OK ||
        (e = literal_read((const char *)value.at, value.left, &values, &v, ini->why)) != OK)
        goto out;
    if (host != NULL)
        e = draft_named_var(ini->draft, *host, text_str(&name_text), v, ini->why);
    else
        e = draft_group_var(ini->draft, ini->group, text_str(&name_text), v, ini->why);
out:
    text_fini(&name_text);
    values_fini(&values);
    return e;
}

static enum err var_line(struct ini *ini, struct rd line)
{
    struct rd r = line, name = rd_sub(&r, word_length(r, "="));
    enum err e;

    if (r.left == 0) {
        e = why_set(ini->why, E_DATA, "expected name=value");
        return fail_at(ini, line.at, e);
    }
    rd_skip(&r, 1);
    return fail_at(ini, line.at, var_set(ini, rd_trim(name), rd_trim(r), NULL));
}

/* One word name=value for each of the line's hosts. */
static enum err host_var_word(struct ini *ini, const struct text *word, const struct names *names)
{
    struct rd r = rd_of(text_str(word), word->used), name = rd_sub(&r, word_length(r, "="));
    enum err e = OK;

    if (r.left == 0) /* the word is not shown: it may be the end of a password */
        return why_set(ini->why, E_DATA, "expected name=value; a value with blanks needs quotes");
    rd_skip(&r, 1);
    for (size_t i = 0; e == OK && i < names->n; i++) {
        size_t host;

        if (name_map_get(&ini->draft->host_of, names->at[i], &host))
            e = var_set(ini, name, r, &host);
    }
    return e;
}

static enum err host_line(struct ini *ini, struct rd line)
{
    struct names names = {0};
    struct text first = {0}, word = {0};
    const char *port;
    const uint8_t *at = line.at;
    bool got;
    size_t host;
    enum err e;

    if ((e = word_next(&line, &first, &got, &at, ini->why)) != OK)
        goto out;
    if (!got) /* `""`: a word, but an empty one, is refused as a name */
        goto out;
    text_put(&first, ""); /* an empty word has no memory yet */
    if ((e = text_end(&first)) != OK || (e = host_names_of(first.s, &names, &port, ini->why)) != OK)
        goto out;
    for (size_t i = 0; i < names.n; i++)
        if ((e = host_enter(ini->draft, ini->group, names.at[i], port, ini->lines.number, &host,
                            ini->why)) != OK)
            goto out;
    while ((e = word_next(&line, &word, &got, &at, ini->why)) == OK && got)
        if ((e = host_var_word(ini, &word, &names)) != OK)
            goto out;
out:
    names_fini(&names);
    text_fini(&first);
    text_fini(&word);
    return fail_at(ini, at, e);
}

static enum err line_read(struct ini *ini)
{
    struct rd line = rd_trim(ini->lines.line);
    bool comment = is_comment(line), is_section = false;
    enum err e = line_check(&ini->lines, comment, ini->why);

    if (e != OK || comment || line.left == 0)
        return e;
    if (*line.at == '[') {
        e = section_read(ini, line, &is_section);
        if (e != OK || is_section)
            return e;
    }
    switch (ini->section) {
    case SECTION_HOSTS: return host_line(ini, line);
    case SECTION_CHILDREN: return child_line(ini, line);
    case SECTION_VARS: return var_line(ini, line);
    }
    return OK;
}

/* A group is declared by [group] or [group:children]. */
static enum err undeclared_refuse(const struct ini *ini)
{
    for (size_t i = 0; i < ini->draft->n_groups; i++) {
        const struct draft_group *g = &ini->draft->groups[i];
        enum err e;

        if (g->declared)
            continue;
        e = why_set(ini->why, E_DATA,
                    "group %s is nowhere defined: there is no [%s] and no"
                    " [%s:children]",
                    g->name, g->name, g->name);
        return why_place(ini->why, e, "%s:%zu:1", shown_file(ini->lines.file), g->line);
    }
    return OK;
}

enum err ini_read(struct draft *d, const char *bytes, size_t n, struct why *why)
{
    struct ini ini = {.draft = d, .group = DRAFT_UNGROUPED, .section = SECTION_HOSTS, .why = why};
    enum err e = lines_init(&ini.lines, draft_file_name(d), bytes, n, why);

    while (e == OK && lines_next(&ini.lines))
        e = line_read(&ini);
    return e == OK ? undeclared_refuse(&ini) : e;
}
