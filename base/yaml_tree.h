/* base/yaml_tree.h: a YAML file as a tree of texts, lists and maps that know where they stand.
 * Nothing is typed here: `no`, `1` and `~` are the texts that were written; whoever reads the tree
 * knows what they ought to be.
 * Source: YAML 1.1 as libyaml reads it. One document; an alias shares the node of its anchor.
 * Shape:  a map's items are key, value, key, value …, its keys are texts; line and column count
 *         from 1. In a file of ours there are no tags, no key stands twice and something is said;
 *         files made for other programs are read by looser rules.
 * Owns:   the tree owns every node; yaml_tree_free(NULL) is fine.
 * Errors: E_DATA with FILE:LINE:COLUMN and what was expected, for syntax and for every limit. */
#ifndef SWELL_BASE_YAML_TREE_H
#define SWELL_BASE_YAML_TREE_H

#include "base/err.h"

#include <stdbool.h>

#define YAML_FILE_MAX (16u << 20) /* bytes */
#define YAML_NODES_MAX 200000
#define YAML_DEPTH_MAX 32
#define YAML_ANCHORS_MAX 256
#define YAML_SPREAD_MAX (64u << 20) /* bytes that all nodes take with every alias written out */

enum yaml_shape { YAML_TEXT,
                  YAML_LIST,
                  YAML_MAP };

struct yaml_item {
    enum yaml_shape shape;
    int line, column;
    int quote;  /* 1 for a quoted text, 0 for a plain one */
    char *tag;  /* as in "!vault" or "tag:yaml.org,2002:str"; NULL: none */
    char *text; /* YAML_TEXT; NUL-terminated, may hold NULs inside */
    size_t size;
    struct yaml_item **items;
    size_t n;
    size_t spread; /* YAML_SPREAD_MAX counts this */
    bool exact;    /* the bytes of the text stand in the file one for one, from column + quote on */
    bool open;     /* still being read: an alias to it would be a circle */
};

struct yaml_tree {
    struct yaml_item *root;
    struct yaml_item **all;
    size_t n;
    size_t room;
};

struct yaml_rules {
    size_t nodes_max;
    size_t depth_max;
    bool loose; /* tags are kept, a key may come again, and no document at all is a plain "" */
};

MUST_CHECK enum err yaml_tree_read(const char *file, const char *bytes, size_t n,
                                   struct yaml_tree **out, struct why *why);
MUST_CHECK enum err yaml_tree_read_by(const struct yaml_rules *rules, const char *file,
                                      const char *bytes, size_t n, struct yaml_tree **out,
                                      struct why *why);
void yaml_tree_free(struct yaml_tree *t);
const char *yaml_shape_words(enum yaml_shape s); /* "a text", "a list", "a map" */

#endif
