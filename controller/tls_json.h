/* controller/tls_json.h: numbers of TLS as JSON: what listen and scan share.
 * Owns:   the caller drops what the makers give.
 * Errors: E_MEMORY; makers give NULL. */
#ifndef SWELL_CONTROLLER_TLS_JSON_H
#define SWELL_CONTROLLER_TLS_JSON_H

#include "handshake/names.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef const char *tls_name_of(uint16_t number, char buf[TLS_NAME_SIZE]);

json_t *tls_id_json(uint32_t id); /* "0x1301"; six digits for the kinds of SSL 2.0 */
/* [{"id": "0x001d", "name": "x25519"}, …] */
json_t *tls_list_json(const uint16_t *at, size_t n, tls_name_of *name);
/* {"id": "0xc030", "name": "TLS_ECDHE_…", "openssl": "ECDHE-…", "worth": "strong", "why": ""} */
json_t *tls_suite_json(uint32_t id);
/* Text of the far side made safe; null for "". */
json_t *tls_words_json(const char *s);
json_t *tls_safe_json(const void *bytes, size_t n);
/* Adds to a list and drops it; false, and the list is dropped, when either is NULL. */
bool tls_json_add(json_t **list, json_t *item);

#endif
