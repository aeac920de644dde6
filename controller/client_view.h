/* controller/client_view.h: a client that was heard, for people and for programs.
 * Shape:  JSON is ASCII; what the client sent as text stands in it made safe, as base/text.h does.
 *         docs/scan.md says what each field is.
 * Owns:   the caller drops what the makers give.
 * Errors: E_MEMORY; makers give NULL. */
#ifndef SWELL_CONTROLLER_CLIENT_VIEW_H
#define SWELL_CONTROLLER_CLIENT_VIEW_H

#include "controller/listener.h"
#include "handshake/survive.h"
#include "report/page.h"

#include <jansson.h>

#define LISTEN_SCHEMA_VERSION 1

struct forecast { /* of one client on one Windows release */
    const struct windows_release *release;
    struct survival survival;
};

void client_put_text(const struct page *p, struct text *t, const struct heard *h,
                     const struct forecast *forecasts, size_t n);
json_t *client_json(const struct heard *h, const struct forecast *forecasts, size_t n);

#endif
