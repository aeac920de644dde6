/* report/page.h: how text for people looks where it goes: characters, colour, width. Everything
 * that came from a host or a person passes page_said.
 * Shape:  a zeroed page is plain: ASCII, no colour, no width that anything is cut to. Widths are in
 *         columns of a terminal, one a code point. */
#ifndef SWELL_REPORT_PAGE_H
#define SWELL_REPORT_PAGE_H

#include "base/text.h"

struct page {
    bool utf8;
    bool colour;
    int columns; /* longer lines are broken or cut; 0: broken at PAGE_COLUMNS, never cut */
};

#define PAGE_COLUMNS 100

enum tone { TONE_PLAIN,
            TONE_TITLE,
            TONE_QUIET,
            TONE_GOOD,
            TONE_BUSY,
            TONE_BAD };

/* For a descriptor: colour only on a terminal and where neither no_colour nor NO_COLOR forbids it;
 * UTF-8 if the locale (LC_ALL, LC_CTYPE, LANG) says so. */
struct page page_for(int fd, bool no_colour);
/* The terminal's rows and columns; false if it is none. */
bool page_terminal_size(int fd, int *rows, int *columns);

const char *page_arrow(const struct page *p);
const char *page_more(const struct page *p); /* an ellipsis */
void page_said(const struct page *p, struct text *t, const char *s);
/* The same, cut to so many columns. */
void page_said_cut(const struct page *p, struct text *t, const char *s, size_t columns);
size_t page_width(const char *s); /* of text that is safe already; colours do not count */
/* Spaces up to a column of the present line. */
void page_pad_to(struct text *t, size_t line_start, size_t column);
void page_tone(const struct page *p, struct text *t, enum tone tone);
/* s in a tone, made safe. */
void page_put(const struct page *p, struct text *t, enum tone tone, const char *s);
/* A heading with an empty line before it. */
void page_heading(const struct page *p, struct text *t, const char *s);
/* Words that go on on the next line, below column, when the line is full. */
void page_wrap(const struct page *p, struct text *t, size_t *line_start, size_t column,
               const char *s);
/* n of total as a bar of so many columns. */
void page_bar(const struct page *p, struct text *t, int64_t n, int64_t total, size_t columns);
/* The first rows lines of s, each cut to the page's columns: what a terminal shows without
 * wrapping. Returns how many lines it became. */
int page_fit(const struct page *p, struct text *t, const char *s, int rows);

#define PAGE_TIME_SIZE 32
const char *page_time(int64_t ms, char buf[PAGE_TIME_SIZE]);  /* "2026-11-21 02:03:04" */
const char *page_clock(int64_t ms, char buf[PAGE_TIME_SIZE]); /* "02:03:04" */
bool page_same_day(int64_t a_ms, int64_t b_ms);
/* "41s", "6m12s", "3d04h": without tenths from 10 s on. */
const char *page_took(int64_t ms, char buf[PAGE_TIME_SIZE]);
/* "1 host", "3 hosts" */
void page_count(struct text *t, int64_t n, const char *one, const char *more);

#endif
