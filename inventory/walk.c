#include "inventory/walk.h"

#include "base/shown.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int name_compare(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

static enum err names_take(DIR *dir, struct names *out, struct why *why)
{
    for (;;) {
        const struct dirent *entry;

        errno = 0;
        if ((entry = readdir(dir)) == NULL)
            return errno == 0 ? OK : why_errno(why, E_IO, errno, "cannot read the folder");
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (out->n == WALK_NAMES_MAX)
            return why_set(why, E_LIMIT, "more than %d files in one folder", WALK_NAMES_MAX);
        if (names_add(out, entry->d_name) != OK)
            return why_set(why, E_MEMORY, "out of memory");
    }
}

enum err walk_names(const char *folder, struct names *out, struct why *why)
{
    DIR *dir = opendir(folder);
    enum err e;

    if (dir == NULL)
        e = why_errno(why, E_IO, errno, "cannot open the folder");
    else
        e = names_take(dir, out, why);
    if (dir != NULL)
        closedir(dir);
    if (e == OK && out->n > 1)
        qsort(out->at, out->n, sizeof *out->at, name_compare);
    return why_place(why, e, "%s", shown_file(folder));
}
