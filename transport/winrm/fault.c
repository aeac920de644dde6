/* What a host says when it does not do what it was asked. */
#include "transport/winrm/fault.h"

#include "transport/rpc/win32.h"
#include "transport/winrm/envelope.h"

#include <string.h>

#define FACILITY_WIN32 0x80070000u

static const struct {
    uint32_t code;
    enum err err;
    const char *name, *words;
} codes[] = {
    {0x80041001, E_REFUSED, "WBEM_E_FAILED", "WMI failed at it"},
    {0x80041002, E_ABSENT, "WBEM_E_NOT_FOUND", "it does not exist"},
    {0x80041003, E_DENIED, "WBEM_E_ACCESS_DENIED", "access denied by WMI"},
    {0x80041005, E_UNSUPPORTED, "WBEM_E_TYPE_MISMATCH", "the value is of another type"},
    {0x80041006, E_UNAVAILABLE, "WBEM_E_OUT_OF_MEMORY", "the host is out of memory"},
    {0x80041008, E_REFUSED, "WBEM_E_INVALID_PARAMETER", "the host found a mistake in it"},
    {0x8004100e, E_ABSENT, "WBEM_E_INVALID_NAMESPACE", "the host has no such WMI namespace"},
    {0x80041010, E_ABSENT, "WBEM_E_INVALID_CLASS", "the host has no such WMI class"},
    {0x80041011, E_UNSUPPORTED, "WBEM_E_PROVIDER_NOT_FOUND", "the host lacks that WMI provider"},
    {0x80041013, E_UNAVAILABLE, "WBEM_E_PROVIDER_LOAD_FAILURE",
     "the host's WMI provider does not start"},
    {0x80041033, E_GOING_DOWN, "WBEM_E_SHUTTING_DOWN", "WMI on the host is shutting down"},
    {0x80041055, E_ABSENT, "WBEM_E_METHOD_NOT_IMPLEMENTED", "the host has no such method"},
    {0x8004106c, E_UNAVAILABLE, "WBEM_E_QUOTA_VIOLATION", "a quota of WMI is used up"},
    {0x80338000, E_ABSENT, "ERROR_WSMAN_RESOURCE_NOT_FOUND", "the host has no such resource"},
    {0x80338012, E_UNAVAILABLE, "ERROR_WSMAN_CANNOT_CONNECT", "WinRM does not reach its service"},
    {0x80338026, E_LIMIT, "ERROR_WSMAN_ENVELOPE_TOO_LARGE", "MaxEnvelopeSizekb is too small"},
    {0x80338029, E_TIMEOUT, "ERROR_WSMAN_OPERATION_TIMEDOUT", "the host did not end in time"},
    {0x80338035, E_LIMIT, "ERROR_WSMAN_ENCODING_LIMIT", "the host's limit of size is too small"},
    {0x8033803b, E_ABSENT, "ERROR_WSMAN_INVALID_RESOURCE_URI", "the host has no such resource"},
    {0x8033803f, E_UNAVAILABLE, "ERROR_WSMAN_QUOTA_LIMIT", "a quota of WinRM is used up"},
    {0x80338041, E_REFUSED, "ERROR_WSMAN_SCHEMA_VALIDATION_ERROR",
     "the host found a mistake in the request"},
    {0x80338048, E_LIMIT, "ERROR_WSMAN_RESPONSE_TOO_LARGE", "the answer is larger than allowed"},
    {0x80338049, E_LIMIT, "ERROR_WSMAN_RESPONSE_TOO_LARGE_INTERNAL",
     "the answer is larger than the host allows"},
};

enum err wmi_fail(struct why *why, uint32_t code)
{
    for (size_t i = 0; i < COUNT(codes); i++)
        if (codes[i].code == code)
            return why_native(why, codes[i].err, code, codes[i].name, "%s", codes[i].words);
    if ((code & 0xffff0000u) == FACILITY_WIN32)
        return win32_fail(why, code & 0xffff);
    return win32_fail(why, code);
}

/* Hosts that are not Windows name what went wrong by a subcode alone (DSP0226, 14.6). */
static const struct {
    const char *subcode;
    enum err err;
    const char *words;
} subcodes[] = {
    {"AccessDenied", E_DENIED, "access denied"},
    {"ActionNotSupported", E_UNSUPPORTED, "the host does not do that"},
    {"CannotProcessFilter", E_UNSUPPORTED, "the host does not understand the filter"},
    {"DestinationUnreachable", E_ABSENT, "the host has no such resource"},
    {"EncodingLimit", E_LIMIT, "the host's limit of size is too small"},
    {"EndpointUnavailable", E_UNAVAILABLE, "the host's service is not there"},
    {"FilterDialectRequestedUnavailable", E_UNSUPPORTED, "the host does not understand the filter"},
    {"InvalidEnumerationContext", E_CUT, "the host has forgotten the enumeration"},
    {"QuotaLimit", E_UNAVAILABLE, "a quota of WinRM is used up"},
    {"TimedOut", E_TIMEOUT, "the host did not end in time"},
    {"UnsupportedFeature", E_UNSUPPORTED, "the host does not do that"},
};

/* The last one that is nested: the outer ones are SOAP's own. */
static const struct xml *subcode_of(const struct xml *fault)
{
    const struct xml *at = xml_child(fault, "Code"), *deeper;

    while ((deeper = xml_child(at, "Subcode")) != NULL)
        at = deeper;
    return xml_child(at, "Value");
}

static enum err subcode_fail(const struct xml *fault, struct why *why)
{
    const struct xml *value = subcode_of(fault);
    size_t n = 0;
    const char *s = value == NULL ? "" : xml_trimmed(value, &n);
    const char *colon = n == 0 ? NULL : memchr(s, ':', n);

    if (colon != NULL) {
        n -= (size_t)(colon + 1 - s);
        s = colon + 1;
    }
    for (size_t i = 0; i < COUNT(subcodes); i++)
        if (strlen(subcodes[i].subcode) == n && memcmp(s, subcodes[i].subcode, n) == 0)
            return why_set(why, subcodes[i].err, "%s", subcodes[i].words);
    return why_set(why, E_REFUSED, "the host refused");
}

static bool code_of(const struct xml *x, const char *attribute, uint32_t *out)
{
    const char *s = x == NULL ? NULL : xml_attribute(x, attribute);
    uint64_t n;

    if (s == NULL || !str_parse_u64(s, &n) || n == 0 || n > UINT32_MAX)
        return false;
    *out = (uint32_t)n;
    return true;
}

/* Of a fault of WMI the inner number says more: MSFT_WmiError, __ExtendedStatus. */
static bool inner_code(const struct xml *detail, uint32_t *out)
{
    static const char *const names[] = {"error_Code", "StatusCode", "HRESULT"};
    const struct xml *provider = xml_find(detail, "ProviderFault");
    uint64_t n;

    if (provider == NULL)
        return false;
    for (const struct xml *x = provider; x != NULL; x = xml_after(x, provider))
        for (size_t i = 0; i < COUNT(names); i++)
            if (xml_u64(x, names[i], &n) && n > 0 && n <= UINT32_MAX) {
                *out = (uint32_t)n;
                return true;
            }
    return code_of(xml_find(provider, "WSManFault"), "Code", out);
}

/* The host's own words, of whatever language, after ours. */
static void words_add(struct why *why, const struct xml *fault, enum err e)
{
    static const char *const places[] = {"Message", "Text"};
    const struct xml *x = NULL;
    struct text t = {0};
    struct why old;
    const char *s;
    size_t n = 0;

    if (why == NULL)
        return;
    for (size_t i = 0; i < COUNT(places) && n == 0; i++)
        if ((x = xml_find(fault, places[i])) != NULL)
            (void)xml_trimmed(x, &n);
    if (n == 0)
        return;
    s = xml_trimmed(x, &n);
    text_put_safe(&t, s, n < 200 ? n : 200);
    old = *why;
    (void)why_native(why, e, old.native, old.native_name, "%.150s (%s)", old.text, text_str(&t));
    text_fini(&t);
}

enum err fault_read(const struct xml *fault, struct why *why)
{
    const struct xml *detail = xml_child(fault, "Detail");
    uint32_t code = 0, inner = 0;
    enum err e;

    if (detail != NULL && inner_code(detail, &inner))
        e = wmi_fail(why, inner);
    else if (detail != NULL && code_of(xml_find(detail, "WSManFault"), "Code", &code))
        e = wmi_fail(why, code);
    else
        e = subcode_fail(fault, why);
    if (e == OK)
        e = why_set(why, E_REFUSED, "the host refused and gives no reason");
    words_add(why, fault, e);
    return e;
}
