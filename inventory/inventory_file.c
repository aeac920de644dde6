#include "base/shown.h"
#include "inventory/readers.h"

#include <string.h>
#include <sys/stat.h>

typedef enum err read_into(struct draft *d, const char *bytes, size_t n, struct why *why);

static enum err text_only(read_into *read, const char *file, const char *bytes, size_t n,
                          struct inventory **out, struct why *why)
{
    struct draft d = {0};
    enum err e;

    *out = NULL;
    if ((e = draft_init(&d)) != OK || (e = draft_file(&d, file)) != OK)
        e = why_set(why, e, "out of memory");
    else if ((e = read(&d, bytes, n, why)) == OK)
        e = draft_finish(&d, out, why);
    draft_fini(&d);
    return why_place(why, e, "%s", shown_file(file));
}

enum err inventory_read_ini(const char *file, const char *bytes, size_t n, struct inventory **out,
                            struct why *why)
{
    return text_only(ini_read, file, bytes, n, out, why);
}

enum err inventory_read_csv(const char *file, const char *bytes, size_t n, struct inventory **out,
                            struct why *why)
{
    return text_only(csv_read, file, bytes, n, out, why);
}

enum err inventory_read_data(const char *file, const char *bytes, size_t n, struct inventory **out,
                             struct why *why)
{
    return text_only(data_file_read, file, bytes, n, out, why);
}

/* The folder that a file is in, or the folder itself. */
static enum err beside(const char *path, struct text *out)
{
    const char *slash = strrchr(path, '/');
    struct stat st;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        text_put(out, path);
    else if (slash == NULL)
        text_put(out, ".");
    else
        text_put_n(out, path, slash == path ? 1 : (size_t)(slash - path));
    return text_end(out);
}

static enum err load(struct draft *d, const char *path, struct inventory **out, struct why *why)
{
    struct text folder = {0};
    enum err e;

    if (draft_init(d) != OK || beside(path, &folder) != OK)
        e = why_set(why, E_MEMORY, "out of memory");
    else if ((e = source_read(d, path, why)) == OK &&
             (strcmp(path, "-") == 0 ||
              (e = vars_files_read(d, text_str(&folder), why)) == OK))
        e = draft_finish(d, out, why);
    text_fini(&folder);
    return e;
}

enum err inventory_load(const char *path, struct inventory **out, struct why *why)
{
    struct draft d = {0};
    enum err e;

    *out = NULL;
    e = load(&d, path, out, why);
    draft_fini(&d);
    return why_place(why, e, "%s", shown_file(path));
}
