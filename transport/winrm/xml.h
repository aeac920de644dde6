/* transport/winrm/xml.h: an XML document as a small tree. xml.c is the only user of libxml2.
 * Source: XML 1.0, Namespaces in XML; the ways of attacking it: no document type and so no entities
 *         of its own, nothing is fetched, depth, elements and size have limits.
 * Shape:  names are local names, without their prefix; text is the element's own characters, ""
 *         if there are none. Elements stand in the order of the document.
 * Owns:   xml_parse makes, xml_free frees (NULL is fine) the whole tree.
 * Errors: E_FORMAT, no well-formed document, or one with a document type; E_LIMIT; E_MEMORY. */
#ifndef SWELL_TRANSPORT_WINRM_XML_H
#define SWELL_TRANSPORT_WINRM_XML_H

#include "base/text.h"
#include "base/wire.h"

#define XML_SIZE_MAX (8u << 20) /* bytes */
#define XML_DEPTH_MAX 48
#define XML_ELEMENTS_MAX 400000u
#define XML_ATTRIBUTES_MAX 32 /* of one element */

struct xml_attribute {
    char *name, *value;
    struct xml_attribute *next;
};

struct xml {
    char *name;
    struct text text;
    bool is_nil; /* xsi:nil */
    struct xml_attribute *attributes;
    struct xml *parent, *first, *last, *next;
};

MUST_CHECK enum err xml_parse(struct rd bytes, struct xml **out, struct why *why);
void xml_free(struct xml *x);
/* The first child (x may be NULL), or the next element beside x, of this name; NULL: none. */
const struct xml *xml_child(const struct xml *x, const char *name);
const struct xml *xml_sibling(const struct xml *x, const char *name);
/* The first of this name anywhere below, in the order of the document; NULL: there is none. */
const struct xml *xml_find(const struct xml *x, const char *name);
/* The next element of the document that is below top; NULL: it was the last. */
const struct xml *xml_after(const struct xml *x, const struct xml *top);
/* The text of a child, NULL if there is no such child or it is nil. */
const char *xml_text(const struct xml *x, const char *child);
/* Without the spaces around it; the length goes to *n. */
const char *xml_trimmed(const struct xml *x, size_t *n);
const char *xml_attribute(const struct xml *x, const char *name); /* NULL: not there */
/* A child's text as a number; false: not there, or none. */
bool xml_u64(const struct xml *x, const char *child, uint64_t *out);
/* Text of ours into a document; what XML 1.0 cannot hold makes it E_FORMAT. */
MUST_CHECK enum err xml_put(struct text *t, const char *s, size_t n);

#endif
