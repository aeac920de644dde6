/* tests/unit/inventory/folder_support.h: a folder for one test, with files in it. */
#ifndef SWELL_TESTS_INVENTORY_FOLDER_SUPPORT_H
#define SWELL_TESTS_INVENTORY_FOLDER_SUPPORT_H

#include "tests/unit/inventory/inventory_support.h"

#include "inventory/walk.h"

#include <sys/stat.h>

struct folder {
    char path[40];
};

static inline int folder_make(void **state)
{
    static struct folder folder;

    (void)snprintf(folder.path, sizeof folder.path, "/tmp/swell-folder-XXXXXX");
    if (mkdtemp(folder.path) == NULL)
        return -1;
    *state = &folder;
    return 0;
}

static inline void tree_remove(const char *path)
{
    struct stat st;
    struct names names = {0};

    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        assert_int_equal(unlink(path), 0);
        return;
    }
    assert_int_equal(walk_names(path, &names, NULL), OK);
    for (size_t i = 0; i < names.n; i++) {
        struct text below = {0};

        text_printf(&below, "%s/%s", path, names.at[i]);
        tree_remove(text_str(&below));
        text_fini(&below);
    }
    names_fini(&names);
    assert_int_equal(rmdir(path), 0);
}

static inline int folder_remove(void **state)
{
    const struct folder *f = *state;

    tree_remove(f->path);
    return 0;
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

/* Folders on the way are made; name is below the folder, "" for itself. */
static inline void path_in(const struct folder *f, const char *name, char buf[200])
{
    (void)snprintf(buf, 200, *name == '\0' ? "%s" : "%s/%s", f->path, name);
}

static inline void file_put(const struct folder *f, const char *name, unsigned mode,
                            const char *bytes)
{
    char path[200];
    FILE *out;

    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        (void)snprintf(path, sizeof path, "%s/%.*s", f->path, (int)(slash - name), name);
        (void)mkdir(path, 0700);
    }
    path_in(f, name, path);
    out = fopen(path, "wb");
    assert_non_null(out);
    assert_true(fputs(bytes, out) >= 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static inline struct inventory *loaded(const struct folder *f, const char *name)
{
    char path[200];

    path_in(f, name, path);
    return path_of(path);
}

/* The place ends so, and the reason has these words. */
static inline void assert_load_refused(const struct folder *f, const char *name, enum err expected,
                                       const char *place, const char *words)
{
    struct inventory *inv = NULL;
    struct why why = {0};
    char path[200];
    size_t n;

    path_in(f, name, path);
    assert_int_equal(inventory_load(path, &inv, &why), expected);
    assert_null(inv);
    n = strlen(why.place);
    if (n < strlen(place) || strcmp(why.place + n - strlen(place), place) != 0 ||
        strstr(why.text, words) == NULL)
        fail_msg("said %s: %s", why.place, why.text);
}

/* One of the notes has these words. */
static inline void assert_noted(const struct inventory *inv, const char *words)
{
    for (size_t i = 0; i < inv->notes.kept; i++)
        if (strstr(inv->notes.at[i], words) != NULL)
            return;
    fail_msg("not noted: %s", words);
}

#endif
