#include "report/page.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "rollout/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define HOUR_MS (3600 * 1000LL)
#define DAY_MS (24 * HOUR_MS)
#define ELLIPSIS "\xe2\x80\xa6"

static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *v = getenv(names[i]);
        const char *set = v && *v ? strrchr(v, '.') : NULL;
        if (v && *v)
            return set && (str_eq_nocase(set, ".utf-8") || str_eq_nocase(set, ".utf8"));
    }
    return false;
}

bool page_terminal_size(int fd, int *rows, int *columns)
{
    struct winsize w = {0};
    if (!isatty(fd))
        return false;
    bool known = ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0;
    *rows = known ? w.ws_row : 24;
    *columns = known ? w.ws_col : 80;
    return true;
}

struct page page_for(int fd, bool no_colour)
{
    struct page p = {.utf8 = locale_is_utf8()};
    const char *term = getenv("TERM"), *wish = getenv("NO_COLOR");
    int rows;
    if (!page_terminal_size(fd, &rows, &p.columns))
        return p;
    p.colour = !no_colour && !(wish && *wish) && term && strcmp(term, "dumb") != 0;
    return p;
}

const char *page_arrow(const struct page *p)
{
    return p->utf8 ? "\xe2\x86\x92" : "->";
}

const char *page_more(const struct page *p)
{
    return p->utf8 ? ELLIPSIS : "...";
}

void page_said(const struct page *p, struct text *t, const char *s)
{
    struct text safe = {0};
    if (p->utf8) {
        text_put_safe(t, s, strlen(s));
        return;
    }
    text_put_safe(&safe, s, strlen(s));
    t->bad |= safe.bad;
    for (const char *c = text_str(&safe); *c; c++)
        if (str_starts(c, ELLIPSIS)) { /* our own, in long values */
            text_put(t, "...");
            c += strlen(ELLIPSIS) - 1;
        } else if ((unsigned char)*c < 0x80) {
            text_char(t, *c);
        } else {
            text_printf(t, "\\x%02X", (unsigned)(unsigned char)*c);
        }
    text_fini(&safe);
}

/* The length of an escape sequence for colours at s, or 0. */
static size_t colour_length(const char *s)
{
    if (s[0] != '\033' || s[1] != '[')
        return 0;
    size_t n = 2 + strspn(s + 2, "0123456789;");
    return s[n] == 'm' ? n + 1 : 0;
}

static size_t code_length(const char *s)
{
    uint32_t code;
    size_t n = utf8_decode(s, strnlen(s, UTF8_MAX), &code);
    return n ? n : 1;
}

static size_t width_of(const char *s, size_t n)
{
    size_t width = 0, skip;
    for (size_t i = 0; i < n; i += skip)
        if ((skip = colour_length(s + i)) == 0) {
            skip = code_length(s + i);
            width++;
        }
    return width;
}

size_t page_width(const char *s)
{
    return width_of(s, strlen(s));
}

/* The first bytes of s that fit into so many columns. */
static size_t bytes_of(const char *s, size_t columns)
{
    size_t i = 0;
    for (size_t skip; s[i] && s[i] != '\n'; i += skip)
        if ((skip = colour_length(s + i)) == 0) {
            if (columns-- == 0)
                break;
            skip = code_length(s + i);
        }
    return i;
}

static void put_cut(const struct page *p, struct text *t, const char *safe, size_t columns)
{
    size_t whole = strcspn(safe, "\n"), more = page_width(page_more(p));
    if (bytes_of(safe, columns) == whole) {
        text_put_n(t, safe, whole);
        return;
    }
    text_put_n(t, safe, bytes_of(safe, columns > more ? columns - more : 0));
    text_put(t, page_more(p));
}

void page_said_cut(const struct page *p, struct text *t, const char *s, size_t columns)
{
    struct text safe = {0};
    page_said(p, &safe, s);
    t->bad |= safe.bad;
    put_cut(p, t, text_str(&safe), columns);
    text_fini(&safe);
}

void page_pad_to(struct text *t, size_t line_start, size_t column)
{
    size_t at = t->bad ? column : width_of(text_str(t) + line_start, t->used - line_start);
    for (; at < column; at++)
        text_char(t, ' ');
}

void page_tone(const struct page *p, struct text *t, enum tone tone)
{
    static const char *const codes[] = {
        [TONE_PLAIN] = "\033[0m",
        [TONE_TITLE] = "\033[1m",
        [TONE_QUIET] = "\033[2m",
        [TONE_GOOD] = "\033[32m",
        [TONE_BUSY] = "\033[36m",
        [TONE_BAD] = "\033[1;31m",
    };
    if (p->colour)
        text_put(t, codes[tone]);
}

void page_put(const struct page *p, struct text *t, enum tone tone, const char *s)
{
    if (tone != TONE_PLAIN)
        page_tone(p, t, tone);
    page_said(p, t, s);
    if (tone != TONE_PLAIN)
        page_tone(p, t, TONE_PLAIN);
}

void page_heading(const struct page *p, struct text *t, const char *s)
{
    text_char(t, '\n');
    page_put(p, t, TONE_TITLE, s);
    text_char(t, '\n');
}

void page_wrap(const struct page *p, struct text *t, size_t *line_start, size_t column,
               const char *s)
{
    struct text safe = {0};
    size_t columns = p->columns > 0 ? (size_t)p->columns : PAGE_COLUMNS;
    page_said(p, &safe, s);
    t->bad |= safe.bad;
    for (const char *word = text_str(&safe); *word && !t->bad;) {
        size_t n = strcspn(word, " ");
        size_t at = width_of(text_str(t) + *line_start, t->used - *line_start);
        if (at > column && at + 1 + width_of(word, n) > columns) {
            text_char(t, '\n');
            *line_start = t->used;
            page_pad_to(t, *line_start, column);
        } else if (at > column) {
            text_char(t, ' ');
        }
        text_put_n(t, word, n);
        word += n + strspn(word + n, " ");
    }
    text_fini(&safe);
}

void page_bar(const struct page *p, struct text *t, int64_t n, int64_t total, size_t columns)
{
    size_t full = total > 0 ? (size_t)(n * (int64_t)columns / total) : columns;
    for (size_t i = 0; i < columns; i++)
        text_put(t, p->utf8 ? (i < full ? "\xe2\x96\x88" : "\xe2\x96\x91") : i < full ? "#"
                                                                                      : ".");
}

int page_fit(const struct page *p, struct text *t, const char *s, int rows)
{
    int lines = 0;
    for (; *s && lines < rows; lines++) {
        size_t n = strcspn(s, "\n");
        if (p->columns > 0)
            put_cut(p, t, s, (size_t)p->columns);
        else
            text_put_n(t, s, n);
        page_tone(p, t, TONE_PLAIN); /* in case its end was cut off */
        text_char(t, '\n');
        s += n + (s[n] == '\n');
    }
    return lines;
}

const char *page_time(int64_t ms, char buf[PAGE_TIME_SIZE])
{
    char text[CLOCK_TEXT_SIZE] = "";
    (void)snprintf(buf, PAGE_TIME_SIZE, "%.10s %.8s", clock_text(ms, text), text + 11);
    return buf;
}

const char *page_clock(int64_t ms, char buf[PAGE_TIME_SIZE])
{
    char text[CLOCK_TEXT_SIZE] = "";
    (void)snprintf(buf, PAGE_TIME_SIZE, "%.8s", clock_text(ms, text) + 11);
    return buf;
}

bool page_same_day(int64_t a_ms, int64_t b_ms)
{
    return a_ms / DAY_MS == b_ms / DAY_MS;
}

const char *page_took(int64_t ms, char buf[PAGE_TIME_SIZE])
{
    char text[DURATION_TEXT_SIZE];
    if (ms >= 2 * DAY_MS)
        (void)snprintf(buf, PAGE_TIME_SIZE, "%lldd%02lldh", (long long)ms / DAY_MS,
                       (long long)ms % DAY_MS / HOUR_MS);
    else
        (void)snprintf(buf, PAGE_TIME_SIZE, "%s",
                       duration_text(ms >= 10000 ? ms - ms % 1000 : ms, text));
    return buf;
}

void page_count(struct text *t, int64_t n, const char *one, const char *more)
{
    text_printf(t, "%lld %s", (long long)n, n == 1 ? one : more);
}
