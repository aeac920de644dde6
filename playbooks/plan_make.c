/* From what a playbook wants and what a reader finds on one host to the changes between them. */
#include "base/shown.h"
#include "playbooks/key_memo.h"
#include "playbooks/plan_parts.h"

#include <stdlib.h>
#include <string.h>

#define TREE_KEYS_MAX 10000    /* keys that one `state: absent` may take away */
#define TREE_VALUES_MAX 100000 /* and values in them */

struct maker {
    const struct plan_reader *reader;
    struct change_list phases[PHASE_COUNT];
    struct key_memo keys;
    struct why *why;
};

static const struct reg_value absent = {.absent = true};
static const struct reg_value present = {
    .type = REG_NONE}; /* how a key that is there stands in a change */

static enum err note(struct maker *m, enum err e)
{
    return e == E_MEMORY ? why_set(m->why, E_MEMORY, "out of memory") : e;
}

static enum err add(struct maker *m, const struct reg_path *path, const char *name,
                    const struct reg_value *before, const struct reg_value *after,
                    const struct setting *s)
{
    struct change c = {0};
    enum err e = change_make(path, name, before, after, s->effect, s->why, &c);
    if (e == OK)
        e = change_list_add(&m->phases[change_phase(&c)], &c);
    change_fini(&c);
    return note(m, e);
}

static enum err key_ask(struct maker *m, const struct reg_path *path, bool *exists)
{
    enum err e;
    if (*path->key == '\0') { /* a hive is always there */
        *exists = true;
        return OK;
    }
    *exists = false;
    e = m->reader->key(m->reader->self, path, exists, m->why);
    return e == E_ABSENT ? OK : e;
}

/* Notes the creation of a missing key; why is left out, for it speaks of values that come later. */
static enum err key_plan(struct maker *m, const struct reg_path *path, const struct setting *s)
{
    struct change_list *creations = &m->phases[PHASE_KEY_CREATE];
    struct change c = {0};
    enum err e;
    if ((e = key_memo_add(&m->keys, path, false, creations->n)) == OK &&
        (e = change_make(path, NULL, &absent, &present, s->effect, NULL, &c)) == OK)
        e = change_list_add(creations, &c);
    change_fini(&c);
    return note(m, e);
}

/* The path's key and, if it is missing, those above it: each asked for once, each created once,
 * from the top down. A creation that several settings share needs a restart if one of them does. */
static enum err key_need(struct maker *m, const struct reg_path *path, const struct setting *s)
{
    struct reg_path up = {0};
    struct key_note *known = key_memo_find(&m->keys, path);
    bool exists, new = known == NULL;
    enum err e;
    if (new && (e = key_ask(m, path, &exists)) != OK)
        return e;
    if (!new)
        exists = known->exists;
    if (exists)
        return new ? note(m, key_memo_add(&m->keys, path, true, 0)) : OK;
    if (!new && s->effect == EFFECT_RESTART)
        m->phases[PHASE_KEY_CREATE].items[known->creation].effect = EFFECT_RESTART;
    if ((e = path_parent(path, &up)) == OK)
        e = key_need(m, &up, s); /* at most REG_DEPTH_MAX deep: every step takes a level away */
    path_fini(&up);
    if (e != OK)
        return note(m, e);
    return new ? key_plan(m, path, s) : OK;
}

static enum err value_plan(struct maker *m, const struct setting *s)
{
    struct reg_value before = {0};
    const struct reg_value *after = s->kind == SETTING_VALUE ? &s->value : &absent;
    enum err e = m->reader->value(m->reader->self, &s->path, s->name, &before, m->why);
    if (e == E_ABSENT) {
        before = value_absent();
        e = OK;
    }
    if (e == OK && before.absent && !after->absent)
        e = key_need(m, &s->path, s);
    if (e == OK)
        e = add(m, &s->path, s->name, &before, after, s);
    value_fini(&before);
    return e;
}

static enum err key_there(struct maker *m, const struct setting *s)
{
    enum err e = key_need(m, &s->path, s);
    if (e != OK || !key_memo_find(&m->keys, &s->path)->exists)
        return e; /* missing, so its creation is planned by now */
    return add(m, &s->path, NULL, &present, &present, s);
}

static enum err child_path(struct maker *m, const struct reg_path *parent, const char *name,
                           struct reg_path *out)
{
    struct text key = {0};
    char buf[SHOWN_SIZE];
    enum err e;
    if (*name == '\0' || strchr(name, '\\') != NULL)
        return why_set(m->why, E_PROTOCOL, "the host names a subkey `%s`, which is no key name",
                       shown(name, strlen(name), buf));
    text_printf(&key, "%s\\%s", parent->key, name);
    if (key.used > REG_KEY_MAX) {
        text_fini(&key);
        return why_set(m->why, E_LIMIT, "a key below %s has a path of more than %d bytes",
                       shown(parent->key, strlen(parent->key), buf), REG_KEY_MAX);
    }
    *out = (struct reg_path){.hive = parent->hive, .view = parent->view};
    if ((e = text_take(&key, &out->key)) != OK)
        text_fini(&key);
    return note(m, e);
}

struct tree {
    const struct setting *setting;
    size_t keys, values;
};

static enum err tree_plan(struct maker *m, struct tree *tree, const struct reg_path *path,
                          size_t depth);

static enum err children_plan(struct maker *m, struct tree *tree, const struct key_state *k,
                              const struct reg_path *path, size_t depth)
{
    enum err e = OK;
    for (size_t i = 0; i < k->n_subkeys && e == OK; i++) {
        struct reg_path child = {0};
        if ((e = child_path(m, path, k->subkeys[i], &child)) == OK)
            e = tree_plan(m, tree, &child, depth + 1);
        path_fini(&child);
    }
    return e;
}

static enum err tree_counts(struct maker *m, struct tree *tree, const struct key_state *k,
                            size_t depth)
{
    char buf[SHOWN_SIZE];
    tree->keys++;
    tree->values += k->n_values;
    if (depth > REG_DEPTH_MAX || tree->keys > TREE_KEYS_MAX || tree->values > TREE_VALUES_MAX)
        return why_set(m->why, E_LIMIT,
                       "%s holds more than %d levels, %d keys or %d values: too much to take away",
                       shown(tree->setting->path.key, strlen(tree->setting->path.key), buf),
                       REG_DEPTH_MAX, TREE_KEYS_MAX, TREE_VALUES_MAX);
    return OK;
}

/* One key and all below it, each value with what it holds; a key is named after its subkeys, so
 * from the bottom up. */
static enum err tree_plan(struct maker *m, struct tree *tree, const struct reg_path *path,
                          size_t depth)
{
    const struct setting *s = tree->setting;
    struct key_state k = {0};
    char buf[SHOWN_SIZE];
    enum err e = m->reader->list(m->reader->self, path, &k, m->why);
    if (e == E_ABSENT || (e == OK && !k.exists)) {
        e = depth == 0 ? add(m, path, NULL, &absent, &absent, s)
                       : why_set(m->why, E_MOVED, "%s went away while it was read",
                                 shown(path->key, strlen(path->key), buf));
        goto out;
    }
    if (e != OK || (e = tree_counts(m, tree, &k, depth)) != OK)
        goto out;
    for (size_t i = 0; i < k.n_values && e == OK; i++)
        e = add(m, path, k.values[i].name, &k.values[i].value, &absent, s);
    if (e == OK && (e = children_plan(m, tree, &k, path, depth)) == OK)
        e = add(m, path, NULL, &present, &absent, s);
out:
    key_state_fini(&k);
    return e;
}

static enum err setting_plan(struct maker *m, const struct setting *s)
{
    struct tree tree = {.setting = s};
    if (s->path.hive == HIVE_CURRENT_USER)
        return why_set(
            m->why, E_UNSUPPORTED,
            "HKCU is the user whom Swell logs on as, not the one meant; name the user below HKU");
    switch (s->kind) {
    case SETTING_VALUE:
    case SETTING_VALUE_ABSENT: return value_plan(m, s);
    case SETTING_KEY: return key_there(m, s);
    case SETTING_KEY_ABSENT: return tree_plan(m, &tree, &s->path, 0);
    }
    abort();
}

/* One list of all phases, in their order. */
static enum err phases_join(struct maker *m, struct plan_host *out)
{
    size_t n = 0, at = 0;
    for (size_t p = 0; p < PHASE_COUNT; p++)
        n += m->phases[p].n;
    struct change *all = calloc(n + 1, sizeof *all);
    if (all == NULL)
        return note(m, E_MEMORY);
    for (size_t p = 0; p < PHASE_COUNT; p++) {
        for (size_t i = 0; i < m->phases[p].n; i++)
            all[at++] = m->phases[p].items[i];
        m->phases[p].n = 0; /* moved */
    }
    out->changes = all;
    out->n_changes = n;
    return OK;
}

enum err plan_host_changes_make(const struct playbook *pb, const struct plan_reader *reader,
                                struct plan_host *out, struct why *why)
{
    struct maker m = {.reader = reader, .why = why};
    enum err e = OK;
    for (size_t i = 0; i < pb->n_settings && e == OK; i++)
        e = setting_plan(&m, &pb->settings[i]);
    if (e == OK)
        e = phases_join(&m, out);
    for (size_t p = 0; p < PHASE_COUNT; p++)
        change_list_fini(&m.phases[p]);
    key_memo_fini(&m.keys);
    return e;
}
