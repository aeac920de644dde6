/* Messages sealed under a logon: NTLM gives a signature of 16 bytes and then the data (MS-NLMP
 * 3.4.4), Kerberos a header that Windows wants apart from the data (RFC 4121 4.2.4, MS-KILE
 * 3.4.5.4: what would follow the data is rotated into the header). */
#include "transport/auth_parts.h"

#include <stdlib.h>
#include <string.h>

#define NTLM_SIGNATURE_SIZE 16

static enum err not_sealed(struct why *why)
{
    return why_set(why, E_SECURITY, "the logon gives no means to encrypt");
}

static enum err put_both(struct wr *header, struct wr *data)
{
    enum err e = wr_end(header);

    return e == OK ? wr_end(data) : e;
}

static enum err wrap_ntlm(struct auth *a, gss_buffer_t plain, struct wr *header, struct wr *data,
                          struct why *why)
{
    gss_buffer_desc sealed = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0, unused;
    int is_sealed = 0;
    OM_uint32 major =
        gss_wrap(&minor, a->context, 1, GSS_C_QOP_DEFAULT, plain, &is_sealed, &sealed);
    struct rd r = rd_of(sealed.value, sealed.length);
    enum err e;

    if (GSS_ERROR(major)) {
        e = auth_fail(why, E_INTERNAL, a->mech, major, minor, "the message cannot be encrypted");
    } else if (is_sealed == 0) {
        e = not_sealed(why);
    } else {
        wr_view(header, rd_sub(&r, NTLM_SIGNATURE_SIZE));
        wr_view(data, r);
        e = put_both(header, data);
    }
    (void)gss_release_buffer(&unused, &sealed);
    return e;
}

static enum err wrap_kerberos(struct auth *a, gss_buffer_t plain, struct wr *header,
                              struct wr *data, size_t *padding, struct why *why)
{
    gss_iov_buffer_desc iov[3] = {
        {.type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE},
        {.type = GSS_IOV_BUFFER_TYPE_DATA, .buffer = *plain},
        {.type = GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE},
    };
    OM_uint32 minor = 0, unused;
    int is_sealed = 0;
    OM_uint32 major =
        gss_wrap_iov(&minor, a->context, 1, GSS_C_QOP_DEFAULT, &is_sealed, iov, COUNT(iov));
    enum err e;

    if (GSS_ERROR(major)) {
        e = auth_fail(why, E_INTERNAL, a->mech, major, minor, "the message cannot be encrypted");
    } else if (is_sealed == 0) {
        e = not_sealed(why);
    } else {
        wr_bytes(header, iov[0].buffer.value, iov[0].buffer.length);
        wr_bytes(data, iov[1].buffer.value, iov[1].buffer.length);
        wr_bytes(data, iov[2].buffer.value, iov[2].buffer.length);
        *padding = iov[2].buffer.length;
        e = put_both(header, data);
    }
    (void)gss_release_iov_buffer(&unused, iov, COUNT(iov));
    return e;
}

enum err auth_wrap(struct auth *a, struct rd plain, struct wr *header, struct wr *data,
                   size_t *padding, struct why *why)
{
    gss_buffer_desc given = {.length = plain.left};
    enum err e;

    *padding = 0;
    if (plain.bad || plain.left == 0 || plain.left > AUTH_SEAL_MAX)
        return why_set(why, E_INTERNAL, "a message of %zu bytes is not encrypted", plain.left);
    given.value = malloc(plain.left); /* Kerberos seals it where it is */
    if (given.value == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    memcpy(given.value, plain.at, plain.left);
    e = a->mech == MECH_KERBEROS ? wrap_kerberos(a, &given, header, data, padding, why)
                                 : wrap_ntlm(a, &given, header, data, why);
    free(given.value);
    return e;
}

enum err auth_unwrap(struct auth *a, struct rd sealed, struct wr *out, struct why *why)
{
    gss_buffer_desc given = {.length = sealed.left}, plain = GSS_C_EMPTY_BUFFER;
    OM_uint32 major, minor = 0, unused;
    int is_sealed = 0;
    enum err e;

    if (sealed.bad || sealed.left == 0 || sealed.left > AUTH_SEAL_MAX + AUTH_HEADER_MAX)
        return why_set(why, E_SECURITY, "the encrypted message is cut");
    given.value = malloc(sealed.left); /* GSSAPI wants bytes it may write to */
    if (given.value == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    memcpy(given.value, sealed.at, sealed.left);
    major = gss_unwrap(&minor, a->context, &given, &plain, &is_sealed, NULL);
    if (GSS_ERROR(major) || (major & (GSS_S_DUPLICATE_TOKEN | GSS_S_OLD_TOKEN)) != 0) {
        e = auth_fail(why, E_SECURITY, a->mech, major, minor,
                      "the host's encrypted message is damaged, forged or repeated");
    } else if (is_sealed == 0) {
        e = why_set(why, E_SECURITY, "the host's message is signed but not encrypted");
    } else {
        wr_bytes(out, plain.value, plain.length);
        e = wr_end(out);
    }
    (void)gss_release_buffer(&unused, &plain);
    free(given.value);
    return e;
}

bool auth_is_kerberos(const struct auth *a)
{
    return a->mech == MECH_KERBEROS;
}
