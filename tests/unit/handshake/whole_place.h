/* A root, an intermediate and a leaf, and the usual server and options with them. */
#ifndef SWELL_TESTS_HANDSHAKE_WHOLE_PLACE_H
#define SWELL_TESTS_HANDSHAKE_WHOLE_PLACE_H

#include "tests/unit/handshake/pki.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NAME "web.fleet.test"
#define SAN "DNS:web.fleet.test,DNS:*.wild.test,IP:127.53.0.1,IP:::1"

struct place {
    char dir[32], ca_file[64];
    struct pki root, mid, leaf;
    struct anchors *anchors;
};

static inline int place_make(void **state)
{
    static const struct pki_ask root = {.subject = "Root", .ca = true, .bits = 1024},
                                mid = {.subject = "Middle", .ca = true, .bits = 1024},
                                leaf = {.subject = NAME, .names = SAN};
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    (void)snprintf(p->dir, sizeof p->dir, "/tmp/swell-cert-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    (void)snprintf(p->ca_file, sizeof p->ca_file, "%s/ca.pem", p->dir);
    p->root = pki_make(&root, NULL);
    p->mid = pki_make(&mid, &p->root);
    p->leaf = pki_make(&leaf, &p->mid);
    pki_pem(p->ca_file, &p->root);
    assert_int_equal(anchors_load(p->ca_file, &p->anchors, NULL), OK);
    *state = p;
    return 0;
}

static inline int place_remove(void **state)
{
    struct place *p = *state;
    pki_fini(&p->root);
    pki_fini(&p->mid);
    pki_fini(&p->leaf);
    anchors_free(p->anchors);
    (void)unlink(p->ca_file);
    (void)rmdir(p->dir);
    free(p);
    return 0;
}

static inline struct whole_options options(const struct place *p)
{
    return (struct whole_options){.name = NAME,
                                  .anchors = p->anchors,
                                  .lowest = TLS_1_0,
                                  .highest = TLS_1_3,
                                  .now_unix = PKI_NOW};
}

static inline struct memory_server server(const struct place *p)
{
    return (struct memory_server){
        .leaf = &p->leaf, .chain = {&p->mid}, .n_chain = 1, .end = TALK_END_CLOSED};
}

#endif
