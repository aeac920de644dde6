/* Services, and the calls that few hosts see, of a real server. */
#include "tests/lab/smb_driver.h"
#include "transport/rpc/srvsvc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool services(struct driver *d)
{
    struct registry_service s = {0};
    struct service_list l = {0};
    struct why why = {0};
    bool good = told(transport_smb.services(d->t, deadline(), &l, &why), &why);

    for (size_t i = 0; i < l.n; i++)
        printf("service %s %u\n", l.items[i].name, (unsigned)l.items[i].state);
    good = told(transport_smb.service(d->t, deadline(), &s, &why), &why) && good;
    printf("RemoteRegistry start %u state %u asleep %d\n", (unsigned)s.start_type,
           (unsigned)s.state, s.is_asleep);
    service_list_fini(&l);
    return check(good, "services");
}

static bool info_ask(struct smb_host *h, uint32_t level)
{
    struct smb_service s = {0};
    struct srvsvc_info info = {0};
    struct why why = {0};
    enum err e = smb_service_open(h, &srvsvc_interface, &s, &why);

    if (e == OK)
        e = srvsvc_info(&s.rpc, NULL, level, &info, &why);
    smb_service_close(&s);
    if (e == OK)
        printf("server %u '%s' '%s' %u.%u\n", (unsigned)level, info.name, info.comment,
               (unsigned)info.major, (unsigned)info.minor);
    srvsvc_info_fini(&info);
    return told(e, &why);
}

bool info(struct driver *d)
{
    struct smb_host *h = (struct smb_host *)d->t;
    bool good = info_ask(h, SRVSVC_INFO_101);

    return check(info_ask(h, SRVSVC_INFO_102) && good, "server info");
}

static bool value_set(struct smb_host *h, const struct smb_key *k, const char *name, uint8_t byte)
{
    const struct reg_value v = {.type = REG_BINARY, .bytes = &byte, .size = 1};
    struct why why = {0};

    return told(winreg_set_value(&h->winreg.rpc, &k->handle, name, &v, &why), &why);
}

static bool query_together(struct smb_host *h, const struct smb_key *k)
{
    static const char *const names[] = {"Second", "First"};
    struct reg_value found[COUNT(names)] = {{0}};
    struct why why = {0};
    bool good = told(winreg_query_many(&h->winreg.rpc, &k->handle, names, COUNT(names), found,
                                       &why),
                     &why);

    good = good && found[0].size == 1 && found[0].bytes[0] == 2 && found[1].size == 1 &&
           found[1].bytes[0] == 1 && found[1].type == REG_BINARY;
    for (size_t i = 0; i < COUNT(names); i++)
        value_fini(&found[i]);
    return check(good, "two values in one call");
}

bool rare(struct driver *d)
{
    struct smb_host *h = (struct smb_host *)d->t;
    char room[REG_KEY_MAX];
    struct reg_path path = path_of(ROOT, room, sizeof room);
    struct smb_key k;
    struct why why = {0};
    struct wr out;
    bool good = key_make(d, ROOT, false) &&
                told(smb_key_open(h, &path, KEY_READ_WRITE, &k, &why), &why);

    if (!good)
        return false;
    wr_init(&out, 0);
    good = value_set(h, &k, "First", 1) && value_set(h, &k, "Second", 2) && query_together(h, &k);
    good = told(winreg_get_security(&h->winreg.rpc, &k.handle, SECURITY_OWNER | SECURITY_DACL,
                                    &out, &why),
                &why) &&
           check(out.used >= 20 && out.bytes[0] == 1, "who may touch the key") && good;
    wr_fini(&out);
    smb_key_close(h, &k);
    return good;
}
