/* group_vars/ and host_vars/: a file, or a folder of files, for each group and each host. */
#include "base/file.h"
#include "base/shown.h"
#include "inventory/names.h"
#include "inventory/readers.h"
#include "inventory/walk.h"
#include "inventory/yaml_read.h"

#include <string.h>
#include <sys/stat.h>

#define VARS_FILE_MAX (16u << 20)
#define VARS_DEPTH_MAX 8

struct target {
    struct draft *draft;
    bool is_host;
    size_t number;
    struct why *why;
};

static const char *const endings[] = {"", ".yml", ".yaml", ".json"};

/* --- one file --- */

static enum err place(const struct target *t, const char *file, const struct value *at, enum err e)
{
    return why_place(t->why, e, "%s:%d:%d", shown_file(file), at->line, at->column);
}

static enum err map_take(struct target *t, const char *file, const struct value *map)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < map->n; i += 2) {
        const struct value *key = map->items[i];

        if (key->kind != VALUE_STRING)
            e = why_set(t->why, E_DATA,
                        "expected the name of a variable, got %s: put it in quotes",
                        value_kind_words(key->kind));
        else if (t->is_host)
            e = draft_host_file_var(t->draft, t->number, key->text, map->items[i + 1], t->why);
        else
            e = draft_group_file_var(t->draft, t->number, key->text, map->items[i + 1], t->why);
        e = place(t, file, key, e);
    }
    return e;
}

static enum err bytes_take(struct target *t, const char *file, const struct text *bytes)
{
    struct values values = {0};
    struct value *root;
    enum err e;

    if (str_starts(text_str(bytes), "$ANSIBLE_VAULT")) {
        t->draft->dropped_secrets++;
        notes_add(&t->draft->notes, "%s: passed over: encrypted with ansible-vault",
                  shown_file(file));
        return OK;
    }
    e = data_read(file, text_str(bytes), bytes->used, &t->draft->notes, &values, &root, NULL,
                  t->why);
    if (e == OK && root->kind == VALUE_MAP)
        e = map_take(t, file, root);
    else if (e == OK && !value_is_false(root))
        e = place(t, file, root,
                  why_set(t->why, E_DATA, "expected a map of variables, got %s",
                          value_kind_words(root->kind)));
    values_fini(&values);
    return e;
}

static enum err file_take(struct target *t, const char *file)
{
    struct text bytes = {0};
    enum err e;

    if ((e = file_read(file, VARS_FILE_MAX, &bytes, t->why)) == OK)
        e = bytes_take(t, file, &bytes);
    text_fini(&bytes);
    return why_place(t->why, e, "%s", shown_file(file));
}

/* --- which files --- */

static enum err folder_take(struct target *t, const char *folder, size_t depth);

/* Neither hidden nor a backup; a file with one of the endings or none, a folder with none. */
static enum err entry_take(struct target *t, const char *path, const char *name, size_t depth)
{
    const char *dot = strrchr(name, '.');
    struct stat st;
    bool known = dot == NULL;

    if (name[0] == '.' || name[strlen(name) - 1] == '~' || stat(path, &st) != 0)
        return OK;
    if (S_ISDIR(st.st_mode))
        return dot == NULL ? folder_take(t, path, depth + 1) : OK;
    for (size_t i = 1; i < COUNT(endings); i++)
        known = known || strcmp(dot, endings[i]) == 0;
    return known && S_ISREG(st.st_mode) ? file_take(t, path) : OK;
}

static enum err folder_take(struct target *t, const char *folder, size_t depth)
{
    struct names names = {0};
    enum err e;

    if (depth > VARS_DEPTH_MAX)
        return why_place(t->why,
                         why_set(t->why, E_LIMIT, "more than %d folders inside of each other",
                                 VARS_DEPTH_MAX),
                         "%s", shown_file(folder));
    e = walk_names(folder, &names, t->why);
    for (size_t i = 0; e == OK && i < names.n; i++) {
        struct text path = {0};

        text_printf(&path, "%s/%s", folder, names.at[i]);
        e = text_end(&path) == OK ? entry_take(t, text_str(&path), names.at[i], depth)
                                  : why_set(t->why, E_MEMORY, "out of memory");
        text_fini(&path);
    }
    names_fini(&names);
    return e;
}

/* The first of NAME, NAME.yml, NAME.yaml and NAME.json that is there. */
static enum err target_take(struct target *t, const char *folder, const char *name)
{
    enum err e = OK;
    bool found = false;

    if (strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return OK; /* a name is no way out of the folder */
    for (size_t i = 0; e == OK && !found && i < COUNT(endings); i++) {
        struct text path = {0};
        struct stat st;

        text_printf(&path, "%s/%s%s", folder, name, endings[i]);
        if (text_end(&path) != OK)
            e = why_set(t->why, E_MEMORY, "out of memory");
        else if (stat(text_str(&path), &st) == 0 && (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode))) {
            found = true;
            e = S_ISDIR(st.st_mode) ? folder_take(t, text_str(&path), 0)
                                    : file_take(t, text_str(&path));
        }
        text_fini(&path);
    }
    return e;
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum err vars_files_read(struct draft *d, const char *folder, struct why *why)
{
    struct target t = {.draft = d, .why = why};
    struct text groups = {0}, hosts = {0};
    enum err e = OK;

    text_printf(&groups, "%s/group_vars", folder);
    text_printf(&hosts, "%s/host_vars", folder);
    if (text_end(&groups) != OK || text_end(&hosts) != OK)
        e = why_set(why, E_MEMORY, "out of memory");
    if (e == OK && is_folder(text_str(&groups)))
        for (t.number = 0; e == OK && t.number < d->n_groups; t.number++)
            e = target_take(&t, text_str(&groups), d->groups[t.number].name);
    t.is_host = true;
    if (e == OK && is_folder(text_str(&hosts)))
        for (t.number = 0; e == OK && t.number < d->n_hosts; t.number++)
            e = target_take(&t, text_str(&hosts), d->hosts[t.number].name);
    text_fini(&groups);
    text_fini(&hosts);
    return e;
}
