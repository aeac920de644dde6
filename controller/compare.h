/* controller/compare.h: what two ends of a connection share, and what would mend it if that is
 * nothing. Pure, but for reading a file.
 * Shape:  an end is a scan of a server, or what a client offered (`swell listen --format json`).
 *         What was not seen is CMP_UNKNOWN.
 * Owns:   ends and comparisons are plain values, too large for the stack of a thread.
 * Errors: E_DATA with the file for what is no such JSON; those of file_read. */
#ifndef SWELL_CONTROLLER_COMPARE_H
#define SWELL_CONTROLLER_COMPARE_H

#include "handshake/scan.h"
#include "report/page.h"

#include <jansson.h>

#define COMPARE_NAME_SIZE 280
#define COMPARE_TEXT_SIZE 960

enum compare_says {
    CMP_UNKNOWN,
    CMP_NO,
    CMP_PERHAPS, /* a client that did not say */
    CMP_YES
};

struct compare_suites {
    uint32_t at[SCAN_SUITES_MAX];
    size_t n;
};

struct compare_end {
    char name[COMPARE_NAME_SIZE];
    bool client;
    bool suites_known;
    enum compare_says versions[TLS_VERSIONS];
    struct compare_suites suites[TLS_VERSIONS];
};

enum compare_outcome { COMPARE_SHARED,
                       COMPARE_DOUBTFUL,
                       COMPARE_NOTHING };

struct comparison {
    enum compare_outcome outcome;
    enum compare_says versions[TLS_VERSIONS]; /* shared */
    struct compare_suites suites[TLS_VERSIONS];
    char text[COMPARE_TEXT_SIZE];   /* one sentence */
    char remedy[COMPARE_TEXT_SIZE]; /* "" where nothing needs mending */
};

void compare_end_of_scan(const char *name, const struct scan_result *r, bool only_versions,
                         struct compare_end *out);
MUST_CHECK enum err compare_end_of_file(const char *file, struct compare_end *out,
                                        struct why *why);
MUST_CHECK enum err compare_end_of_json(const char *name, const json_t *j, struct compare_end *out,
                                        struct why *why);
void compare_ends(const struct compare_end *a, const struct compare_end *b,
                  struct comparison *out);
void compare_put_text(const struct page *p, struct text *t, const struct compare_end *a,
                      const struct compare_end *b, const struct comparison *c);
json_t *compare_json(const struct compare_end *a, const struct compare_end *b,
                     const struct comparison *c); /* NULL when memory is out */

#endif
