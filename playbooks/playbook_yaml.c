/* A playbook's YAML form:
 *
 *   playbook: NAME
 *   title: TEXT
 *   source: [TEXT, …]                        (or sources:)
 *   guards:
 *     - {that: EXPRESSION, why: TEXT}        (guard_expr.h)
 *   settings:
 *     - key: HKLM\…
 *       view: 64|32
 *       values: {NAME: VALUE, …}           (yaml_value.h; (default) is the default value)
 *       effect: restart|none
 *       why: TEXT
 *     - {key: HKLM\…, state: present|absent}
 *   verify:
 *     - {port: 443, tls1.0: refused, …}     (yaml_verify.h)
 */
#include "base/shown.h"
#include "base/text.h"
#include "playbooks/guard_expr.h"
#include "playbooks/playbook_parts.h"
#include "playbooks/yaml_settings.h"
#include "playbooks/yaml_verify.h"

#include <stdlib.h>
#include <string.h>

static const char *const top_keys[] = {"playbook", "title", "source", "sources",
                                       "guards", "settings", "verify"};
static const char *const guard_keys[] = {"that", "why"};

/* calloc that gives memory for no elements too. */
static void *array_new(size_t n, size_t size)
{
    return calloc(n + 1, size);
}

static enum err name_read(const struct yaml_form *f, const struct yaml_item *top,
                          struct playbook *p)
{
    const struct yaml_item *name, *title = form_get(top, "title");
    char buf[SHOWN_SIZE];
    enum err e;
    if ((e = form_require(f, top, "playbook", "the playbook", &name)) != OK ||
        (e = form_text(f, name, "the playbook's name", &p->name)) != OK)
        return e;
    if (!playbook_name_is_good(p->name))
        return form_fail(f, name, "expected a name of A-Z a-z 0-9 . _ -, at most %d, got `%s`",
                         PLAYBOOK_NAME_MAX, shown(p->name, strlen(p->name), buf));
    if (title != NULL)
        return form_text(f, title, "a title", &p->title);
    return (p->title = str_dup(p->name)) != NULL ? OK : form_memory(f);
}

static enum err sources_read(const struct yaml_form *f, const struct yaml_item *top,
                             struct playbook *p)
{
    const struct yaml_item *one = form_get(top, "source"), *many = form_get(top, "sources");
    const struct yaml_item *at = one != NULL ? one : many;
    enum err e = OK;
    if (one != NULL && many != NULL)
        return form_fail(f, form_get_key(top, "sources"), "expected source: or sources:, got both");
    if (at == NULL)
        return OK;
    size_t n = at->shape == YAML_LIST ? at->n : 1;
    if ((p->sources = array_new(n, sizeof(char *))) == NULL)
        return form_memory(f);
    for (size_t i = 0; i < n && e == OK; i++)
        if ((e = form_text(f, at->shape == YAML_LIST ? at->items[i] : at, "a source",
                           &p->sources[i])) == OK)
            p->n_sources++;
    return e;
}

static enum err guard_read(const struct yaml_form *f, const struct yaml_item *at, struct guard *out)
{
    const struct yaml_item *that, *why;
    struct guard_expr expr;
    size_t byte;
    enum err e;
    if ((e = form_map(f, at, "a guard", guard_keys, COUNT(guard_keys))) != OK ||
        (e = form_require(f, at, "that", "the guard", &that)) != OK ||
        (e = form_require(f, at, "why", "the guard", &why)) != OK ||
        (e = form_text(f, that, "an expression such as os.build >= 7601", &out->that)) != OK ||
        (e = form_text(f, why, "a reason", &out->why)) != OK)
        return e;
    out->line = that->line;
    out->column = that->column;
    e = guard_parse(out->that, &expr, &byte, f->why);
    return form_place(f, that, byte, e);
}

static enum err guards_read(const struct yaml_form *f, const struct yaml_item *top,
                            struct playbook *p)
{
    const struct yaml_item *at = form_get(top, "guards");
    enum err e;
    if (at == NULL)
        return OK;
    if ((e = form_shape(f, at, YAML_LIST, "a list of guards")) != OK)
        return e;
    if ((p->guards = array_new(at->n, sizeof *p->guards)) == NULL)
        return form_memory(f);
    for (size_t i = 0; i < at->n && e == OK; i++) {
        p->n_guards++; /* also a half read one must be freed */
        e = guard_read(f, at->items[i], &p->guards[i]);
    }
    return e;
}

static enum err top_read(const struct yaml_form *f, const struct yaml_item *top, struct playbook *p)
{
    enum err e;
    if ((e = form_map(f, top, "a playbook", top_keys, COUNT(top_keys))) != OK ||
        (e = name_read(f, top, p)) != OK || (e = sources_read(f, top, p)) != OK ||
        (e = guards_read(f, top, p)) != OK ||
        (e = yaml_settings_read(f, form_get(top, "settings"), p)) != OK ||
        (e = yaml_verify_read(f, form_get(top, "verify"), p)) != OK)
        return e;
    return playbook_check(p, f->file, f->why);
}

enum err playbook_read_yaml(const char *file, const char *bytes, size_t n, struct playbook **out,
                            struct why *why)
{
    struct yaml_form f = {.file = file, .why = why};
    struct yaml_tree *tree = NULL;
    struct playbook *p = NULL;
    enum err e;
    *out = NULL;
    if ((p = calloc(1, sizeof *p)) == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    if ((e = yaml_tree_read(file, bytes, n, &tree, why)) != OK ||
        (e = top_read(&f, tree->root, p)) != OK)
        goto out;
    *out = p;
    p = NULL; /* moved to the caller */
out:
    playbook_free(p);
    yaml_tree_free(tree);
    return e;
}
