#include "db/store_inner.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_MODE 0600
#define PID_TEXT_SIZE 32

/* flock() and not fcntl(): its lock belongs to the open file, so a second store in the same process
 * is refused too, and closing some other descriptor of the file does not give it away. The kernel
 * frees it when the process ends. */
static enum err lock_take(int fd, const char *path, struct why *why)
{
    char holder[PID_TEXT_SIZE] = "";
    ssize_t n;

    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return why_errno(why, E_IO, errno, "cannot lock %s", path);
        n = pread(fd, holder, sizeof holder - 1, 0);
        holder[n > 0 ? strspn(holder, "0123456789") : 0] = '\0';
        if (holder[0] == '\0')
            return why_set(why, E_LOCKED, "another controller is at work on this database");
        return why_set(why, E_LOCKED, "another controller is at work on this database: process %s",
                       holder);
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

enum err store_lock_controller(struct store *st, struct why *why)
{
    struct text path = {0};
    enum err e;
    int fd = -1;

    if (st->lock_fd >= 0)
        return OK;
    text_printf(&path, "%s.lock", st->file);
    if ((e = text_end(&path)) != OK) {
        e = why_set(why, e, "out of memory");
        goto out;
    }
    fd = open(path.s, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, LOCK_MODE);
    if (fd < 0) {
        e = why_errno(why, E_IO, errno, "cannot open the lock file %s", path.s);
        goto out;
    }
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

void store_unlock_controller(struct store *st)
{
    if (st->lock_fd < 0)
        return;
    /* The file stays: to remove it would let two processes lock two different files of one name. */
    (void)!ftruncate(st->lock_fd, 0);
    close(st->lock_fd);
    st->lock_fd = -1;
}
