#include "playbooks/yaml_settings.h"

#include "playbooks/playbook_parts.h"
#include "playbooks/yaml_value.h"

#include <stdlib.h>
#include <string.h>

static const char *const keys[] = {"key", "values", "state", "view", "effect", "why"};
static const char *const states[] = {"present", "absent"};
static const char *const views[] = {"64", "32"};          /* by enum reg_view */
static const char *const effects[] = {"restart", "none"}; /* by enum effect */

enum state { STATE_PRESENT,
             STATE_ABSENT,
             STATE_UNSAID };

/* One item of settings: and what all its values share. */
struct entry {
    const struct yaml_item *at, *key, *values;
    enum state state;
    enum effect effect;
    struct reg_path path;
    char *why;
};

static enum err word_or(const struct yaml_form *f, const struct yaml_item *map, const char *key,
                        const char *const *words, size_t n, size_t *out)
{
    const struct yaml_item *at = form_get(map, key);
    return at == NULL ? OK : form_word(f, at, words, n, out);
}

static enum err path_read(const struct yaml_form *f, const struct yaml_item *at, enum reg_view view,
                          struct reg_path *out)
{
    char *text = NULL;
    enum err e = form_text(f, at, "a registry key such as HKLM\\SOFTWARE\\…", &text);
    if (e == OK)
        e = form_place(f, at, 0, path_parse(text, view, out, f->why));
    free(text);
    return e;
}

static enum err entry_read(const struct yaml_form *f, struct entry *out)
{
    const struct yaml_item *why = form_get(out->at, "why");
    size_t view = VIEW_64, state = STATE_UNSAID, effect = EFFECT_RESTART;
    enum err e;
    if ((e = form_map(f, out->at, "a setting", keys, COUNT(keys))) != OK ||
        (e = form_require(f, out->at, "key", "the setting", &out->key)) != OK ||
        (e = word_or(f, out->at, "view", views, COUNT(views), &view)) != OK ||
        (e = word_or(f, out->at, "state", states, COUNT(states), &state)) != OK ||
        (e = word_or(f, out->at, "effect", effects, COUNT(effects), &effect)) != OK ||
        (e = path_read(f, out->key, (enum reg_view)view, &out->path)) != OK)
        return e;
    out->values = form_get(out->at, "values");
    out->state = (enum state)state;
    out->effect = (enum effect)effect;
    return why == NULL ? OK : form_text(f, why, "a reason", &out->why);
}

/* Moves *s into p, with what the entry says of all its values. */
static enum err setting_add(const struct yaml_form *f, const struct entry *entry,
                            const struct yaml_item *at, struct setting *s, struct playbook *p)
{
    enum err e;
    s->effect = entry->effect;
    s->line = at->line;
    s->column = at->column;
    if (path_copy(&entry->path, &s->path) != OK)
        return form_memory(f);
    if (entry->why != NULL && (s->why = str_dup(entry->why)) == NULL)
        return form_memory(f);
    e = playbook_setting_add(p, s);
    if (e == E_LIMIT)
        return form_fail(f, at, "more than %d settings in one playbook", PLAYBOOK_SETTINGS_MAX);
    return e == OK ? OK : form_memory(f);
}

/* `(default)` and `@` are the value that people see under those names. */
static enum err name_read(const struct yaml_form *f, const struct yaml_item *key,
                          struct yaml_value *v, char **out)
{
    bool is_default = strcmp(key->text, "(default)") == 0 || strcmp(key->text, "@") == 0;
    if (v->name != NULL) {
        *out = v->name;
        v->name = NULL; /* moved */
        return OK;
    }
    if (key->size == 0)
        return form_fail(f, key, "expected a value name; the default value is written (default)");
    return (*out = str_dup(is_default ? "" : key->text)) != NULL ? OK : form_memory(f);
}

static enum err value_add(const struct yaml_form *f, const struct entry *entry,
                          const struct yaml_item *key, const struct yaml_item *at,
                          struct playbook *p)
{
    struct yaml_value v = {0};
    struct setting s = {0};
    enum err e;
    if ((e = yaml_value_read(f, at, &v)) != OK || (e = name_read(f, key, &v, &s.name)) != OK)
        goto out;
    s.kind = v.value.absent ? SETTING_VALUE_ABSENT : SETTING_VALUE;
    if (s.kind == SETTING_VALUE) {
        s.value = v.value;
        v.value = (struct reg_value){0}; /* moved */
    }
    e = setting_add(f, entry, key, &s, p);
out:
    free(v.name);
    value_fini(&v.value);
    setting_fini(&s);
    return e;
}

static enum err values_add(const struct yaml_form *f, const struct entry *entry, struct playbook *p)
{
    const struct yaml_item *values = entry->values;
    enum err e;
    if (entry->state == STATE_ABSENT)
        return form_fail(
            f, form_get_key(entry->at, "values"),
            "`state: absent` takes the key away with all its values; expected no values:");
    if (values->shape != YAML_MAP)
        return form_fail(f, values, "expected a map of value names, such as {Enabled: dword 1}");
    if (values->n == 0)
        return form_fail(
            f, values, "expected at least one value; `state: present` makes a key without values");
    e = OK;
    for (size_t i = 0; i < values->n && e == OK; i += 2)
        e = value_add(f, entry, values->items[i], values->items[i + 1], p);
    return e;
}

static enum err key_add(const struct yaml_form *f, const struct entry *entry, struct playbook *p)
{
    struct setting s = {.kind = entry->state == STATE_PRESENT ? SETTING_KEY : SETTING_KEY_ABSENT};
    if (entry->state == STATE_UNSAID)
        return form_fail(f, entry->at, "the setting has no values: (nor state: present or absent)");
    enum err e = setting_add(f, entry, entry->key, &s, p);
    setting_fini(&s);
    return e;
}

enum err yaml_settings_read(const struct yaml_form *f, const struct yaml_item *at,
                            struct playbook *p)
{
    enum err e = at == NULL ? OK : form_shape(f, at, YAML_LIST, "a list of settings");
    for (size_t i = 0; at != NULL && i < at->n && e == OK; i++) {
        struct entry entry = {.at = at->items[i]};
        if ((e = entry_read(f, &entry)) == OK)
            e = entry.values != NULL ? values_add(f, &entry, p) : key_add(f, &entry, p);
        path_fini(&entry.path);
        free(entry.why);
    }
    return e;
}
