#include "inventory/pattern_split.h"

#include "base/file.h"
#include "inventory/lines.h"
#include "inventory/names.h"

#include <string.h>

struct split {
    const struct name_map *hosts;
    struct names *out;
    struct why *why;
};

static enum err add(struct split *s, struct rd piece)
{
    struct text t = {0};
    enum err e;

    text_put_n(&t, (const char *)piece.at, piece.left);
    e = text_end(&t);
    if (e == OK && s->out->n >= PATTERNS_MAX)
        e = why_set(s->why, E_LIMIT, "more than %d patterns", PATTERNS_MAX);
    else if (e != OK || (e = names_add(s->out, text_str(&t))) != OK)
        e = why_set(s->why, e, "out of memory");
    text_fini(&t);
    return e;
}

/* A host by its own name, or what can only be an address: its colons part nothing. */
static bool is_whole(const struct split *s, struct rd piece)
{
    struct text t = {0};
    const char *name;
    size_t ignored;
    bool whole;

    text_put_n(&t, (const char *)piece.at, piece.left);
    name = text_str(&t);
    if (*name == '!' || *name == '&')
        name++;
    whole = name_map_get(s->hosts, name, &ignored) || name_is_ipv6(name);
    text_fini(&t);
    return whole;
}

/* How long the pattern is that begins here: up to a ':' or blank outside of brackets; 0 if a
 * bracket stays open. */
static size_t pattern_length(struct rd r)
{
    size_t n = 0;

    while (n < r.left && r.at[n] != ':' && r.at[n] != ' ' && r.at[n] != '\t') {
        const uint8_t *close;

        if (r.at[n] == ']')
            return 0;
        if (r.at[n] == '[') {
            close = memchr(r.at + n, ']', r.left - n);
            if (close == NULL)
                return 0;
            n = (size_t)(close - r.at);
        }
        n++;
    }
    return n;
}

static enum err open_bracket(const struct split *s, struct rd at)
{
    return why_set(s->why, E_DATA,
                   "a bracket is open or was never opened in the pattern %.*s",
                   at.left > 80 ? 80 : (int)at.left, (const char *)at.at);
}

/* Without a comma. */
static enum err piece_split(struct split *s, struct rd piece)
{
    enum err e = OK;

    while (e == OK && piece.left > 0) {
        size_t n;

        if (*piece.at == ':' || *piece.at == ' ' || *piece.at == '\t') {
            rd_skip(&piece, 1);
            continue;
        }
        if ((n = pattern_length(piece)) == 0)
            return open_bracket(s, piece);
        e = add(s, rd_sub(&piece, n));
    }
    return e;
}

/* Between two commas: one pattern. Ansible takes `web:db` for a name there, which no host has. */
static enum err between_commas(struct split *s, struct rd piece)
{
    size_t n;

    if (piece.left == 0 || *piece.at == '~' || is_whole(s, piece))
        return piece.left == 0 ? OK : add(s, piece);
    if ((n = pattern_length(piece)) == 0 && *piece.at != ':')
        return open_bracket(s, piece);
    if (n < piece.left)
        return why_set(s->why, E_DATA,
                       "patterns are parted by , or by : and blanks, not by both: %.*s",
                       piece.left > 80 ? 80 : (int)piece.left, (const char *)piece.at);
    return add(s, piece);
}

static enum err line_split(struct split *s, struct rd line)
{
    enum err e = OK;

    line = rd_trim(line);
    if (line.left > 0 && is_whole(s, line))
        return add(s, line);
    if (memchr(line.at, ',', line.left) == NULL)
        return piece_split(s, line);
    while (e == OK && line.left > 0) {
        const uint8_t *comma = memchr(line.at, ',', line.left);
        struct rd piece = rd_sub(&line, comma == NULL ? line.left : (size_t)(comma - line.at));

        if (comma != NULL)
            rd_skip(&line, 1);
        e = between_commas(s, rd_trim(piece));
    }
    return e;
}

static enum err file_split(struct split *s, const char *file)
{
    struct text t = {0};
    struct lines l;
    size_t before = s->out->n;
    enum err e;

    if ((e = file_read(file, PATTERN_FILE_MAX, &t, s->why)) != OK ||
        (e = lines_init(&l, file, text_str(&t), t.used, s->why)) != OK)
        goto out;
    while (e == OK && lines_next(&l)) {
        struct rd line = rd_trim(l.line);

        if (line.left == 0 || *line.at == '#')
            continue;
        if ((e = line_check(&l, false, s->why)) == OK)
            e = line_place(&l, line.at, line_split(s, line), s->why);
    }
    if (e == OK && s->out->n == before)
        e = why_set(s->why, E_DATA, "the limit file has no pattern in it");
out:
    text_fini(&t);
    return why_place(s->why, e, "%s", file);
}

enum err pattern_split(const char *limit, const struct name_map *hosts, struct names *out,
                       struct why *why)
{
    struct split s = {.hosts = hosts, .out = out, .why = why};
    struct names first = {0};
    struct split top = {.hosts = hosts, .out = &first, .why = why};
    enum err e = line_split(&top, rd_text(limit));

    for (size_t i = 0; e == OK && i < first.n; i++)
        e = first.at[i][0] == '@' ? file_split(&s, first.at[i] + 1) : add(&s, rd_text(first.at[i]));
    names_fini(&first);
    return e;
}
