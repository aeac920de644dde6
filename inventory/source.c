/* Where an inventory comes from: a file, a program, or a folder of such. */
#include "base/file.h"
#include "base/shown.h"
#include "inventory/program.h"
#include "inventory/readers.h"
#include "inventory/walk.h"

#include <string.h>
#include <sys/stat.h>

#define FOLDER_DEPTH_MAX 8
#define SOURCES_MAX 10000

struct folder {
    struct draft *draft;
    size_t n_sources;
    struct why *why;
};

static enum err file_source(struct draft *d, const char *path, struct why *why)
{
    struct text t = {0};
    bool is_program = false;
    enum err e;

    if ((e = draft_file(d, path)) != OK)
        return why_set(why, e, "out of memory");
    if ((e = program_look(path, &is_program, why)) != OK)
        return e;
    if (is_program)
        e = program_read(d, path, why);
    else if ((e = file_read(path, FILE_LIMIT_DEFAULT, &t, why)) == OK)
        e = text_read(d, text_str(&t), t.used, why);
    text_fini(&t);
    return why_place(why, e, "%s", shown_file(path));
}

static bool ends(const char *s, const char *ending)
{
    size_t n = strlen(s), m = strlen(ending);

    return n >= m && strcmp(s + n - m, ending) == 0;
}

/* What Ansible passes over in a folder, by default: INVENTORY_IGNORE_EXTS and its patterns. */
static bool is_ignored(const char *name)
{
    static const char *const wholes[] = {"host_vars", "group_vars", "vars_plugins"};
    static const char *const endings[] = {".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md",
                                          ".txt", ".rst", ".orig", ".ini", ".cfg", ".retry"};

    if (name[0] == '.')
        return true;
    for (size_t i = 0; i < COUNT(wholes); i++)
        if (strcmp(name, wholes[i]) == 0)
            return true;
    for (size_t i = 0; i < COUNT(endings); i++)
        if (ends(name, endings[i]))
            return true;
    return false;
}

static enum err folder_source(struct folder *f, const char *path, size_t depth);

static enum err entry_source(struct folder *f, const char *path, const char *name, size_t depth)
{
    struct stat st;

    if (is_ignored(name)) {
        if (ends(name, ".ini"))
            notes_add(&f->draft->notes,
                      "%s: passed over: in a folder Ansible reads no .ini file; without that ending"
                      " it is read",
                      shown_file(path));
        return OK;
    }
    if (stat(path, &st) != 0)
        return why_place(f->why, why_set(f->why, E_IO, "it cannot be looked at"), "%s",
                         shown_file(path));
    if (S_ISDIR(st.st_mode))
        return folder_source(f, path, depth + 1);
    if (!S_ISREG(st.st_mode)) {
        notes_add(&f->draft->notes, "%s: passed over: this is no file", shown_file(path));
        return OK;
    }
    if (f->n_sources++ == SOURCES_MAX)
        return why_set(f->why, E_LIMIT, "more than %d files in one inventory", SOURCES_MAX);
    return file_source(f->draft, path, f->why);
}

static enum err folder_source(struct folder *f, const char *path, size_t depth)
{
    struct names names = {0};
    enum err e;

    if (depth > FOLDER_DEPTH_MAX)
        return why_place(f->why,
                         why_set(f->why, E_LIMIT, "more than %d folders inside of each other",
                                 FOLDER_DEPTH_MAX),
                         "%s", shown_file(path));
    if ((e = walk_names(path, &names, f->why)) != OK)
        goto out;
    for (size_t i = 0; e == OK && i < names.n; i++) {
        struct text whole = {0};

        text_printf(&whole, "%s/%s", path, names.at[i]);
        e = text_end(&whole) == OK ? entry_source(f, text_str(&whole), names.at[i], depth)
                                   : why_set(f->why, E_MEMORY, "out of memory");
        text_fini(&whole);
    }
out:
    names_fini(&names);
    return e;
}

enum err source_read(struct draft *d, const char *path, struct why *why)
{
    struct folder f = {.draft = d, .why = why};
    struct stat st;
    enum err e;

    if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return file_source(d, path, why);
    if ((e = folder_source(&f, path, 0)) == OK && f.n_sources == 0)
        e = why_set(why, E_DATA, "there is no inventory in this folder");
    return why_place(why, e, "%s", shown_file(path));
}
