#define _GNU_SOURCE /* mkostemp */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_PART 65536

static enum err failed(const char *what, struct why *why)
{
    return why_errno(why, E_IO, errno, "%s", what);
}

static enum err read_all(int fd, size_t limit, struct text *out, struct why *why)
{
    char *part = malloc(READ_PART);
    size_t total = 0;
    enum err e = OK;

    if (part == NULL)
        return why_set(why, E_MEMORY, "%s", err_words(E_MEMORY));
    while (e == OK) {
        ssize_t got = read(fd, part, READ_PART);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            e = got < 0 ? failed("the file cannot be read", why) : OK;
            break;
        }
        total += (size_t)got;
        text_put_n(out, part, (size_t)got);
        if (total > limit)
            e = why_set(why, E_LIMIT, "the file is larger than %zu bytes", limit);
        else if ((e = text_end(out)) != OK)
            (void)why_set(why, e, "%s", err_words(e));
    }
    free(part);
    return e;
}

enum err file_read(const char *path, size_t limit, struct text *out, struct why *why)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    size_t before = out->used;
    enum err e;

    if (fd < 0)
        return why_place(why, failed("the file cannot be opened", why), "%s", path);
    text_put_n(out, "", 0);
    e = read_all(fd, limit, out, why);
    if (e != OK && out->s != NULL) {
        out->used = before;
        out->s[before] = '\0';
    }
    if (!is_stdin)
        close(fd);
    return why_place(why, e, "%s", is_stdin ? "standard input" : path);
}

static enum err write_all(int fd, const void *bytes, size_t n, struct why *why)
{
    const char *at = bytes;

    while (n > 0) {
        ssize_t sent = write(fd, at, n);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return failed("the file cannot be written", why);
        at += sent;
        n -= (size_t)sent;
    }
    return OK;
}

/* A device, a pipe or a socket cannot be replaced: it takes the bytes as they are. */
static enum err write_into(const char *path, const void *bytes, size_t n, struct why *why)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
    enum err e;

    if (fd < 0)
        return failed("the file cannot be opened", why);
    e = write_all(fd, bytes, n, why);
    if (close(fd) != 0 && e == OK)
        e = failed("the file cannot be written", why);
    return e;
}

static enum err sync_directory(const char *directory, struct why *why)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err e = OK;

    if (fd < 0)
        return failed("the directory cannot be opened", why);
    if (fsync(fd) != 0 && errno != EINVAL) /* some file systems have no such thing */
        e = failed("the directory cannot be synced", why);
    close(fd);
    return e;
}

static enum err write_beside(const char *target, const char *beside, int fd, const void *bytes,
                             size_t n, unsigned mode, struct why *why)
{
    enum err e = write_all(fd, bytes, n, why);

    if (e == OK && fchmod(fd, (mode_t)mode) != 0)
        e = failed("the mode cannot be set", why);
    if (e == OK && fsync(fd) != 0)
        e = failed("the file cannot be synced", why);
    if (close(fd) != 0 && e == OK)
        e = failed("the file cannot be written", why);
    if (e == OK && rename(beside, target) != 0)
        e = failed("the file cannot be replaced", why);
    return e;
}

static enum err replace(const char *target, const void *bytes, size_t n, unsigned mode,
                        struct why *why)
{
    const char *slash = strrchr(target, '/');
    struct text directory = {0}, beside = {0};
    enum err e;
    int fd;

    if (slash == NULL)
        text_put(&directory, ".");
    else
        text_put_n(&directory, target, slash == target ? 1 : (size_t)(slash - target));
    text_printf(&beside, "%s/.swell-XXXXXX", text_str(&directory));
    if ((e = text_end(&directory)) != OK || (e = text_end(&beside)) != OK) {
        (void)why_set(why, e, "%s", err_words(e));
        goto out;
    }
    if ((fd = mkostemp(beside.s, O_CLOEXEC)) < 0) {
        e = failed("no file can be made in its directory", why);
        goto out;
    }
    if ((e = write_beside(target, beside.s, fd, bytes, n, mode, why)) != OK)
        unlink(beside.s);
    else
        e = sync_directory(directory.s, why);
out:
    text_fini(&beside);
    text_fini(&directory);
    return e;
}

/* A link stays a link: what it leads to is replaced. */
static enum err replace_through_links(const char *path, const void *bytes, size_t n, unsigned mode,
                                      struct why *why)
{
    char *target = realpath(path, NULL);
    enum err e;

    if (target == NULL)
        return failed("the file cannot be found", why);
    e = replace(target, bytes, n, mode, why);
    free(target);
    return e;
}

enum err file_write(const char *path, const void *bytes, size_t n, unsigned mode, struct why *why)
{
    struct stat st;
    enum err e;

    if (strcmp(path, "-") == 0)
        return why_place(why, write_all(STDOUT_FILENO, bytes, n, why), "standard output");
    if (str_starts(path, "/dev/std") || str_starts(path, "/dev/fd/"))
        e = write_into(path, bytes, n, why); /* may lead to a file that others write too */
    else if (stat(path, &st) != 0)
        e = replace(path, bytes, n, mode, why);
    else if (S_ISREG(st.st_mode))
        e = replace_through_links(path, bytes, n, mode, why);
    else if (S_ISDIR(st.st_mode))
        e = why_errno(why, E_IO, EISDIR, "the file cannot be written");
    else
        e = write_into(path, bytes, n, why);
    return why_place(why, e, "%s", path);
}
