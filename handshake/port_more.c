#include "handshake/port_more.h"

#include "base/text.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

/* Never half a character. */
static void keep(char *buf, size_t size, const char *s)
{
    size_t used = 0;
    while (s[used] != '\0') {
        uint32_t code;
        size_t one = utf8_decode(s + used, strlen(s + used), &code);
        if (one == 0 || used + one >= size)
            break;
        used += one;
    }
    memcpy(buf, s, used);
    buf[used] = '\0';
}

static unsigned shortest_rsa(const struct handshake_seen *seen)
{
    unsigned shortest = 0;
    for (size_t i = 0; i < seen->n_chain; i++) {
        const struct certificate *c = &seen->chain[i];
        bool root = i > 0 && c->self_signed;
        if (!root && str_starts(c->key, "RSA") && (!shortest || c->key_bits < shortest))
            shortest = c->key_bits;
    }
    return shortest;
}

void port_more_of_handshake(const struct handshake_seen *seen, struct port_more *out)
{
    struct port_certificate *to = &out->certificate;
    out->whole = seen->outcome;
    out->whole_version = seen->version;
    if (seen->outcome == HANDSHAKE_BROKEN || seen->outcome == HANDSHAKE_SILENT) {
        char words[sizeof seen->at + sizeof seen->reason + 4];
        (void)snprintf(words, sizeof words, "%s: %s", seen->at, seen->reason);
        keep(out->broke, sizeof out->broke, words);
    }
    if (seen->n_chain == 0)
        return;
    const struct certificate *c = &seen->chain[0];
    *to = (struct port_certificate){.seen = true,
                                    .not_after = c->not_after,
                                    .key_bits = c->key_bits,
                                    .shortest_rsa = shortest_rsa(seen),
                                    .trust = seen->trust,
                                    .name_asked = seen->name_asked,
                                    .name_matches = seen->name_matches};
    keep(to->subject, sizeof to->subject, c->subject);
    keep(to->sha256, sizeof to->sha256, c->sha256);
    keep(to->sha1, sizeof to->sha1, c->sha1);
    keep(to->key, sizeof to->key, c->key);
    keep(to->hash, sizeof to->hash, c->hash);
    keep(to->trust_why, sizeof to->trust_why, seen->trust_why);
    keep(to->name_why, sizeof to->name_why, seen->name_why);
}
