#include "transport/winrm/xml.h"

#include "base/utf8.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    xmlParserCtxtPtr parser;
    struct xml *root, *at;
    size_t depth, elements;
    enum err err;
    const char *words;
};

static void library_start(void)
{
    xmlInitParser();
}

static void stop(struct reading *r, enum err e, const char *words)
{
    if (r->err != OK)
        return;
    r->err = e;
    r->words = words;
    xmlStopParser(r->parser);
}

static const char *chars(const xmlChar *s)
{
    return (const char *)s;
}

static bool nil_said(const char *name, const char *value)
{
    return strcmp(name, "nil") == 0 && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

static const char *local(const xmlChar *name)
{
    const char *colon = strchr((const char *)name, ':');

    return colon == NULL ? (const char *)name : colon + 1;
}

static bool attribute_add(struct xml *x, const xmlChar *name, const xmlChar *value)
{
    struct xml_attribute *a = calloc(1, sizeof *a);

    if (a == NULL)
        return false;
    a->next = x->attributes;
    x->attributes = a;
    a->name = str_dup(local(name));
    a->value = str_dup(chars(value));
    if (a->name == NULL || a->value == NULL)
        return false;
    x->is_nil = x->is_nil || nil_said(a->name, a->value);
    return true;
}

static struct xml *element_add(struct reading *r, const xmlChar *name)
{
    struct xml *x = calloc(1, sizeof *x);

    if (x == NULL)
        return NULL;
    x->parent = r->at;
    if (r->at == NULL)
        r->root = x;
    else if (r->at->last == NULL)
        r->at->first = x;
    else
        r->at->last->next = x;
    if (r->at != NULL)
        r->at->last = x;
    x->name = str_dup(local(name));
    return x->name == NULL ? NULL : x;
}

static void on_start(void *self, const xmlChar *name, const xmlChar **attributes)
{
    struct reading *r = self;
    struct xml *x;

    if (r->err != OK)
        return;
    if (++r->depth > XML_DEPTH_MAX || ++r->elements > XML_ELEMENTS_MAX ||
        (r->at == NULL && r->root != NULL)) {
        stop(r, E_LIMIT, "the XML is deeper or larger than any answer is");
        return;
    }
    if ((x = element_add(r, name)) == NULL) {
        stop(r, E_MEMORY, "out of memory");
        return;
    }
    r->at = x;
    for (size_t i = 0; attributes != NULL && attributes[i] != NULL && r->err == OK; i += 2)
        if (i >= 2 * (size_t)XML_ATTRIBUTES_MAX)
            stop(r, E_LIMIT, "an element of the XML has too many attributes");
        else if (attributes[i + 1] != NULL && !attribute_add(x, attributes[i], attributes[i + 1]))
            stop(r, E_MEMORY, "out of memory");
}

static void on_end(void *self, const xmlChar *name)
{
    struct reading *r = self;

    (void)name;
    if (r->err != OK || r->at == NULL)
        return;
    r->depth--;
    r->at = r->at->parent;
}

static void on_text(void *self, const xmlChar *s, int n)
{
    struct reading *r = self;

    if (r->err != OK || r->at == NULL || n <= 0)
        return;
    text_put_n(&r->at->text, chars(s), (size_t)n);
    if (r->at->text.bad)
        stop(r, E_MEMORY, "out of memory");
}

static void on_document_type(void *self, const xmlChar *name, const xmlChar *external,
                             const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    stop(self, E_FORMAT, "the XML has a document type, which WS-Management forbids");
}

static void parse(struct reading *r, struct rd bytes)
{
    /* Nothing is said by libxml2 itself: without handlers errors are only counted. */
    xmlSAXHandler sax = {.initialized = 1,
                         .startElement = on_start,
                         .endElement = on_end,
                         .characters = on_text,
                         .cdataBlock = on_text,
                         .ignorableWhitespace = on_text,
                         .internalSubset = on_document_type};

    r->parser = xmlCreatePushParserCtxt(&sax, r, NULL, 0, NULL);
    if (r->parser == NULL) {
        r->err = E_MEMORY;
        r->words = "out of memory";
        return;
    }
    (void)xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    /* UTF-16 without a mark at its beginning. */
    if (bytes.left >= 2 && bytes.at[0] == '<' && bytes.at[1] == 0)
        (void)xmlSwitchEncoding(r->parser, XML_CHAR_ENCODING_UTF16LE);
    if ((xmlParseChunk(r->parser, (const char *)bytes.at, (int)bytes.left, 1) != 0 ||
         r->parser->wellFormed != 1) &&
        r->err == OK) {
        r->err = E_FORMAT;
        r->words = "the XML is not well-formed";
    }
    if (r->parser->myDoc != NULL)
        xmlFreeDoc(r->parser->myDoc);
    xmlFreeParserCtxt(r->parser);
}

enum err xml_parse(struct rd bytes, struct xml **out, struct why *why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct reading r = {0};

    *out = NULL;
    if (bytes.bad || bytes.left == 0)
        return why_set(why, E_FORMAT, "there is no XML in it");
    if (bytes.left > XML_SIZE_MAX)
        return why_set(why, E_LIMIT, "the XML is larger than %u bytes", XML_SIZE_MAX);
    (void)pthread_once(&once, library_start);
    parse(&r, bytes);
    if (r.err == OK && r.root == NULL)
        return why_set(why, E_FORMAT, "there is no XML in it");
    if (r.err != OK) {
        xml_free(r.root);
        return why_set(why, r.err, "%s", r.words);
    }
    *out = r.root;
    return OK;
}

static void element_free(struct xml *x)
{
    while (x->attributes != NULL) {
        struct xml_attribute *a = x->attributes;

        x->attributes = a->next;
        free(a->name);
        free(a->value);
        free(a);
    }
    text_fini(&x->text);
    free(x->name);
    free(x);
}

/* Leaf by leaf: the depth of an answer is not that of our stack. */
void xml_free(struct xml *x)
{
    while (x != NULL) {
        struct xml *gone = x;

        if (x->first != NULL) {
            x = x->first;
            continue;
        }
        x = gone->parent;
        if (x != NULL)
            x->first = gone->next;
        element_free(gone);
    }
}

static const struct xml *named(const struct xml *x, const char *name)
{
    while (x != NULL && strcmp(x->name, name) != 0)
        x = x->next;
    return x;
}

const struct xml *xml_child(const struct xml *x, const char *name)
{
    return x == NULL ? NULL : named(x->first, name);
}

const struct xml *xml_sibling(const struct xml *x, const char *name)
{
    return named(x->next, name);
}

const struct xml *xml_after(const struct xml *x, const struct xml *top)
{
    if (x->first != NULL)
        return x->first;
    while (x != top && x->next == NULL)
        x = x->parent;
    return x == top ? NULL : x->next;
}

const struct xml *xml_find(const struct xml *x, const char *name)
{
    const struct xml *top = x;

    while (x != NULL && (x == top || strcmp(x->name, name) != 0))
        x = xml_after(x, top);
    return x;
}

const char *xml_text(const struct xml *x, const char *child)
{
    const struct xml *c = xml_child(x, child);

    return c == NULL || c->is_nil ? NULL : text_str(&c->text);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

const char *xml_trimmed(const struct xml *x, size_t *n)
{
    const char *s = text_str(&x->text);

    while (is_space(*s))
        s++;
    *n = strlen(s);
    while (*n > 0 && is_space(s[*n - 1]))
        (*n)--;
    return s;
}

const char *xml_attribute(const struct xml *x, const char *name)
{
    for (const struct xml_attribute *a = x->attributes; a != NULL; a = a->next)
        if (strcmp(a->name, name) == 0)
            return a->value;
    return NULL;
}

bool xml_u64(const struct xml *x, const char *child, uint64_t *out)
{
    const struct xml *c = xml_child(x, child);
    char digits[24] = {0};
    const char *s;
    size_t n;

    if (c == NULL || c->is_nil)
        return false;
    s = xml_trimmed(c, &n);
    if (n == 0 || n >= sizeof digits || strspn(s, "0123456789") < n)
        return false;
    memcpy(digits, s, n);
    return str_parse_u64(digits, out);
}

/* XML 1.0, 2.2: these cannot be written in any way. */
static bool can_be_written(uint32_t code)
{
    return (code >= 0x20 || code == '\t' || code == '\n' || code == '\r') &&
           !utf8_is_surrogate(code) && code != 0xfffe && code != 0xffff;
}

enum err xml_put(struct text *t, const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t code;
        size_t k = utf8_decode(s + i, n - i, &code);

        if (k == 0 || !can_be_written(code))
            return E_FORMAT;
        /* Tabs and line ends survive only as references where a reader tidies up. */
        if (code < 0x20 || (code < 0x80 && strchr("<>&\"'", (int)code) != NULL))
            text_printf(t, "&#%u;", (unsigned)code);
        else
            text_put_n(t, s + i, k);
        i += k;
    }
    return OK;
}
