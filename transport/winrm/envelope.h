/* transport/winrm/envelope.h: what stands around a request and an answer of WS-Management.
 * Source: DSP0226 (WS-Management), MS-WSMV 2.2.4, 3.1.4.1; MS-WSMV 2.2.4.43 (WSManFault).
 * Shape:  texts of a request are UTF-8; body is XML that is ready to be sent. Answers are read by
 *         local names.
 * Units:  timeout_ms, the host gives up after it.
 * Owns:   envelope_read gives a tree to be freed by xml_free; *body is inside of it.
 * Errors: a fault of the host is its enum err: E_DENIED, E_TIMEOUT, E_ABSENT, E_LIMIT,
 *         E_UNAVAILABLE, E_GOING_DOWN, E_UNSUPPORTED, else E_REFUSED; native is its code.
 *         E_PROTOCOL, no SOAP, or the answer to something else. */
#ifndef SWELL_TRANSPORT_WINRM_ENVELOPE_H
#define SWELL_TRANSPORT_WINRM_ENVELOPE_H

#include "transport/winrm/xml.h"

#define WSMAN_ENVELOPE_MAX 512000u /* bytes that a host may answer: the most that Windows allows */
#define WSMAN_ID_SIZE 48

#define WSMAN_GET "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get"
#define WSMAN_ENUMERATE "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate"
#define WSMAN_PULL "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull"
#define WSMAN_RELEASE "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release"
#define WSMAN_WMI "http://schemas.microsoft.com/wbem/wsman/1/wmi/"

struct envelope {
    const char *to, *resource, *action;
    const char *selector, *selected; /* one selector and its value, or NULL */
    const char *body;                /* NULL: empty */
    int64_t timeout_ms;
    char id[WSMAN_ID_SIZE]; /* "uuid:…" */
};

MUST_CHECK enum err envelope_id(char id[WSMAN_ID_SIZE]);
MUST_CHECK enum err envelope_put(const struct envelope *q, struct text *out);
/* id NULL: of whatever request. */
MUST_CHECK enum err envelope_read(struct rd bytes, const char *id, struct xml **out,
                                  const struct xml **body, struct why *why);
/* A code of WMI, WinRM or Win32 in words; 0 is OK. */
MUST_CHECK enum err wmi_fail(struct why *why, uint32_t code);

/* The question that any listener answers, even one that knows nobody (DSP0226, 11). */
extern const char wsman_identify[];

#endif
