#define _GNU_SOURCE /* F_OFD_SETLK */
#include "db/store_inner.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOCK_MODE 0600
#define PID_TEXT_SIZE 32

static struct flock whole_file(void)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

/* What the holder wrote there; 0 if it is none. */
static int64_t holder_read(int fd)
{
    char text[PID_TEXT_SIZE] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    uint64_t process = 0;

    text[n > 0 ? strspn(text, "0123456789") : 0] = '\0';
    return str_parse_u64(text, &process) && process <= INT32_MAX ? (int64_t)process : 0;
}

/* A lock of the open file, not of the process: a second store in the same process is refused too,
 * and closing some other descriptor of the file does not give it away. The kernel frees it when the
 * process ends. Unlike flock() it can be asked about without being taken. */
static enum err lock_take(int fd, const char *path, struct why *why)
{
    struct flock all = whole_file();
    int64_t process;

    while (fcntl(fd, F_OFD_SETLK, &all) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EACCES)
            return why_errno(why, E_IO, errno, "cannot lock %s", path);
        process = holder_read(fd);
        if (process == 0)
            return why_set(why, E_LOCKED, "another controller is at work on this database");
        return why_set(why, E_LOCKED,
                       "another controller is at work on this database: process %lld",
                       (long long)process);
    }
    return OK;
}

static enum err lock_sign(int fd, const char *path, struct why *why)
{
    char text[PID_TEXT_SIZE];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return why_errno(why, E_IO, errno, "cannot write %s", path);
    return OK;
}

static enum err lock_open(const struct store *st, int flags, struct text *path, int *fd,
                          struct why *why)
{
    enum err e;

    text_printf(path, "%s.lock", st->file);
    if ((e = text_end(path)) != OK)
        return why_set(why, e, "out of memory");
    *fd = open(path->s, flags | O_CLOEXEC | O_NOFOLLOW, LOCK_MODE);
    return *fd >= 0 ? OK
                    : why_errno(why, errno == ENOENT ? E_ABSENT : E_IO, errno,
                                "cannot open the lock file %s", path->s);
}

enum err store_lock_controller(struct store *st, struct why *why)
{
    struct text path = {0};
    enum err e;
    int fd = -1;

    if (st->lock_fd >= 0)
        return OK;
    if ((e = lock_open(st, O_RDWR | O_CREAT, &path, &fd, why)) != OK)
        goto out;
    if ((e = lock_take(fd, path.s, why)) != OK || (e = lock_sign(fd, path.s, why)) != OK)
        goto out;
    st->lock_fd = fd;
    fd = -1; /* moved to the store */
out:
    if (fd >= 0)
        close(fd);
    text_fini(&path);
    return why_place(why, e, "%s", st->file);
}

enum err store_controller_look(const struct store *st, struct store_controller *out,
                               struct why *why)
{
    struct store_controller found = {0};
    struct flock all = whole_file();
    struct text path = {0};
    int fd = -1;
    enum err e = lock_open(st, O_RDONLY, &path, &fd, why);

    if (e == E_ABSENT)
        e = OK; /* none ever was */
    else if (e == OK && fcntl(fd, F_OFD_GETLK, &all) != 0)
        e = why_errno(why, E_IO, errno, "cannot ask for the lock of %s", path.s);
    else if (e == OK && all.l_type != F_UNLCK)
        found = (struct store_controller){.at_work = true, .process = holder_read(fd)};
    if (fd >= 0)
        close(fd);
    text_fini(&path);
    if (e == OK)
        *out = found;
    return why_place(why, e, "%s", st->file);
}

void store_unlock_controller(struct store *st)
{
    if (st->lock_fd < 0)
        return;
    /* The file stays: to remove it would let two processes lock two different files of one name. */
    (void)!ftruncate(st->lock_fd, 0);
    close(st->lock_fd);
    st->lock_fd = -1;
}
