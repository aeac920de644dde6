#include "transport/winrm/envelope.h"

#include "transport/winrm/fault.h"

#include "base/crypto.h"

#include <stdio.h>
#include <string.h>

#define SOAP "http://www.w3.org/2003/05/soap-envelope"
#define ADDRESSING "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define WSMAN "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define ENUMERATION "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
#define MICROSOFT "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
#define IDENTITY "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"

const char wsman_identify[] =
    "<s:Envelope xmlns:s=\"" SOAP "\"><s:Header/><s:Body><i:Identify xmlns:i=\"" IDENTITY
    "\"/></s:Body></s:Envelope>";

enum err envelope_id(char id[WSMAN_ID_SIZE])
{
    uint8_t r[16];
    enum err e = crypto_random(r, sizeof r);

    if (e != OK)
        return e;
    r[6] = (uint8_t)((r[6] & 0x0f) | 0x40); /* RFC 4122, 4.4: a random one */
    r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
    (void)snprintf(id, WSMAN_ID_SIZE,
                   "uuid:%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X",
                   r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12],
                   r[13], r[14], r[15]);
    return OK;
}

static enum err element(struct text *t, const char *before, const char *s, const char *after)
{
    enum err e;

    text_put(t, before);
    e = xml_put(t, s, strlen(s));
    text_put(t, after);
    return e;
}

enum err envelope_put(const struct envelope *q, struct text *out)
{
    enum err e;

    text_put(out, "<s:Envelope xmlns:s=\"" SOAP "\" xmlns:a=\"" ADDRESSING "\" xmlns:w=\"" WSMAN
                  "\" xmlns:n=\"" ENUMERATION "\" xmlns:p=\"" MICROSOFT "\"><s:Header>");
    if ((e = element(out, "<a:To>", q->to, "</a:To>")) != OK ||
        (e = element(out, "<w:ResourceURI s:mustUnderstand=\"true\">", q->resource,
                     "</w:ResourceURI>")) != OK)
        return e;
    text_put(out, "<a:ReplyTo><a:Address s:mustUnderstand=\"true\">" ADDRESSING
                  "/role/anonymous</a:Address></a:ReplyTo>");
    if ((e = element(out, "<a:Action s:mustUnderstand=\"true\">", q->action, "</a:Action>")) != OK)
        return e;
    text_printf(out,
                "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">%u</w:MaxEnvelopeSize>"
                "<a:MessageID>%s</a:MessageID>"
                "<w:Locale xml:lang=\"en-US\" s:mustUnderstand=\"false\"/>"
                "<p:DataLocale xml:lang=\"en-US\" s:mustUnderstand=\"false\"/>"
                "<w:OperationTimeout>PT%d.%03dS</w:OperationTimeout>",
                WSMAN_ENVELOPE_MAX, q->id, (int)(q->timeout_ms / 1000),
                (int)(q->timeout_ms % 1000));
    if (q->selector != NULL) {
        if ((e = element(out, "<w:SelectorSet><w:Selector Name=\"", q->selector, "\">")) != OK ||
            (e = element(out, "", q->selected, "</w:Selector></w:SelectorSet>")) != OK)
            return e;
    }
    text_put(out, "</s:Header><s:Body>");
    text_put(out, q->body == NULL ? "" : q->body);
    text_put(out, "</s:Body></s:Envelope>");
    return text_end(out);
}

/* An answer that tells what it answers must tell the truth. */
static bool relates(const struct xml *root, const char *id)
{
    const struct xml *to = xml_child(xml_child(root, "Header"), "RelatesTo");
    const char *s;
    size_t n;

    if (to == NULL || id == NULL)
        return true;
    s = xml_trimmed(to, &n);
    if (n > 4 && strncmp(s, "urn:", 4) == 0) { /* "urn:uuid:…" is the same name */
        s += 4;
        n -= 4;
    }
    if (n != strlen(id))
        return false;
    for (size_t i = 0; i < n; i++) {
        char a = s[i], b = id[i];

        if ((a >= 'a' && a <= 'z' ? a - 32 : a) != (b >= 'a' && b <= 'z' ? b - 32 : b))
            return false;
    }
    return true;
}

enum err envelope_read(struct rd bytes, const char *id, struct xml **out, const struct xml **body,
                       struct why *why)
{
    struct xml *root = NULL;
    const struct xml *inside, *fault;
    enum err e = xml_parse(bytes, &root, why);

    *out = NULL;
    *body = NULL;
    if (e != OK)
        return e;
    inside = xml_child(root, "Body");
    if (strcmp(root->name, "Envelope") != 0 || inside == NULL)
        e = why_set(why, E_PROTOCOL, "the host's answer is no SOAP message");
    else if ((fault = xml_child(inside, "Fault")) != NULL)
        e = fault_read(fault, why);
    else if (!relates(root, id))
        e = why_set(why, E_PROTOCOL, "the host answers another request than was sent");
    if (e != OK) {
        xml_free(root);
        return e;
    }
    *out = root;
    *body = inside;
    return OK;
}
