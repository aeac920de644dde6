#include "inventory/shell_words.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum err take_quoted(struct rd *line, uint8_t quote, struct text *word, struct why *why)
{
    while (line->left > 0) {
        uint8_t c = rd_u8(line);

        if (c == quote)
            return OK;
        if (c == '\\' && quote == '"' && line->left > 0 && (*line->at == '"' || *line->at == '\\'))
            c = rd_u8(line);
        text_char(word, (char)c);
    }
    return why_set(why, E_DATA, "expected a closing %c", quote);
}

static enum err take_escaped(struct rd *line, struct text *word, struct why *why)
{
    if (line->left == 0)
        return why_set(why, E_DATA, "expected a character after the backslash");
    text_char(word, (char)rd_u8(line));
    return OK;
}

enum err word_next(struct rd *line, struct text *word, bool *got, const uint8_t **at,
                   struct why *why)
{
    enum err e = OK;

    text_fini(word);
    *got = false;
    while (line->left > 0 && is_blank(*line->at))
        rd_skip(line, 1);
    if (at != NULL)
        *at = line->at;
    while (e == OK && line->left > 0 && !is_blank(*line->at)) {
        uint8_t c = rd_u8(line);

        if (c == '#') {
            rd_skip(line, line->left);
            break;
        }
        *got = true;
        if (c == '\'' || c == '"')
            e = take_quoted(line, c, word, why);
        else if (c == '\\')
            e = take_escaped(line, word, why);
        else
            text_char(word, (char)c);
    }
    if (e == OK && text_end(word) != OK)
        e = why_set(why, E_MEMORY, "out of memory");
    return e;
}
