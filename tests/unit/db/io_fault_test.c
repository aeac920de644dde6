/* Every single write and sync that a commit does is made to fail once, and to fail from then on:
 * through a SQLite VFS that stands before the real one (sqlite.org/vfs.html). */
#include "tests/unit/db/db_support.h"

enum fault { FAULT_WRITE,
             FAULT_SYNC };

struct faults {
    sqlite3_vfs *real;
    enum fault kind;
    int after;    /* calls of that kind that still succeed; < 0: all do */
    bool lasting; /* a full disk stays full; a bad sector may be read the next time */
    int hits;
};

struct faulty_file {
    sqlite3_file base;
    struct faults *faults;
    sqlite3_file *real; /* behind this struct, in the same piece of memory */
};

static struct faulty_file *faulty(sqlite3_file *f)
{
    return (struct faulty_file *)(void *)f;
}

static bool strikes(struct faults *f, enum fault kind)
{
    if (f->after < 0 || f->kind != kind)
        return false;
    if (f->after > 0) {
        f->after--;
        return false;
    }
    f->hits++;
    if (!f->lasting)
        f->after = -1;
    return true;
}

static int faulty_close(sqlite3_file *f)
{
    sqlite3_file *real = faulty(f)->real;

    return real->pMethods == NULL ? SQLITE_OK : real->pMethods->xClose(real);
}

static int faulty_read(sqlite3_file *f, void *bytes, int n, sqlite3_int64 at)
{
    return faulty(f)->real->pMethods->xRead(faulty(f)->real, bytes, n, at);
}

static int faulty_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    sqlite3_file *real = faulty(f)->real;

    if (strikes(faulty(f)->faults, FAULT_WRITE)) {
        (void)real->pMethods->xWrite(real, bytes, n / 2,
                                     at); /* a full disk takes what still fits */
        return SQLITE_FULL;
    }
    return real->pMethods->xWrite(real, bytes, n, at);
}

static int faulty_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return faulty(f)->real->pMethods->xTruncate(faulty(f)->real, size);
}

static int faulty_sync(sqlite3_file *f, int flags)
{
    if (strikes(faulty(f)->faults, FAULT_SYNC))
        return SQLITE_IOERR_FSYNC;
    return faulty(f)->real->pMethods->xSync(faulty(f)->real, flags);
}

static int faulty_size(sqlite3_file *f, sqlite3_int64 *out)
{
    return faulty(f)->real->pMethods->xFileSize(faulty(f)->real, out);
}

static int faulty_lock(sqlite3_file *f, int level)
{
    return faulty(f)->real->pMethods->xLock(faulty(f)->real, level);
}

static int faulty_unlock(sqlite3_file *f, int level)
{
    return faulty(f)->real->pMethods->xUnlock(faulty(f)->real, level);
}

static int faulty_is_reserved(sqlite3_file *f, int *out)
{
    return faulty(f)->real->pMethods->xCheckReservedLock(faulty(f)->real, out);
}

static int faulty_control(sqlite3_file *f, int what, void *arg)
{
    return faulty(f)->real->pMethods->xFileControl(faulty(f)->real, what, arg);
}

static int faulty_sector(sqlite3_file *f)
{
    return faulty(f)->real->pMethods->xSectorSize(faulty(f)->real);
}

static int faulty_features(sqlite3_file *f)
{
    return faulty(f)->real->pMethods->xDeviceCharacteristics(faulty(f)->real);
}

static int faulty_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return faulty(f)->real->pMethods->xShmMap(faulty(f)->real, page, size, extend, out);
}

static int faulty_shm_lock(sqlite3_file *f, int from, int n, int flags)
{
    return faulty(f)->real->pMethods->xShmLock(faulty(f)->real, from, n, flags);
}

static void faulty_shm_barrier(sqlite3_file *f)
{
    faulty(f)->real->pMethods->xShmBarrier(faulty(f)->real);
}

static int faulty_shm_unmap(sqlite3_file *f, int unlink_it)
{
    return faulty(f)->real->pMethods->xShmUnmap(faulty(f)->real, unlink_it);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = faulty_close,
    .xRead = faulty_read,
    .xWrite = faulty_write,
    .xTruncate = faulty_truncate,
    .xSync = faulty_sync,
    .xFileSize = faulty_size,
    .xLock = faulty_lock,
    .xUnlock = faulty_unlock,
    .xCheckReservedLock = faulty_is_reserved,
    .xFileControl = faulty_control,
    .xSectorSize = faulty_sector,
    .xDeviceCharacteristics = faulty_features,
    .xShmMap = faulty_shm_map,
    .xShmLock = faulty_shm_lock,
    .xShmBarrier = faulty_shm_barrier,
    .xShmUnmap = faulty_shm_unmap,
};

static int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct faults *faults = vfs->pAppData;
    struct faulty_file *mine = faulty(f);

    mine->faults = faults;
    mine->real = (sqlite3_file *)(void *)(mine + 1);
    mine->real->pMethods = NULL;
    f->pMethods = &methods;
    return faults->real->xOpen(faults->real, name, mine->real, flags, out);
}

static sqlite3_vfs faulty_vfs(struct faults *faults)
{
    sqlite3_vfs vfs;

    faults->real = sqlite3_vfs_find(NULL);
    assert_non_null(faults->real);
    vfs = *faults->real; /* all but xOpen works on names alone and does not look at the vfs */
    vfs.zName = "faulty";
    vfs.szOsFile = (int)sizeof(struct faulty_file) + faults->real->szOsFile;
    vfs.pAppData = faults;
    vfs.xOpen = faulty_open;
    vfs.pNext = NULL;
    return vfs;
}

/* Ten good events, then a commit in which call number `after` fails. Returns whether one did. */
static bool commit_under_fault(struct faults *faults, enum fault kind, int after, bool lasting)
{
    struct why why = {0};
    struct store *st;
    struct place *p;
    bool struck;
    void *mine;
    enum err e;

    assert_int_equal(store_make(&mine), 0);
    p = mine;
    st = store_must_open(p->file);
    events_append(st, 10);
    *faults =
        (struct faults){.real = faults->real, .kind = kind, .after = after, .lasting = lasting};
    e = events_try(st, 3, 9000, &why);
    struck = faults->hits > 0;
    assert_int_equal(e, struck ? E_IO : OK);
    assert_true(!struck || (why.native != 0 && why.native_name[0] != '\0'));
    if (after % 2 == 0) { /* once the same store goes on, once another opens what is left */
        faults->after = -1;
        assert_int_equal(journal_must_verify(st), struck ? 10 : 13);
        events_append(st, 1);
    }
    store_close(st);
    faults->after = -1;
    st = store_must_open(p->file);
    assert_int_equal(journal_must_verify(st), (struck ? 10 : 13) + (after % 2 == 0));
    events_append(st, 2);
    assert_int_equal(journal_must_verify(st), (struck ? 12 : 15) + (after % 2 == 0));
    store_close(st);
    (void)place_remove(&mine);
    return struck;
}

static void a_commit_that_fails_anywhere_changes_nothing(void **state)
{
    struct faults faults = {.after = -1};
    sqlite3_vfs vfs = faulty_vfs(&faults);
    int struck = 0;

    (void)state;
    assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
    for (int lasting = 0; lasting < 2; lasting++) {
        for (int i = 0; commit_under_fault(&faults, FAULT_WRITE, i, lasting != 0); i++)
            struck++;
        for (int i = 0; commit_under_fault(&faults, FAULT_SYNC, i, lasting != 0); i++)
            struck++;
    }
    assert_true(struck > 20);
    assert_int_equal(sqlite3_vfs_unregister(&vfs), SQLITE_OK);
}

/* Creating: whatever fails, there is a whole database or none, and no leftovers. */
static void a_creation_that_fails_anywhere_leaves_nothing(void **state)
{
    struct faults faults = {.after = -1};
    sqlite3_vfs vfs = faulty_vfs(&faults);
    bool done = false;

    (void)state;
    assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
    for (int i = 0; !done; i++) {
        struct why why = {0};
        struct place *p;
        void *mine;

        assert_int_equal(place_make(&mine), 0);
        p = mine;
        faults = (struct faults){.real = faults.real,
                                 .kind = i % 2 == 0 ? FAULT_WRITE : FAULT_SYNC,
                                 .after = i / 2,
                                 .lasting = true};
        done = store_create(p->file, &why) == OK;
        faults.after = -1;
        if (done)
            store_close(store_must_open(p->file));
        else
            assert_int_equal(rmdir(p->folder), 0);
        if (done)
            (void)place_remove(&mine);
        else
            free(p);
        done = done && i % 2 == 0; /* syncs are fewer than writes */
    }
    assert_int_equal(sqlite3_vfs_unregister(&vfs), SQLITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_commit_that_fails_anywhere_changes_nothing),
        cmocka_unit_test(a_creation_that_fails_anywhere_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
