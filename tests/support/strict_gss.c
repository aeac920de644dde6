#include "tests/support/strict_parts.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* LeakSanitizer, where it is: what gss-ntlmssp 1.2 loses in its acceptor is not ours. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

struct strict_logon {
    gss_cred_id_t cred;
    gss_ctx_id_t context;
};

static gss_OID_desc spnego = {.length = 6, .elements = "\x2b\x06\x01\x05\x05\x02"};
static gss_OID_desc mechs_known[] = {
    {.length = 10, .elements = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"}, /* NTLM */
    {.length = 9, .elements = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"},      /* Kerberos */
};

static void users_forget(void)
{
    (void)unlink(getenv("NTLM_USER_FILE"));
}

/* gss-ntlmssp knows its users from a file that the environment names. */
void strict_users_make(void)
{
    char path[] = "/tmp/strict_users.XXXXXX";
    const char *line = STRICT_DOMAIN ":" STRICT_USER ":" STRICT_PASSWORD "\n";
    int fd;

    if (getenv("NTLM_USER_FILE") != NULL)
        return;
    fd = mkstemp(path);
    if (fd < 0 || write(fd, line, strlen(line)) != (ssize_t)strlen(line) || close(fd) < 0 ||
        setenv("NTLM_USER_FILE", path, 1) < 0 || atexit(users_forget) != 0)
        abort();
}

struct strict_logon *strict_logon_new(void)
{
    struct strict_logon *l = calloc(1, sizeof *l);
    gss_OID_set_desc set = {.count = 1, .elements = &spnego};
    gss_OID_set_desc mechs = {.count = getenv("KRB5_KTNAME") == NULL ? 1 : 2,
                              .elements = mechs_known};
    OM_uint32 minor;

    if (l == NULL)
        abort();
    if (__lsan_disable != NULL)
        __lsan_disable();
    l->context = GSS_C_NO_CONTEXT;
    if (GSS_ERROR(gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &set, GSS_C_ACCEPT,
                                   &l->cred, NULL, NULL)) ||
        GSS_ERROR(gss_set_neg_mechs(&minor, l->cred, &mechs))) {
        (void)fprintf(stderr, "GSSAPI has no acceptor for NTLM (package gss-ntlmssp)\n");
        abort();
    }
    if (__lsan_enable != NULL)
        __lsan_enable();
    return l;
}

void strict_logon_free(struct strict_logon *l)
{
    OM_uint32 minor;

    if (l == NULL)
        return;
    if (l->context != GSS_C_NO_CONTEXT)
        (void)gss_delete_sec_context(&minor, &l->context, GSS_C_NO_BUFFER);
    (void)gss_release_cred(&minor, &l->cred);
    free(l);
}

bool strict_logon_step(struct strict_logon *l, struct rd in, struct wr *out, bool *done)
{
    gss_buffer_desc answer = GSS_C_EMPTY_BUFFER, given = GSS_C_EMPTY_BUFFER;
    uint8_t *copy = malloc(in.left + 1);
    OM_uint32 minor, major;

    if (copy == NULL)
        abort();
    given = (gss_buffer_desc){.length = in.left, .value = copy};
    if (!rd_copy(&in, copy, in.left)) {
        free(copy);
        return false;
    }
    if (__lsan_disable != NULL)
        __lsan_disable();
    major = gss_accept_sec_context(&minor, &l->context, l->cred, &given,
                                   GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &answer, NULL, NULL,
                                   NULL);
    if (__lsan_enable != NULL)
        __lsan_enable();
    free(copy);
    wr_bytes(out, answer.value, answer.length);
    (void)gss_release_buffer(&minor, &answer);
    *done = major == GSS_S_COMPLETE;
    return !GSS_ERROR(major);
}

bool strict_logon_key(struct strict_logon *l, struct wr *out)
{
    gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
    OM_uint32 minor;
    bool good;

    good = !GSS_ERROR(gss_inquire_sec_context_by_oid(&minor, l->context,
                                                     GSS_C_INQ_SSPI_SESSION_KEY, &set)) &&
           set->count > 0;
    if (good)
        wr_bytes(out, set->elements[0].value, set->elements[0].length);
    (void)gss_release_buffer_set(&minor, &set);
    return good;
}
