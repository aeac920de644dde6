#include "db/store_inner.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0700
#define FILE_MODE 0600

static enum err folder_make(const char *path, struct why *why)
{
    if (mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST)
        return OK;
    return why_errno(why, E_IO, errno, "cannot make the folder %s", path);
}

/* Every folder above file that is missing. */
static enum err folders_make(const char *file, struct why *why)
{
    char *path = str_dup(file);
    enum err e = OK;

    if (path == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    for (char *slash = strchr(path, '/'); e == OK && slash != NULL;
         slash = strchr(slash + 1, '/')) {
        if (slash == path)
            continue;
        *slash = '\0';
        e = folder_make(path, why);
        *slash = '/';
    }
    free(path);
    return e;
}

static enum err folder_sync(const char *file, struct why *why)
{
    char *path = str_dup(file);
    enum err e = OK;
    int fd;

    if (path == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        e = why_errno(why, E_IO, errno, "cannot sync the folder of the database");
    if (fd >= 0)
        close(fd);
    free(path);
    return e;
}

/* A log left over by a deleted database would be replayed into the new one. */
static enum err leftovers_refuse(const char *file, struct why *why)
{
    static const char *const endings[] = {"", "-wal", "-journal"};
    struct text path = {0};
    enum err e = OK;

    for (size_t i = 0; e == OK && i < COUNT(endings); i++) {
        struct stat info;

        text_fini(&path);
        text_printf(&path, "%s%s", file, endings[i]);
        if (text_end(&path) != OK)
            e = why_set(why, E_MEMORY, "out of memory");
        else if (lstat(path.s, &info) == 0)
            e = i == 0 ? why_set(why, E_EXISTS, "it exists already")
                       : why_set(why, E_EXISTS,
                                 "%s is left over from another database: move it away", path.s);
    }
    text_fini(&path);
    return e;
}

static enum err file_make(const char *path, struct why *why)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);

    if (fd < 0)
        return why_errno(why, E_IO, errno, "cannot make the database file");
    close(fd);
    return OK;
}

static enum err store_fill_new(const char *path, struct why *why)
{
    struct store *st = NULL;
    enum err e;

    if ((e = store_connect(path, NULL, SQLITE_OPEN_READWRITE, &st, why)) != OK ||
        (e = store_set_up(st, why)) != OK || (e = store_migrate(st, why)) != OK)
        goto out;
    /* Last: until here a rollback journal has put everything into the file itself. */
    e = store_exec(st, "PRAGMA journal_mode = WAL", why);
out:
    store_close(st);
    return e;
}

static void files_remove(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};

    for (size_t i = 0; i < COUNT(endings); i++) {
        struct text t = {0};

        text_printf(&t, "%s%s", path, endings[i]);
        if (text_end(&t) == OK)
            (void)unlink(t.s);
        text_fini(&t);
    }
}

/* It is made beside its place and then linked there: who finds the name finds a whole database. */
enum err store_create(const char *file, struct why *why)
{
    struct text fresh = {0};
    enum err e;

    text_printf(&fresh, "%s.new-%ld", file, (long)getpid());
    if ((e = text_end(&fresh)) != OK) {
        e = why_set(why, e, "out of memory");
        goto out;
    }
    if ((e = folders_make(file, why)) != OK || (e = leftovers_refuse(file, why)) != OK)
        goto out;
    files_remove(fresh.s);
    if ((e = file_make(fresh.s, why)) != OK || (e = store_fill_new(fresh.s, why)) != OK)
        goto remove;
    if (link(fresh.s, file) != 0)
        e = errno == EEXIST ? why_set(why, E_EXISTS, "it exists already")
                            : why_errno(why, E_IO, errno, "cannot put the database in its place");
    else
        e = folder_sync(file, why);
remove:
    files_remove(fresh.s);
out:
    text_fini(&fresh);
    return why_place(why, e, "%s", file);
}
