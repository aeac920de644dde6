#include "playbooks/playbook.h"
#include "playbooks/yaml_put.h"
#include "playbooks/yaml_put_value.h"
#include "playbooks/yaml_verify.h"

#include <stdio.h>
#include <string.h>

static bool is_value(const struct setting *s)
{
    return s->kind == SETTING_VALUE || s->kind == SETTING_VALUE_ABSENT;
}

static bool texts_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* May b stand in the same values: as a? Paths are the same to the letter, or it would not be read
 * back so. */
static bool is_together(const struct setting *a, const struct setting *b)
{
    return is_value(a) && is_value(b) && a->path.hive == b->path.hive &&
           a->path.view == b->path.view && strcmp(a->path.key, b->path.key) == 0 &&
           a->effect == b->effect && texts_same(a->why, b->why);
}

static enum err key_put(struct text *t, const struct reg_path *path)
{
    struct text key = {0};
    text_printf(&key, "%s%s%s", hive_name(path->hive), *path->key == '\0' ? "" : "\\", path->key);
    text_put(t, "  - ");
    enum err e = text_end(&key) != OK ? E_MEMORY : yaml_put_line(t, 0, "key", text_str(&key));
    text_fini(&key);
    if (path->view == VIEW_32)
        text_put(t, "    view: 32\n");
    return e;
}

/* A key of the map that none of the n values has for a name. */
static void label_make(const struct setting *of, size_t n, size_t *next, char label[32])
{
    bool taken = true;
    while (taken) {
        (void)snprintf(label, 32, "value %zu", ++*next);
        taken = false;
        for (size_t i = 0; i < n; i++)
            taken = taken || strcmp(of[i].name, label) == 0;
    }
}

static enum err values_put(struct text *t, const struct setting *of, size_t n)
{
    char label[32] = "";
    size_t labels = 0;
    enum err e = OK;
    text_put(t, "    values:\n");
    for (size_t i = 0; i < n && e == OK; i++) {
        if (yaml_name_is_odd(of[i].name))
            label_make(of, n, &labels, label);
        e = yaml_put_value(t, &of[i], label);
    }
    return e;
}

/* The settings from the first on that share one item of the list; *n is how many. */
static enum err entry_put(struct text *t, const struct setting *of, size_t left, size_t *n)
{
    enum err e = key_put(t, &of->path);
    *n = 1;
    while (*n < left && is_together(of, of + *n))
        ++*n;
    if (e == OK && is_value(of))
        e = values_put(t, of, *n);
    else if (e == OK)
        text_printf(t, "    state: %s\n", of->kind == SETTING_KEY ? "present" : "absent");
    if (of->effect == EFFECT_NONE)
        text_put(t, "    effect: none\n");
    if (e == OK && of->why != NULL)
        e = yaml_put_line(t, 4, "why", of->why);
    return e;
}

static enum err settings_put(struct text *t, const struct playbook *p)
{
    enum err e = OK;
    if (p->n_settings > 0)
        text_put(t, "settings:\n");
    for (size_t i = 0, n; i < p->n_settings && e == OK; i += n)
        e = entry_put(t, &p->settings[i], p->n_settings - i, &n);
    return e;
}

static enum err sources_put(struct text *t, const struct playbook *p)
{
    enum err e = OK;
    if (p->n_sources > 0)
        text_put(t, "sources:\n");
    for (size_t i = 0; i < p->n_sources && e == OK; i++) {
        text_put(t, "  - ");
        e = yaml_put(t, p->sources[i]);
        text_char(t, '\n');
    }
    return e;
}

static enum err guards_put(struct text *t, const struct playbook *p)
{
    enum err e = OK;
    if (p->n_guards > 0)
        text_put(t, "guards:\n");
    for (size_t i = 0; i < p->n_guards && e == OK; i++) {
        text_put(t, "  - ");
        if ((e = yaml_put_line(t, 0, "that", p->guards[i].that)) == OK)
            e = yaml_put_line(t, 4, "why", p->guards[i].why);
    }
    return e;
}

enum err playbook_write_yaml(const struct playbook *p, struct text *out)
{
    enum err e;
    if ((e = yaml_put_line(out, 0, "playbook", p->name)) != OK ||
        (e = yaml_put_line(out, 0, "title", p->title)) != OK || (e = sources_put(out, p)) != OK ||
        (e = guards_put(out, p)) != OK || (e = settings_put(out, p)) != OK)
        return e;
    yaml_verify_put(out, p);
    return text_end(out);
}
