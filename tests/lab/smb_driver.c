/* tests/lab/smb_driver.c: drives the SMB transport against a real host, for smb_peer_test.sh.
 *   smb_driver ADDRESS USER look | open COMMAND… | threads N ADDRESS…
 * The password comes from the environment: SMB_PASSWORD; SMB_ENCRYPT set demands encryption;
 * SMB_KERBEROS is the host's name for a logon by Kerberos, USER may then be empty. Prints one line
 * a fact; exit status 0 when all was as it must be, 1 when not, 2 for a wrong command line. An
 * error of the transport is printed as "E_NAME reason", and is what some tests ask for. */
#include "tests/lab/smb_driver.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS_MAX 64
#define RESTART_DELAY_S 1

static bool views(struct driver *d)
{
    char room[REG_KEY_MAX];
    struct reg_path path = path_of("SOFTWARE\\Microsoft", room, sizeof room);
    struct reg_read items[2] = {{.path = &path}, {.path = &path, .name = "not there"}};
    struct why why = {0};
    bool good;

    path.view = VIEW_32;
    good = told(transport_smb.read(d->t, items, 2, deadline(), &why), &why) &&
           told(items[0].err, &items[0].why);
    good = check(good && items[0].key_exists && !items[0].value.absent && items[1].value.absent,
                 "32-bit view");
    read_fini(items, 2);
    return good;
}

static bool identity(struct driver *d)
{
    struct boot_identity id;
    struct why why = {0};
    bool good = told(transport_smb.identity(d->t, deadline(), &id, &why), &why);
    int64_t off_ms = id.clock_ms - clock_real_ms();

    return check(good && id.has_guid && id.has_clock && off_ms > -5000 && off_ms < 5000 &&
                     !id.has_uptime,
                 "identity: a guid and a clock, no uptime from Samba");
}

static bool restart(struct driver *d)
{
    struct why why = {0};
    enum err e =
        transport_smb.restart(d->t, "Swell: \xc5\xbe settings", RESTART_DELAY_S, deadline(), &why);

    printf("restart %s\n", err_name(e));
    return told(e, &why);
}

static bool look(struct driver *d)
{
    struct boot_identity id;
    struct why why = {0};
    bool good = told(transport_smb.look(&d->target, deadline(), &id, &why), &why);
    struct text t = {0};

    text_hex(&t, id.server_guid, sizeof id.server_guid);
    printf("guid %s clock %d start %d\n", text_str(&t), id.has_clock, id.has_start);
    text_fini(&t);
    return good;
}

struct worker {
    const struct driver *d;
    int number;
    bool good;
};

static void *worker_run(void *arg)
{
    struct worker *w = arg;
    struct transport *t = NULL;
    struct reg_op op = {.kind = OP_CREATE_KEY};
    char room[REG_KEY_MAX], root[128];
    struct reg_path path;
    struct why why = {0};

    (void)snprintf(root, sizeof root, ROOT " %d", w->number);
    path = path_of(root, room, sizeof room);
    op.path = &path;
    w->good = told(transport_smb.open(&w->d->target, deadline(), &t, &why), &why);
    if (w->good) {
        w->good = cost_apply(t, &op, 1) && cost_run(t, root, false);
        op.kind = OP_DELETE_KEY;
        w->good = cost_apply(t, &op, 1) && w->good;
    }
    transport_smb.close(t);
    return NULL;
}

/* n threads at once, spread over the addresses. */
static bool threads(const struct driver *d, int n, char *const *addresses, int n_addresses)
{
    struct worker workers[THREADS_MAX];
    pthread_t ids[THREADS_MAX];
    struct driver hosts[THREADS_MAX];
    bool good = n <= THREADS_MAX;

    for (int i = 0; good && i < n; i++) {
        hosts[i] = *d;
        hosts[i].target.address = addresses[i % n_addresses];
        workers[i] = (struct worker){.d = &hosts[i], .number = i};
        if (pthread_create(&ids[i], NULL, worker_run, &workers[i]) != 0)
            abort();
    }
    for (int i = 0; good && i < n; i++)
        (void)pthread_join(ids[i], NULL);
    for (int i = 0; good && i < n; i++)
        good = workers[i].good && good;
    return check(good, "all threads");
}

/* Stays connected until the standard input ends, so that somebody may ask the host about it. */
static bool held(struct driver *d)
{
    (void)d;
    printf("held\n");
    while (getchar() != EOF)
        continue;
    return true;
}

static const struct {
    const char *name;
    bool (*run)(struct driver *);
} commands[] = {
    {"types", types},
    {"large", large},
    {"keys", keys},
    {"many", many},
    {"views", views},
    {"cost", cost},
    {"identity", identity},
    {"services", services},
    {"info", info},
    {"rare", rare},
    {"restart", restart},
    {"held", held},
    {"clear", clear},
};

static bool command_run(struct driver *d, const char *name)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(d);
    printf("NOT OK no such command: %s\n", name);
    return false;
}

static bool opened(struct driver *d, char *const *names, int n)
{
    bool good = told(transport_smb.open(&d->target, deadline(), &d->t, &d->why), &d->why);

    if (good) {
        const struct smb_connection *c = &((const struct smb_host *)d->t)->connection;

        printf("open, %llu round trips\n", (unsigned long long)smb_round_trips(d->t));
        printf("smb %04x signature %d cipher %d sealed %d\n", c->dialect, c->algorithm,
               c->seal.cipher, c->seal.on);
    }
    for (int k = 0; good && k < n; k++)
        good = command_run(d, names[k]);
    transport_smb.close(d->t);
    return good;
}

int main(int argc, char **argv)
{
    struct driver d = {0};
    const char *kerberos;
    bool good;

    if (argc < 4) {
        fprintf(stderr,
                "usage: smb_driver ADDRESS USER look | open COMMAND… | threads N ADDRESS…\n");
        return 2;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    kerberos = getenv("SMB_KERBEROS");
    if ((kerberos == NULL || getenv("SMB_PASSWORD") != NULL) &&
        !told(secret_from_env("SMB_PASSWORD", &d.password, &d.why), &d.why))
        return 2;
    d.target = (struct transport_target){
        .name = kerberos != NULL ? kerberos : argv[1],
        .address = argv[1],
        .user = argv[2],
        .password = &d.password,
        .auth = kerberos != NULL ? AUTH_KERBEROS : AUTH_NEGOTIATE,
        .encrypt = getenv("SMB_ENCRYPT") != NULL,
    };
    if (strcmp(argv[3], "look") == 0)
        good = look(&d);
    else if (strcmp(argv[3], "threads") == 0 && argc > 5)
        good = threads(&d, atoi(argv[4]), argv + 5, argc - 5);
    else
        good = opened(&d, argv + 4, argc - 4);
    secret_fini(&d.password);
    return good ? 0 : 1;
}
